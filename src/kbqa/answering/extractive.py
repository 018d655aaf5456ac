"""Composes an answer of verbatim bullets and sentences, by what the question asks for.

Nothing is worded anew: an answer is headings of the notes as labels, and quotes under them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from kbqa.answering.draft import Draft, Part
from kbqa.answering.focus import NEAR_BEST, PARTS, Focus, passages_of_hit
from kbqa.answering.passages import Passage
from kbqa.retrieval.matching import Matcher, Strengths
from kbqa.retrieval.question import Intent, Question, sides_of
from kbqa.types import Hit, Note

_MENTIONS = 12
"""At most this many places are named."""
_NAMED_TERM, _NAMED_SIDE = 0.4, 0.45
"""A term is explained for a question when the share of the term's words in the question, times the share of the
question's words in the term, is at least this; for a side of a comparison, which often lacks the noun («национальные и
международные сообщества»), the second."""


class Composer:
    """Composes the answer to one question.

    Args:
        question: the question as read.
        matcher: the question's weighted words.
        hits: what was found, best first.
        note_of: a note by its path, as it was indexed.
        search: finds hits for a part of the question (the sides of a comparison).
    """

    def __init__(
        self,
        question: Question,
        matcher: Matcher,
        hits: Sequence[Hit],
        note_of: Callable[[str], Note],
        search: Callable[[str], Sequence[Hit]],
    ) -> None:
        self._question = question
        self._matcher = matcher
        self._hits = hits
        self._note_of = note_of
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
            for passage in passages_of_hit(hit, self._note_of)
        ]
        places = [(passage, match) for passage, match in places if match.any()]
        if not places:
            return []
        highest = max(self._matcher.share(match) for _, match in places)
        full = [(passage, match) for passage, match in places if self._matcher.share(match) >= NEAR_BEST * highest]
        by_section: dict[tuple[str, tuple[str, ...]], list[tuple[Passage, Strengths]]] = {}
        for passage, match in full[:_MENTIONS]:
            by_section.setdefault((passage.note, passage.heading_path), []).append((passage, match))
        return [
            Part(
                label=_breadcrumb(path),
                layout="prose" if any(passage.block.kind == "code" for passage, _ in found) else "bullets",
                quotes=tuple(passage.quote() for passage, _ in found),
                covers=self._matcher.union(*(match for _, match in found)),
            )
            for (_, path), found in by_section.items()
        ]

    def _comparison(self) -> list[Part]:
        """For each side the statement that explains it, or the best section about it, one after the other."""
        sides = [(self._matcher.for_text(side), self._search(side)) for side in sides_of(self._question.text)]
        explained = [self._explaining([*self._hits, *hits], matcher, least=_NAMED_SIDE) for matcher, hits in sides]
        # Two sides that one section explains are best read there.
        shared = Counter(place for found in explained for place in {passage.heading_path for passage, _ in found})
        parts: list[Part] = []
        for (matcher, hits), found in zip(sides, explained, strict=True):
            best = sorted(found, key=lambda pair: -shared[pair[0].heading_path])[:1]
            of_side = [self._explanation(passage, match, labelled=True) for passage, match in best]
            of_side = of_side or Focus(self._question, matcher, hits, self._note_of).parts(labelled=True)[:1]
            for part in of_side:
                shown = " ".join((part.label or "", *(quote.shown for quote in part.quotes)))
                parts.append(replace(part, covers=self._matcher.strengths(shown)))
        different = list({part.quotes: part for part in parts}.values())
        if len(different) > 1 and len({part.label for part in different}) == 1:
            quotes = tuple(quote for part in different for quote in part.quotes)
            covers = self._matcher.union(*(part.covers for part in different))
            return [Part(different[0].label, "bullets", quotes, covers)]
        return different if len(different) > 1 else []

    def _definition(self) -> list[Part]:
        """The statements whose term is what the question asks about, wherever they stand."""
        explained = self._explaining(self._hits, self._matcher, least=_NAMED_TERM)[:PARTS]
        # What opens a note says what its title means; a conclusion only repeats it.
        explained = [pair for pair in explained if pair[0].opens_note] or explained
        return [self._explanation(passage, match, labelled=len(explained) > 1) for passage, match in explained]

    def _explaining(self, hits: Sequence[Hit], matcher: Matcher, *, least: float) -> list[tuple[Passage, Strengths]]:
        """Passages that explain a term which the matcher's text names, in the order of the hits."""
        named = []
        for passage in (passage for hit in hits for passage in passages_of_hit(hit, self._note_of)):
            for name in passage.names:
                match = matcher.strengths(name)
                both_ways = matcher.share(match) * matcher.named_share(name)
                if both_ways >= least:
                    named.append((both_ways, passage, match))
        best = max((score for score, _, _ in named), default=0.0)
        return list({passage: match for score, passage, match in named if score >= NEAR_BEST * best}.items())

    def _explanation(self, passage: Passage, match: Strengths, *, labelled: bool) -> Part:
        return Part(
            label=_breadcrumb(passage.heading_path) if labelled else None,
            layout="prose",
            quotes=(passage.quote() if passage.is_item else passage.sentences()[0],),
            covers=match,
        )

    def _sections(self) -> list[Part]:
        return Focus(self._question, self._matcher, self._hits, self._note_of).parts(labelled=False)


def _breadcrumb(path: tuple[str, ...]) -> str:
    return " › ".join(path[1:] or path)
