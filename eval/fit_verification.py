"""Fit the weights of `kbqa.answering.generative.verification` on labelled pairs, and print what they are worth.

    .venv/bin/python eval/fit_verification.py

Logistic regression with a quadratic penalty on standardised numbers (Hastie, Tibshirani & Friedman 2009, section 4.4).
Only on pairs as models write them: freely retold ones, with a tenth of the weight, make nothing better. Precision and
recall of the supported are in cross-validation over the questions that the replies belong to, at several thresholds.
"""

import sys

import numpy as np
from pairs import Pair, alignments_of, pairs_of
from regression import fit
from scipy.special import expit

from kbqa.answering.generative.verification import THRESHOLD, Support, is_contradicted

FOLDS = 5
PENALTY = 4.0
Case = tuple[Pair, Support]


def cases(name: str) -> list[Case]:
    """The pairs of a set, each with what its verdict rests on."""
    return [
        (pair, verifier.support(alignment))
        for pair, verifier, alignment, leads in alignments_of(pairs_of(name))
        if not leads
    ]


def fitted(data: list[Case]) -> tuple[np.ndarray, float]:
    """Weights and bias."""
    return fit(
        np.array([support for _, support in data], float),
        np.array([float(pair.supported) for pair, _ in data]),
        np.ones(len(data)),
        penalty=PENALTY,
    )


def main() -> None:
    """Fit, judge, print."""
    written = cases("replies-dev")
    groups = sorted({pair.group for pair, _ in written})
    chances = np.empty(len(written))
    for fold in range(FOLDS):
        inside = [groups.index(pair.group) % FOLDS == fold for pair, _ in written]
        weights, bias = fitted([case for case, held_out in zip(written, inside, strict=True) if not held_out])
        held_out = [support for (_, support), out in zip(written, inside, strict=True) if out]
        chances[inside] = expit(np.array(held_out, float) @ weights + bias)
    right = np.array([pair.supported for pair, _ in written])
    sound = np.array([not is_contradicted(support) for _, support in written])
    for threshold in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        taken = sound & (chances >= threshold)
        precision, recall = (taken & right).sum() / max(1, taken.sum()), (taken & right).sum() / right.sum()
        in_force = "<- in force" if threshold == THRESHOLD else ""
        sys.stdout.write(f"{threshold:.2f}  precision {precision:.3f}  recall {recall:.3f}  {in_force}\n")
    weights, bias = fitted(written)
    for name, weight in zip(Support._fields, weights, strict=True):
        sys.stdout.write(f"    {name}={weight:.2f},\n")
    sys.stdout.write(f"BIAS = {bias:.2f}\n")


if __name__ == "__main__":
    main()
