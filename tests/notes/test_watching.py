"""Changes on disk are noticed, by the real operating system."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread

import pytest

from kbqa.notes.watching import changes_in

NOTICED = 15.0
"""Seconds after which a change counts as missed; it takes a fraction of one."""
QUIET = 0.7


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A vault of one note."""
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "Кофе.md").write_text("# Кофе\n", encoding="utf-8")
    return tmp_path / "vault"


@pytest.fixture
def noticed(folder: Path) -> Iterator[Callable[[], bool]]:
    """Waits for the next burst of changes; False if there is none for a while."""
    told: Queue[None] = Queue()
    stop = Event()

    def follow() -> None:
        for _ in changes_in(folder, stop):
            told.put(None)

    def noticed(within: float = NOTICED) -> bool:
        try:
            told.get(timeout=within)
        except Empty:
            return False
        # One save may be told in two bursts.
        while True:
            try:
                told.get(timeout=QUIET)
            except Empty:
                return True

    thread = Thread(target=follow)
    thread.start()
    # What happened before the watch began cannot be told, so that the beginning itself is a change.
    assert noticed()
    yield noticed
    stop.set()
    thread.join(NOTICED)
    assert not thread.is_alive()


def test_what_happens_to_notes_is_noticed(folder: Path, noticed: Callable[..., bool]) -> None:
    """Edits, new notes in new folders, renames of notes and of folders, deletions."""
    (folder / "Кофе.md").write_text("# Кофе\n\nБодрит.\n", encoding="utf-8")
    assert noticed()
    (folder / "Чай").mkdir()
    assert noticed()
    (folder / "Чай" / "Улун.md").write_text("# Улун\n", encoding="utf-8")
    assert noticed()
    (folder / "Чай" / "Улун.md").rename(folder / "Чай" / "Пуэр.md")
    assert noticed()
    (folder / "Чай").rename(folder / "Травы")
    assert noticed()
    shutil.rmtree(folder / "Травы")
    assert noticed()


def test_what_is_no_note_is_not(folder: Path, noticed: Callable[..., bool]) -> None:
    """Attachments, and what tools keep in hidden folders."""
    (folder / "кофе.png").write_bytes(b"png")
    (folder / ".obsidian").mkdir()
    (folder / ".obsidian" / "workspace.json").write_text("{}", encoding="utf-8")
    assert not noticed(QUIET)


def test_a_folder_that_comes_back_is_followed_again(folder: Path, noticed: Callable[..., bool]) -> None:
    """A disk that was taken out, a vault that was fetched anew."""
    shutil.rmtree(folder)
    assert noticed()
    folder.mkdir()
    assert noticed()
    (folder / "Чай.md").write_text("# Чай\n", encoding="utf-8")
    assert noticed()
