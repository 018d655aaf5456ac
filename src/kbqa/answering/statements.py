"""Chooses what of a section answers a question: statements of whatever kind, in the notes' order.

A logistic model over a few numbers says of each statement how likely a complete answer needs it;
`eval/fit_statements.py` fits it on the dev questions.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbqa.answering.citations import Quote
from kbqa.answering.evidence import holds_kind
from kbqa.answering.passages import Passage, is_see_also, table_quote
from kbqa.answering.reference import points_back
from kbqa.index.analysis import words
from kbqa.notes.statements import is_one_statement, on_one_line
from kbqa.retrieval.matching import Matcher, Strengths
from kbqa.retrieval.meaning import Meaning
from kbqa.retrieval.question import Intent, Question
from kbqa.types import Block, Note

_REFERENTS = 2
"""At most this many sentences before one that refers to them are taken with it."""

_MOST = 8
"""At most this many statements of a section answer where neither a list nor steps are asked for, what belongs to them
not counted: a long section has many that fit somewhat, and all of it is a click away."""

_SHORT_LIST = 7
"""A list of up to so many items is given whole where lists are asked for and half of it is needed."""
_LABEL_WORDS = 5
"""An item of up to so many words that has others nested in it is what these are called."""

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


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, item, row or piece of code."""

    passage: Passage
    quote: Quote

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list, or a row of a table."""
        return self.passage.is_item

    @property
    def announces(self) -> bool:
        """Whether it only announces the list after it."""
        return self.passage.is_lead_in and self.quote.text.endswith(":")

    @property
    def asks(self) -> bool:
        """Whether it is a question in a paragraph; one in a list may be what is asked for."""
        return self.passage.block.kind == "paragraph" and self.quote.text.rstrip('*_"»”)').endswith("?")

    @property
    def said(self) -> str:
        """What it says, a row with the names of its columns."""
        return self.passage.block.plain if self.is_item else self.quote.text

    @property
    def compared(self) -> str:
        """The text that the index has a vector of, its headings left out: `notes.statements.Statement.said`."""
        passage = self.passage
        if is_one_statement(passage.block):
            return passage.block.plain
        return on_one_line(passage.block, self.quote.text, titled=passage.titled)


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
        asked = _answered(telling)
        chances = [
            0.0 if place in asked.values() else probability(fit)
            for place, fit in enumerate(self.fits(telling, context))
        ]
        least = min(NEEDED, max(chances))
        if self._question.intent not in {Intent.LIST, Intent.STEPS}:
            least = max(least, nlargest(_MOST, chances)[-1])
        chosen = {statement for statement, chance in zip(telling, chances, strict=True) if chance >= least}
        nesting = _Nesting(statements)
        chosen = nesting.with_ancestors(chosen)
        if self._question.intent in {Intent.LIST, Intent.STEPS}:
            chosen = nesting.with_whole_steps(chosen)
        if self._question.intent is Intent.LIST:
            chosen = nesting.with_whole_lists(chosen)
        chosen = nesting.with_announced(chosen)
        chosen |= {
            statement
            for place, statement in enumerate(statements)
            if statement.announces and chosen.intersection(_announced(statements[place + 1 :]))
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
        for answer, asking in _answered(statements).items():
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


def see_also(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Those of a section that only say where to read on, lists of links under «См. также:» included."""
    listed = False
    for statement in statements:
        leads_on = statement.passage.block.kind != "code" and is_see_also(statement.quote.text)
        listed = (leads_on and statement.announces) or (
            listed and statement.is_item and statement.passage.is_navigation
        )
        if leads_on or listed:
            yield statement


def _announced(following: Sequence[Statement]) -> Iterator[Statement]:
    """The items of the list that follows what announces it."""
    for statement in following:
        if not statement.is_item:
            return
        yield statement


def _answered(statements: Sequence[Statement]) -> dict[int, int]:
    """Where statements stand that answer a question of the note before them, and where that stands.

    It is answered by the rest of its paragraph; at the end of one, by the paragraph or list after it.
    """
    found: dict[int, int] = {}
    question: int | None = None
    first: Statement | None = None
    for place, statement in enumerate(statements):
        if statement.asks:
            question, first = place, None
        elif question is not None:
            first = first or statement
            if statement.passage == first.passage or (statement.is_item and first.is_item):
                found[place] = question
            else:
                question = None
    return found


