"""Two rankers' scores → one; two searches' hits → one list."""

from collections.abc import Mapping

import numpy as np
import pytest

from kbqa.retrieval.fusion import blend, fuse
from kbqa.types import Chunk, Hit

DENSE = np.array([0.9, 0.8, 0.7], dtype=np.float32)
LEXICAL = np.array([0.0, 0.0, 1.0], dtype=np.float32)
CONSTANT = np.full(3, 0.5, dtype=np.float32)


def standard(scores: np.ndarray) -> np.ndarray:
    """Standard scores by the textbook."""
    return (scores - scores.mean()) / scores.std()


@pytest.mark.parametrize("weight", [0.0, 0.25, 0.75, 1.0])
def test_weighted_sum_of_standard_scores(weight: float) -> None:
    """Each ranker counts by its standard scores and its weight."""
    expected = weight * standard(DENSE) + (1 - weight) * standard(LEXICAL)
    assert fuse(DENSE, LEXICAL, weight) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("weight", "best"), [(1.0, 0), (0.0, 2)])
def test_the_weight_decides_whose_favourite_wins(weight: float, best: int) -> None:
    """At either end of the weight only one ranker decides."""
    assert np.argmax(fuse(DENSE, LEXICAL, weight)) == best


def test_scale_of_a_ranker_does_not_matter() -> None:
    """Scores that are moved and stretched fuse to the same."""
    assert fuse(DENSE, LEXICAL * 40 + 7, 0.75) == pytest.approx(fuse(DENSE, LEXICAL, 0.75), abs=1e-5)


def test_a_ranker_without_an_opinion_says_nothing() -> None:
    """Constant scores add nothing, and no NaN."""
    assert fuse(DENSE, CONSTANT, 0.75) == pytest.approx(0.75 * standard(DENSE), abs=1e-5)
    assert not fuse(CONSTANT, CONSTANT, 0.5).any()


def test_equal_candidates_stay_equal() -> None:
    """Candidates with the same two scores get the same fused score."""
    fused = fuse(np.array([0.8, 0.9, 0.8]), np.array([0.1, 0.0, 0.1]), 0.75)
    assert fused[0] == fused[2]


def test_the_only_candidate_is_average() -> None:
    """One candidate, as in a vault of one chunk, has nothing to stand out from."""
    assert fuse(DENSE[:1], LEXICAL[:1], 0.75).tolist() == [0.0]


def hits(scores: Mapping[str, float]) -> list[Hit]:
    """Hits of chunks that are called so, in this order."""
    return [
        Hit(Chunk(name, "Чай.md", "Чай", ("Чай",), (), "", "", 0, 1, 1), score, rank, ())
        for rank, (name, score) in enumerate(scores.items(), start=1)
    ]


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, {"а": 4.0, "б": 2.0, "в": 2.0}),
        (0.5, {"б": 4.0, "а": 3.5, "в": 2.5}),
        (1.0, {"б": 6.0, "а": 3.0, "в": 3.0}),
    ],
)
def test_hits_of_two_searches_are_blended(share: float, expected: Mapping[str, float]) -> None:
    """By the weighted mean of their scores; what one did not find has its lowest score, and ranks are counted anew."""
    blended = blend(hits({"а": 4.0, "б": 2.0}), hits({"б": 6.0, "в": 3.0}), share)
    assert {hit.chunk.id: hit.score for hit in blended} == expected
    assert [hit.rank for hit in blended] == [1, 2, 3]
    assert [hit.score for hit in blended] == sorted(expected.values(), reverse=True)


def test_a_search_that_found_nothing_changes_nothing() -> None:
    """Whichever of the two it is."""
    found = hits({"а": 4.0, "б": 2.0})
    assert blend(found, [], 0.5) == blend([], found, 0.5) == found
