"""The lexical ranker: BM25 over stems and over letter 4-grams (Robertson & Zaragoza 2009), served by bm25s."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from kbqa.index.analysis import letter_ngrams, stems
from kbqa.index.term_counts import TermCounts, counted

K1, B = 1.2, 0.75
"""The textbook values of BM25's term saturation and length normalisation."""

_FIELDS = {"stems": stems, "ngrams": letter_ngrams}
_COUNTS = "counts.npy"


class LexicalIndex:
    """BM25 scores of every chunk for a question; immutable."""

    def __init__(
        self, ids: Sequence[str], rankers: Mapping[str, bm25s.BM25], counts: Mapping[str, NDArray[np.int32]]
    ) -> None:
        self.ids = tuple(ids)
        """Chunk ids in the order of `scores`."""
        self._rankers = rankers
        self._counts = counts
        """How often a term stands in a chunk, in the order of its ranker's scores."""

    @classmethod
    def build(cls, ids: Sequence[str], texts: Sequence[str]) -> "LexicalIndex":
        """Index `texts`, one for each id; at least one."""
        return cls((), {}, {}).updated(ids, dict(zip(ids, texts, strict=True)))

    def updated(self, ids: Sequence[str], texts: Mapping[str, str]) -> "LexicalIndex":
        """The index of the chunks `ids`, the same as if it were built; `texts` has those that this one does not hold.

        Only these are read. At least one id.
        """
        positions = {chunk_id: position for position, chunk_id in enumerate(self.ids)}
        rows = [None if chunk_id in texts else positions[chunk_id] for chunk_id in ids]
        fresh = [texts[chunk_id] for chunk_id in ids if chunk_id in texts]
        rankers, counted = {}, {}
        for field, terms_of in _FIELDS.items():
            rankers[field], counted[field] = _ranker(self._counts_of(field).updated(rows, fresh, terms_of))
        return LexicalIndex(ids, rankers, counted)

    def save(self, folder: Path) -> None:
        """Write to `folder`, which is made."""
        folder.mkdir(parents=True)
        for field, ranker in self._rankers.items():
            ranker.save(folder / field, show_progress=False)
            np.save(folder / field / _COUNTS, self._counts[field], allow_pickle=False)
        (folder / "ids.json").write_text(json.dumps(self.ids), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read what `save` wrote; the scores stay on disk, memory-mapped."""
        ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
        rankers = {field: bm25s.BM25.load(folder / field, mmap=True, show_progress=False) for field in _FIELDS}
        for ranker in rankers.values():
            # Sliced term by term, for which NumPy's class of mapped files takes several times as long as its arrays.
            ranker.scores |= {part: ranker.scores[part].view(np.ndarray) for part in ("data", "indices", "indptr")}
        counts = {field: np.load(folder / field / _COUNTS, mmap_mode="r", allow_pickle=False) for field in _FIELDS}
        return cls(ids, rankers, counts)

    def scores(self, question: str) -> NDArray[np.float32]:
        """Mean of the two BM25 scores, each divided by its maximum: shape (chunks,), in [0, 1]; 0: nothing matches."""
        total = np.zeros(len(self.ids), dtype=np.float32)
        for field, terms_of in _FIELDS.items():
            terms = terms_of(question)
            scores = self._rankers[field].get_scores(terms) if terms else total
            highest = float(scores.max(initial=0.0))
            if highest > 0:
                total = total + scores / highest / len(_FIELDS)
        return total

    def idf(self, stem: str) -> float:
        """Inverse document frequency of a stem as Lucene has it: ln(1 + (N - n + .5) / (n + .5)); unseen: n = 0."""
        return float(_idf(np.float64(self.frequency(stem)), len(self.ids)))

    def frequency(self, stem: str) -> int:
        """How many chunks have the stem."""
        postings = self._postings(stem)
        return int(postings.stop - postings.start)

    def stems(self) -> tuple[str, ...]:
        """All stems of the chunks, sorted."""
        return tuple(self._rankers["stems"].vocab_dict)

    def coverage(self, question: str) -> NDArray[np.float64]:
        """Share of the question's stems, weighted by `idf`, that each chunk has: shape (chunks,), in [0, 1]."""
        weights = {stem: self.idf(stem) for stem in stems(question)}
        chunks = self._rankers["stems"].scores["indices"]
        found = np.zeros(len(self.ids))
        for stem, weight in weights.items():
            found[chunks[self._postings(stem)]] += weight
        return found / (sum(weights.values()) or 1.0)

    def has(self, stem: str) -> bool:
        """Whether any chunk has a word of this stem."""
        return stem in self._rankers["stems"].vocab_dict

    def having(self, *stems: str) -> list[str]:
        """The ids of the chunks that have all of these stems, at least one given."""
        chunks = self._rankers["stems"].scores["indices"]
        found = (chunks[self._postings(stem)] for stem in stems)
        return [self.ids[position] for position in reduce(np.intersect1d, found)]

    def _postings(self, stem: str) -> slice:
        """Where the chunks that have the stem stand in the ranker's table."""
        ranker = self._rankers["stems"]
        term = ranker.vocab_dict.get(stem)
        if term is None:
            return slice(0, 0)
        edges = ranker.scores["indptr"]
        return slice(int(edges[term]), int(edges[term + 1]))

    def ranks_as(self, other: "LexicalIndex") -> bool:
        """Whether the other index gives every chunk the same scores for every question."""
        return self.ids == other.ids and all(
            ranker.vocab_dict == other._rankers[field].vocab_dict
            and np.array_equal(self._counts[field], other._counts[field])
            and all(
                np.array_equal(values, other._rankers[field].scores[part]) for part, values in ranker.scores.items()
            )
            for field, ranker in self._rankers.items()
        )

    def holds(self, position: int, text: str) -> bool:
        """Whether the chunk at `position` is indexed with the terms of `text`, no more and no fewer."""
        return all(self._counter_at(field, position) == counted(text, terms_of) for field, terms_of in _FIELDS.items())

    def _counter_at(self, field: str, position: int) -> Counter[str]:
        ranker = self._rankers[field]
        places = np.flatnonzero(ranker.scores["indices"] == position)
        columns = np.searchsorted(ranker.scores["indptr"], places, side="right") - 1
        terms = list(ranker.vocab_dict)
        return Counter(
            {terms[column]: int(self._counts[field][at]) for column, at in zip(columns, places, strict=True)}
        )

    def _counts_of(self, field: str) -> TermCounts:
        """The table that this index's scores were computed from."""
        if not self.ids:
            return TermCounts.nothing()
        ranker = self._rankers[field]
        edges = ranker.scores["indptr"]
        by_term = csc_matrix(
            (self._counts[field], ranker.scores["indices"], edges), shape=(len(self.ids), len(edges) - 1)
        )
        return TermCounts(tuple(ranker.vocab_dict), by_term.tocsr())


def _ranker(counts: TermCounts) -> tuple[bm25s.BM25, NDArray[np.int32]]:
    """bm25s with the scores that its own `index` would compute, which reads every text anew; the counts beside them."""
    by_term = counts.matrix.tocsc()
    chunks = by_term.shape[0]
    lengths = counts.lengths()
    discount = K1 * (1 - B + B * lengths / lengths.mean())
    idf = _idf(np.diff(by_term.indptr), chunks)
    frequency = by_term.data / (by_term.data + discount[by_term.indices])
    ranker = bm25s.BM25(k1=K1, b=B, method="lucene")
    ranker.scores = {
        "data": (np.repeat(idf, np.diff(by_term.indptr)) * frequency).astype(np.float32),
        "indices": by_term.indices.astype(np.int32),
        "indptr": by_term.indptr.astype(np.int64),
        "num_docs": chunks,
    }
    ranker.nonoccurrence_array = None  # Lucene's BM25 gives a term that is not there nothing.
    ranker.vocab_dict = {term: column for column, term in enumerate(counts.terms)}
    return ranker, by_term.data.astype(np.int32)


def _idf(containing: NDArray[np.float64] | np.float64, chunks: int) -> NDArray[np.float64]:
    return np.log(1 + (chunks - containing + 0.5) / (containing + 0.5))
