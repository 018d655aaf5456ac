"""The texts of a generation's chunks as one file: a line of JSON for each, in the order of the BM25 tables."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from kbqa.index.chunking import make_chunk
from kbqa.types import Chunk

NAME = "chunks.jsonl"
"""Of the file, in the folder of a generation that was fetched."""


def write_chunks(chunks: Iterable[Chunk]) -> bytes:
    """What `ChunkFile` reads."""
    return b"".join(_written(chunk) for chunk in chunks)


def _written(chunk: Chunk) -> bytes:
    values = {
        "note": chunk.note,
        "heading_path": chunk.heading_path,
        "aliases": chunk.aliases,
        "text": chunk.text,
        "tokens": chunk.token_count,
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
    }
    # In ASCII no character of the text can be taken for the end of a line.
    return json.dumps(values).encode("ascii") + b"\n"


class ChunkFile:
    """Reads chunks by their ids. Every call opens the file anew, so threads share nothing."""

    def __init__(self, file: Path, ids: Sequence[str]) -> None:
        self._file = file
        data = np.memmap(file, np.uint8, "r")
        ends = np.flatnonzero(data == ord("\n")) + 1
        if len(ends) != len(ids):
            raise ValueError(f"{len(ends)} chunks; expected {len(ids)}")
        self._edges = np.concatenate([np.zeros(1, np.int64), ends])
        self._rows = {chunk_id: row for row, chunk_id in enumerate(ids)}

    def read(self, ids: Sequence[str]) -> list[Chunk]:
        """The named chunks, in the order of `ids`.

        Raises:
            KeyError, ValueError, TypeError: the file is not what was written.
        """
        with self._file.open("rb") as opened:
            found = [_parsed(self._line(opened, chunk_id)) for chunk_id in ids]
        # The id is made again from what was read: a chunk that was damaged is not found under its own.
        by_id = {chunk.id: chunk for chunk in found}
        return [by_id[chunk_id] for chunk_id in ids]

    def _line(self, opened: BinaryIO, chunk_id: str) -> bytes:
        row = self._rows[chunk_id]
        opened.seek(int(self._edges[row]))
        return opened.read(int(self._edges[row + 1] - self._edges[row]))


def _parsed(line: bytes) -> Chunk:
    values = json.loads(line)
    heading_path, aliases = tuple(values.pop("heading_path")), tuple(values.pop("aliases"))
    return make_chunk(heading_path=heading_path, aliases=aliases, **values)
