"""Vectors of single statements and of heading paths, beside those of the chunks.

    vectors.npy   of every text, each once, in the order of the notes, times `ONE`: int16, (texts, dimension)
    keys.npy      hashes of the texts, ascending, and the rows of their vectors: uint64, (2, texts)
    places.npy    what stands where, chunk by chunk: `_PLACE`
    edges.npy     where each chunk's places begin and end: int64, (chunks + 1,)

The texts themselves are not kept: whoever asks has them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kbqa.embedding import DIMENSION
from kbqa.index.fixed_point import ONE
from kbqa.notes.statements import Statement, context_of, is_titled, quotable_blocks, statements_of
from kbqa.types import Chunk, Note

_PLACE = np.dtype([("statement", "<i4"), ("heading", "<i4"), ("length", "<f4")])
"""Row of a statement's vector, or -1; of the heading path's above it; and the length of their sum."""
_KEYED = np.dtype([("statement", "<u8"), ("heading", "<u8"), ("length", "<f4")])
"""The same with the texts' hashes for rows; a length of 0 is not computed yet."""
_NONE = 0
"""For the hash of a statement where there is none."""
_BLOCK = 4096
"""Places whose lengths are computed at a time."""


@dataclass(frozen=True, slots=True)
class Place:
    """A statement of a chunk under its headings, as the texts that are embedded."""

    statement: str | None
    """None: only the heading path, which no statement of its own stands under. A chunk without any statement has its
    heading path for one."""
    heading: str


def places_of(note: Note, chunks: Sequence[Chunk]) -> Iterator[tuple[Place, ...]]:
    """The places of each of the note's chunks: what can be quoted of its lines, then the headings above."""
    for chunk, found in zip(chunks, quotable_in(note, chunks), strict=True):
        stated = [Place(statement.said, context_of(path)) for statement, path in found]
        own = context_of(chunk.heading_path)
        paths = dict.fromkeys([chunk.heading_path, *(path for _, path in found)])
        above = dict.fromkeys(context_of(path[:depth]) for path in paths for depth in range(1, len(path) + 1))
        stated = stated or [Place(own, own)]
        covered = {place.heading for place in stated}
        yield (*stated, *(Place(None, heading) for heading in above if heading not in covered))


def quotable_in(note: Note, chunks: Sequence[Chunk]) -> Iterator[tuple[tuple[Statement, tuple[str, ...]], ...]]:
    """What can be quoted of the lines of each of the note's chunks, each statement with its heading path."""
    lines = note.text.split("\n")
    on_line: dict[int, list[tuple[Statement, tuple[str, ...]]]] = {}
    for section in note.sections:
        for block in quotable_blocks(section):
            for statement in statements_of(block, titled=is_titled(block, lines)):
                for line in range(statement.start_line, statement.end_line + 1):
                    on_line.setdefault(line, []).append((statement, section.heading_path))
    for chunk in chunks:
        found = dict.fromkeys(
            (statement, path)
            for line in range(chunk.start_line, chunk.end_line + 1)
            for statement, path in on_line.get(line, ())
            if _reaches_into(statement, chunk)
        )
        yield tuple(found)


def _reaches_into(statement: Statement, chunk: Chunk) -> bool:
    """Whether a statement that stands on a line of the chunk is in it, if only in part.

    A chunk of one line may be a part of it.
    """
    several_lines = statement.start_line < statement.end_line or chunk.start_line < chunk.end_line
    return several_lines or statement.text in chunk.text or chunk.text in statement.text


def texts_of(places: Iterable[Place]) -> list[str]:
    """Every text of the places, each once."""
    texts = (text for place in places for text in (place.statement, place.heading) if text is not None)
    return list(dict.fromkeys(texts))


