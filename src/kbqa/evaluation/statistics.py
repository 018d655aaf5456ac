"""How sure a figure is: intervals at 95 %."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

_RESAMPLES = 2000
_SEED = 20090718
"""Any number; fixed, so that the same answers give the same intervals."""
_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float
    count: int
    """Observations that it was computed from."""


def proportion(successes: Sequence[float]) -> Estimate:
    """Share of ones among zeros and ones, not empty, with Wilson's interval (Wilson 1927)."""
    count, hits = len(successes), round(sum(successes))
    interval = binomtest(hits, count).proportion_ci(method="wilson")
    return Estimate(hits / count, float(interval.low), float(interval.high), count)


def mean(clusters: Mapping[str, Sequence[float]]) -> Estimate:
    """Mean of all values with a bootstrap interval that draws whole clusters (Efron & Tibshirani 1993, chapter 8).

    Args:
        clusters: values by base question, at least one: rewordings of one question are not independent of each other.
    """
    values = list(clusters.values())
    sums = np.array([sum(cluster) for cluster in values])
    counts = np.array([len(cluster) for cluster in values])
    low, high = _interval(sums, counts)
    return Estimate(float(sums.sum() / counts.sum()), low, high, int(counts.sum()))


def ratio(over: Mapping[str, float], under: Mapping[str, float]) -> Estimate:
    """Sum over sum, by the names that both have, at least one, the second not all zero; bootstrap over the names."""
    shared = sorted(over.keys() & under.keys())
    above, below = np.array([over[name] for name in shared]), np.array([under[name] for name in shared])
    low, high = _interval(above, below)
    return Estimate(float(above.sum() / below.sum()), low, high, len(shared))


def difference(before: Mapping[str, Sequence[float]], after: Mapping[str, Sequence[float]]) -> Estimate:
    """Mean of after minus before over the clusters that both have, at least one; paired bootstrap over the clusters."""
    shared = sorted(before.keys() & after.keys())
    gains = np.array([fmean(after[name]) - fmean(before[name]) for name in shared])
    low, high = _interval(gains, np.ones(len(gains)))
    return Estimate(float(gains.mean()), low, high, len(gains))


def _interval(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> tuple[float, float]:
    """Percentiles of the ratio of the two sums over clusters drawn with replacement."""
    drawn = np.random.default_rng(_SEED).integers(len(sums), size=(_RESAMPLES, len(sums)))
    above, below = sums[drawn].sum(axis=1), counts[drawn].sum(axis=1)
    # A draw of nothing but zeros has no ratio; the others stand for it.
    low, high = np.percentile(above[below > 0] / below[below > 0], _PERCENTILES)
    return float(low), float(high)
