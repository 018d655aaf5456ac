"""The texts of chunks in one file."""

from pathlib import Path

import pytest

from kbqa.index.chunking import make_chunk
from kbqa.index.server.chunk_file import ChunkFile, write_chunks
from kbqa.types import Chunk


def chunk(number: int, text: str = "Текст") -> Chunk:
    """A chunk that is told apart by its line."""
    return make_chunk(
        note="Чай.md",
        heading_path=("Чай", "Виды"),
        aliases=("Tea",),
        text=text,
        tokens=3,
        start_line=number,
        end_line=number,
    )


@pytest.mark.parametrize("text", ["две\nстроки", "\u2028\x85\r\n\x00", "Ёж 🦔", ""])
def test_chunks_come_back(tmp_path: Path, text: str) -> None:
    """In the order that is asked for, whatever stands in them."""
    chunks = [chunk(1), chunk(2, text), chunk(3)]
    (tmp_path / "file").write_bytes(write_chunks(chunks))
    read = ChunkFile(tmp_path / "file", [one.id for one in chunks]).read([chunks[2].id, chunks[1].id])
    assert read == [chunks[2], chunks[1]]


def test_a_damaged_chunk_is_not_found(tmp_path: Path) -> None:
    """Its id is made of what it says."""
    one = chunk(1)
    (tmp_path / "file").write_bytes(write_chunks([one]).replace(b"Tea", b"Ten"))
    with pytest.raises(KeyError):
        ChunkFile(tmp_path / "file", [one.id]).read([one.id])


def test_another_number_of_chunks_is_refused(tmp_path: Path) -> None:
    """A file that was cut short is not opened."""
    (tmp_path / "file").write_bytes(write_chunks([chunk(1)]))
    with pytest.raises(ValueError, match="expected 2"):
        ChunkFile(tmp_path / "file", ["a", "b"])
