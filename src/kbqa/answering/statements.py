"""What a section consists of: sentences, items, rows; lists nested in lists, questions and what answers them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from kbqa.answering.citations import Quote
from kbqa.answering.passages import Passage, is_see_also, table_quote
from kbqa.index.analysis import words
from kbqa.notes.statements import is_one_statement, on_one_line
from kbqa.types import Block, Note

_SHORT_LIST = 7
"""A list of up to so many items is given whole where lists are asked for and half of it is needed."""
_LABEL_WORDS = 5
"""An item of up to so many words that has others nested in it is what these are called."""


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


def statements_of(passages: Sequence[Passage]) -> Iterator[Statement]:
    """What can be chosen of passages, in order."""
    return (Statement(passage, quote) for passage in passages for quote in passage.sentences())


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


def announced(following: Sequence[Statement]) -> Iterator[Statement]:
    """The items of the list that follows what announces it."""
    for statement in following:
        if not statement.is_item:
            return
        yield statement


def answered(statements: Sequence[Statement]) -> dict[int, int]:
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


class Nesting:
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
