"""Composes an answer of verbatim bullets and sentences, by what the question asks for.

Nothing is worded anew: an answer is headings of the notes as labels, and quotes under them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kbqa.answering.citations import CitationList, Quote
from kbqa.answering.intent import Intent, Question, sides_of
from kbqa.answering.matching import Matcher, Strengths
from kbqa.answering.passages import Passage, join_quotes, passages_of
from kbqa.types import Chunk, Citation, Hit

Layout = str
"""How the quotes of a part stand: `bullets`, `steps` or `prose`."""

_PARTS = 4
_MENTIONS = 12
_GIST_ITEMS = 6
_SENTENCES = 3
_ADDS = 0.2
"""A further section is added when it speaks of at least this share of the question that the answer lacks so far."""
_STANDS_OUT = 0.15
"""Items are picked out of a list when they speak of at least this share of the question beyond their headings."""
_NEAR_BEST = 0.8
"""Items that match at least this part of what the best item matches are taken with it."""
_CONSIDERED = 6
"""From this many hits the sections of an answer are chosen."""
_NAMED = 0.6
"""A heading or term is named by a question that has at least this share of its words."""
_NAMED_TERM, _NAMED_SIDE = 0.4, 0.45
"""The same for an explained term, taken both ways (times the share of the question that the term has); for a side of a
comparison, which often lacks the noun («национальные и международные сообщества»)."""
_OWN = 0.12
"""A section is asked for itself when at least this share of the question is found in it but not above it."""


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
    """An answer before its citations are numbered."""

    parts: tuple[Part, ...]

    def write(self) -> tuple[str, tuple[Citation, ...]]:
        """Markdown with markers, and what they stand for."""
        citations = CitationList()
        paragraphs = []
        for part in self.parts:
            lines = [f"**{part.label.rstrip(':')}:**"] if part.label else []
            lines += [
                {"bullets": "- ", "steps": f"{number}. ", "prose": ""}[part.layout] + citations.cite(quote)
                for number, quote in enumerate(part.quotes, start=1)
            ]
            paragraphs.append((" " if part.layout == "prose" and not part.label else "\n").join(lines))
        # A blank line, so that a list after its label is a list in every Markdown dialect.
        return "\n\n".join(text.replace(":**\n", ":**\n\n", 1) for text in paragraphs), citations.citations()


class Composer:
    """Composes the answer to one question.

    Args:
        question: the question as read.
        matcher: the question's weighted words.
        hits: what was found, best first.
        note_chunks: all chunks of a note in the order of its lines, for moving up from a section to its parent.
        search: finds hits for a part of the question (the sides of a comparison).
    """

    def __init__(
        self,
        question: Question,
        matcher: Matcher,
        hits: Sequence[Hit],
        note_chunks: Callable[[str], Sequence[Chunk]],
        search: Callable[[str], Sequence[Hit]],
    ) -> None:
        self._question = question
        self._matcher = matcher
        self._hits = hits
        self._note_chunks = note_chunks
        self._search = search

    def compose(self) -> Draft | None:
        """The draft; None when nothing that was found can be quoted."""
        shapes = {
            Intent.MENTIONS: self._mentions,
            Intent.COMPARISON: self._comparison,
            Intent.DEFINITION: self._definition,
        }
        special = shapes.get(self._question.intent)
        parts = (special() if special else []) or self._sections()
        return Draft(tuple(parts)) if parts else None

    def _mentions(self) -> list[Part]:
        """Every block in the hits that has all of the question's words that any block has."""
        places = [
            (passage, self._matcher.strengths(passage.block.plain))
            for hit in self._hits
            for passage in passages_of(hit.chunk)
        ]
        places = [(passage, match) for passage, match in places if match.any()]
        if not places:
            return []
        highest = max(self._matcher.share(match) for _, match in places)
        full = [(passage, match) for passage, match in places if self._matcher.share(match) >= _NEAR_BEST * highest]
        by_section: dict[tuple[str, ...], list[tuple[Passage, Strengths]]] = {}
        for passage, match in full[:_MENTIONS]:
            by_section.setdefault(passage.heading_path, []).append((passage, match))
        return [
            Part(
                label=_breadcrumb(path),
                layout="bullets",
                quotes=tuple(passage.quote() for passage, _ in found),
                covers=self._matcher.union(*(match for _, match in found)),
            )
            for path, found in by_section.items()
        ]

    def _comparison(self) -> list[Part]:
        """For each side the statement that explains it, or the best section about it, one after the other."""
        parts: list[Part] = []
        for side in sides_of(self._question.text):
            matcher = self._matcher.for_text(side)
            hits = self._search(side)
            explained = self._explaining([*self._hits, *hits], matcher, least=_NAMED_SIDE)[:1]
            found = [self._explanation(passage, match, labelled=True) for passage, match in explained]
            found = found or _Focus(self._question, matcher, hits, self._note_chunks).parts(labelled=True)[:1]
            for part in found:
                shown = " ".join((part.label or "", *(quote.shown for quote in part.quotes)))
                parts.append(replace(part, covers=self._matcher.strengths(shown)))
        different = {part.quotes: part for part in parts}
        return list(different.values()) if len(different) > 1 else []

    def _definition(self) -> list[Part]:
        """The statements whose term is what the question asks about, wherever they stand."""
        explained = self._explaining(self._hits, self._matcher, least=_NAMED_TERM)[:_PARTS]
        return [self._explanation(passage, match, labelled=len(explained) > 1) for passage, match in explained]

    def _explaining(self, hits: Sequence[Hit], matcher: Matcher, *, least: float) -> list[tuple[Passage, Strengths]]:
        """Passages that explain a term which the matcher's text names, in the order of the hits."""
        named = []
        for passage in (passage for hit in hits for passage in passages_of(hit.chunk)):
            for name in passage.names:
                match = matcher.strengths(name)
                both_ways = matcher.share(match) * matcher.named_share(name)
                if both_ways >= least:
                    named.append((both_ways, passage, match))
        best = max((score for score, _, _ in named), default=0.0)
        return list({passage: match for score, passage, match in named if score >= _NEAR_BEST * best}.items())

    def _explanation(self, passage: Passage, match: Strengths, *, labelled: bool) -> Part:
        return Part(
            label=_breadcrumb(passage.heading_path) if labelled else None,
            layout="prose",
            quotes=(passage.quote() if passage.is_item else passage.sentences()[0],),
            covers=match,
        )

    def _sections(self) -> list[Part]:
        return _Focus(self._question, self._matcher, self._hits, self._note_chunks).parts(labelled=False)


