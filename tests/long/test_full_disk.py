"""A disk that is full or read-only: the old index answers, one message says why, nothing is left behind."""

import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from worlds import QUESTIONS, Answers, World, seeds

from kbqa.errors import UnwritableIndexError

NOBODY = 65534
PAGE = 4096

Drive = Callable[..., dict[str, int]]


@pytest.fixture(scope="module")
def steps_in_all(drive: Drive, edited_world: World, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps an undisturbed run takes."""
    result = drive(edited_world.copy(tmp_path_factory.mktemp("steps")), "index")
    assert result["status"] == 0
    return result["steps"]


def _told_once(world: World) -> None:
    message = (world.folder / "stderr").read_text(encoding="utf-8").strip()
    assert len(message.splitlines()) == 1, message
    assert "Прежний индекс не тронут" in message


@pytest.mark.parametrize("seed", seeds(sample=3, full=120))
def test_full_from_a_step_on(
    world: World, drive: Drive, steps_in_all: int, answers: dict[str, Answers], seed: int
) -> None:
    """Wherever Python writes; once the new index is published, nothing that follows can spoil it."""
    result = drive(world, "index", full_at=1 + seed % steps_in_all)
    if result["status"] == 0:
        assert world.answers() == answers["new"]
    else:
        assert result["status"] == 3
        _told_once(world)
        assert world.answers() == answers["old"]
        assert world.orphans() == set()
    assert world.update().embedded == 0
    assert world.answers() == answers["new"]
    assert world.orphans() == set()


@pytest.mark.parametrize("seed", seeds(sample=2, full=60))
def test_no_file_may_grow(world: World, drive: Drive, answers: dict[str, Answers], seed: int) -> None:
    """Within Chroma and SQLite, too: what they write ends at some size."""
    largest = max(path.stat().st_size for path in world.settings.index.rglob("*") if path.is_file())
    # What the run says must still be written down.
    limit = 5_000 + largest * ((seed * 37) % 60) // 60
    result = drive(world, "index", file_limit=limit)
    if result["status"] == 0:
        assert world.answers() == answers["new"]
        return
    assert result["status"] == 3
    _told_once(world)
    assert world.answers() == answers["old"]
    # Where not even a write can be undone, SQLite does that at the next opening, and keeps what it needs for it.
    assert world.orphans() <= {"embeddings.sqlite-journal"}
    assert world.update().embedded == 0
    assert world.answers() == answers["new"]
    assert world.orphans() == set()


@pytest.fixture
def may_not_write(world: World) -> World:
    """The world, readable and no more for others."""
    for folder in (world.folder, *world.folder.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    for path in world.folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (world.folder / "stderr").touch()
    return world


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_read_only_index_answers(may_not_write: World, drive: Drive) -> None:
    """Asking needs no right to write; indexing does, and says so."""
    options = {"user": NOBODY}
    assert drive(may_not_write, "ask", "--json", "Где растёт чай?", **options)["status"] == 0
    assert '"status"' in (may_not_write.folder / "stderr").read_text()
    assert drive(may_not_write, "index", **options)["status"] == 3
    _told_once(may_not_write)


@pytest.fixture
def read_only_vectors(world: World) -> Iterator[Path]:
    """The file with the world's vectors, which the system lets nobody write."""
    file = world.settings.index / "embeddings.sqlite"
    try:
        for options in ("bind", "remount,bind,ro"):
            mounted = subprocess.run(["mount", "-o", options, file, file], capture_output=True, check=False)
            if mounted.returncode:
                pytest.skip("no right to mount")
        yield file
    finally:
        subprocess.run(["umount", "--lazy", file], capture_output=True, check=False)


def test_vectors_that_may_not_be_written_are_kept(world: World, read_only_vectors: Path) -> None:
    """In a folder that may be written to; the run says what is wrong."""
    before = read_only_vectors.read_bytes()
    world.write("Новая.md", "# Чай\n\nЧай растёт на склоне.\n")
    with pytest.raises(UnwritableIndexError, match="readonly"):
        world.update()
    assert read_only_vectors.read_bytes() == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[World, int], World]]:
    """Moves a world to a file system of its own, with as many bytes left as asked for."""
    disk = tmp_path / "disk"

    def move(world: World, left: int) -> World:
        used = sum(-(-path.stat().st_size // PAGE) * PAGE + PAGE for path in world.folder.rglob("*"))
        disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={used + left}", "tmpfs", disk], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("no right to mount")
        return world.copy(disk)

    yield move
    subprocess.run(["umount", "--lazy", disk], capture_output=True, check=False)


@pytest.mark.parametrize("seed", seeds(sample=1, full=30))
def test_a_small_disk(
    old_world: World, edited_world: World, drive: Drive, small_disk: Callable[[World, int], World], seed: int
) -> None:
    """A file system that is truly full, from nothing left at all up to nearly enough."""
    world = small_disk(edited_world, seed * 100_000 % 3_000_000)
    result = drive(world, "index", errors=str(old_world.folder / "stderr"))
    if result["status"] == 0:
        return
    assert result["status"] == 3
    _told_once(old_world)
    assert drive(world, "ask", QUESTIONS[0], errors=str(old_world.folder / "stderr"))["status"] in (0, 1)
    assert world.answers() == old_world.answers()
    assert world.orphans() == set()
