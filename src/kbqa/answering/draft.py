"""An answer before its citations are numbered, and how it is written down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile

from kbqa.answering.citations import CitationList, Quote, without_markers
from kbqa.types import Citation


@dataclass(frozen=True, slots=True)
class Part:
    """Quotes that belong together, under a label from the notes."""

    label: str | None
    quotes: tuple[Quote, ...]

    @property
    def note(self) -> str:
        """Path of the note that it is from."""
        return self.quotes[0].note

    @property
    def heading_path(self) -> tuple[str, ...]:
        """Of its first quote."""
        return self.quotes[0].heading_path

    @property
    def section(self) -> tuple[str, tuple[str, ...]]:
        """The note, and the headings down to the section of it that has all of the quotes."""
        levels = zip(*(quote.heading_path for quote in self.quotes), strict=False)
        return self.note, tuple(level[0] for level in takewhile(lambda level: len(set(level)) == 1, levels))

    @property
    def is_prose(self) -> bool:
        """Whether it is sentences only."""
        return all(quote.layout == "prose" for quote in self.quotes)

    def said(self) -> list[str]:
        """What is quoted, each quote with its headings."""
        return [". ".join((*quote.heading_path, quote.shown)) for quote in self.quotes]


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of an answer, in order."""

    parts: tuple[Part, ...]
    answers: str = ""
    """The part of the question that it answers, where the notes do not have the rest; empty: all of it."""
    missing: tuple[str, ...] = ()
    """That rest, in the question's own words."""
    places_left_out: int = 0
    """So many more places were found that mention what is asked for."""
    is_certain: bool = False
    """Whether there is nothing to be unsure of: it is about a note that is named, or mentions are asked for and a place
    has every word, by the letter."""

    only_links: bool = False
    """Whether what is said of a thing is asked for, and it is only linked to."""

    def said(self) -> list[str]:
        """What the parts say, in their order."""
        return [text for part in self.parts for text in part.said()]

    def write(self) -> tuple[str, tuple[Citation, ...]]:
        """Markdown with markers, and what they stand for."""
        citations = CitationList()
        return "\n\n".join(_written(part, citations) for part in self.parts), citations.citations()


def _written(part: Part, citations: CitationList) -> str:
    label = [] if part.label is None else [f"**{without_markers(part.label.rstrip(':'))}:**"]
    runs = (_run(list(quotes), citations) for _, quotes in groupby(part.quotes, key=_kind))
    # Blank lines, so that a list after its label is a list in every Markdown dialect.
    return "\n\n".join((*label, *runs))


def _kind(quote: Quote) -> str:
    # Items of one list may be nested in those of another kind.
    return "item" if quote.layout in {"bullet", "step"} else quote.layout


def _run(quotes: Sequence[Quote], citations: CitationList) -> str:
    """Quotes of one kind."""
    match _kind(quotes[0]):
        case "item":
            return "\n".join(_items(quotes, citations))
        case "prose":
            blocks = groupby(quotes, key=lambda quote: (quote.note, quote.block))
            return "\n\n".join(_paragraph(list(of_block), citations) for _, of_block in blocks)
        case _:
            return "\n\n".join(citations.cite(quote) for quote in quotes)


def _paragraph(quotes: Sequence[Quote], citations: CitationList) -> str:
    """Sentences of one paragraph, with a sign where some between them are left out."""
    written = citations.cite(quotes[0])
    for before, quote in pairwise(quotes):
        left_out = quote.place > before.place + 1
        written += f"{' …' if left_out else ''} {citations.cite(quote)}"
    return written


def _items(quotes: Sequence[Quote], citations: CitationList) -> Iterator[str]:
    """The lines of a list; an item is indented to where the text of the one begins that it is nested in."""
    # The latest item and those that it is nested in, each with its number and where its text begins.
    open_items: list[tuple[Quote, int, int]] = []
    for quote in quotes:
        while open_items and open_items[-1][0].depth > quote.depth:
            open_items.pop()
        number = 1
        if open_items and open_items[-1][0].depth == quote.depth:
            sibling, counted, _ = open_items.pop()
            if sibling.layout == quote.layout:
                number = counted + 1
            else:
                yield ""
        indent = open_items[-1][2] if open_items else 0
        mark = "- " if quote.layout == "bullet" else f"{number}. "
        open_items.append((quote, number, indent + len(mark)))
        yield " " * indent + mark + citations.cite(quote)
