"""The folder of notes: which files count, in which order, and what is said of those that cannot be read."""

import codecs
import hashlib
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from kbqa.errors import VaultError
from kbqa.notes.vault import NoteFile, Vault
from kbqa.texts import Texts
from kbqa.types import Note, Problem

TEXTS = Texts.load("ru")
WriteVault = Callable[[dict[str, str | bytes]], Path]


def paths(folder: Path) -> list[str]:
    """The paths of the notes in `folder`, in order."""
    return [item.path for item in Vault(folder, TEXTS).files() if isinstance(item, NoteFile)]


def problems(folder: Path) -> list[Problem]:
    """What is wrong with the files in `folder`, before they are parsed."""
    return [item for item in Vault(folder, TEXTS).files() if isinstance(item, Problem)]


def parse(folder: Path) -> tuple[Note | None, Problem | None]:
    """The only note of `folder`."""
    vault = Vault(folder, TEXTS)
    (file,) = vault.files()
    assert isinstance(file, NoteFile)
    return vault.parse(file)


def test_notes_come_in_the_order_of_their_paths(vault: WriteVault) -> None:
    """Sub-folders included, POSIX paths, sorted."""
    assert paths(vault({"б.md": "1", "Папка/а.md": "2", "а.MD": "3", "папка.md": "4"})) == [
        *("Папка/а.md", "а.MD", "б.md", "папка.md")
    ]


@pytest.mark.parametrize("path", [".obsidian/а.md", "папка/.trash/а.md", ".а.md", "а.txt", "а.md.bak", "md"])
def test_other_files_do_not_count(vault: WriteVault, path: str) -> None:
    """Hidden files and folders, and files of other kinds, are no notes."""
    assert paths(vault({path: "текст", "заметка.md": "текст"})) == ["заметка.md"]


def test_a_folder_named_like_a_note_is_a_folder(vault: WriteVault) -> None:
    """Only files are notes."""
    assert paths(vault({"папка.md/а.md": "текст"})) == ["папка.md/а.md"]


def test_paths_are_composed(vault: WriteVault) -> None:
    """A name that macOS writes as letter and accent is the same note as with one character."""
    assert paths(vault({unicodedata.normalize("NFD", "Йога и ёж.md"): "текст"})) == ["Йога и ёж.md"]


def test_two_spellings_of_one_name_are_told(vault: WriteVault) -> None:
    """Of two files whose names differ only in composition, the second is skipped with a reason."""
    names = [unicodedata.normalize(form, "Йога.md") for form in ("NFC", "NFD")]
    folder = vault(dict.fromkeys(names, "текст"))
    if len(list(folder.iterdir())) == 1:
        pytest.skip("this file system knows one spelling only")
    assert paths(folder) == ["Йога.md"]
    assert problems(folder) == [Problem("Йога.md", TEXTS("notes.same_name"), skipped=True)]


def test_a_name_in_another_encoding_is_told(vault: WriteVault) -> None:
    """A file name that is not UTF-8 is skipped with a reason that can be printed."""
    folder = vault({"заметка.md": "текст"})
    try:
        Path(str(folder), "Заметка.md".encode("cp1251").decode(errors="surrogateescape")).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (problem,) = problems(folder)
    assert problem == Problem("???????.md", TEXTS("notes.bad_name"), skipped=True)


def test_a_deleted_file_is_not_there(vault: WriteVault) -> None:
    """A file that is gone between listing and reading is no problem."""
    folder = vault({"а.md": "1", "б.md": "2", "в.md": "3"})
    files = Vault(folder, TEXTS).files()
    next(files)
    (folder / "б.md").unlink()
    assert [item.path for item in files if isinstance(item, NoteFile)] == ["в.md"]


def test_a_file_that_becomes_something_else_is_told(vault: WriteVault, tmp_path: Path) -> None:
    """Between listing and reading: a FIFO is not waited for, a link not followed, in no folder above it either."""
    folder = vault({"а.md": "1", "б.md": "2", "в.md": "3", "г.md": "4", "папка/д.md": "5"})
    (tmp_path / "снаружи").mkdir()
    (tmp_path / "снаружи" / "д.md").write_text("тайна", encoding="utf-8")
    files = Vault(folder, TEXTS).files()
    next(files)
    for name in ("б.md", "в.md", "г.md", "папка/д.md"):
        (folder / name).unlink()
    os.mkfifo(folder / "б.md")
    (folder / "в.md").symlink_to(tmp_path / "снаружи" / "д.md")
    (folder / "г.md").mkdir()
    (folder / "папка").rmdir()
    (folder / "папка").symlink_to(tmp_path / "снаружи")
    assert list(files) == [
        Problem("б.md", TEXTS("notes.special"), skipped=True),
        Problem("в.md", TEXTS("notes.link_outside"), skipped=True),
        Problem("г.md", TEXTS("notes.special"), skipped=True),
        Problem("папка/д.md", TEXTS("notes.link_outside"), skipped=True),
    ]


def test_a_long_file_is_told_unread(vault: WriteVault) -> None:
    """50 MB, of which the disk holds nothing."""
    folder = vault({"а.md": "1"})
    with (folder / "б.md").open("wb") as file:
        file.truncate(50_000_000)
    assert problems(folder) == [Problem("б.md", TEXTS("notes.too_long", megabytes=8), skipped=True)]
    assert paths(folder) == ["а.md"]