class StatementVectors:
    """Compares a question with statements and headings; immutable.

    Everywhere `vector` is the question's, of length 1, shape (dimension,); cosines are float32 in [-1, 1].
    """

    def __init__(
        self, vectors: NDArray[np.int16], keys: NDArray[np.uint64], places: NDArray[Any], edges: NDArray[np.int64]
    ) -> None:
        self._vectors = vectors
        self._keys = keys
        self._places = places
        self._edges = edges

    @classmethod
    def nothing(cls) -> "StatementVectors":
        """Of no chunks."""
        return cls(
            np.empty((0, DIMENSION), np.int16),
            np.empty((2, 0), np.uint64),
            np.empty(0, _PLACE),
            np.zeros(1, np.int64),
        )

    @classmethod
    def load(cls, folder: Path) -> "StatementVectors":
        """Read what `save` wrote; it stays on disk, memory-mapped."""
        parts = (np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _FILES)
        return cls(*(part.view(np.ndarray) for part in parts))

    def save(self, folder: Path) -> None:
        """Write to `folder`, which is made."""
        folder.mkdir(parents=True)
        parts: tuple[NDArray[Any], ...] = (self._vectors, self._keys, self._places, self._edges)
        for name, part in zip(_FILES, parts, strict=True):
            np.save(folder / f"{name}.npy", part, allow_pickle=False)

    def __len__(self) -> int:
        """How many chunks there are."""
        return len(self._edges) - 1

    def best(self, vector: NDArray[np.float32], chunks: Sequence[int] | NDArray[np.integer]) -> NDArray[np.float32]:
        """The highest cosine with a statement under its headings, for each chunk: shape (chunks,).

        A statement under its headings is the sum of the two vectors; a chunk without statements has its headings'.

        Args:
            vector: the question's.
            chunks: positions in the order of the BM25 tables.
        """
        positions = np.asarray(chunks, np.int64)
        if not len(positions):
            return np.empty(0, np.float32)
        starts = self._edges[positions]
        counts = self._edges[positions + 1] - starts
        firsts = np.cumsum(counts) - counts
        places = self._places[np.repeat(starts - firsts, counts) + np.arange(counts.sum())]
        stated = places["statement"] >= 0
        cosines = np.full(len(places), -1, np.float32)
        places = places[stated]
        both = self._cosines(vector, np.stack([places["statement"], places["heading"]]))
        cosines[stated] = both.sum(axis=0) / places["length"]
        return np.maximum.reduceat(cosines, firsts)

    def similarities(self, vector: NDArray[np.float32], texts: Sequence[str]) -> NDArray[np.float32]:
        """Cosine with each text by itself, a statement (`Statement.said`): shape (texts,); NaN for an unknown one."""
        rows = self._rows_of(_hashes(texts))
        cosines = np.full(len(rows), np.nan, np.float32)
        known = rows >= 0
        cosines[known] = self._cosines(vector, rows[known])
        return cosines

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """Those of the texts that have no vector."""
        rows = self._rows_of(_hashes(texts))
        return [text for text, row in zip(texts, rows, strict=True) if row < 0]

    def holds(self, position: int, places: Sequence[Place]) -> bool:
        """Whether the chunk at `position` has these places, no more and no fewer."""
        if self.unknown(texts_of(places)):
            return False
        found = self._places[self._edges[position] : self._edges[position + 1]]
        expected = _keyed(places)
        statements = np.where(expected["statement"] == _NONE, -1, self._rows_of(expected["statement"]))
        return np.array_equal(found["statement"], statements) and np.array_equal(
            found["heading"], self._rows_of(expected["heading"])
        )

    def updated(
        self,
        held: Sequence[str],
        ids: Sequence[str],
        places: Mapping[str, Iterable[Place]],
        texts: Sequence[str],
        vectors: NDArray[np.int16],
    ) -> "StatementVectors":
        """The vectors for the chunks `ids`, the same as if they were made from nothing.

        Args:
            held: ids of the chunks that this one is of, in order.
            ids: at least one.
            places: by chunk id; where one has none here, this one's are taken over.
            texts: of the places, those that this one does not know.
            vectors: of these texts as fixed-point numbers, shape (texts, dimension).
        """
        positions = {chunk_id: position for position, chunk_id in enumerate(held)}
        old = self._keyed()
        parts = [
            _keyed(places[chunk_id]) if chunk_id in places else old[self._edges[at] : self._edges[at + 1]]
            for chunk_id, at in ((chunk_id, positions.get(chunk_id, -1)) for chunk_id in ids)
        ]
        keyed = np.concatenate(parts)
        named = np.stack([keyed["statement"], keyed["heading"]], axis=1).ravel()
        hashes, first = np.unique(named[named != _NONE], return_index=True)
        in_order = np.argsort(first)
        rows = np.empty(len(hashes), np.int64)
        rows[in_order] = np.arange(len(hashes))

        sources = np.concatenate([self._hash_of_row(), _hashes(texts)])
        sorter = np.argsort(sources)
        source = sorter[np.minimum(np.searchsorted(sources, hashes[in_order], sorter=sorter), len(sources) - 1)]
        if not np.array_equal(sources[source], hashes[in_order]):
            raise ValueError("a statement has no vector")
        ordered = _rows(self._vectors, vectors, source)

        made = np.empty(len(keyed), _PLACE)
        made["statement"] = np.where(keyed["statement"] == _NONE, -1, rows[_at(hashes, keyed["statement"])])
        made["heading"] = rows[_at(hashes, keyed["heading"])]
        made["length"] = keyed["length"]
        (missing,) = np.nonzero((made["length"] == 0) & (made["statement"] >= 0))
        for start in range(0, len(missing), _BLOCK):
            block = missing[start : start + _BLOCK]
            sums = ordered[made["statement"][block]].astype(np.float32) + ordered[made["heading"][block]]
            made["length"][block] = np.linalg.norm(sums, axis=1) / ONE
        edges = np.cumsum([0, *map(len, parts)], dtype=np.int64)
        return StatementVectors(ordered, np.stack([hashes, rows.astype(np.uint64)]), made, edges)

    def check(self) -> None:
        """Whether the parts agree.

        Raises:
            ValueError: they do not.
        """
        texts = len(self._vectors)
        hashes, rows = self._keys
        sound = (
            np.all(np.diff(self._edges) > 0)
            and self._edges[0] == 0
            and self._edges[-1] == len(self._places)
            and np.all(hashes[1:] > hashes[:-1])
            and np.array_equal(np.sort(rows), np.arange(texts, dtype=np.uint64))
            and all(0 <= row < texts for row in _extremes(self._places["heading"]))
            and all(-1 <= row < texts for row in _extremes(self._places["statement"]))
            and np.all((self._places["length"] > 0) == (self._places["statement"] >= 0))
        )
        if not sound:
            raise ValueError("the tables of statements do not agree")

    def _cosines(self, vector: NDArray[np.float32], rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """Of vectors by their rows, which may repeat: as many, in the same shape."""
        distinct, at = np.unique(rows, return_inverse=True)
        cosines: NDArray[np.float32] = self._vectors[distinct].astype(np.float32) @ np.asarray(vector, np.float32)
        cosines /= ONE
        return cosines[at].reshape(rows.shape)

    def _rows_of(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Rows of the vectors of texts, by their hashes; -1 where there is none."""
        known, rows = self._keys
        if not len(known):
            return np.full(len(hashes), -1)
        at = _at(known, hashes)
        return np.where(known[at] == hashes, rows[at].astype(np.int64), -1)

    def _hash_of_row(self) -> NDArray[np.uint64]:
        hashes, rows = self._keys
        by_row: NDArray[np.uint64] = np.empty_like(hashes)
        by_row[rows.astype(np.int64)] = hashes
        return by_row

    def _keyed(self) -> NDArray[Any]:
        places = self._places
        by_row = self._hash_of_row()
        keyed = np.empty(len(places), _KEYED)
        keyed["statement"] = np.where(places["statement"] < 0, _NONE, by_row[places["statement"]])
        keyed["heading"] = by_row[places["heading"]]
        keyed["length"] = places["length"]
        return keyed


_FILES = ("vectors", "keys", "places", "edges")


def _keyed(places: Iterable[Place]) -> NDArray[Any]:
    pairs = [(_NONE if place.statement is None else _hash(place.statement), _hash(place.heading)) for place in places]
    return np.array([(*pair, 0) for pair in pairs], _KEYED)


def _hashes(texts: Sequence[str]) -> NDArray[np.uint64]:
    return np.array([_hash(text) for text in texts], np.uint64)


def _hash(text: str) -> int:
    # Of a million texts two have the same hash once in 40 million indexes.
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) or 1


def _rows(held: NDArray[np.int16], fresh: NDArray[np.int16], wanted: NDArray[np.integer]) -> NDArray[np.int16]:
    """Rows out of `held` and, counted on, `fresh`; a copy only where it must be: there may be gigabytes of them."""
    if not len(held) and np.array_equal(wanted, np.arange(len(fresh))):
        return fresh
    rows = np.empty((len(wanted), fresh.shape[1]), np.int16)
    is_held = wanted < len(held)
    rows[is_held] = held[wanted[is_held]]
    rows[~is_held] = fresh[wanted[~is_held] - len(held)]
    return rows


def _at(ascending: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where the wanted values stand; anywhere for those that do not."""
    return np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)


def _extremes(values: NDArray[np.int32]) -> tuple[int, int]:
    return int(values.min()), int(values.max())