def _referred_to(statements: Sequence[Statement], chosen: set[Statement]) -> Iterator[Statement]:
    """The sentences that those which are chosen refer to, and that these refer to, of the same paragraph."""
    for place, statement in enumerate(statements):
        if statement not in chosen:
            continue
        for before, after in reversed(list(pairwise(statements[max(0, place - _REFERENTS) : place + 1]))):
            if before.passage != after.passage or not points_back(after.quote.shown):
                break
            yield before


class _Nesting:
    """What items of lists among statements are nested in."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._statements = statements
        self._of = {statement.passage.block: statement for statement in statements if statement.is_item}
        self._above = _parents(statement.passage.block for statement in statements)
        self._children: dict[Statement, list[Statement]] = {}
        for block, parent in self._above.items():
            self._children.setdefault(self._of[parent], []).append(self._of[block])

    def with_ancestors(self, chosen: set[Statement]) -> set[Statement]:
        """What is chosen, with the items that it is nested in."""
        blocks = (block for one in chosen for block in _ancestors(one.passage.block, self._above))
        return chosen.union(self._of[block] for block in blocks)

    def with_whole_steps(self, chosen: set[Statement]) -> set[Statement]:
        """What is chosen, and of each ordered list of which it has a step all steps, with what these announce."""
        lists: dict[tuple[int, Block | None], list[Statement]] = {}
        run = 0
        for statement in self._statements:
            block = statement.passage.block
            if block.kind == "step":
                lists.setdefault((run, self._above.get(block)), []).append(statement)
            elif block.kind not in {"bullet", "code"}:
                run += 1
        steps = [step for whole in lists.values() if chosen.intersection(whole) for step in whole]
        announced = (self._children.get(step, []) for step in steps if _ends_with_colon(step))
        return chosen.union(steps, *announced)

    def with_whole_lists(self, chosen: set[Statement]) -> set[Statement]:
        """What is chosen, and of each short list of which it has half the items, nested ones counting, the others."""
        for is_item, run in groupby(self._statements, key=lambda statement: statement.is_item):
            items = set(run)
            if is_item and len(items) <= _SHORT_LIST and 2 * len(items & chosen) >= len(items):
                chosen = chosen | items
        return chosen

    def with_announced(self, chosen: set[Statement]) -> set[Statement]:
        """What is chosen; of an item that only announces those nested in it, all of these where none of them is."""
        announcing = {item for item in chosen.intersection(self._children) if _announces_nested(item)}
        empty = {item for item in announcing if not chosen.intersection(self._children[item])}
        # Those nested in it may announce others.
        return self.with_announced(chosen.union(*(self._children[item] for item in empty))) if empty else chosen


def _announces_nested(item: Statement) -> bool:
    """Whether an item says nothing without those nested in it: it ends with a colon, or is a few words, no sentence."""
    return _ends_with_colon(item) or (item.said[-1:] not in ".!?…" and len(words(item.said)) <= _LABEL_WORDS)


def _ends_with_colon(statement: Statement) -> bool:
    return statement.quote.text.endswith(":")


def _parents(blocks: Iterable[Block]) -> dict[Block, Block]:
    """Of the nested items among blocks, which are in order, the item that each is nested in."""
    found: dict[Block, Block] = {}
    latest: list[Block] = []
    for block in blocks:
        if block.kind in {"bullet", "step"}:
            while latest and latest[-1].depth >= block.depth:
                latest.pop()
            if latest:
                found[block] = latest[-1]
            latest.append(block)
        elif block.kind == "paragraph":
            latest.clear()
    return found


def _ancestors(block: Block, above: Mapping[Block, Block]) -> Iterator[Block]:
    """The items that a block is nested in, the nearest first."""
    while parent := above.get(block):
        yield parent
        block = parent


def laid_out(note: Note, statements: Sequence[Statement]) -> tuple[Quote, ...]:
    """The quotes of statements of one section: rows that follow each other as a table, nested items as such."""
    above = _parents(block for section in note.sections for block in section.blocks)
    given = {statement.passage.block for statement in statements}
    quotes: list[Quote] = []
    for is_row, run in groupby(statements, key=lambda statement: statement.passage.block.kind == "row"):
        found = list(run)
        table = table_quote(note, [statement.passage for statement in found]) if is_row else None
        quotes += (
            [table]
            if table
            else [
                replace(
                    statement.quote, depth=sum(block in given for block in _ancestors(statement.passage.block, above))
                )
                for statement in found
            ]
        )
    return tuple(quotes)


def statements_of(passages: Sequence[Passage]) -> Iterator[Statement]:
    """What can be chosen of passages, in order."""
    return (Statement(passage, quote) for passage in passages for quote in passage.sentences())
