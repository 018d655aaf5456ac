"""Neighbours from the server, and without it: the same."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kbqa.errors import IndexServerError
from kbqa.index.chroma import ServerAddress
from kbqa.index.server.chunk_file import ChunkFile, write_chunks
from kbqa.index.server.connection import ChromaServer
from kbqa.index.server.published import PublishedVault
from kbqa.index.server.store import ServerStore

COUNT = 400


@pytest.fixture
def store(published: PublishedVault, tmp_path: Path) -> ServerStore:
    """Random vectors, on the server as well."""
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(COUNT, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [f"{number:032}" for number in range(COUNT)]
    collection = published.server.make(f"{published.vault}-random", searched=True)
    collection.upsert(ids=ids, embeddings=vectors)
    (tmp_path / "chunks").write_bytes(b"{}\n" * COUNT)
    return ServerStore(published.server, collection, ids, vectors, ChunkFile(tmp_path / "chunks", ids))


def asks_nobody(store: ServerStore, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Fails every question to the server; counts them."""
    asked = list[int]()

    def fail(_: Any, count: int) -> list[str]:
        asked.append(count)
        raise IndexServerError("chroma_away", url="", detail="")

    monkeypatch.setattr(store, "asked", fail)
    return asked


def test_both_ways_find_the_same(store: ServerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set by set: the order of neighbours is made from exact cosines later."""
    questions = list(store.vectors(sorted(store.ids())[:20]))
    by_server = [store.asked(question, 50) for question in questions]
    asks_nobody(store, monkeypatch)
    assert [set(found) for found in by_server] == [set(store.nearest(question, 50)) for question in questions]


def test_a_server_that_failed_is_left_alone_for_a_while(store: ServerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next questions need not wait for it."""
    asked = asks_nobody(store, monkeypatch)
    question = store.vectors(sorted(store.ids())[:1])[0]
    for _ in range(3):
        assert store.nearest(question, 1) == sorted(store.ids())[:1]
    assert asked == [1]
    monkeypatch.setattr(store, "_rests_until", 0)
    store.nearest(question, 1)
    assert asked == [1, 1]


def test_more_than_the_cloud_returns_is_not_asked_for(store: ServerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quota is 300 results."""
    asked = asks_nobody(store, monkeypatch)
    assert len(store.nearest(store.vectors(sorted(store.ids())[:1])[0], 301)) == 301
    assert asked == []


def test_a_collection_with_other_chunks_is_not_believed(store: ServerStore) -> None:
    """Its neighbours are not what was asked for, and are found here instead."""
    store._collection.upsert(ids=["foreign"], embeddings=[[1.0] + [0.0] * 15])
    question = np.eye(16, dtype=np.float32)[0]
    with pytest.raises(IndexServerError):
        store.asked(question, 5)
    assert len(store.nearest(question, 5)) == 5
    assert "foreign" not in store.nearest(question, 5)


def test_counting_does_not_pretend(published: PublishedVault, store: ServerStore, tmp_path: Path) -> None:
    """Whoever opens a generation must know that the server has it."""
    assert store.count() == COUNT
    away = ChromaServer(ServerAddress("http://127.0.0.1:9"), 1)
    (tmp_path / "none").write_bytes(write_chunks([]) + b"{}\n")
    file = ChunkFile(tmp_path / "none", ["a"])
    published.server.delete(f"{published.vault}-random")
    with pytest.raises(IndexServerError):
        ServerStore(away, store._collection, ["a"], np.ones((1, 16), np.float32), file).count()
