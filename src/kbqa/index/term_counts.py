"""How often each term stands in each chunk: what BM25 scores are computed from, and all of it that can be reused."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
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
        fresh = [counted(text, terms_of) for text in texts]
        kept = self.matrix[[row for row in rows if row is not None]]
        still_used = np.unique(kept.indices)
        terms = sorted({self.terms[column] for column in still_used}.union(*fresh))
        columns = {term: column for column, term in enumerate(terms)}
        moved = np.zeros(len(self.terms), np.int32)
        moved[still_used] = [columns[self.terms[column]] for column in still_used]

        # First the kept rows, then the fresh ones; put in order last.
        lengths = [len(counts) for counts in fresh]
        added = sum(lengths)
        data = np.concatenate([kept.data, np.fromiter(chain.from_iterable(c.values() for c in fresh), np.int32, added)])
        places = chain.from_iterable((columns[term] for term in counts) for counts in fresh)
        indices = np.concatenate([moved[kept.indices], np.fromiter(places, np.int32, added)])
        indptr = np.concatenate([kept.indptr, kept.indptr[-1] + np.cumsum(lengths, dtype=np.int32)])
        stacked = csr_matrix((data, indices, indptr), shape=(len(rows), len(terms)))
        matrix = stacked[_places(rows)]
        matrix.sort_indices()
        return TermCounts(tuple(terms), matrix)

    def lengths(self) -> NDArray[np.float64]:
        """How many terms each chunk has, repetitions included."""
        return np.asarray(self.matrix.sum(axis=1), dtype=np.float64).ravel()


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
