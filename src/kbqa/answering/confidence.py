"""Whether what was found answers the question: a logistic model over a few signals.

The weights are fitted by `eval/calibrate.py` on dev questions over vaults of several sizes; no signal decides alone.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kbqa.answering.draft import Draft
from kbqa.answering.evidence import focus, lacks_kind, lacks_reason
from kbqa.index.analysis import stem
from kbqa.retrieval.facets import asked
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import Question
from kbqa.retrieval.ranking import Fit
from kbqa.retrieval.repair.letters import CYRILLIC

_FITTED = 40, 1000
"""Fewest and most chunks of the vaults that the weights were fitted on, about; beyond these `chance` stays as it is."""


class Signals(NamedTuple):
    """What the decision rests on."""

    top_cosine: float
    """Similarity of the question and the nearest chunk."""
    chance: float
    """How high the best of so many chunks stands by chance: √(2 ln n), in standard deviations (the growth of the
    maximum of n normal variables; Cramér 1946, section 28.6). The more chunks, the less a high cosine says."""
    coverage: float
    """Weighted share of the question's words that the best hit has, 0 to 1."""
    own_facet: float
    """1 if the best hit's heading tells what is asked for."""
    foreign: float
    """1 if the question is in another script than the notes: its words cannot be looked for."""
    off_focus: float
    """1 if the thing that is asked for («какой штраф») is not named in what would be quoted."""
    unlike: float
    """1 if a price, time, number or contact is asked for and what would be quoted holds none."""
    unreasoned: float
    """1 if a reason is asked for, and none is given or the premise is denied."""
    unwritten: float
    """1 if the question names a note that is linked to and not written yet."""
    statement: float = 0.0
    """Similarity of the question and the nearest statement of the best hit, taken with its headings."""
    lead: float = 0.0
    """How far the best hit is ahead of the second, in units of the ranking's score, at most 3."""
    told: float = 0.0
    """Weighted share of the question's words in what would be quoted and its headings, 0 to 1."""
    rarest: float = 0.0
    """1 if the question's rarest word is not in what would be quoted nor like any there."""
    unknown: float = 0.0
    """Share of the question's words that no note has."""
    title: float = 0.0
    nearest_told: float = 0.0


def signals_of(
    question: Question,
    matcher: Matcher,
    draft: Draft,
    *,
    cosines: Sequence[float],
    best: Fit,
    stated: float,
    lead: float,
    has: Callable[[str], bool],
    chunks: int,
    unwritten: str | None,
) -> Signals:
    """Gather the signals for a draft answer.

    Args:
        question: as read.
        matcher: its weighted words.
        draft: what would be answered.
        cosines: of the nearest chunks, highest first; at least one.
        best: how the best hit fits.
        chunks: how many were searched.
        unwritten: the name of a note that the question asks about and that is not written yet.
    """
    quotes = [quote for part in draft.parts for quote in part.quotes]
    statements = [". ".join((*quote.heading_path, quote.shown)) for quote in quotes]
    evidence = " ".join(statements)
    closest = max(quotes, key=lambda quote: matcher.coverage(quote.shown)).shown
    wanted = focus(question.text)
    told = bool(wanted and asked(wanted) and best.facet)
    return Signals(
        top_cosine=cosines[0],
        chance=math.sqrt(2 * math.log(min(max(chunks, _FITTED[0]), _FITTED[1]))),
        coverage=best.coverage,
        own_facet=best.own_facet,
        foreign=float(not CYRILLIC.search(question.text) and bool(CYRILLIC.search(evidence))),
        off_focus=float(wanted is not None and not told and not matcher.for_text(wanted).coverage(evidence)),
        unlike=float(lacks_kind(question.text, evidence)),
        unreasoned=float(lacks_reason(question.text, evidence, closest)),
        unwritten=float(unwritten is not None),
        statement=stated,
        lead=min(lead, 3.0),
        told=matcher.coverage(evidence),
        rarest=matcher.lacks_rarest(evidence),
        unknown=sum(not has(stem(w)) for w in matcher.words) / max(1, len(matcher.words)),
        title=best.title,
        nearest_told=matcher.coverage(closest),
    )


WEIGHTS = Signals(
    top_cosine=44.02,
    chance=-1.76,
    coverage=3.25,
    own_facet=1.09,
    foreign=4.86,
    off_focus=-0.71,
    unlike=-2.8,
    unreasoned=-3.59,
    unwritten=-2.98,
)
BIAS = 4.41
THRESHOLD = 0.4
"""An answer is given when its probability is at least this."""
COSINE_CENTRE = 0.85
"""Subtracted from cosines, whose range in this model is narrow, so that the bias stays readable."""


def probability(signals: Signals, weights: Signals = WEIGHTS, bias: float = BIAS) -> float:
    """How likely the draft answers the question, in (0, 1): the logistic function of the weighted signals."""
    return 1 / (1 + math.exp(-(bias + sum(w * x for w, x in zip(weights, features(signals), strict=True)))))


def features(signals: Signals) -> Signals:
    """The signals as the model takes them."""
    return signals._replace(top_cosine=signals.top_cosine - COSINE_CENTRE, statement=signals.statement - COSINE_CENTRE)