@pytest.mark.parametrize(("name", "key"), [("нет", "vault_missing"), ("файл", "vault_not_a_folder")])
def test_no_vault(tmp_path: Path, name: str, key: str) -> None:
    """A folder that is missing, or is none, is an error at once."""
    (tmp_path / "файл").touch()
    with pytest.raises(VaultError, match=str(tmp_path / name)) as caught:
        Vault(tmp_path / name, TEXTS)
    assert caught.value.key == key


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("# Тема\r\n\r\nТекст\r\n".encode(), id="CRLF"),
        pytest.param("# Тема\r\rТекст\r".encode(), id="CR"),
        pytest.param("\ufeff# Тема\n\nТекст\n".encode(), id="BOM"),
        *(
            pytest.param(mark + "# Тема\r\n\r\nТекст\r\n".encode(encoding), id=encoding)
            for mark, encoding in (
                (codecs.BOM_UTF16_LE, "utf-16-le"),
                (codecs.BOM_UTF16_BE, "utf-16-be"),
                (codecs.BOM_UTF32_LE, "utf-32-le"),
                (codecs.BOM_UTF32_BE, "utf-32-be"),
            )
        ),
    ],
)
def test_line_ends_and_byte_order_mark_do_not_matter(vault: WriteVault, content: bytes) -> None:
    """The same note, however the editor saved it."""
    note, problem = parse(vault({"а.md": content}))
    assert note
    assert (note.text, note.title, problem) == ("# Тема\n\nТекст\n", "Тема", None)
    assert [section.end_line for section in note.sections] == [3]


@pytest.mark.parametrize(
    ("content", "key", "values"),
    [
        pytest.param(b"", "empty", {}, id="empty"),
        pytest.param(b" \n\t\r\n", "empty", {}, id="only spaces"),
        pytest.param("# Title\n\nТекст".encode("cp1251"), "not_utf8", {"line": 3}, id="cp1251"),
        pytest.param("Текст".encode("utf-16")[:-1], "not_as_marked", {"encoding": "UTF-16"}, id="half of UTF-16"),
        pytest.param("Текст и ещё".encode("utf-16-be"), "binary", {"line": 1}, id="UTF-16 without a mark"),
        pytest.param(b"a\n\0\0", "binary", {"line": 2}, id="zeroes"),
        pytest.param(b"\xff" * 9, "not_utf8", {"line": 1}, id="no text"),
        pytest.param(b"\xef\xbb\xbf", "empty", {}, id="only a byte order mark"),
        pytest.param(b"- a\n" * 200_000, "too_much_markup", {}, id="200,000 items"),
        pytest.param(b"|a" * 200_000, "too_much_markup", {}, id="200,000 cells"),
    ],
)
def test_a_note_without_text_is_skipped(vault: WriteVault, content: bytes, key: str, values: dict[str, int]) -> None:
    """The reason says what is wrong, and in which line."""
    assert parse(vault({"а.md": content})) == (None, Problem("а.md", TEXTS(f"notes.{key}", **values), skipped=True))


def test_too_deep_for_the_parser(vault: WriteVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """No text is known that would exhaust the stack; one that does is skipped like any other bad note."""

    def exhausted(_text: str, fallback_title: str) -> None:
        raise RecursionError(fallback_title)

    monkeypatch.setattr("kbqa.notes.vault.outline", exhausted)
    assert parse(vault({"а.md": "текст"})) == (None, Problem("а.md", TEXTS("notes.too_deep"), skipped=True))


def test_broken_properties_cost_only_themselves(vault: WriteVault) -> None:
    """The text of a note with broken YAML is read; the problem names the line."""
    note, problem = parse(vault({"а.md": "---\ntitle: А\ntags: [a\n---\n\nТекст"}))
    assert note
    assert (note.title, note.tags, note.sections[-1].text) == ("а", (), "\nТекст")
    assert problem == Problem("а.md", TEXTS("notes.bad_front_matter", line=3), skipped=False)


def test_a_note_has_everything(vault: WriteVault) -> None:
    """Path, title, aliases, tags, links and content hash."""
    text = "---\naliases: [Псевдоним]\ntags: [метка]\n---\n# Тема\n\n[[Другая]]"
    note, _ = parse(vault({"Папка/Файл.md": text}))
    assert note
    assert (note.path, note.title, note.aliases, note.tags) == (
        "Папка/Файл.md",
        "Тема",
        ("Псевдоним", "Файл"),
        ("метка",),
    )
    assert [(link.target, link.line) for link in note.links] == [("Другая", 7)]
    assert note.content_hash == hashlib.sha256(text.encode()).hexdigest()


def test_tags_of_properties_and_text(vault: WriteVault) -> None:
    """Together, each once, as first written."""
    note, _ = parse(vault({"а.md": "---\ntags: [Дом]\n---\n#дом #сад"}))
    assert note
    assert note.tags == ("Дом", "сад")


def test_private_text_is_not_in_the_note(vault: WriteVault) -> None:
    """Neither in its text nor anywhere else; lines keep their numbers."""
    text = "---\nalias: А\n---\n# Тема %%тайна%%\n\nДо %%тайна #тайна\n[[тайна]]%% после\n<!-- тайна -->\n\n- пункт"
    note, problem = parse(vault({"а.md": text}))
    assert note
    assert problem is None
    assert "тайна" not in repr(note)
    blocks = [(block.start_line, block.text) for section in note.sections for block in section.blocks]
    assert blocks == [(6, "До"), (7, "после"), (10, "пункт")]


def test_an_unclosed_comment_is_told(vault: WriteVault) -> None:
    """It hides the rest of the note, which may be an accident."""
    note, problem = parse(vault({"а.md": "---\ntags: [а\n---\nТекст\n\n50 %% тайна\n\nтайна"}))
    assert note
    assert "тайна" not in note.text
    assert problem
    assert not problem.skipped
    assert problem.reason == f"{TEXTS('notes.bad_front_matter', line=2)} {TEXTS('notes.unclosed_comment', line=6)}"
