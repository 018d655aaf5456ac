"""An answer before its citations are numbered, and how it is written down."""

from dataclasses import dataclass
from typing import Literal

from kbqa.answering.citations import CitationList, Quote, without_markers
from kbqa.retrieval.matching import Strengths
from kbqa.types import Citation

Layout = Literal["bullets", "steps", "prose"]


@dataclass(frozen=True, slots=True)
class Part:
    """Quotes that belong together, under a label from the notes."""

    label: str | None
    layout: Layout
    quotes: tuple[Quote, ...]
    covers: Strengths
    """What of the question the part and its headings speak of."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of an answer, in order."""

    parts: tuple[Part, ...]

    def write(self) -> tuple[str, tuple[Citation, ...]]:
        """Markdown with markers, and what they stand for."""
        citations = CitationList()
        return "\n\n".join(_written(part, citations) for part in self.parts), citations.citations()


def _written(part: Part, citations: CitationList) -> str:
    mark = {"bullets": "- ", "steps": "{}. ", "prose": ""}[part.layout]
    quotes = [mark.format(number) + citations.cite(quote) for number, quote in enumerate(part.quotes, start=1)]
    if part.layout != "prose":
        body = "\n".join(quotes)
    else:
        body = ("\n\n" if any("\n" in quote for quote in quotes) else " ").join(quotes)
    if part.label is None:
        return body
    # A blank line, so that a list after its label is a list in every Markdown dialect.
    return f"**{without_markers(part.label.rstrip(':'))}:**\n\n{body}"
