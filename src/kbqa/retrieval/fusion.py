"""Two rankers' scores → one."""

import numpy as np
from numpy.typing import NDArray


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
