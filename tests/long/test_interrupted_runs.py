"""An index run that is killed leaves the old index or the new one, and nothing behind once the next has run."""

import random
import signal
from collections.abc import Callable

import pytest
from worlds import Answers, World, seeds

from kbqa.errors import MissingIndexError

Drive = Callable[..., dict[str, int]]


@pytest.fixture(scope="module")
def steps_in_all(drive: Drive, edited_world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many steps an undisturbed run takes: with an index that is behind, and without one."""
    behind = edited_world.copy(tmp_path_factory.mktemp("behind"))
    first = edited_world.copy(tmp_path_factory.mktemp("first"))
    first.forget_index()
    counts = {"behind": drive(behind, "index"), "first": drive(first, "index")}
    assert {result["status"] for result in counts.values()} == {0}
    return {name: result["steps"] for name, result in counts.items()}


def _old_or_new(world: World, old: Answers | None, new: Answers) -> None:
    try:
        found: Answers | None = world.answers()
    except MissingIndexError:
        found = None
    assert found in (old, new)


@pytest.mark.parametrize("seed", seeds(sample=4, full=220))
def test_killed_before_a_step(
    world: World, drive: Drive, steps_in_all: dict[str, int], answers: dict[str, Answers], seed: int
) -> None:
    """Every step of a run is somebody's seed; every fourth run makes the first index."""
    kind = "first" if seed % 4 == 3 else "behind"
    if kind == "first":
        world.forget_index()
    # The last steps, those of publishing and collecting, come first.
    step = steps_in_all[kind] - (seed // 2) % steps_in_all[kind]
    result = drive(world, "index", kill_at=step)
    assert result["status"] == -signal.SIGKILL
    _old_or_new(world, None if kind == "first" else answers["old"], answers["new"])
    world.update()
    assert world.answers() == answers["new"]
    assert world.orphans() == set()


@pytest.mark.parametrize("seed", seeds(sample=2, full=80))
def test_killed_at_any_moment(world: World, drive: Drive, answers: dict[str, Answers], seed: int) -> None:
    """In the midst of what Chroma, SQLite and the embedding model do, too."""
    result = drive(world, "index", kill_after=random.Random(seed).uniform(0, 0.8))  # noqa: S311 - not for secrets
    assert result["status"] in (0, -signal.SIGKILL)
    _old_or_new(world, answers["old"], answers["new"])
    world.update()
    assert world.answers() == answers["new"]
    assert world.orphans() == set()
