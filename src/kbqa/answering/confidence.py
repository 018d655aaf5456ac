"""Whether what was found answers the question: a logistic model over a few signals.

The weights are fitted by `eval/calibrate.py` on dev questions over several vaults; no signal decides alone.
"""

import math
from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

from kbqa.answering.draft import Draft
from kbqa.answering.evidence import lacks_kind, lacks_reason
from kbqa.index.analysis import distinct_stems, stem
from kbqa.index.dictionary import is_nominal, is_russian
from kbqa.retrieval.facets import answered_words, tells_opposite, told_under
from kbqa.retrieval.matching import Matcher, Strengths
from kbqa.retrieval.meaning import Meaning
from kbqa.retrieval.question import Intent, Question
from kbqa.retrieval.repair.letters import CYRILLIC
from kbqa.retrieval.retriever import Nearness

_UNTOLD = 0.95
"""From here on a word is told neither in any form nor in other words."""
_FITTED = 40, 1000
"""Fewest and most chunks of the vaults that the weights were fitted on, about; beyond these `chance` stays as it is."""


class Signals(NamedTuple):
    """What the decision rests on."""

    top_cosine: float
    """Similarity of the question and the nearest chunk that was found."""
    chance: float
    """How high the best of so many chunks stands by chance: √(2 ln n), in standard deviations (the growth of the
    maximum of n normal variables; Cramér 1946, section 28.6). The more chunks, the less a high cosine says."""
    statement: float
    """Similarity of the question and the nearest statement of the best hit, taken with its headings."""
    foreign: float
    """1 if the question is in another script than the notes: its words cannot be looked for."""
    rarest: float
    """How surely the question's rarest word is missing from what would be quoted and from the names of its notes, in
    other words, too, 0 to 1."""
    unsaid: float
    """How rare, beside the question's rarest word, the rarest of its nouns, adjectives and foreign words is that stands
    there in none of its forms, 0 to 1."""
    unlike: float
    """1 if a thing of some kind is asked for (`kbqa.answering.kinds`) and what would be quoted holds none, but for a
    comparison of which both sides are told; or if drawbacks are asked for and benefits would be told."""
    unreasoned: float
    """1 if a reason is asked for, and none is given or the premise is denied."""
    unwritten: float
    """1 if the question names a note that is linked to and not written yet."""
    in_note: float
    """1 if one note was searched: its title, which the question is then taken with, brings everything in it nearer."""


def signals_of(
    question: Question,
    matcher: Matcher,
    meaning: Meaning,
    draft: Draft,
    nearness: Nearness,
    *,
    aliases: Sequence[str],
    chunks: int,
    unwritten: bool,
    in_note: bool,
) -> Signals:
    """Gather the signals for a draft answer.

    Args:
        question: as read.
        matcher: its weighted words.
        meaning: of these words.
        draft: what would be answered.
        nearness: of the question and what the draft was made of.
        aliases: other names of the notes that would be quoted.
        chunks: how many were searched.
        unwritten: whether the question names a note that is linked to and not written yet.
        in_note: whether one note was searched only.
    """
    quotes = [quote for part in draft.parts for quote in part.quotes]
    said = draft.said()
    evidence = "\n".join(said)
    closest = max(quotes, key=lambda quote: matcher.coverage(quote.shown)).shown
    by_heading = answered_words(question.text, [quote.heading_path for quote in quotes])
    named = matcher.strengths(". ".join((*aliases, by_heading)))

    def tells(text: str) -> Strengths:
        # Another name of a note is told by whatever is quoted of it, and what a heading tells by what is under it.
        return matcher.union(meaning.strengths(text), named)

    told = tells(evidence)
    gives_reasons = any("reasons" in told_under(quote.heading_path) for quote in quotes)
    names = (*aliases, by_heading, *(quote.title for quote in quotes))
    return Signals(
        top_cosine=nearness.chunk,
        chance=math.sqrt(2 * math.log(min(max(chunks, _FITTED[0]), _FITTED[1]))),
        statement=nearness.statement,
        foreign=float(not CYRILLIC.search(question.text) and bool(CYRILLIC.search(evidence))),
        rarest=1 - matcher.of_rarest(told),
        unsaid=_unsaid(matcher, distinct_stems(". ".join((*said, *names)))),
        unlike=float(_lacks(question, evidence, told) or tells_opposite(question.text, draft.parts[0].heading_path)),
        unreasoned=float(lacks_reason(question.text, evidence, closest) and not gives_reasons),
        unwritten=float(unwritten),
        in_note=float(in_note),
    )


def is_unheard_of(question: Question, matcher: Matcher, signals: Signals, is_in_notes: Callable[[str], bool]) -> bool:
    """Whether nothing of a question can be known: its one word is told in no form and no other words, or all are none.

    What is near to «бла бла бла», "123" or «ыва ваы» is near by chance. Who looks for mentions may ask for what is
    called otherwise; «всё, кроме спонсорства» names nothing but what is known.

    Args:
        question: as read.
        matcher: its weighted words.
        signals: what the decision rests on.
        is_in_notes: whether the notes have a stem.
    """
    if len(matcher.words) == 1:
        names_it = is_nominal(matcher.words[0]) and question.intent is not Intent.MENTIONS
        return names_it and signals.rarest > _UNTOLD
    return bool(matcher.words) and all(
        CYRILLIC.search(word) and not (is_in_notes(stem(word)) or is_russian(word)) for word in matcher.words
    )


def _lacks(question: Question, evidence: str, told: Strengths) -> bool:
    """Whether no thing of the kind that is asked for is told; two sides beside each other need no verdict."""
    both_sides = question.intent is Intent.COMPARISON and bool(told.size) and told.min() == 1
    return lacks_kind(question.text, evidence) and not both_sides


def _unsaid(matcher: Matcher, said: Container[str]) -> float:
    missing = (
        rarity
        for word, rarity in zip(matcher.words, matcher.rarities().tolist(), strict=True)
        if stem(word) not in said and is_nominal(word)
    )
    return max(missing, default=0.0)


WEIGHTS = Signals(
    top_cosine=15.81,
    chance=-0.93,
    statement=20.94,
    foreign=3.02,
    rarest=-0.99,
    unsaid=-1.05,
    unlike=-4.15,
    unreasoned=-2.19,
    unwritten=-5.07,
    in_note=-1.33,
)
BIAS = 7.27
THRESHOLD = 0.3
"""An answer is given when its probability is at least this: over sets that a fit has not seen, .06 of the answerable
questions are then refused, and .97 of those off the topic."""
UNSURE = 0.4
"""Below this, an answer says that it may be none: over sets that a fit has not seen, 31 of 58 such answers are to
questions that the notes do not answer, of all others 114 of 874."""
COSINE_CENTRE = 0.85
"""Subtracted from cosines, whose range in this model is narrow, so that the bias stays readable."""


def probability(signals: Signals, weights: Signals = WEIGHTS, bias: float = BIAS) -> float:
    """How likely the draft answers the question, in (0, 1): the logistic function of the weighted signals."""
    return 1 / (1 + math.exp(-(bias + sum(w * x for w, x in zip(weights, features(signals), strict=True)))))


def features(signals: Signals) -> Signals:
    """The signals as the model takes them."""
    return signals._replace(top_cosine=signals.top_cosine - COSINE_CENTRE, statement=signals.statement - COSINE_CENTRE)
