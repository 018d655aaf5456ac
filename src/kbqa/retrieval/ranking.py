"""Puts candidates in order by how their place and shape fit the question, on top of how well their text does.

A linear model in units of the fused score, which stays the largest part; `eval/fit_ranking.py` fits it on the dev
questions by the listwise loss of ListNet (Cao et al. 2007).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbqa.index.analysis import stems
from kbqa.retrieval.facets import told, told_under, wanted
from kbqa.retrieval.fusion import standard
from kbqa.retrieval.question import Intent, Question
from kbqa.types import Chunk

_ALONE = -0.5
"""What a note counts for when no other section of it is found."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that may be the one asked for."""

    chunk: Chunk
    fused: float
    """The fused score of its text."""
    coverage: float
    """Weighted share of the question's words that its text, title and headings have, 0 to 1."""
    stated: float
    """Cosine of the question and the nearest of its statements, each taken with the headings above it."""
    meant: float
    """Weighted share of the question's words that its text, title and headings have in other words, too, 0 to 1."""


class Fit(NamedTuple):
    """How a candidate fits a question; every number is 0 where its name does not apply."""

    fused: float
    """The fused score of its text."""
    statement: float
    """How near its nearest statement is, in standard deviations above the mean of all candidates."""
    note: float
    """The best fused score that a candidate from another section of its note has."""
    coverage: float
    """As the candidate has it."""
    meant: float
    """As the candidate has it."""
    title: float
    """Share of the words of the note's title, or of one of its other names, that the question has, 0 to 1."""
    facet: float
    """1: one of its headings tells what the question asks for."""
    other_facet: float
    """1: its last heading tells something, none of its headings what is asked for."""
    opening: float
    """1: no definition is asked for, and this opens a note that has more to say."""


WEIGHTS = Fit(
    fused=1.00,
    statement=0.71,
    note=0.33,
    coverage=0.82,
    meant=1.49,
    title=0.72,
    facet=1.03,
    other_facet=-0.39,
    opening=-1.16,
)


def scores(fits: Sequence[Fit], weights: Fit = WEIGHTS) -> NDArray[np.float64]:
    """The weighted sum of each candidate's numbers, shape (candidates,)."""
    summed: NDArray[np.float64] = np.array(fits, dtype=np.float64).reshape(-1, len(weights)) @ np.array(weights)
    return summed


def fits_of(question: Question, candidates: Sequence[Candidate], names_of: Callable[[str], Sequence[str]]) -> list[Fit]:
    """How each candidate fits the question.

    Args:
        question: as read.
        candidates: all that are ranked, because what else is found of a note counts.
        names_of: title and aliases of a note by its path.
    """
    best = _best_of_sections(candidates)
    divided = {candidate.chunk.note for candidate in candidates if len(candidate.chunk.heading_path) > 1}
    words = frozenset(stems(question.topic))
    titles = {note: max((_named(name, words) for name in names_of(note)), default=0.0) for note in best}
    nearness = standard(np.array([candidate.stated for candidate in candidates], dtype=np.float32))

    def fit(candidate: Candidate, statement: float) -> Fit:
        chunk = candidate.chunk
        headings = chunk.heading_path[1:]
        asked_for = wanted(question.text, chunk.title)
        facets = told_under(chunk.heading_path)
        own = told(headings[-1]) if headings else frozenset[str]()
        opening = not headings and chunk.note in divided
        return Fit(
            fused=candidate.fused,
            statement=statement,
            note=max((score for path, score in best[chunk.note].items() if path != chunk.heading_path), default=_ALONE),
            coverage=candidate.coverage,
            meant=candidate.meant,
            title=titles[chunk.note],
            facet=float(bool(asked_for & facets)),
            other_facet=float(bool(own) and not asked_for & facets),
            opening=float(opening and question.intent is not Intent.DEFINITION),
        )

    return [fit(candidate, float(near)) for candidate, near in zip(candidates, nearness, strict=True)]


def _named(name: str, words: frozenset[str]) -> float:
    """The share of a name's words that are among `words`, stems of a question."""
    own = _stems(name)
    return len(own & words) / len(own) if own else 0.0


@lru_cache(maxsize=10_000)
def _stems(name: str) -> frozenset[str]:
    return frozenset(stems(name))


def _best_of_sections(candidates: Sequence[Candidate]) -> Mapping[str, Mapping[tuple[str, ...], float]]:
    """Of each note, the highest fused score of each section by its heading path."""
    best: dict[str, dict[tuple[str, ...], float]] = {}
    for candidate in candidates:
        sections = best.setdefault(candidate.chunk.note, {})
        path = candidate.chunk.heading_path
        sections[path] = max(candidate.fused, sections.get(path, candidate.fused))
    return best