class _Focus:
    """Chooses the sections that answer, and what of each."""

    def __init__(
        self,
        question: Question,
        matcher: Matcher,
        hits: Sequence[Hit],
        note_chunks: Callable[[str], Sequence[Chunk]],
    ) -> None:
        self._question = question
        self._matcher = matcher
        self._hits = hits
        self._note_chunks = note_chunks

    def parts(self, *, labelled: bool) -> list[Part]:
        """The best section first; further ones where they speak of what the answer lacks so far."""
        parts: list[Part] = []
        for part in self._candidates():
            covered = self._matcher.union(*(other.covers for other in parts))
            adds = self._matcher.share(self._matcher.union(covered, part.covers)) - self._matcher.share(covered)
            if not parts or (adds >= _ADDS and len(parts) < _PARTS):
                parts.append(part)
        if len(parts) == 1 and not labelled and parts[0].layout == "prose":
            parts = [Part(None, "prose", parts[0].quotes, parts[0].covers)]
        return parts

    def _candidates(self) -> Iterator[Part]:
        """A part for each of the best hits."""
        seen: set[Quote] = set()
        for hit in self._hits[:_CONSIDERED]:
            part = self._parent_part(hit.chunk) or self._part(hit.chunk)
            if part and not seen.intersection(part.quotes):
                seen.update(part.quotes)
                yield part

    def _parent_part(self, chunk: Chunk) -> Part | None:
        """The section above, as its subsections with the gist of each, when that is what the question names."""
        parent = chunk.heading_path[:-1]
        if len(parent) <= 1:  # the whole note; its opening text says what it is about
            return None
        own = self._matcher.union(self._matcher.strengths(chunk.heading_path[-1]), self._matcher.strengths(chunk.text))
        above = self._matcher.strengths(". ".join(parent))
        beyond = self._matcher.share(self._matcher.union(own, above)) - self._matcher.share(above)
        if self._matcher.named_share(parent[-1], beyond=chunk.title) < _NAMED or beyond >= _OWN:
            return None
        children = [child for child in self._note_chunks(chunk.note) if child.heading_path[: len(parent)] == parent]
        sections: dict[tuple[str, ...], list[Passage]] = {}
        for child in children:
            for passage in passages_of(child):
                sections.setdefault(passage.heading_path[: len(parent) + 1], []).append(passage)
        if len(sections) <= 1:
            return None
        return Part(
            label=parent[-1],
            layout="steps" if self._question.intent is Intent.STEPS else "bullets",
            quotes=tuple(
                _gist(path[-1] if len(path) > len(parent) else None, found) for path, found in sections.items()
            ),
            covers=above,
        )

    def _part(self, chunk: Chunk) -> Part | None:
        passages = passages_of(chunk)
        if not passages:
            return None
        if (
            all(passage.is_navigation for passage in passages)
            and not self._matcher.strengths(chunk.heading_path[-1]).any()
        ):
            return None
        context = self._matcher.strengths(passages[0].context)
        items = [passage for passage in passages if passage.is_item]
        if items:
            chosen = self._items(items, context)
            layout = "steps" if chosen[0].block.kind == "step" and len(chosen) == len(items) else "bullets"
            lead_in = next((passage.block.plain for passage in passages if passage.is_lead_in), None)
            whole = len(chosen) == len(items)
            label = lead_in if whole and lead_in else chunk.heading_path[-1]
            quotes = tuple(passage.quote() for passage in chosen)
        else:
            layout, label = "prose", chunk.heading_path[-1]
            quotes = tuple(self._sentences(passages, context))
        matched = (self._matcher.strengths(quote.text) for quote in quotes)
        return Part(label, layout, quotes, self._matcher.union(context, *matched))

    def _items(self, items: list[Passage], context: Strengths) -> list[Passage]:
        """The items that stand out for the question; the whole list where none does, or where a list is asked for."""
        if self._question.intent in {Intent.LIST, Intent.STEPS}:
            return items
        headings = self._matcher.share(context)
        gains = []
        for item in items:
            both = self._matcher.union(context, self._matcher.strengths(item.block.plain))
            gains.append(self._matcher.share(both) - headings)
        best = max(gains)
        chosen = [item for item, gain in zip(items, gains, strict=True) if gain >= _NEAR_BEST * best]
        return chosen if best >= _STANDS_OUT and len(chosen) <= len(items) / 2 else items

    def _sentences(self, passages: list[Passage], context: Strengths) -> list[Quote]:
        """All sentences of a short text; of a longer one those that say most of what the question asks."""
        quotes = [quote for passage in passages for quote in passage.sentences()]
        if len(quotes) <= _SENTENCES:
            return quotes
        headings = self._matcher.share(context)
        gains = [
            self._matcher.share(self._matcher.union(context, self._matcher.strengths(quote.text))) - headings
            for quote in quotes
        ]
        best = sorted(range(len(quotes)), key=lambda i: (-gains[i], i))[:_SENTENCES]
        return [quotes[i] for i in sorted(best) if gains[i] >= _NEAR_BEST * gains[best[0]]]


def _gist(heading: str | None, passages: list[Passage]) -> Quote:
    """A subsection in one line: its heading and items, or its heading and first sentence."""
    items = [passage for passage in passages if passage.is_item][:_GIST_ITEMS]
    if items:
        shown = "; ".join(item.term or item.block.plain.rstrip(".;") for item in items)
        quote = join_quotes(items, shown)
    else:
        quote = passages[0].sentences()[0]
        shown = quote.shown
    label = f"**{heading}**: " if heading else ""
    return Quote(
        quote.note, quote.title, quote.heading_path, quote.start_line, quote.end_line, quote.text, f"{label}{shown}"
    )


def _breadcrumb(path: tuple[str, ...]) -> str:
    return " › ".join(path[1:] or path)
