"""An answer before its citations are numbered, and how it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from kbqa.answering.citations import CitationList, Quote, without_markers
from kbqa.retrieval.matching import Strengths
from kbqa.types import Citation


@dataclass(frozen=True, slots=True)
class Part:
    """Quotes that belong together, under a label from the notes."""

    label: str | None
    quotes: tuple[Quote, ...]
    covers: Strengths
    """What of the question the part and its headings speak of."""

    @property
    def note(self) -> str:
        """Path of the note that it is from."""
        return self.quotes[0].note

    @property
    def heading_path(self) -> tuple[str, ...]:
        """Of its first quote."""
        return self.quotes[0].heading_path

    @property
    def is_prose(self) -> bool:
        """Whether it is sentences only."""
        return all(quote.layout == "prose" for quote in self.quotes)


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of an answer, in order."""

    parts: tuple[Part, ...]

    def write(self) -> tuple[str, tuple[Citation, ...]]:
        """Markdown with markers, and what they stand for."""
        citations = CitationList()
        return "\n\n".join(_written(part, citations) for part in self.parts), citations.citations()


def _written(part: Part, citations: CitationList) -> str:
    label = [] if part.label is None else [f"**{without_markers(part.label.rstrip(':'))}:**"]
    runs = (_run(list(quotes), citations) for _, quotes in groupby(part.quotes, key=lambda quote: quote.layout))
    # Blank lines, so that a list after its label is a list in every Markdown dialect.
    return "\n\n".join((*label, *runs))


def _run(quotes: Sequence[Quote], citations: CitationList) -> str:
    """Quotes of one layout."""
    cited = [citations.cite(quote) for quote in quotes]
    match quotes[0].layout:
        case "bullet":
            return "\n".join(f"- {text}" for text in cited)
        case "step":
            return "\n".join(f"{number}. {text}" for number, text in enumerate(cited, start=1))
        case "prose":
            return " ".join(cited)
        case _:
            return "\n\n".join(cited)
