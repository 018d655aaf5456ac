"""What of the notes a language model gets to read: the sections of an answer's evidence, cut to a budget of tokens."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kbqa.answering.generative.shown import visible
from kbqa.index.tokens import OLDER_ENCODING, count_tokens
from kbqa.notes.private import MARK, is_blank
from kbqa.notes.statements import Statement, is_titled, quotable_blocks, statements_of
from kbqa.types import Answer, Note, Section

MOST = 12
"""Excerpts at most: a model reads the first and last of many, and little of what is between (Liu et al. 2023,
arXiv:2307.03172)."""
_OVERHEAD = 16
"""Tokens for the number and the fence of an excerpt, at most."""
_BLANK = re.compile(r"[^\S\n\t]")


@dataclass(frozen=True, slots=True)
class Premise:
    """A statement of a note, and what it is said of."""

    start_line: int
    end_line: int
    text: str
    """Verbatim between the two lines."""
    said: str
    """In words, as the index has it (`kbqa.notes.statements.Statement.said`)."""
    above: str
    """What it is said under, in words: the title and headings, the line that leads into its list, the items that it
    is nested in."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of one section, which a model knows by a number."""

    note: str
    title: str
    heading_path: tuple[str, ...]
    start_line: int
    end_line: int
    text: str
    """The lines, verbatim but for private comments, the section's own heading left out."""
    premises: tuple[Premise, ...]
    """What it says, in order."""

    def passage(self, premises: Sequence[Premise]) -> tuple[int, int, str]:
        """First line, last line, and verbatim text of what holds these of its premises; without any, of all of it.

        Of lines with a private comment in them only the first of the premises.
        """
        found = sorted(premises or self.premises, key=lambda premise: (premise.start_line, premise.end_line))
        start = found[0].start_line if premises else self.start_line
        end = max(premise.end_line for premise in found) if premises else self.end_line
        text = "\n".join(self.text.split("\n")[start - self.start_line : end - self.start_line + 1])
        if MARK in text or len(dict.fromkeys(premises)) == 1:
            return found[0].start_line, found[0].end_line, found[0].text
        return start, end, text


def excerpts_of(answer: Answer, note_of: Callable[[str], Note], budget: int) -> tuple[Excerpt, ...]:
    """The sections that the answer cites, whole, then what else was found, best first; a part of the first at least.

    None where not even one of its statements is within the budget.

    Args:
        answer: composed without a model.
        note_of: a note by its path.
        budget: tokens of all together; counted as the models count that take the most for Russian.
    """
    ranges: dict[tuple[str, int], tuple[int, int]] = {}
    for citation in answer.citations:
        for section in note_of(citation.note).sections_on(citation.start_line, citation.end_line):
            ranges[citation.note, section.start_line] = section.start_line, section.end_line
    for hit in answer.hits:
        chunk = hit.chunk
        for section in note_of(chunk.note).sections_on(chunk.start_line, chunk.end_line):
            first, last = max(section.start_line, chunk.start_line), min(section.end_line, chunk.end_line)
            known = ranges.get((chunk.note, section.start_line), (first, last))
            ranges[chunk.note, section.start_line] = min(first, known[0]), max(last, known[1])
    found = (
        excerpt
        for (path, start), (first, last) in ranges.items()
        if (excerpt := _excerpt(note_of(path), start, first, last)) is not None
    )
    return tuple(_within(found, budget))


_CROSSED_OUT = re.compile(r"~~.+?~~", re.DOTALL)
_EMPHASIS = re.compile(r"[*_`]+")
_WORD = re.compile(r"[^\W_]")


def legible(text: str) -> str:
    """`text` without what a reader cannot see: zero-width and control characters; all blanks are plain ones."""
    return _BLANK.sub(" ", visible(text.replace(MARK, "")))


def _within(found: Iterator[Excerpt], budget: int) -> Iterator[Excerpt]:
    """As many as fit; a smaller one may follow one that is too large, and the first is cut rather than left out."""
    left, given = budget, 0
    for excerpt in found:
        fitting: Excerpt | None = excerpt
        if _cost(excerpt) > left:
            fitting = None if given else _cut(excerpt, left)
        if fitting is not None:
            yield fitting
            left, given = left - _cost(fitting), given + 1
        if given == MOST:
            return


def _cost(excerpt: Excerpt) -> int:
    return count_tokens(" › ".join(excerpt.heading_path) + excerpt.text, OLDER_ENCODING) + _OVERHEAD


def _cut(excerpt: Excerpt, budget: int) -> Excerpt | None:
    """As many of its statements as fit, from the first on; None where none does."""
    fitting = None
    lines = excerpt.text.split("\n")
    for at, premise in enumerate(excerpt.premises):
        last = premise.end_line - excerpt.start_line
        # Of the line that the statement ends on, others may go on.
        end = lines[last].rfind(premise.text.rpartition("\n")[2])
        kept = lines[last] if end < 0 else lines[last][: end + len(premise.text.rpartition("\n")[2])]
        text = "\n".join((*lines[:last], kept))
        shorter = replace(excerpt, end_line=premise.end_line, text=text, premises=excerpt.premises[: at + 1])
        if _cost(shorter) > budget:
            break
        fitting = shorter
    return fitting


def _excerpt(note: Note, start: int, first: int, last: int) -> Excerpt | None:
    """Lines of the section that starts on line `start`; None where they say nothing."""
    section = next(section for section in note.sections if section.start_line == start)
    premises = tuple(
        premise for premise in premises_of(note, section) if first <= premise.start_line and premise.end_line <= last
    )
    if not premises:
        return None
    lines = note.text.split("\n")
    body = first + (section.level > 0 and first == section.start_line)
    while is_blank(lines[body - 1]):
        body += 1
    while is_blank(lines[last - 1]):
        last -= 1
    return Excerpt(note.path, note.title, section.heading_path, body, last, "\n".join(lines[body - 1 : last]), premises)


def _as_it_stands(statement: Statement) -> Statement:
    """The statement without what is crossed out in it: that is not said any more."""
    if "~~" not in statement.text:
        return statement
    left = _CROSSED_OUT.sub(" ", statement.text)
    return replace(statement, said=" ".join(_EMPHASIS.sub("", left).split()) if _WORD.search(left) else "")


def premises_of(note: Note, section: Section) -> Iterator[Premise]:
    """The statements of a section, each with what it is said under."""
    lines = note.text.split("\n")
    leading = ""
    nested: list[tuple[int, str]] = []
    was_item = False
    for block in quotable_blocks(section):
        is_item = block.kind in {"bullet", "step"}
        if was_item and not is_item:
            leading = ""  # what leads into a list ends with it
        was_item = is_item
        nested = [(depth, said) for depth, said in nested if is_item and depth < block.depth]
        above = (*section.heading_path, *([leading] if leading else ()), *(said for _, said in nested))
        for statement in map(_as_it_stands, statements_of(block, titled=is_titled(block, lines))):
            if not statement.said:
                continue
            yield Premise(statement.start_line, statement.end_line, statement.text, statement.said, ". ".join(above))
        if is_item:
            nested.append((block.depth, block.plain))
        else:
            leading = block.plain if block.plain.endswith(":") else (leading if block.kind == "row" else "")


def texts_of(excerpts: Sequence[Excerpt]) -> list[str]:
    """What all of them say, in words."""
    return [premise.said for excerpt in excerpts for premise in excerpt.premises]
