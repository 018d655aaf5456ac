"""Chooses the sections that answer a question, and what of each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from kbqa.answering.citations import Quote
from kbqa.answering.draft import Layout, Part
from kbqa.answering.passages import Passage, join_quotes, passages_of, passages_of_section, unbroken
from kbqa.retrieval.matching import Matcher, Strengths
from kbqa.retrieval.question import Intent, Question
from kbqa.types import Chunk, Hit, Note

PARTS = 4
"""At most this many sections make an answer."""
NEAR_BEST = 0.8
"""Statements that match at least this part of what the best one matches are taken with it."""
_CONSIDERED = 6
"""From this many hits the sections of an answer are chosen."""
_GIST_ITEMS = 6
_SENTENCES = 3
_ADDS = 0.2
"""A further section is added when it speaks of at least this share of the question that the answer lacks so far."""
_STANDS_OUT = 0.15
"""Items are picked out of a list when they speak of at least this share of the question beyond their headings."""
_NAMED = 0.6
"""A heading is named by a question that has at least this share of its words, the title's own words left out."""
_IMPLIED = "процесс этапы стадии шаги порядок алгоритм план инструкция process steps stages"
"""Words of a heading that "how" asks for without saying them."""
_OWN = 0.12
"""A section is asked for itself when at least this share of the question is found in it but not above it."""


def passages_of_hit(hit: Hit, note_of: Callable[[str], Note]) -> list[Passage]:
    """What can be quoted of a hit: whole blocks, where the chunk has only a part of one, too."""
    return passages_of(note_of(hit.chunk.note), hit.chunk.start_line, hit.chunk.end_line)


class Focus:
    """Chooses the sections that answer, and what of each."""

    def __init__(
        self,
        question: Question,
        matcher: Matcher,
        hits: Sequence[Hit],
        note_of: Callable[[str], Note],
    ) -> None:
        self._question = question
        self._matcher = matcher
        self._hits = hits
        self._note_of = note_of

    def parts(self, *, labelled: bool) -> list[Part]:
        """The best section first; further ones where they speak of what the answer lacks so far."""
        parts: list[Part] = []
        for part in self._candidates():
            covered = self._matcher.union(*(other.covers for other in parts))
            if not parts or (len(parts) < PARTS and self._matcher.gain(covered, part.covers) >= _ADDS):
                parts.append(part)
        if len(parts) == 1 and not labelled and parts[0].layout == "prose":
            parts = [replace(parts[0], label=None)]
        return parts

    def _candidates(self) -> Iterator[Part]:
        """A part for each of the best hits."""
        seen: set[Quote] = set()
        for hit in self._hits[:_CONSIDERED]:
            part = self._ancestor_part(hit.chunk) or self._part(hit)
            if part and not seen.intersection(part.quotes):
                seen.update(part.quotes)
                yield part

    def _ancestor_part(self, chunk: Chunk) -> Part | None:
        """The nearest section above that the question names; never the note, whose opening says what it is about."""
        depths = range(len(chunk.heading_path) - 1, 1, -1)
        return next((part for depth in depths if (part := self._outline_part(chunk, depth))), None)

    def _outline_part(self, chunk: Chunk, depth: int) -> Part | None:
        """The section `depth` headings down, as its subsections with the gist of each, when the question names it."""
        parent, below = chunk.heading_path[:depth], chunk.heading_path[depth:]
        own = self._matcher.union(self._matcher.strengths(". ".join(below)), self._matcher.strengths(chunk.text))
        above = self._matcher.strengths(". ".join(parent))
        implied = _IMPLIED if self._question.intent is Intent.STEPS else ""
        named = self._matcher.named_share(parent[-1], beyond=f"{chunk.title} {implied}")
        if named < _NAMED or self._matcher.gain(above, own) >= _OWN:
            return None
        note = self._note_of(chunk.note)
        sections: dict[tuple[str, ...], list[list[Passage]]] = {}
        for section in note.sections:
            if section.heading_path[:depth] == parent and (passages := passages_of_section(note, section)):
                sections.setdefault(section.heading_path[: depth + 1], []).append(passages)
        if len(sections) <= 1:
            return None
        return Part(
            label=parent[-1],
            layout="steps" if self._question.intent is Intent.STEPS else "bullets",
            quotes=tuple(
                _gist(note, path[-1] if len(path) > depth else None, found) for path, found in sections.items()
            ),
            covers=above,
        )

    def _part(self, hit: Hit) -> Part | None:
        chunk, passages = hit.chunk, passages_of_hit(hit, self._note_of)
        named = self._matcher.strengths(chunk.heading_path[-1]).any()
        if not passages or (all(passage.is_navigation for passage in passages) and not named):
            return None
        context = self._matcher.strengths(passages[0].context)
        items = [passage for passage in passages if passage.is_item]
        if items:
            chosen = self._items(items, context)
            layout: Layout = "steps" if chosen[0].block.kind == "step" and len(chosen) == len(items) else "bullets"
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
        gains = [self._matcher.gain(context, self._matcher.strengths(item.block.plain)) for item in items]
        best = max(gains)
        chosen = [item for item, gain in zip(items, gains, strict=True) if gain >= NEAR_BEST * best]
        return chosen if best >= _STANDS_OUT and len(chosen) <= len(items) / 2 else items

    def _sentences(self, passages: list[Passage], context: Strengths) -> list[Quote]:
        """All sentences of a short text; of a longer one those that say most of what the question asks."""
        quotes = [quote for passage in passages for quote in passage.sentences()]
        if len(quotes) <= _SENTENCES:
            return quotes
        gains = [self._matcher.gain(context, self._matcher.strengths(quote.text)) for quote in quotes]
        best = sorted(range(len(quotes)), key=lambda i: (-gains[i], i))[:_SENTENCES]
        return [quotes[i] for i in sorted(best) if gains[i] >= NEAR_BEST * gains[best[0]]]


def _gist(note: Note, heading: str | None, sections: list[list[Passage]]) -> Quote:
    """A subsection with what is below it, in one line: its heading and items, or its heading and first sentence."""
    lists = [items for passages in sections if (items := [passage for passage in passages if passage.is_item])]
    if lists:
        # One quote covers what is shown; it would be long if it reached over headings.
        items = unbroken(note, lists[0][:_GIST_ITEMS])
        shown = "; ".join(item.term or item.block.plain.rstrip(".;") for item in items)
        shown += "; …" if len(items) < sum(map(len, lists)) else ""
        quote = join_quotes(note, items, shown)
    else:
        quote = sections[0][0].sentences()[0]
    return replace(quote, shown=f"**{heading.rstrip(':')}**: {quote.shown}") if heading else quote
