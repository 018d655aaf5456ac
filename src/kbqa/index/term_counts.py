"""How often each term stands in each chunk: what BM25 scores are computed from, and all of it that can be reused."""

from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

_NO_TERM = " "
"""Stands for a text without words: a term that no question has, so that every row has one."""


@dataclass(frozen=True, slots=True)
class TermCounts:
    """A table of counts with a row for each chunk and a column for each term.

    It is a pure function of the chunks in their order: however it came about, the same chunks give the same table.
    """

    terms: tuple[str, ...]
    """Sorted; every one stands in some chunk."""
    matrix: csr_matrix
    """Counts, shape (chunks, terms), int32; the columns of each row ascend."""

    @classmethod
    def nothing(cls) -> Self:
        """No chunks, no terms."""
        return cls((), csr_matrix((0, 0), dtype=np.int32))

    def updated(
        self, rows: Sequence[int | None], texts: Sequence[str], terms_of: Callable[[str], Sequence[str]]
    ) -> "TermCounts":
        """Another table, of which only `texts` are read.

        Args:
            rows: for each chunk of the new table the row that it has in this one; None: it has none.
            texts: of the chunks that have none, in their order.
            terms_of: the terms of a text.
        """
        fresh = _Counted.of(texts, terms_of)
        kept = self.matrix[[row for row in rows if row is not None]]
        still_used = np.unique(kept.indices)
        terms = sorted({self.terms[column] for column in still_used}.union(fresh.terms))
        columns = {term: column for column, term in enumerate(terms)}
        moved = np.zeros(len(self.terms), np.int32)
        moved[still_used] = [columns[self.terms[column]] for column in still_used]
        placed = np.array([columns[term] for term in fresh.terms], np.int32)

        # First the kept rows, then the fresh ones; put in order last.
        data = np.concatenate([kept.data, np.frombuffer(fresh.counts, np.int32)])
        indices = np.concatenate([moved[kept.indices], placed[np.frombuffer(fresh.places, np.int32)]])
        indptr = np.concatenate([kept.indptr, kept.indptr[-1] + np.cumsum(fresh.lengths, dtype=np.int32)])
        stacked = csr_matrix((data, indices, indptr), shape=(len(rows), len(terms)))
        matrix = stacked[_places(rows)]
        matrix.sort_indices()
        return TermCounts(tuple(terms), matrix)

    def lengths(self) -> NDArray[np.float64]:
        """How many terms each chunk has, repetitions included."""
        return np.asarray(self.matrix.sum(axis=1), dtype=np.float64).ravel()


@dataclass(frozen=True, slots=True)
class _Counted:
    """The counts of many texts one after the other, as numbers: dictionaries would take ten times the memory."""

    terms: dict[str, int]
    """Each with its number, in the order of their first mention."""
    places: "array[int]"
    """Numbers of the terms of each text."""
    counts: "array[int]"
    """How often each of these stands there."""
    lengths: list[int]
    """How many terms each text has."""

    @classmethod
    def of(cls, texts: Sequence[str], terms_of: Callable[[str], Sequence[str]]) -> Self:
        made = cls({}, array("i"), array("i"), [])
        for text in texts:
            counts = counted(text, terms_of)
            made.places.extend(made.terms.setdefault(term, len(made.terms)) for term in counts)
            made.counts.extend(counts.values())
            made.lengths.append(len(counts))
        return made


def counted(text: str, terms_of: Callable[[str], Sequence[str]]) -> Counter[str]:
    """How often each term stands in `text`."""
    return Counter(terms_of(text) or [_NO_TERM])


def _places(rows: Sequence[int | None]) -> list[int]:
    """Where each row stands when the kept ones come first."""
    kept, fresh = 0, sum(row is not None for row in rows)
    places = []
    for row in rows:
        if row is None:
            places.append(fresh)
            fresh += 1
        else:
            places.append(kept)
            kept += 1
    return places
