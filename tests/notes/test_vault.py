"""The folder of notes: which files count, in which order, and what is said of those that cannot be read."""

import hashlib
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


def test_links_are_not_followed(vault: WriteVault, tmp_path: Path) -> None:
    """A symbolic link may lead out of the vault, or in a circle."""
    folder = vault({"заметка.md": "текст"})
    (tmp_path / "снаружи.md").write_text("тайна", encoding="utf-8")
    (folder / "файл.md").symlink_to(tmp_path / "снаружи.md")
    (folder / "круг").symlink_to(folder, target_is_directory=True)
    assert paths(folder) == ["заметка.md"]


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


def test_a_file_that_cannot_be_read_is_told(vault: WriteVault) -> None:
    """The others are read; here the file is gone between listing and reading."""
    folder = vault({"а.md": "1", "б.md": "2", "в.md": "3"})
    files = Vault(folder, TEXTS).files()
    next(files)
    (folder / "б.md").unlink()
    problem, last = files
    assert isinstance(problem, Problem)
    assert (problem.note, problem.skipped) == ("б.md", True)
    assert isinstance(last, NoteFile)


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
        pytest.param("Текст".encode("utf-16"), "not_utf8", {"line": 1}, id="UTF-16"),
    ],
)
def test_a_note_without_text_is_skipped(vault: WriteVault, content: bytes, key: str, values: dict[str, int]) -> None:
    """The reason says what is wrong, and in which line."""
    assert parse(vault({"а.md": content})) == (None, Problem("а.md", TEXTS(f"notes.{key}", **values), skipped=True))


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
    assert (note.path, note.title, note.aliases, note.tags) == ("Папка/Файл.md", "Тема", ("Псевдоним",), ("метка",))
    assert [(link.target, link.line) for link in note.links] == [("Другая", 7)]
    assert note.content_hash == hashlib.sha256(text.encode()).hexdigest()
