"""Chunks and vectors in Chroma: what goes in comes out, and opening changes nothing that counts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kbqa.errors import BrokenIndexError
from kbqa.index import chunk_store
from kbqa.index.chroma import ChromaError
from kbqa.index.chunk_store import ChunkStore, copy_store, pack_store, seal_of_store
from kbqa.index.chunking import make_chunk
from kbqa.types import Chunk


def chunk(number: int, note: str = "Папка/Заметка.md") -> Chunk:
    """A chunk with everything in it that may need quoting or escaping."""
    return make_chunk(
        note=note,
        heading_path=("Тема «А»", f"Раздел {number}"),
        aliases=("Псевдоним", '"Кавычки"') if number == 0 else (),
        text=f"# Раздел {number}\n\n- пункт с \t табуляцией, \x00 и 😀\n",
        tokens=number,
        start_line=number + 1,
        end_line=number + 2,
    )


def unit_vectors(count: int) -> NDArray[np.float32]:
    """Directions that turn away from the first one, step by step."""
    angles = np.linspace(0, np.pi / 2, count)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


CHUNKS = [chunk(number) for number in range(20)]
VECTORS = unit_vectors(20)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChunkStore]:
    """Twenty chunks, written, closed and opened again."""
    folder = tmp_path_factory.mktemp("store") / "chroma"
    with ChunkStore(folder, create=True) as new:
        new.add(CHUNKS, VECTORS)
    with ChunkStore(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def large_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of so many chunks that Chroma writes its graph to disk."""
    folder = tmp_path_factory.mktemp("large") / "chroma"
    with ChunkStore(folder, create=True) as store:
        store.add([chunk(number) for number in range(1100)], unit_vectors(1100))
    return folder


@pytest.fixture
def large_copy(large_folder: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return shutil.copytree(large_folder, tmp_path / "chroma")


def test_chunks_come_back_as_they_were(store: ChunkStore) -> None:
    """Every field, in the order asked for."""
    wanted = [CHUNKS[7], CHUNKS[0], CHUNKS[19]]
    assert store.chunks([one.id for one in wanted]) == wanted
    assert store.count() == 20


def test_nearest_are_in_order(store: ChunkStore) -> None:
    """The nearest first; more than there are is all."""
    assert store.nearest(VECTORS[0], 100) == [one.id for one in CHUNKS]
    assert store.nearest(VECTORS[5], 1) == [CHUNKS[5].id]


def test_nothing_asked_nothing_found(store: ChunkStore) -> None:
    """No ids, no answers; Chroma itself would give all."""
    assert store.chunks([]) == []


@pytest.mark.parametrize("count", [20, 6000])
def test_opening_keeps_the_seal(tmp_path: Path, count: int) -> None:
    """Chroma changes its files whenever it opens them, but nothing that the seal covers; 6,000 need two batches."""
    chunks = [chunk(number) for number in range(count)]
    vectors = unit_vectors(count)
    with ChunkStore(tmp_path, create=True) as store:
        store.add(chunks, vectors)
        assert store.count() == count
    seal, content = seal_of_store(tmp_path), (tmp_path / "chroma.sqlite3").read_bytes()
    with ChunkStore(tmp_path) as store:
        assert store.chunks(store.nearest(vectors[0], 1))
    assert (tmp_path / "chroma.sqlite3").read_bytes() != content
    assert seal_of_store(tmp_path) == seal


@pytest.mark.parametrize(
    "name", ["data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin"]
)
@pytest.mark.parametrize("cut", [True, False])
def test_a_damaged_graph_breaks_the_seal(large_copy: Path, name: str, cut: bool) -> None:
    """Chroma itself would crash on a graph that is cut, and give wrong answers without one."""
    seal = seal_of_store(large_copy)
    (file,) = large_copy.glob(f"*/{name}")
    file.write_bytes(file.read_bytes()[:-1]) if cut else file.unlink()
    assert seal_of_store(large_copy) != seal


def test_damage_while_open_is_told(large_copy: Path) -> None:
    """A file that breaks under a reader's hands is a broken index, in kbqa's words."""
    with ChunkStore(large_copy) as store:
        (large_copy / "chroma.sqlite3").write_bytes(b"\0" * 10_000)
        with pytest.raises(BrokenIndexError, match="kbqa index"):
            store.chunks([chunk(7).id])


def test_a_copy_grows_by_itself(large_copy: Path, tmp_path: Path) -> None:
    """What is deleted is not found, what is added is; the store that was copied keeps its seal."""
    seal = seal_of_store(large_copy)
    copy_store(large_copy, tmp_path / "grown")
    with ChunkStore(tmp_path / "grown") as store:
        gone = store.nearest(VECTORS[0], 3)
        store.delete(gone)
        store.add([chunk(5000)], VECTORS[:1])
    with ChunkStore(tmp_path / "grown") as store:
        assert store.nearest(VECTORS[0], 10)[0] == chunk(5000).id
        assert store.count() == len(store.ids()) == 1100 - 3 + 1
        assert not store.ids() & set(gone)
        np.testing.assert_allclose(store.vectors([chunk(5000).id]), VECTORS[:1], atol=1e-6)
    assert seal_of_store(large_copy) == seal


def test_a_store_is_copied_while_it_is_open(large_copy: Path, tmp_path: Path) -> None:
    """Those who have it open may be writing what Chroma writes at opening."""
    with ChunkStore(large_copy):
        copy_store(large_copy, tmp_path / "copy")
    assert seal_of_store(tmp_path / "copy") == seal_of_store(large_copy)


def test_packing_keeps_the_seal(large_copy: Path) -> None:
    """Less space for the same."""
    seal, size = seal_of_store(large_copy), (large_copy / "chroma.sqlite3").stat().st_size
    pack_store(large_copy)
    assert (large_copy / "chroma.sqlite3").stat().st_size < size
    assert seal_of_store(large_copy) == seal


def test_a_store_that_cannot_be_opened_is_read_from_a_copy(large_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a folder that may not be written to; the copy goes when it is closed."""
    opened = list[Path]()
    client = chunk_store.make_client

    def refusing(folder: Path) -> object:
        opened.append(folder)
        if folder == large_copy:
            raise ChromaError("attempt to write a readonly database")
        return client(folder)

    monkeypatch.setattr(chunk_store, "make_client", refusing)
    with ChunkStore.for_reading(large_copy) as store:
        assert store.chunks([chunk(7).id]) == [chunk(7)]
        assert opened[-1].exists()
    assert not opened[-1].exists()
