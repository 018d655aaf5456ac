"""Whether what was found answers the question: a logistic model over a few signals.

The weights are fitted by `eval/calibrate.py` on the dev questions; no signal decides alone.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from kbqa.answering.draft import Draft
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import Question
from kbqa.types import Hit

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Signals:
    """What the decision rests on; each in the order of the weights."""

    top_cosine: float
    """Similarity of the question and the nearest chunk."""
    coverage: float
    """Weighted share of the question's words that the composed answer and its headings have, 0 to 1."""
    best_chunk: float
    """The same for the whole of the best hit, 0 to 1."""
    unmeasured: float
    """1 if a number, date or address is asked for and the answer holds no digit, else 0."""
    foreign: float
    """1 if the question is in another script than the notes: its words cannot be looked for."""


def signals_of(
    question: Question, matcher: Matcher, hits: Sequence[Hit], cosines: Sequence[float], draft: Draft
) -> Signals:
    """Gather the signals for a draft answer; `hits` and `cosines` hold at least one entry, best first."""
    quoted = " ".join(quote.text for part in draft.parts for quote in part.quotes)
    foreign = not _CYRILLIC.search(question.text) and bool(_CYRILLIC.search(quoted))
    covered = matcher.union(*(part.covers for part in draft.parts))
    return Signals(
        top_cosine=cosines[0],
        coverage=matcher.share(covered),
        best_chunk=matcher.coverage(hits[0].chunk.embedding_text),
        unmeasured=float(question.wants_measure and not _DIGIT.search(quoted)),
        foreign=float(foreign),
    )


WEIGHTS = Signals(top_cosine=42.22, coverage=0.99, best_chunk=3.09, unmeasured=-3.79, foreign=2.79)
BIAS = -0.48
THRESHOLD = 0.6
"""An answer is given when its probability is at least this."""
COSINE_CENTRE = 0.85
"""Subtracted from cosines, whose range in this model is narrow, so that the bias stays readable."""


def probability(signals: Signals, weights: Signals = WEIGHTS, bias: float = BIAS) -> float:
    """How likely the draft answers the question, in (0, 1): the logistic function of the weighted signals."""
    return 1 / (1 + math.exp(-(bias + sum(w * x for w, x in zip(astuple(weights), features(signals), strict=True)))))


def features(signals: Signals) -> tuple[float, ...]:
    """The signals as the model takes them, in the order of their fields."""
    return astuple(replace(signals, top_cosine=signals.top_cosine - COSINE_CENTRE))
