"""The one place that writes citation markers into an answer's text and reads them back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from kbqa.types import Citation

Layout = Literal["bullet", "step", "prose", "table", "code"]
"""How a quote stands in an answer: as an item, a numbered one, a sentence among others, or a block of lines."""

MARKER = re.compile(r"(?<!\\)\[(\d+)\]")
"""A citation marker: `[1]`. Brackets that the notes themselves put around a number are escaped in an answer."""

_LITERAL = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim piece of a note, and how the answer shows it."""

    note: str
    title: str
    heading_path: tuple[str, ...]
    start_line: int
    end_line: int
    text: str
    """Verbatim between the two lines of the file."""
    shown: str
    """Markdown: the same words, laid out for the answer; in one line but for tables and code."""
    layout: Layout = "prose"
    depth: int = field(default=0, compare=False)
    """Of an item, in how many items that are shown as well it is nested."""
    block: int = field(default=0, compare=False)
    """Line on which the block starts that it is of."""
    place: int = field(default=0, compare=False)
    """Which of the block's sentences it is."""

    def as_item(self) -> "Quote":
        """The same as one of several in a list; a table or code stays a block of lines."""
        return replace(self, layout="bullet") if self.layout in {"step", "prose"} else self

    def as_prose(self) -> "Quote":
        """The same by itself."""
        return replace(self, layout="prose") if self.layout in {"step", "bullet"} else self


@dataclass(slots=True)
class CitationList:
    """Numbers quotes by first mention; the same quote keeps its number."""

    _numbers: dict[tuple[str, int, int, str], Citation] = field(default_factory=dict)

    def cite(self, quote: Quote) -> str:
        """What the answer shows of the quote, its marker at the end."""
        key = (quote.note, quote.start_line, quote.end_line, quote.text)
        citation = self._numbers.setdefault(
            key,
            Citation(
                number=len(self._numbers) + 1,
                note=quote.note,
                title=quote.title,
                heading_path=quote.heading_path,
                start_line=quote.start_line,
                end_line=quote.end_line,
                quote=quote.text,
            ),
        )
        # After a block of lines the marker stands on a line of its own.
        separator = "\n\n" if "\n" in quote.shown else " "
        return f"{without_markers(quote.shown)}{separator}[{citation.number}]"

    def citations(self) -> tuple[Citation, ...]:
        """All that were cited, in the order of their numbers."""
        return tuple(self._numbers.values())


def without_markers(text: str) -> str:
    """Markdown from a note with its own `[1]`s escaped, so that none of them reads as a citation."""
    return _LITERAL.sub(r"\\[\1\\]", text)


def markers(text: str) -> Iterator[int]:
    """The numbers of the citation markers in an answer's text, in order."""
    return (int(match[1]) for match in MARKER.finditer(text))
