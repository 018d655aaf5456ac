"""Two rankers' scores → one; two searches' hits → one list."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kbqa.types import Hit


def fuse(dense: NDArray[np.float32], lexical: NDArray[np.float32], dense_weight: float) -> NDArray[np.float32]:
    """Weighted sum of the two rankers' standard scores over the same candidates; each array has shape (candidates,).

    Standard scores make the two scales comparable without learning either (Lee 1997, "Analyses of multiple
    evidence combination").
    """
    return dense_weight * standard(dense) + (1 - dense_weight) * standard(lexical)


def standard(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """(x - mean) / standard deviation; zeros where all scores are the same."""
    spread = scores.std() if len(scores) else 0.0
    if not spread > 0:
        return np.zeros_like(scores)
    standard: NDArray[np.float32] = (scores - scores.mean()) / spread
    return standard


def blend(hits: Sequence[Hit], others: Sequence[Hit], share: float) -> list[Hit]:
    """The hits of two searches by the weighted means of their scores, best first; what one did not find has its lowest.

    A sum of scores as in CombSUM (Fox & Shaw 1994, "Combination of multiple searches").

    Args:
        hits: of the one.
        others: of the other. Scores are in standard deviations among what a search found, so that two searches' add up.
        share: the weight of the others, in [0, 1].
    """
    if not hits or not others:
        return list(hits or others)
    own, other = ({hit.chunk.id: hit.score for hit in found} for found in (hits, others))
    lowest, other_lowest = min(own.values()), min(other.values())
    found = {hit.chunk.id: hit for hit in (*others, *hits)}
    scores = {
        chunk_id: (1 - share) * own.get(chunk_id, lowest) + share * other.get(chunk_id, other_lowest)
        for chunk_id in found
    }
    best_first = sorted(found, key=lambda chunk_id: -scores[chunk_id])
    return [replace(found[chunk_id], score=scores[chunk_id], rank=rank) for rank, chunk_id in enumerate(best_first, 1)]
