"""Private text: what a note holds between `%%` signs, or between `<!--` and `-->`, is nobody's answer.

A note is parsed on a copy of its text in which each line's part of a comment is one invisible `MARK`. That copy is
the `Note.text`: what is not in it can be neither embedded, found, quoted nor shown. Lines keep their numbers. Blocks
are cut at the marks, so that each still stands verbatim in the file.

What is code decides the parser, not we: in code these signs mean nothing. A comment may hold half a code fence, so
after comments are blanked out the note is parsed again, until none is left outside of code. Redacting a text that is
redacted changes nothing.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from markdown_it.token import Token

from kbqa.notes.markdown import parser

MARK = "\u2063"
"""INVISIBLE SEPARATOR: where private text was. One that a note has itself only cuts its block in two."""

ROUNDS = 12
"""After so many parses, or so many characters, a note whose comments and code are entangled loses the benefit of the
doubt: `%%` in its code counts, too."""
ROUNDS_LENGTH = 500_000

_OPENING = re.compile(r"(?<!\\)%%|(?<!\\)<!--")
_BARE_MARKS = re.compile(rf"^[ \t]*{MARK}[{MARK} \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PublicText:
    """A note's text without its private parts, and its parse."""

    text: str
    tokens: list[Token]
    unclosed_at: int | None
    """1-based line of a comment that is never closed, and so runs to the end of the note."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    closed: bool


def public_text(text: str) -> PublicText:
    """`text` without its private parts; its line ends are single line feeds."""
    unclosed_at = None
    tokens = _parse(text)
    for remaining in range(max(2, min(ROUNDS, ROUNDS_LENGTH // max(1, len(text)))), 0, -1):
        spans = _comments(text, _code(text, tokens) if remaining > 1 else [])
        if not spans:
            break
        if not spans[-1].closed:
            unclosed_at = text.count("\n", 0, spans[-1].start) + 1
        text = _redacted(text, spans)
        tokens = _parse(text)
    return PublicText(text, tokens, unclosed_at)


def is_blank(line: str) -> bool:
    """Whether there is nothing on the line, or was nothing but private text."""
    return not line.strip(f"{MARK} \t") or not line.strip()


def _parse(text: str) -> list[Token]:
    # A line that was private as a whole neither continues a paragraph nor keeps a list from beginning.
    return parser().parse(_BARE_MARKS.sub("", text) if MARK in text else text)


def _comments(text: str, code: list[tuple[int, int]]) -> list[_Span]:
    """The comments outside of `code`, in order; those that follow one which may change what is code are left out."""
    spans: list[_Span] = []
    position = 0
    while opening := _OPENING.search(text, position):
        if inside := _range_around(code, opening.start()):
            position = inside[1]
            continue
        # As in HTML, `<!-->` is a whole comment.
        sign, search_from = ("%%", opening.end()) if opening[0] == "%%" else ("-->", opening.start() + 2)
        found = text.find(sign, search_from)
        position = found + len(sign) if found >= 0 else len(text)
        spans.append(_Span(opening.start(), position, found >= 0))
        if _range_around(code, position - 1):
            break
    return spans


def _redacted(text: str, spans: list[_Span]) -> str:
    parts: list[str] = []
    position = 0
    for span in spans:
        parts += [text[position : span.start], MARK]
        parts.append(f"\n{MARK}" * text.count("\n", span.start, span.end))
        position = span.end
    return "".join((*parts, text[position:]))


def _range_around(ranges: list[tuple[int, int]], position: int) -> tuple[int, int] | None:
    index = bisect_right(ranges, (position, len(ranges) and ranges[-1][1] + 1)) - 1
    if index >= 0 and ranges[index][0] <= position < ranges[index][1]:
        return ranges[index]
    return None


def _code(text: str, tokens: list[Token]) -> list[tuple[int, int]]:
    """Where code stands in `text`, and the properties, which have no comments of this kind; in order."""
    if "%%" not in text and "<!--" not in text:
        return []
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    ranges: list[tuple[int, int]] = []
    last_cell: dict[int, int] = {}
    for token in tokens:
        if token.map is None:
            continue
        if token.type in {"fence", "code_block", "front_matter"}:
            ranges.append((starts[token.map[0]], starts[token.map[1]]))
        elif token.type == "inline" and "`" in token.content:
            ranges += _code_spans(token, lines, starts, last_cell)
    return sorted(ranges)


def _code_spans(inline: Token, lines: list[str], starts: list[int], last_cell: dict[int, int]) -> list[tuple[int, int]]:
    """The places of the code in a paragraph; none where it cannot be located, so that doubt hides rather than shows."""
    first = inline.map[0] if inline.map else 0
    offsets: list[int] = []
    for number, content in enumerate(inline.content.split("\n"), first):
        line, written = lines[number].rstrip(), content.rstrip()
        if inline.level and line.endswith(written) and number not in last_cell and "|" not in line:
            offsets.append(starts[number] + len(line) - len(written))
            continue
        # A heading may end with signs, a cell with other cells; in a cell a bar is written `\|`.
        column = lines[number].find(written, last_cell.get(number, 0))
        if column < 0:
            column = lines[number].find(written.replace("|", "\\|"), last_cell.get(number, 0))
        if column < 0:
            return []
        last_cell[number] = column + len(written)
        offsets.append(starts[number] + column)
    breaks = [index for index, character in enumerate(inline.content) if character == "\n"]

    def place(offset: int) -> int:
        row = bisect_right(breaks, offset - 1)
        return offsets[row] + offset - (breaks[row - 1] + 1 if row else 0)

    return [
        (place(start), place(end))
        for token in inline.children or []
        if token.type == "code_inline"
        for start, end in [token.meta["span"]]
    ]
