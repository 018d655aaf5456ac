"""Chooses what of a section answers a question: statements of whatever kind, in the notes' order.

A logistic model over a few numbers says of each statement how likely a complete answer needs it;
`eval/fit_statements.py` fits it on the dev questions.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from heapq import nlargest
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbqa.answering.evidence import holds_kind
from kbqa.answering.passages import Passage
from kbqa.answering.reference import points_back
from kbqa.answering.statements import Nesting, Statement, announced, answered, see_also, statements_of
from kbqa.retrieval.matching import Matcher, Strengths
from kbqa.retrieval.meaning import Meaning
from kbqa.retrieval.question import Intent, Question

_REFERENTS = 2
"""At most this many sentences before one that refers to them are taken with it."""
_MOST = 8
"""At most this many statements of a section answer where neither a list nor steps are asked for, what belongs to them
not counted: a long section has many that fit somewhat, and all of it is a click away."""

Similarities = Callable[[Sequence[str]], NDArray[np.float32]]
"""Cosine of the question and each of some statements (`Statement.compared`); NaN for one that is not in the index."""


class StatementFit(NamedTuple):
    """How a statement of a section fits a question."""

    behind: float
    """How much less similar to the question than the section's nearest statement, in units of .02; -3 at the lowest."""
    cosine: float
    """Similarity to the question, less .85."""
    gain: float
    """Share of the question's words that it has and its headings have not."""
    meant: float
    """Share of the question's words that it has, in other words, too."""
    gain_behind: float
    """How much less that is than the section's highest gain; never above 0."""
    kind: float
    """1 if it holds the price, time, number, contact or reason that is asked for, less the share of the section's
    statements that do."""
    item_of_list: float
    """1 for an item where a list is asked for."""
    item_of_steps: float
    """1 for an item where steps are asked for."""
    prose_for_list: float
    """1 where a list or steps are asked for and the section has no items: then every sentence may be one."""
    item: float
    """1 for an item of a list or a row of a table."""
    uncalled: float
    """1 for an item that the question does not call by its term, beside one that it does, where one is asked for."""
    first: float
    """1 for the first of the section."""
    defines: float
    """1 for the first of the section where a definition is asked for."""
    many: float
    """Logarithm of the number of the section's statements."""
    length: float
    """Its characters, in hundreds, at most 4."""


WEIGHTS = StatementFit(
    behind=0.65,
    cosine=4.34,
    gain=1.35,
    meant=0.67,
    gain_behind=3.14,
    kind=1.70,
    item_of_list=1.13,
    item_of_steps=1.28,
    prose_for_list=0.49,
    item=1.17,
    uncalled=-2.20,
    first=0.61,
    defines=0.64,
    many=-0.80,
    length=0.48,
)
BIAS = 0.64
NEEDED = 0.08
"""A statement is given from this probability on. What is missing costs the reader more than a line too many of the
right section."""


