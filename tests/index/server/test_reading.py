"""Reading what is published: whole or not at all, and a new one beside the old."""

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kbqa.embedding import MODEL_ID
from kbqa.errors import BrokenIndexError, MissingIndexError, StaleIndexError
from kbqa.index.server import reading
from kbqa.index.server.published import Part, listing_of
from kbqa.index.server.reading import ServerIndex
from kbqa.index.server.records import packed


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders for generations are made."""
    folder = tmp_path / "private"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def index(site: Any, monkeypatch: pytest.MonkeyPatch) -> ServerIndex:
    """What a reader has of the site; it asks anew each time."""
    monkeypatch.setattr(reading, "POLL_SECONDS", 0)
    return ServerIndex(site.address, site.published.vault)


def replace_listing(site: Any, parts: tuple[Part, ...]) -> None:
    """Another listing in the place of the one that was published, its seal with it."""
    pointer, listing = site.published.pointer(), listing_of(parts)
    (record,) = packed(listing)
    site.published.parts_of(pointer.generation).upsert(
        ids=[str(pointer.records - 1)], embeddings=[[1.0]], metadatas=[record]
    )
    site.published.point_to(replace(pointer, seal=hashlib.sha256(listing).hexdigest()))


def parts_of(site: Any) -> tuple[Part, ...]:
    """The listing that was published."""
    pointer = site.published.pointer()
    stored = site.published.parts_of(pointer.generation)
    listing = reading.read_bytes(site.published, stored, pointer.records - pointer.listing, pointer.listing)
    return Part.list_of(b"".join(listing))


def test_a_generation_is_the_same_as_its_origin(site: Any, index: ServerIndex, private: Path) -> None:
    """Every part; its private folder goes when it is closed."""
    site.publish()
    origin = site.local.open_current(model=MODEL_ID)
    fetched = index.open_current(model=MODEL_ID)
    try:
        assert (fetched.manifest, fetched.lexical.ids) == (origin.manifest, origin.lexical.ids)
        assert fetched.store.chunks(origin.lexical.ids) == origin.store.chunks(origin.lexical.ids)
        assert fetched.catalogue.note("Чай.md") == origin.catalogue.note("Чай.md")
        for vector in origin.vectors:
            assert fetched.store.nearest(vector, 2) == origin.store.nearest(vector, 2)
        assert len(list(private.iterdir())) == 1
    finally:
        fetched.close()
        origin.close()
    assert list(private.iterdir()) == []


def test_nothing_is_published(index: ServerIndex) -> None:
    """The error says what to run."""
    with pytest.raises(MissingIndexError, match="kbqa index"):
        index.current()
    with pytest.raises(MissingIndexError):
        index.open_current(model=MODEL_ID)


def test_what_is_published_half_is_not_seen(site: Any, index: ServerIndex) -> None:
    """Until the pointer names it."""
    site.published.make(site.local.current())
    with pytest.raises(MissingIndexError):
        index.open_current(model=MODEL_ID)


def test_another_model_or_format_made_it(site: Any, index: ServerIndex) -> None:
    """As when apps are updated before the indexer."""
    site.publish()
    with pytest.raises(StaleIndexError):
        index.open_current(model="another")


@pytest.mark.parametrize("lost", ["chunks", "parts"])
def test_a_generation_that_is_incomplete_is_told(site: Any, index: ServerIndex, private: Path, lost: str) -> None:
    """Nothing is left behind here, either."""
    site.publish()
    site.published.server.delete(f"kbqa-{site.published.vault}-{site.local.current()}-{lost}")
    with pytest.raises(BrokenIndexError, match="kbqa index"):
        index.open_current(model=MODEL_ID)
    assert list(private.iterdir()) == []


def test_a_damaged_part_is_told(site: Any, index: ServerIndex, private: Path) -> None:
    """Its seal differs."""
    site.publish()
    site.published.parts_of(site.local.current()).upsert(ids=["0"], embeddings=[[1.0]], metadatas=[{"b00": "AAAA"}])
    with pytest.raises(BrokenIndexError, match="seal"):
        index.open_current(model=MODEL_ID)
    assert list(private.iterdir()) == []


@pytest.mark.parametrize("path", ["../outside", "/outside", "lexical/../../outside"])
def test_a_part_is_not_written_elsewhere(site: Any, index: ServerIndex, private: Path, path: str) -> None:
    """Whatever the server says that it is called."""
    site.publish()
    first, *others = parts_of(site)
    replace_listing(site, (replace(first, path=path), *others))
    with pytest.raises(BrokenIndexError):
        index.open_current(model=MODEL_ID)
    assert not list(private.rglob("outside"))
    assert not Path("/outside").exists()


def test_a_missing_record_is_told(site: Any, index: ServerIndex) -> None:
    """The server does not have what the listing names."""
    site.publish()
    site.published.parts_of(site.local.current()).delete(ids=["0"])
    with pytest.raises(BrokenIndexError):
        index.open_current(model=MODEL_ID)


def test_after_a_failure_the_old_one_is_named_for_a_while(
    site: Any, index: ServerIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that not each question tries to open what cannot be opened; then it is tried again."""
    site.publish()
    index.open_current(model=MODEL_ID).close()
    old, new = site.local.current(), site.index({"Кофе.md": "# Кофе\n\nЕго варят.\n"})
    site.publish()
    assert index.current() == new
    site.published.server.delete(f"kbqa-{site.published.vault}-{new}-chunks")
    with pytest.raises(BrokenIndexError):
        index.open_current(model=MODEL_ID)
    assert index.current() == old
    monkeypatch.setattr(index, "_ask_at", 0)
    assert index.current() == new
