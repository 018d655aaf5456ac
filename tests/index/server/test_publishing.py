"""Publishing: all or nothing, again where it was interrupted, and nothing that is current is touched."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from kbqa.embedding import MODEL_ID
from kbqa.errors import BusyIndexError, IndexServerError
from kbqa.index import chroma
from kbqa.index.server.published import PublishedVault
from kbqa.index.server.reading import ServerIndex

EDIT = {"Кофе.md": "# Кофе\n\nКофе варят в турке. Зёрна мелют перед варкой. Воду берут мягкую.\n"}


@contextmanager
def requests_fail_from(number: int, patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The connection breaks at this request, 1-based, and stays broken; gives the requests made."""
    made = list[str]()
    request = chroma._Session.request

    def counted(session: Any, method: str, url: str, **options: Any) -> httpx.Response:
        made.append(f"{method} {url}")
        if len(made) >= number:
            raise httpx.ConnectError("away")
        return request(session, method, url, **options)

    with patch.context() as within:
        within.setattr(chroma._Session, "request", counted)
        yield made


def read_back(published: PublishedVault) -> str:
    """Open what is current as a reader does; what the first chunk says of all."""
    generation = ServerIndex(published.server.address, published.vault).open_current(model=MODEL_ID)
    try:
        chunks = generation.store.chunks(generation.lexical.ids)
        assert generation.store.nearest(generation.vectors[0], 1) == [generation.lexical.ids[0]]
        return "\n".join(chunk.text for chunk in chunks)
    finally:
        generation.close()


def test_what_is_published_is_there_once(site: Any) -> None:
    """Publishing it again changes nothing; a pointer names it."""
    assert site.publish()
    assert not site.publish()
    pointer = site.published.pointer()
    assert (pointer.generation, pointer.previous) == (site.local.current(), "")
    assert "80 градусах" in read_back(site.published)


def test_the_one_before_is_kept_and_those_before_it_are_not(site: Any) -> None:
    """Readers may still have it open."""
    names = [site.local.current()]
    site.publish()
    for number in range(2):
        names.append(site.index({"Кофе.md": f"# Кофе\n\nКофе номер {number} варят в турке.\n"}))
        assert site.publish()
    assert site.published.generations() == set(names[1:])
    assert site.published.pointer().previous == names[1]


def test_an_interrupted_publication_is_taken_up(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the connection breaks: the error says so, readers have the old one whole, the next attempt succeeds."""
    site.publish()
    site.index(EDIT)
    with requests_fail_from(10**6, monkeypatch) as made:
        assert site.publish()
    total, moments = len(made), random.Random(8)  # noqa: S311 - not for secrets
    for number in range(4):
        edited = f"Кофе номер {number}"
        site.index({"Кофе.md": f"# Кофе\n\n{edited} варят в турке.\n"})
        before = site.published.pointer()
        with (
            requests_fail_from(moments.randrange(1, total - 6), monkeypatch),
            pytest.raises(IndexServerError) as caught,
        ):
            site.publish()
        assert caught.value.key == "chroma_away"
        assert site.published.pointer() == before
        assert edited not in read_back(site.published)
        assert site.publish()
        assert edited in read_back(site.published)


@pytest.mark.parametrize("lost", ["chunks", "parts"])
def test_a_server_that_lost_something_is_given_it_again(site: Any, lost: str) -> None:
    """The next run sees that records are missing from what is current."""
    site.publish()
    name = site.local.current()
    collection = getattr(site.published, f"{lost}_of")(name)
    collection.delete(ids=collection.get(include=[], limit=1)["ids"])
    assert site.publish()
    assert "80 градусах" in read_back(site.published)


@pytest.mark.parametrize("value", ["AAAA", "не base64"])
def test_what_an_interrupted_publication_left_damaged_is_made_anew(site: Any, value: str) -> None:
    """A record that says something else, or nothing, is found when all is read back."""
    name = site.local.current()
    _, parts = site.published.make(name)
    parts.upsert(ids=["0"], embeddings=[[1.0]], metadatas=[{"b00": value}])
    assert site.publish()
    assert "80 градусах" in read_back(site.published)


def test_nobody_publishes_while_another_one_does(site: Any) -> None:
    """What is there stays."""
    site.publish()
    before = site.published.pointer()
    site.index(EDIT)
    lease = site.published.lease("another indexer")
    with pytest.raises(BusyIndexError):
        site.publish()
    assert site.published.pointer() == before
    lease.give_back()
    assert site.publish()


def test_the_right_to_publish_is_given_back(site: Any) -> None:
    """Another indexer may follow at once."""
    site.publish("one")
    site.index(EDIT)
    assert site.publish("other")