class Chooser:
    """Chooses for one question.

    Args:
        question: the question as read.
        matcher: the question's weighted words.
        meaning: of these words.
        similarities: of the question and statements.
    """

    def __init__(self, question: Question, matcher: Matcher, meaning: Meaning, similarities: Similarities) -> None:
        self._question = question
        self._matcher = matcher
        self._meaning = meaning
        self._similarities = similarities

    def choose(self, passages: Sequence[Passage], context: Strengths) -> list[Statement]:
        """The statements that answer, in order; at least one.

        What announces a list comes with the list, a question of the note with its answer, a nested item with those that
        it is nested in, what nested items are called with them, and a sentence that refers to the one before it with
        that one. Where a list or steps are asked for, an ordered list is whole; a short list, if half of it is chosen.

        Args:
            passages: what can be quoted of the section, at least one.
            context: what of the question its headings have.
        """
        statements = _without_see_also(list(statements_of(passages)))
        telling = [statement for statement in statements if not statement.announces]
        if not telling:
            return statements
        asked = answered(telling)
        chances = [
            0.0 if place in asked.values() else probability(fit)
            for place, fit in enumerate(self.fits(telling, context))
        ]
        least = min(NEEDED, max(chances))
        if self._question.intent not in {Intent.LIST, Intent.STEPS}:
            least = max(least, nlargest(_MOST, chances)[-1])
        chosen = {statement for statement, chance in zip(telling, chances, strict=True) if chance >= least}
        nesting = Nesting(statements)
        chosen = nesting.with_ancestors(chosen)
        if self._question.intent in {Intent.LIST, Intent.STEPS}:
            chosen = nesting.with_whole_steps(chosen)
        if self._question.intent is Intent.LIST:
            chosen = nesting.with_whole_lists(chosen)
        chosen = nesting.with_announced(chosen)
        chosen |= {
            statement
            for place, statement in enumerate(statements)
            if statement.announces and chosen.intersection(announced(statements[place + 1 :]))
        }
        chosen |= set(_referred_to(statements, chosen))
        chosen |= {telling[question] for answer, question in asked.items() if telling[answer] in chosen}
        return [statement for statement in statements if statement in chosen]

    def _is_called(self, statement: Statement) -> bool:
        term = statement.passage.term
        return term is not None and self._matcher.named_share(term, beyond=statement.passage.context) == 1

    def fits(self, statements: Sequence[Statement], context: Strengths) -> list[StatementFit]:
        """How each of a section's statements fits; as `choose`."""
        question = self._question
        cosines = self._similarities([statement.compared for statement in statements])
        # One that the index has no vector of, a part of a very long line, is no nearer than the others.
        cosines = np.nan_to_num(cosines, nan=float(np.nanmin(cosines)) if not np.isnan(cosines).all() else 0.0)
        said = np.array([self._matcher.strengths(statement.said) for statement in statements])
        gains = self._matcher.gains(context, said)
        meant = self._matcher.shares(self._meaning.strengths_of_each([statement.compared for statement in statements]))
        for answer, asking in answered(statements).items():
            # What answers a question of the note fits as the two together.
            for values in (cosines, gains, meant):
                values[answer] = max(values[answer], values[asking])
        kinds = [holds_kind(question.text, statement.said) for statement in statements]
        wants_items = question.intent in {Intent.LIST, Intent.STEPS}
        all_prose = not any(statement.is_item for statement in statements)
        wants_one = question.intent in {Intent.FACT, Intent.DEFINITION}
        called = [
            # One that has no word of the question is called by none, and most have none.
            wants_one and statement.is_item and bool(match.any()) and self._is_called(statement)
            for statement, match in zip(statements, said, strict=True)
        ]
        nearest, highest, usual = cosines.max(), gains.max(), sum(kinds) / len(kinds)
        return [
            StatementFit(
                behind=max((float(cosine - nearest)) / 0.02, -3.0),
                cosine=float(cosine) - 0.85,
                gain=gain,
                meant=share,
                gain_behind=gain - highest,
                kind=kind - usual,
                item_of_list=float(question.intent is Intent.LIST and statement.is_item),
                item_of_steps=float(question.intent is Intent.STEPS and statement.is_item),
                prose_for_list=float(wants_items and all_prose),
                item=float(statement.is_item),
                uncalled=float(any(called) and not called[place] and statement.is_item),
                first=float(place == 0),
                defines=float(place == 0 and question.intent is Intent.DEFINITION),
                many=math.log(len(statements)),
                length=min(len(statement.compared), 400) / 100,
            )
            for place, (statement, cosine, gain, share, kind) in enumerate(
                zip(statements, cosines, gains.tolist(), meant.tolist(), kinds, strict=True)
            )
        ]


def probability(fit: StatementFit, weights: StatementFit = WEIGHTS, bias: float = BIAS) -> float:
    """How likely a complete answer needs the statement, in (0, 1)."""
    return 1 / (1 + math.exp(-(bias + sum(weight * value for weight, value in zip(weights, fit, strict=True)))))


def _without_see_also(statements: Sequence[Statement]) -> list[Statement]:
    """What tells something rather than where to read on; if any does."""
    leading_on = set(see_also(statements))
    return [statement for statement in statements if statement not in leading_on] or list(statements)


def _referred_to(statements: Sequence[Statement], chosen: set[Statement]) -> Iterator[Statement]:
    """The sentences that those which are chosen refer to, and that these refer to, of the same paragraph."""
    for place, statement in enumerate(statements):
        if statement not in chosen:
            continue
        for before, after in reversed(list(pairwise(statements[max(0, place - _REFERENTS) : place + 1]))):
            if before.passage != after.passage or not points_back(after.quote.shown):
                break
            yield before
