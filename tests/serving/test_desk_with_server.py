"""The desk of an app that reads from a Chroma server: it opens what is published, and waits for what is not there."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest
from chroma_run import ChromaRun

from kbqa.embedding import E5Model
from kbqa.errors import IndexServerError, MissingIndexError
from kbqa.index.indexer import index_vault
from kbqa.serving import desk as module
from kbqa.serving.desk import Desk, Failed, Ready
from kbqa.settings import Settings

ASKED = "При скольких градусах заваривают зелёный чай?"


@pytest.fixture
def remote(chroma_run: ChromaRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An app without notes and index; it asks the server often."""
    monkeypatch.setattr(module, "_ASK_SERVER_AGAIN", 0.1)
    name = f"v{uuid.uuid4().hex[:12]}"
    return Settings(corpus=tmp_path / "none", index=tmp_path / "nowhere", chroma_url=chroma_run.url, chroma_vault=name)


@contextmanager
def following(desk: Desk) -> Iterator[None]:
    """The desk follows the server meanwhile."""
    stop = Event()
    thread = Thread(target=desk.follow, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def until(condition: Callable[[], bool]) -> None:
    """Waits for it."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def says(desk: Desk, fact: str) -> bool:
    """Whether the answer has it."""
    return fact in desk.knowledge_base().ask(ASKED).text


def test_the_desk_opens_what_is_published_as_it_comes(remote: Settings, tmp_path: Path, model: E5Model) -> None:
    """First nothing, which it says; then the first index, then the next one, without being asked; no index is made."""
    notes = tmp_path / "notes"
    notes.mkdir()
    indexing = remote.model_copy(update={"corpus": notes, "index": tmp_path / "index"})
    desk = Desk(remote)
    desk.open()
    state = desk.settled()
    assert isinstance(state, Failed)
    assert isinstance(state.error, MissingIndexError)
    with following(desk):
        for degrees in ("восьмидесяти", "семидесяти"):
            text = f"# Чай\n\nЗелёный чай заваривают при {degrees} градусах.\n"
            (notes / "Чай.md").write_text(text, encoding="utf-8")
            assert index_vault(indexing, model).sent
            until(lambda: isinstance(desk.state, Ready))
            until(partial(says, desk, degrees))
    state = desk.state
    assert isinstance(state, Ready)
    assert (state.current, state.updating, state.failure) == (True, False, None)
    assert not remote.index.exists()


def test_a_server_that_is_away_is_asked_again(remote: Settings) -> None:
    """The button tries at once; the page says what is wrong meanwhile."""
    desk = Desk(remote.model_copy(update={"chroma_url": "http://127.0.0.1:9"}))
    for begin in (desk.open, desk.refresh):
        begin()
        state = desk.settled()
        assert isinstance(state, Failed)
        assert isinstance(state.error, IndexServerError)
