"""Blocks → statements: the least that can be quoted of a note, a sentence, an item, a row or a piece of code.

Statements have vectors in the index: a change in how blocks are split, or in `Statement.said`, raises `PARSER_VERSION`.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kbqa.notes.markdown import CALLOUT
from kbqa.types import Block, Section

# What stands before a name, a number or an explanation, not at a sentence's end; nor does a single letter.
_LEADING = "см ср напр ул пер просп пл им стр рис табл гл ст проф тел vs mr mrs dr"
_UNFINISHED = "".join(rf"(?<!\b(?i:{word})\.)" for word in _LEADING.split()) + r"(?<!\b[^\W\d]\.)"
_SENTENCE_END = re.compile(
    rf"(?:(?<=[.!?…])|(?<=[.!?…][»”“\")])){_UNFINISHED}\s+(?:> ?)*(?=[«“„\"(\[A-ZА-ЯЁ*])"
    # Between a short word and a number stands no end: «5 руб. 30 коп.», «ред. 2020 года».
    r"|(?<=\w{4}[.!?…])\s+(?:> ?)*(?=\d)"
)
_CLOSED_BY = {"»": "«", "”": "“", "“": "„", ")": "("}
_BRACKET = re.compile("[«»„“”()]")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement where it stands in its note."""

    text: str
    """Verbatim."""
    said: str
    """What is compared with questions: a sentence on one line, as Markdown; otherwise the words of the block."""
    start_line: int
    end_line: int


def quotable_blocks(section: Section) -> Iterator[Block]:
    """The blocks of a section that can be quoted; HTML is no sentence."""
    return (block for block in section.blocks if block.kind != "html" and block.text.strip())


def is_titled(block: Block, lines: Sequence[str]) -> bool:
    """Whether the first line of a block is the title of a callout, which no mark of punctuation ends.

    Args:
        block: of a note.
        lines: all of the note's.
    """
    return "\n" in block.text and bool(CALLOUT.search(lines[block.start_line - 1]))


def is_one_statement(block: Block) -> bool:
    """Whether a block is not split at its sentences: an item of a list, a row of a table, code."""
    return block.kind in {"bullet", "step", "row", "code"}


def statements_of(block: Block, *, titled: bool) -> list[Statement]:
    """The statements of a block, in order. `titled`: what `is_titled` says of it."""
    if is_one_statement(block):
        return [Statement(block.text, block.plain, block.start_line, block.end_line)]
    title_end = block.text.find("\n") if titled else 0
    parts = (block.text[start:end].strip() for start, end in sentence_spans(block.text, title_end))
    return [_sentence(block, part, titled=titled) for part in parts if part]


def sentence_spans(text: str, after: int = 0) -> list[tuple[int, int]]:
    """Where the sentences of a text stand, without the white space between them; none ends at or before `after`."""
    enclosed = _enclosed(text)
    ends = [
        match.span()
        for match in _SENTENCE_END.finditer(text)
        if match.start() > after and not _is_within(match.start(), enclosed)
    ]
    starts = (0, *(end for _, end in ends))
    return [(start, end) for start, (end, _) in zip(starts, (*ends, (len(text), 0)), strict=True)]


def _enclosed(text: str) -> list[tuple[int, int]]:
    """Where quotations and brackets are opened and closed, those within others left out; in order."""
    spans: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    waiting = Counter[str]()
    for match in _BRACKET.finditer(text):
        sign, place = match[0], match.start()
        opening = _CLOSED_BY.get(sign, "")
        if not waiting[opening]:
            # “ closes „ and otherwise opens; a sign that closes nothing is none: «1) помол».
            if sign in "«„“(":
                opened.append((sign, place))
                waiting[sign] += 1
            continue
        start, before = place, ""
        while before != opening:
            before, start = opened.pop()
            waiting[before] -= 1
        while spans and spans[-1][0] > start:
            spans.pop()
        spans.append((start, place))
    return spans


def _is_within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place lies in one of some spans, which are in order and apart."""
    index = bisect(spans, (place, 0)) - 1
    return index >= 0 and spans[index][0] < place <= spans[index][1]


def on_one_line(block: Block, text: str, *, titled: bool) -> str:
    """`text`, a part of the block, as it is shown in an answer: without line ends and the marks of a quotation."""
    lines = [line.strip().removeprefix(">").strip() for line in text.split("\n")]
    if titled and block.text.startswith(text):
        lines[0] = f"**{lines[0].rstrip(':.')}**" + ("" if lines[0].endswith(("?", "!")) else ":")
    return " ".join(lines)


def context_of(heading_path: Sequence[str]) -> str:
    """Title and headings above a statement, as one text."""
    return ". ".join(heading_path)


def _sentence(block: Block, text: str, *, titled: bool) -> Statement:
    start = block.start_line + block.text.count("\n", 0, block.text.index(text))
    return Statement(text, on_one_line(block, text, titled=titled), start, start + text.count("\n"))
