"""A Chroma server that is killed while it is given a generation, or asked: nothing is seen half, all is made good."""

import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress

import pytest
from chroma_run import ChromaRun
from worlds import QUESTIONS, World, note, seeds

from kbqa import KnowledgeBase, Settings
from kbqa.errors import IndexServerError

PATIENCE = 20.0
"""Seconds within which an app has heard of a newer index."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaRun]:
    """A server that the tests kill."""
    run = ChromaRun(tmp_path_factory.mktemp("killed"))
    run.start()
    yield run
    run.kill()


def answers(kb: KnowledgeBase) -> list[object]:
    """Hits with their scores, to the last digit."""
    return [kb.search(question, 20) for question in QUESTIONS]


@pytest.mark.parametrize("seed", seeds(sample=2, full=60))
def test_killed_at_any_moment(
    server: ChromaRun, old_world: World, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """While a generation is published, an app asks; the server dies; both go on when it is back."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    world = old_world.copy(tmp_path_factory.mktemp("world"))
    world.settings = world.settings.model_copy(
        update={"chroma_url": server.url, "chroma_vault": f"v{uuid.uuid4().hex[:12]}"}
    )
    world.update()
    remote = Settings(chroma_url=server.url, chroma_vault=world.settings.chroma_vault)
    app = KnowledgeBase(remote, world.model)
    before = answers(app)
    world.write("Новая.md", note(chance))
    alone = world.copy(tmp_path_factory.mktemp("alone"))
    alone.settings = alone.settings.model_copy(update={"chroma_url": None})
    alone.update()
    after = answers(KnowledgeBase(alone.settings, world.model))

    killer = threading.Timer(chance.uniform(0, 2.5), server.kill)
    killer.start()
    with suppress(IndexServerError):
        world.update()
    seen = answers(app)
    killer.join()
    # Between two of the questions the app may have caught up.
    assert all(answer in pair for answer, *pair in zip(seen, before, after, strict=True))
    assert answers(app) in (before, after)

    server.start()
    world.update()
    assert world.update().sent is False
    late = KnowledgeBase(remote, world.model)
    assert answers(late) == after
    # An app asks the server for news every two seconds.
    begun = time.monotonic()
    while not app.catch_up() and answers(app) != after:
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.2)
    assert answers(app) == after
