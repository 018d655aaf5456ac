"""Composes the answer to a question that compares: both sides, one after the other, or a section that compares them."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import permutations

from kbqa.answering.draft import Draft, Part
from kbqa.answering.explanations import explaining, explanation
from kbqa.answering.focus import Focus
from kbqa.answering.labelling import distinct
from kbqa.answering.sources import Sources, with_whole
from kbqa.index.analysis import content_words, distinct_stems, stem
from kbqa.retrieval.facets import told
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import Intent, Question, read_question, sides_of
from kbqa.types import Hit

_NAMED = 0.45
"""Least share of names, as of `explaining`, of a side: more than of a term that is asked for by itself, since a side
often lacks the noun («национальные и международные сообщества»)."""
_BEST = 3
"""Among so many hits a section is looked for that compares what is to be compared."""
_JOINED = re.compile(r"\s+(?:и|или|либо|против|vs\.?|versus|and|or)\s+", re.IGNORECASE)
"""What stands between two things in a heading: «Чат или канал»."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Comparison:
    """Composes the answer to one question that compares; as `Composer`."""

    def __init__(self, question: Question, matcher: Matcher, hits: Sequence[Hit], sources: Sources) -> None:
        self._question = question
        self._matcher = matcher
        self._hits = hits
        self._sources = sources
        comparing = (text for text in _SENTENCE.split(question.text) if read_question(text).intent is Intent.COMPARISON)
        self._sides = sides_of(next(comparing, question.text))

    def in_one_section(self) -> list[Part]:
        """The section whose heading names two sides, if one of the best hits is of such a section.

        Of «Чем отличается от ментора» the other side is the note, by its title or another name.
        """
        own = [words for words in _own_words(self._sides) if words]

        def names_two(hit: Hit) -> bool:
            *above, heading = hit.chunk.heading_path
            if above and "difference" in told(heading):
                note = self._sources.note_of(hit.chunk.note)
                names = ". ".join(note.names)
                return any(
                    self._matcher.for_text(a).strengths(names).any() and self._tells(heading, b)
                    for a, b in permutations(own, 2)
                )
            match _JOINED.split(heading) if above else []:
                case (one, two):
                    return any(self._tells(one, a) and self._tells(two, b) for a, b in permutations(own, 2))
                case _:
                    return False

        headed = filter(names_two, self._hits[:_BEST])
        return next((parts for hit in headed if (parts := self._focus([hit], self._matcher).best())), [])

    def by_sides(self) -> list[Part]:
        """For each side the statement that explains it, or the best section about it, one after the other."""
        note_of = self._sources.note_of
        searched = [(self._matcher.for_text(side), self._sources.search(side, None)) for side in self._sides]
        explained = [explaining([*self._hits, *hits], matcher, note_of, least=_NAMED) for matcher, hits in searched]
        sides = [(matcher, with_whole(hits, self._hits)) for matcher, hits in searched]
        # Two sides that one section explains are best read there.
        shared = Counter(place for found in explained for place in {passage.heading_path for passage in found})
        parts: list[Part] = []
        for (matcher, hits), found in zip(sides, explained, strict=True):
            focus = self._focus(hits, matcher)
            best = sorted(found, key=lambda passage: -shared[passage.heading_path])[:1]
            of_side = [explanation(passage, note_of, labelled=True) for passage in best]
            is_shared = any(shared[passage.heading_path] > 1 for passage in best)
            parts += (of_side if is_shared else focus.called()) or of_side or focus.best()
        different = list({part.quotes: part for part in parts}.values())
        if len(different) > 1 and len({part.section for part in different}) == 1:
            return [Part(different[0].label, distinct([quote for part in different for quote in part.quotes]))]
        return different if len(different) > 1 else self._under_own_headings(sides)

    def missing_side(self, draft: Draft) -> tuple[str, ...]:
        """The side, of two, that one section answers without any of the words that only this side has."""
        sections = {(quote.note, quote.heading_path) for part in draft.parts for quote in part.quotes}
        said = " ".join(draft.said())
        match sides_of(self._question.text):
            case (one, two) if len(sections) == 1:
                own = zip((one, two), _own_words((one, two)), strict=True)
                untold = tuple(side for side, words in own if words and not self._tells(said, words))
                return untold if len(untold) == 1 else ()
            case _:
                return ()

    def _under_own_headings(self, sides: Sequence[tuple[Matcher, Sequence[Hit]]]) -> list[Part]:
        """For each side the best section whose heading has a word that no other side has, if there is one for each."""
        parts: list[Part] = []
        for (matcher, hits), words in zip(sides, _own_words(self._sides), strict=True):
            own = distinct_stems(words) if words else frozenset()
            headed = [hit for hit in hits if own & distinct_stems(hit.chunk.heading_path[-1])]
            parts += self._focus(headed[:1], matcher).best()[:1]
        different = list({part.quotes: part for part in parts}.values())
        return different if len(different) == len(sides) > 1 else []

    def _tells(self, text: str, words: str) -> bool:
        return self._sources.tell(text, self._matcher.for_text(words))

    def _focus(self, hits: Sequence[Hit], matcher: Matcher) -> Focus:
        return Focus(self._question, matcher, hits, self._sources)


def _own_words(sides: Sequence[str]) -> tuple[str, ...]:
    """Of each side of a comparison, the words that no other has; "" where there is none."""
    known = [distinct_stems(side) for side in sides]
    others = [frozenset[str]().union(*known[:place], *known[place + 1 :]) for place in range(len(sides))]
    return tuple(
        " ".join(word for word in content_words(side) if stem(word) not in elsewhere)
        for side, elsewhere in zip(sides, others, strict=True)
    )
