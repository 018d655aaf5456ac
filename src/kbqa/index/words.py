"""Vectors of the words of the notes, each by itself: how near in meaning a question's word is to them.

One table, memory-mapped: the mean of all vectors, then a row for each stem in the order of the BM25 tables (`_ROW`).
The stems themselves are not in it: the BM25 tables have them.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kbqa.embedding import DIMENSION
from kbqa.index.fixed_point import ONE, as_floats

_ROW = np.dtype([("vector", "<i2", (DIMENSION,)), ("length", "<f4")])
"""A vector times `ONE`, and how far it is from the mean."""
_UNRELATED, _SAME = 0.30, 0.70
"""Cosines, the mean subtracted, at and below which a word has nothing to do with another, and from which on it means
the same; chosen on dev questions."""
_LEAST_LENGTH = 1e-3
"""What is nearer to the mean than this has no direction; no word of the evaluation vault is nearer than 0.3."""
_TEXTS = 5_000
"""So many texts' places in the vocabulary are kept (some MB)."""
_BLOCK = 128
"""Rows made floats at a time: they stay in the processor's cache, and are too few for BLAS to wake other threads."""


def words_among(terms: Iterable[str]) -> tuple[str, ...]:
    """Those that have a letter, each once, sorted: a number has no meaning to compare."""
    return tuple(sorted({term for term in terms if any(map(str.isalpha, term))}))


class WordVectors:
    """Compares words of a question with the words of the notes; immutable.

    Beside what all texts have in common for the model words differ little, so the mean of the vocabulary is subtracted
    from every vector: the first step of Mu & Viswanath 2018, arXiv:1702.01417.
    """

    def __init__(self, stems: tuple[str, ...], table: NDArray[Any]) -> None:
        if len(table) != len(stems) + 1:
            raise ValueError(f"vectors of {len(table) - 1} words; expected {len(stems)}")
        self.stems = stems
        """The vocabulary, sorted: the stems of the notes that have a letter."""
        self._row_of = {stem: row for row, stem in enumerate(stems)}
        self._table = table
        self._rows_of_texts: dict[frozenset[str], NDArray[np.int64]] = {}

    @classmethod
    def nothing(cls) -> "WordVectors":
        """Of no words."""
        return cls((), np.zeros(1, _ROW))

    @classmethod
    def load(cls, file: Path, terms: Iterable[str]) -> "WordVectors":
        """Read what `save` wrote; it stays on disk, memory-mapped.

        Args:
            file: where it lies.
            terms: all stems of the notes.

        Raises:
            ValueError: it was made for other stems.
        """
        return cls(words_among(terms), np.load(file, mmap_mode="r", allow_pickle=False).view(np.ndarray))

    def save(self, file: Path) -> None:
        """Write to `file`."""
        np.save(file, self._table, allow_pickle=False)

    def compared(self, vectors: NDArray[np.float32]) -> "Comparison":
        """The words of the notes compared with the words of a question.

        Args:
            vectors: of the question's words, embedded as queries, shape (words, dimension).
        """
        return Comparison(self._table, vectors)

    def __contains__(self, stem: str) -> bool:
        """Whether the notes have the stem."""
        return stem in self._row_of

    def rows(self, stems: Iterable[str]) -> NDArray[np.int64]:
        """Places in the vocabulary of those of the stems that it has."""
        return np.array([self._row_of[stem] for stem in stems if stem in self._row_of], np.int64)

    def rows_of_text(self, stems: frozenset[str]) -> NDArray[np.int64]:
        """The same of the distinct stems of a text; kept, as most texts that are found were found before."""
        found = self._rows_of_texts.get(stems)
        if found is None:
            if len(self._rows_of_texts) >= _TEXTS:
                self._rows_of_texts = {}
            found = self._rows_of_texts[stems] = self.rows(stems)
        return found

    def vectors(self, stems: Sequence[str]) -> NDArray[np.float32]:
        """As they were embedded, shape (stems, dimension).

        Raises:
            KeyError: the vocabulary has not all of them.
        """
        stored: NDArray[np.int16] = self._table["vector"][[self._row_of[stem] + 1 for stem in stems]]
        return as_floats(stored)

    def updated(self, terms: Iterable[str], stems: Sequence[str], vectors: NDArray[np.int16]) -> "WordVectors":
        """The vectors for other notes, the same as if they were made from nothing.

        Args:
            terms: all stems of these notes.
            stems: those of them that this one does not have, at least.
            vectors: theirs as fixed-point numbers, shape (stems, dimension).

        Raises:
            KeyError: a stem has no vector.
        """
        vocabulary = words_among(terms)
        sources = self._row_of | {stem: row for row, stem in enumerate(stems, len(self.stems))}
        held = np.concatenate([self._table["vector"][1:], vectors])
        return WordVectors(vocabulary, _table(held[[sources[stem] for stem in vocabulary]]))

    def check(self) -> None:
        """Whether the mean, and how far the vectors are from it, is theirs.

        Raises:
            ValueError: it is not.
        """
        if not np.array_equal(_table(self._table["vector"][1:]), self._table):
            raise ValueError("the vectors of words do not agree with their mean")


class Comparison:
    """How surely each word of a question means what words of the notes do: computed of those that are asked for.

    A question is compared with a thousand words of the texts found for it, of the fifty thousand that notes may have.
    """

    def __init__(self, table: NDArray[Any], vectors: NDArray[np.float32]) -> None:
        mean = table["vector"][0].astype(np.float32) / ONE
        asked = vectors - mean
        asked /= np.maximum(np.linalg.norm(asked, axis=1, keepdims=True), _LEAST_LENGTH)
        self._table = table
        self._directions = np.ascontiguousarray(asked.T) / ONE
        self._of_mean = asked @ mean
        self._strengths = np.zeros((len(table) - 1, len(asked)), np.float32)
        self._is_known = np.zeros(len(table) - 1, bool)

    def strengths(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Of words of the notes by their places in the vocabulary: shape (rows, words), in [0, 1]."""
        # Threads that ask for the same at a time compute the same.
        missing = rows[~self._is_known[rows]]
        if len(missing):
            self._compute(np.unique(missing))
        found: NDArray[np.float32] = self._strengths[rows]
        return found

    def _compute(self, missing: NDArray[np.int64]) -> None:
        block = np.zeros((_BLOCK, DIMENSION), np.float32)
        for start in range(0, len(missing), _BLOCK):
            part = missing[start : start + _BLOCK]
            stored = self._table[part + 1]
            block[: len(part)] = stored["vector"]
            # Always a whole block: a word's last digit must not depend on how many others are asked for.
            cosines = (block @ self._directions)[: len(part)] - self._of_mean
            cosines /= np.maximum(stored["length"], _LEAST_LENGTH)[:, np.newaxis]
            self._strengths[part] = np.clip((cosines - _UNRELATED) / (_SAME - _UNRELATED), 0, 1)
        self._is_known[missing] = True


def _table(vectors: NDArray[np.int16]) -> NDArray[Any]:
    """The table of these vectors, shape (vocabulary, dimension)."""
    table = np.zeros(len(vectors) + 1, _ROW)
    if len(vectors):
        table["vector"][1:] = vectors
        # Summed as integers, which is exact: the same vectors always have the same mean.
        table["vector"][0] = np.rint(vectors.sum(axis=0, dtype=np.int64) / len(vectors))
        table["length"][1:] = np.linalg.norm(vectors - table["vector"][0].astype(np.float32), axis=1) / ONE
    return table
