"""Whatever file of an index is damaged, and however: never a wrong answer or a traceback, and `kbqa index` mends it."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from worlds import Answers, World, note, seeds

from kbqa.errors import BrokenIndexError, MissingIndexError, StaleIndexError

Drive = Callable[..., dict[str, int]]


def damage(file: Path, chance: random.Random) -> str:
    """Truncate, empty, bit-flip or delete a file."""
    content = bytearray(file.read_bytes())
    way = chance.choice(["truncate", "empty", "flip", "delete"])
    if way == "delete":
        file.unlink()
        return way
    if way == "empty" or not content:
        content.clear()
    elif way == "flip":
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    else:
        del content[chance.randrange(len(content)) :]
    file.write_bytes(content)
    return way


@pytest.fixture(scope="session")
def large_world(old_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Over a thousand chunks, so that Chroma's graph lies on disk, and a part of them added later."""
    world = old_world.copy(tmp_path_factory.mktemp("large"))
    chance = random.Random("large")  # noqa: S311 - not for secrets
    for number in range(105):
        world.write(f"Большая/{number}.md", note(chance, sections=10))
    world.update()
    world.write("Большая/0.md", note(chance, sections=10))
    world.update()
    return world


def _check(world: World, drive: Drive, expected: Answers, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    # Chroma's files have random names; in the order of their sizes they are the same ones in each run.
    files = sorted((path for path in world.settings.index.rglob("*") if path.is_file()), key=lambda f: f.stat().st_size)
    file = files[seed % len(files)]
    way = damage(file, chance)
    try:
        assert world.answers() == expected, f"{way} {file}"
    except (BrokenIndexError, MissingIndexError, StaleIndexError) as error:
        assert "kbqa index" in str(error)  # noqa: PT017 - an answer as before will do, too
    if seed % 3 == 0:
        world.write("Папка 0/Заметка 0.md", "# Чай\n\nЧай растёт на склоне.\n")
    elif seed % 3 == 1:
        assert drive(world, "ask", "Где растёт чай?")["status"] in (0, 3)
        assert "Traceback" not in (world.folder / "stderr").read_text()
    repaired = world.update().repairs
    assert all("повреж" in repair for repair in repaired), repaired
    assert world.orphans() == set()
    grown = world.answers()
    if seed % 3:
        assert grown == expected
    else:
        world.forget_index()
        world.update()
        assert grown == world.answers()


@pytest.mark.parametrize("seed", seeds(sample=6, full=150))
def test_damaged_files(old_world: World, tmp_path: Path, drive: Drive, answers: dict[str, Answers], seed: int) -> None:
    """Refused with the command that mends it, or answered as before; the next run mends it, with edits or without."""
    _check(old_world.copy(tmp_path), drive, answers["old"], seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(50))
def test_damaged_files_of_a_large_index(large_world: World, tmp_path: Path, drive: Drive, seed: int) -> None:
    """The same where Chroma keeps its graph in files."""
    _check(large_world.copy(tmp_path), drive, large_world.answers(), seed)
