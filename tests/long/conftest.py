"""What the tests of an index that survives everything share: a vault, the same after edits, a driver of processes.

Each kind of test has a seeded sample that always runs, and is run in full with `make test-long`.
"""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kbqa.embedding import E5Model

sys.path.insert(0, str(Path(__file__).parent))  # pytest's importlib mode leaves it out; `worlds` lies here.

from worlds import Answers, World, note

DRIVER = Path(__file__).with_name("driver.py")

Drive = Callable[..., dict[str, int]]


@pytest.fixture(scope="session")
def old_world(model: E5Model, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small vault, indexed; not to be changed."""
    world = World(tmp_path_factory.mktemp("old"), model)
    chance = random.Random("old")  # noqa: S311 - not for secrets
    for number in range(8):
        world.write(f"Папка {number % 2}/Заметка {number}.md", note(chance))
    world.update()
    return world


@pytest.fixture(scope="session")
def edited_world(old_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same vault after edits, with an index that does not know of them but has all vectors; not to be changed."""
    folder = tmp_path_factory.mktemp("edited")
    world = old_world.copy(folder)
    chance = random.Random("new")  # noqa: S311
    world.write("Папка 0/Заметка 2.md", note(chance))
    world.write("Новая.md", note(chance))
    world.write("Папка 1/Заметка 5.md", None)
    ahead = world.copy(tmp_path_factory.mktemp("ahead"))
    ahead.update()
    shutil.copy(ahead.settings.index / "embeddings.sqlite", world.settings.index)
    return world


@pytest.fixture(scope="session")
def answers(old_world: World, edited_world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answers]:
    """What the index that is behind answers (`old`), and one of the edited vault that was made from nothing (`new`)."""
    world = edited_world.copy(tmp_path_factory.mktemp("new"))
    world.forget_index()
    world.update()
    return {"old": old_world.answers(), "new": world.answers()}


@pytest.fixture
def world(edited_world: World, tmp_path: Path) -> World:
    """The edited vault with the index that is behind, for this test."""
    return edited_world.copy(tmp_path)


@pytest.fixture(scope="session")
def _driver() -> Iterator[subprocess.Popen[str]]:
    # What is imported for the first time would be compiled and written, and counted as steps of that run.
    with subprocess.Popen(
        [sys.executable, "-B", DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.fixture(scope="session")
def drive(_driver: subprocess.Popen[str]) -> Drive:
    """Runs `kbqa` over a world in a process of its own; the job's options are the driver's."""

    def run(world: World, *arguments: str, **options: Any) -> dict[str, int]:
        settings = world.settings
        command = (*arguments, "--corpus", settings.corpus, "--index", settings.index)
        job = {
            "command": [str(word) for word in command],
            "index": str(settings.index),
            "errors": str(world.folder / "stderr"),
        }
        assert _driver.stdin
        assert _driver.stdout
        _driver.stdin.write(json.dumps(job | options) + "\n")
        _driver.stdin.flush()
        result: dict[str, int] = json.loads(_driver.stdout.readline())
        return result

    return run
