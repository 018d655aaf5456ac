"""The lexical ranker: BM25 over stems and over letter 4-grams (Robertson & Zaragoza 2009), served by bm25s."""

import json
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from kbqa.index.analysis import letter_ngrams, stems

K1, B = 1.2, 0.75
"""The textbook values of BM25's term saturation and length normalisation."""

_FIELDS = {"stems": stems, "ngrams": letter_ngrams}
_NO_TERM = " "


class LexicalIndex:
    """BM25 scores of every chunk for a question; immutable."""

    def __init__(self, ids: Sequence[str], rankers: dict[str, bm25s.BM25]) -> None:
        self.ids = tuple(ids)
        """Chunk ids in the order of `scores`."""
        self._rankers = rankers

    @classmethod
    def build(cls, ids: Sequence[str], texts: Sequence[str]) -> "LexicalIndex":
        """Index `texts`, one for each id; at least one."""
        rankers = {}
        for field, terms_of in _FIELDS.items():
            ranker = bm25s.BM25(k1=K1, b=B, method="lucene")
            # A text without words is a text of one term that no question has: bm25s cannot index nothing at all.
            ranker.index([terms_of(text) or [_NO_TERM] for text in texts], show_progress=False)
            rankers[field] = ranker
        return cls(ids, rankers)

    def save(self, folder: Path) -> None:
        """Write to `folder`, which is made."""
        folder.mkdir(parents=True)
        for field, ranker in self._rankers.items():
            ranker.save(folder / field, show_progress=False)
        (folder / "ids.json").write_text(json.dumps(self.ids), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read what `save` wrote; the scores stay on disk, memory-mapped."""
        ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
        rankers = {field: bm25s.BM25.load(folder / field, mmap=True, show_progress=False) for field in _FIELDS}
        return cls(ids, rankers)

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
        ranker = self._rankers["stems"]
        term = ranker.vocab_dict.get(stem)
        edges = ranker.scores["indptr"]
        containing = int(edges[term + 1] - edges[term]) if term is not None else 0
        return float(np.log(1 + (len(self.ids) - containing + 0.5) / (containing + 0.5)))
