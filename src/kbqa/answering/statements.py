"""Chooses what of a section answers a question: statements of whatever kind, in the notes' order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kbqa.answering.citations import Quote
from kbqa.answering.passages import Passage, table_quote
from kbqa.notes.statements import is_one_statement
from kbqa.retrieval.facets import asked
from kbqa.retrieval.matching import Matcher, Strengths
from kbqa.retrieval.numbers import in_figures
from kbqa.retrieval.question import Intent, Question
from kbqa.types import Note

NEAR_BEST = 0.8
"""Statements that match at least this part of what the best one matches are taken with it."""
_SHORT, _SHORT_CHARACTERS = 6, 500
"""A section of at most so many statements and characters is given whole."""
_SENTENCES = 3
"""So many sentences are taken of a longer text where none stands out."""
_STANDS_OUT = 0.15
"""Statements are picked out when they speak of at least this share of the question beyond their headings."""
_MEASURE = 0.2
"""What a number counts for where a measure is asked for, as a share of the question."""
_DIGIT = re.compile(r"\d")


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
    def said(self) -> str:
        """What it says, a row with the names of its columns."""
        return self.passage.block.plain if self.is_item else self.quote.text

    @property
    def compared(self) -> str:
        """The text that the index has a vector of, its headings left out: `notes.statements.Statement.said`."""
        return self.passage.block.plain if is_one_statement(self.passage.block) else self.quote.shown


class Chooser:
    """Chooses for one question.

    Args:
        question: the question as read.
        matcher: the question's weighted words.
    """

    def __init__(self, question: Question, matcher: Matcher) -> None:
        self._matcher = matcher
        self._wants_list = question.intent in {Intent.LIST, Intent.STEPS}
        self._wants_measure = question.wants_measure or bool({"time", "cost"} & asked(question.text))

    def choose(self, passages: Sequence[Passage], context: Strengths) -> list[Statement]:
        """The statements that answer, in order.

        A list is given whole where one is asked for, and so is a short text with a list in it. Otherwise what stands
        out is picked; where nothing does, the list, or the first sentences that speak of the question.

        Args:
            passages: what can be quoted of the section, at least one.
            context: what of the question its headings have.
        """
        statements = list(_statements(passages))
        items = [statement for statement in statements if statement.is_item]
        prose = [statement for statement in statements if not statement.is_item and not statement.announces]
        if not items:
            return statements if len(prose) <= _SENTENCES else self._sentences(prose, context)
        standing = self._standing_out(statements, context)
        kept: list[Statement] = []
        if self._wants_list:
            kept = prose if _is_short(statements) else [statement for statement in standing if statement in prose]
        elif prose and _is_short(statements):
            return statements
        elif standing and len(standing) <= len(statements) / 2:
            return standing
        return [s for s in statements if s.is_item or s in kept or (s.announces and not kept)]

    def _standing_out(self, statements: Sequence[Statement], context: Strengths) -> list[Statement]:
        gains = [self._gain(statement, context) for statement in statements]
        least = max(_STANDS_OUT, NEAR_BEST * max(gains))
        return [statement for statement, gain in zip(statements, gains, strict=True) if gain >= least]

    def _sentences(self, sentences: Sequence[Statement], context: Strengths) -> list[Statement]:
        """The sentences that say most of what the question asks."""
        gains = [self._gain(sentence, context) for sentence in sentences]
        best = sorted(range(len(sentences)), key=lambda i: (-gains[i], i))[:_SENTENCES]
        return [sentences[i] for i in sorted(best) if gains[i] >= NEAR_BEST * gains[best[0]]]

    def _gain(self, statement: Statement, context: Strengths) -> float:
        """The share of the question that the statement speaks of beyond its headings, and what a number counts for."""
        measure = self._wants_measure and _DIGIT.search(in_figures(statement.said))
        return self._matcher.gain(context, self._matcher.strengths(statement.said)) + (_MEASURE if measure else 0.0)


def laid_out(note: Note, statements: Sequence[Statement]) -> tuple[Quote, ...]:
    """The quotes of statements of one section, rows that follow each other as a table."""
    quotes: list[Quote] = []
    for is_row, run in groupby(statements, key=lambda statement: statement.passage.block.kind == "row"):
        found = list(run)
        table = table_quote(note, [statement.passage for statement in found]) if is_row else None
        quotes += [table] if table else [statement.quote for statement in found]
    return tuple(quotes)


def _statements(passages: Sequence[Passage]) -> Iterator[Statement]:
    return (Statement(passage, quote) for passage in passages for quote in passage.sentences())


def _is_short(statements: Sequence[Statement]) -> bool:
    length = sum(len(statement.quote.text) for statement in statements)
    return len(statements) <= _SHORT and length <= _SHORT_CHARACTERS
