"""The lines of an answer → what belongs together: paragraphs, items, headings, rows, lines of code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kbqa.answering.citations import MARKER
from kbqa.answering.generative.syntax import Fence

LineKind = Literal["blank", "rule", "heading", "item", "text", "row", "dashes", "fence", "code", "closing"]

_LABEL_DEPTH, _TEXT_DEPTH, _HEAD_DEPTH, _ROW_DEPTH, ITEM_DEPTH = range(7, 12)

HIDDEN = "\x00"
"""Stands for a bracket in code; no reply has it."""

_LINE = re.compile(r"[^\n]*\n?")
_CONTAINERS = re.compile(
    r"(?:[ \t]*(?:>|(?:[-*+•]|\d{1,2}[.)]|\d{3,9}[.)](?=[ \t]+[`~]{3}))[ \t]+(?:\[[ xX]\][ \t]+)?))*[ \t]*"
)
_QUOTES = re.compile(r"[ \t>]*")
_HEADING = re.compile(r"#{1,6}[ \t]+")
_FENCE = re.compile(r"(?P<fence>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?P<word>[\w+#.-]*[ \t]*$)?")
_CODE = re.compile(r"(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
_DASHES = re.compile(r"[\s|:-]*-[\s|:-]*")
_RULE = re.compile(r"\s*(?:=+|-+|(?:[-*_][ \t]*){3,})\s*")
_LABEL = re.compile(r"(\*\*|__)(?:(?!\1).)*[^.!?…*_]\1")
_CITED_END = re.compile(rf"(?:[.!?…]\s*(?:{MARKER.pattern}\s*)+|{MARKER.pattern}\s*[.!?…]\s*)$")
_ENDED = re.compile(r"[.!?…;,][»”\")*_]*$")


@dataclass(frozen=True, slots=True)
class Unit:
    """What sentences are looked for in; none goes on from one into another."""

    start: int
    end: int
    """Where its words stand in the text, without the mark of the item or heading, and without the line's end."""
    leads: bool
    """Whether it leads to what follows: a heading, a label, the head of a table, an item with items below it."""
    depth: int
    """Grows from headings (1 to 6) over labels, paragraphs, heads of tables and rows to items, by their nesting."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and what it is."""

    kind: LineKind
    start: int
    """Where its words begin."""
    end: int
    """Where it ends, without the line feed."""
    quoted: bool
    depth: int
    """How far an item's mark is indented; the level of a heading; of any other line -1."""


def units_of(text: str) -> Iterator[Unit]:
    """The units of a text, in order; all its words are in them, but for the name of a language behind a fence.

    Args:
        text: Markdown.
    """
    begun: list[Line] = []
    lines = [*lines_of(text), Line("blank", len(text), len(text), quoted=False, depth=-1)]
    for at, line in enumerate(lines):
        if begun and not (line.kind == "text" and _goes_on(text, begun[-1], line)):
            yield _unit(text, begun, lines[at:])
            begun = []
        if line.kind in {"item", "text"}:
            begun.append(line)
        elif line.kind == "heading":
            yield Unit(line.start, line.end, leads=True, depth=line.depth)
        elif line.kind in {"row", "code", "fence"} and line.start < line.end:
            is_head = line.kind == "row" and lines[at + 1].kind == "dashes"
            yield Unit(line.start, line.end, leads=is_head, depth=_HEAD_DEPTH if is_head else _ROW_DEPTH)


def _goes_on(text: str, before: Line, line: Line) -> bool:
    """Whether a line of text goes on with what the line before it has begun."""
    # After a cited sentence may come whatever else, in small letters, too; but markers alone belong to it.
    is_new = _CITED_END.search(text, before.start, before.end) and MARKER.sub("", text[line.start : line.end]).strip()
    return line.quoted == before.quoted and not is_new


def _unit(text: str, begun: Sequence[Line], following: Sequence[Line]) -> Unit:
    """Lines as one unit, before `following`, at least one line."""
    start, end = begun[0].start, begun[-1].end
    said = text[start:end].strip()
    if _LABEL.fullmatch(said):
        depth = _LABEL_DEPTH if begun[0].kind == "text" else ITEM_DEPTH + begun[0].depth
        return Unit(start, end, leads=True, depth=depth)
    below = next((line for line in following if line.kind != "blank"), following[0])
    is_above = below.kind in {"row", "fence"} or (below.kind == "item" and below.depth > begun[0].depth)
    underline = text[following[0].start : following[0].end].strip()[:1] if following[0].kind == "rule" else ""
    # What ends like a sentence, or has markers, speaks for itself.
    speaks = _ENDED.search(said) or MARKER.search(said)
    if underline in ("=", "-") and not speaks:
        return Unit(start, end, leads=True, depth=1 if underline == "=" else 2)
    depth = _TEXT_DEPTH if begun[0].kind == "text" else ITEM_DEPTH + begun[0].depth
    return Unit(start, end, is_above and not speaks, depth)


def without_brackets_in_code(text: str) -> str:
    """The text with `HIDDEN` for each opening bracket in its code: `a[1]` cites nothing there; as long as before."""
    parts, place = [], 0
    for line in lines_of(text):
        parts.append(text[place : line.start])
        said = text[line.start : line.end]
        parts.append(
            _hidden(said) if line.kind in {"code", "fence"} else _CODE.sub(lambda code: _hidden(code[0]), said)
        )
        place = line.end
    return "".join((*parts, text[place:]))


def _hidden(code: str) -> str:
    return code.replace("[", HIDDEN)


def lines_of(text: str) -> Iterator[Line]:
    """All lines, in order."""
    fence: Fence | None = None
    for match in _LINE.finditer(text):
        line, start = match[0].removesuffix("\n"), match.start()
        end = start + len(line)
        mark = _CONTAINERS.match(line).end()  # type: ignore[union-attr]  # it matches nothing, too
        quoted = ">" in line[:mark]
        if fence and fence.is_left(line):
            fence = None
        if fence and fence.closes(line):
            fence = None
            yield Line("closing", end, end, quoted, -1)
        elif fence:
            code = line.lstrip(" \t>" if ">" in fence.before else " \t")
            yield Line("code", end - len(code), end, quoted, -1)
        elif marked := _FENCE.match(line, mark):
            fence = Fence(marked["fence"], line[:mark])
            # Words behind a fence are shown by some programs, and by some not.
            yield Line("fence", end if marked["word"] is not None else start + marked.end(), end, quoted, -1)
        elif match[0]:
            yield _line(line, start, mark)


def _line(line: str, start: int, mark: int) -> Line:
    """A line outside of code; its words begin behind `mark` characters."""
    end, quoted = start + len(line), ">" in line[:mark]
    kind: LineKind = "text"
    depth = -1
    if not line.strip():
        kind = "blank"
    elif line[mark:].startswith("|"):
        kind = "dashes" if _DASHES.fullmatch(line, mark) else "row"
    elif _RULE.fullmatch(line):
        kind = "rule"
    elif heading := _HEADING.match(line, mark):
        kind, depth, mark = "heading", heading[0].count("#"), heading.end()
    elif line[:mark].strip(" \t>"):
        quotes = _QUOTES.match(line).end()  # type: ignore[union-attr]  # it matches nothing, too
        kind, depth = "item", quotes
    return Line(kind, start + mark, end, quoted, depth)
