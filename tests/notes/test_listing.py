"""Which files are notes, and that none outside of the folder is ever read."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from kbqa.notes.listing import UnreadableNoteError, find_notes, read_note

WriteVault = Callable[[dict[str, str | bytes]], Path]


def found(folder: Path) -> dict[str, str | None]:
    """Each thing found in `folder` by its path, and what is wrong with it."""
    return {item.file.relative_to(folder).as_posix(): item.trouble for item in find_notes(folder)}


@pytest.mark.parametrize(
    ("link", "target", "trouble"),
    [
        ("л.md", "../снаружи/тайна.md", {"л.md": "notes.link_outside"}),
        ("папка/л.md", "../../снаружи/тайна.md", {"папка/л.md": "notes.link_outside"}),
        ("л", "../снаружи", {"л": "notes.link_outside"}),
        ("л", "..", {"л": "notes.link_outside"}),
        ("л.md", "/dev/zero", {"л.md": "notes.link_outside"}),
        ("л.md", "нет.md", {"л.md": "notes.link_broken"}),
        ("л.md", "л.md", {"л.md": "notes.link_broken"}),
        ("л.md", "рисунок.png", {"л.md": "notes.link_to_no_note"}),
        ("л.md", ".obsidian/а.md", {"л.md": "notes.link_to_no_note"}),
        ("л.md", "папка/б.md", {}),
        ("круг", ".", {}),
        ("л", "папка", {}),
        ("л.png", "../снаружи/тайна.md", {}),
        ("нет", "нет", {}),
        (".л.md", "../снаружи/тайна.md", {}),
    ],
)
def test_a_symbolic_link(vault: WriteVault, tmp_path: Path, link: str, target: str, trouble: dict[str, str]) -> None:
    """Out of the vault: named. To what is read anyway: passed over. In a circle: no trap."""
    (tmp_path / "снаружи").mkdir()
    (tmp_path / "снаружи" / "тайна.md").write_text("тайна", encoding="utf-8")
    folder = vault({"а.md": "1", "папка/б.md": "2", "рисунок.png": "3", ".obsidian/а.md": "4"})
    (folder / link).symlink_to(target)
    assert found(folder) == {"а.md": None, "папка/б.md": None} | trouble


def test_a_vault_may_itself_be_a_link(vault: WriteVault, tmp_path: Path) -> None:
    """What the user names is the vault."""
    folder = vault({"папка/а.md": "текст"})
    (tmp_path / "ссылка").symlink_to(folder)
    (item,) = find_notes(tmp_path / "ссылка")
    assert read_note(tmp_path / "ссылка", item.file, 100) == "текст".encode()


def test_what_is_no_file_is_never_opened(vault: WriteVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a FIFO would wait for ever."""
    folder = vault({"а.md": "1"})
    monkeypatch.chdir(folder)
    os.mkfifo("канал.md")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("сокет.md")
        assert found(folder) == {"а.md": None, "канал.md": "notes.special", "сокет.md": "notes.special"}
    with pytest.raises(UnreadableNoteError) as caught:
        read_note(folder, folder / "канал.md", 100)
    assert caught.value.found.trouble == "notes.special"


def test_a_folder_that_cannot_be_searched_is_named(vault: WriteVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here its path is longer than the system takes, which holds for the administrator, too."""
    folder = vault({"а.md": "1"})
    monkeypatch.chdir(folder)
    for _ in range(30):
        os.mkdir("x" * 250)
        os.chdir("x" * 250)
    listed = found(folder)
    assert listed.pop("а.md") is None
    assert list(listed.values()) == ["notes.unreadable_folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_permissions(vault: WriteVault) -> None:
    """A folder that may not be listed and a file that may not be read are named."""
    folder = vault({"а.md": "1", "папка/б.md": "2"})
    (folder / "а.md").chmod(0)
    (folder / "папка").chmod(0)
    try:
        assert found(folder) == {"а.md": None, "папка": "notes.unreadable_folder"}
        with pytest.raises(UnreadableNoteError):
            read_note(folder, folder / "а.md", 100)
    finally:
        (folder / "папка").chmod(0o700)
