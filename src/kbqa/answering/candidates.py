"""The sections that may answer a question, best first."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from kbqa.answering.evidence import thing_asked
from kbqa.answering.passages import Passage, passages_of, passages_of_section
from kbqa.index.analysis import distinct_stems, folded, stem, stems
from kbqa.retrieval.facets import beyond, tells_both, told, told_under, wanted
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import Intent, Question
from kbqa.types import Hit, Note, Section

TIED = 1.0
"""Hits whose scores are this close fit the question about as well as each other: from here on a second section costs
more citations of what nobody asked for than it adds facts (dev halves of five sets)."""
_CONSIDERED = 6
"""Among this many hits the section that answers is looked for."""
_CLAUSE = re.compile(
    r",\s*(?:когда|где|куда|кто|как|что|чтобы|чем|если|прежде чем|котор\w+|when|where|who|how|that|which|if)\b[^,?]*",
    re.IGNORECASE,
)
"""A clause that says more of the subject: «…, когда знакомятся» asks for no time."""
_DENIED = re.compile(r"\b(?:не (?:(?:стоит|надо|нужно|следует|принято|должн\w+) )?|нельзя )(\w+)")


def passages_of_hit(hit: Hit, note_of: Callable[[str], Note]) -> list[Passage]:
    """What can be quoted of a hit: whole blocks, where the chunk has only a part of one, too."""
    return passages_of(note_of(hit.chunk.note), hit.chunk.start_line, hit.chunk.end_line)


def sections_of_hit(hit: Hit, note_of: Callable[[str], Note]) -> Iterator[Section]:
    """The sections that a hit has something of: tiny ones share a chunk."""
    return note_of(hit.chunk.note).sections_on(hit.chunk.start_line, hit.chunk.end_line)


class Candidates:
    """The sections of the best hits, one by one.

    Args:
        question: the question as read.
        text: its text without what is excepted.
        matcher: the weighted words of that.
        hits: what was found, best first.
        note_of: a note by its path.
    """

    def __init__(
        self, question: Question, text: str, matcher: Matcher, hits: Sequence[Hit], note_of: Callable[[str], Note]
    ) -> None:
        self._question = question
        self._main_clause = _CLAUSE.sub(" ", text)
        self._matcher = matcher
        self._words = frozenset(map(stem, matcher.words))
        self._denied = _denied(text)
        self._hits = hits
        self._note_of = note_of

    def ranked(self) -> Iterator[tuple[float, Hit, list[Passage]]]:
        """What each of the best hits has to answer with, and its score; a section that several hits are of once."""
        seen = set[tuple[str, int]]()
        for hit in self._ordered():
            note = self._note_of(hit.chunk.note)
            best = self._best_section(note, hit)
            if best is None or (note.path, best[0].start_line) in seen:
                continue
            section, found = best
            seen.add((note.path, section.start_line))
            is_surely = self._is_called(note, section) or self._has_item(found, note.title)
            yield math.inf if is_surely else hit.score, hit, found

    def has_called(self) -> bool:
        """Whether one of the best hits has something of a section that is called what is asked for."""
        return any(map(self._has_called, self._hits[:_CONSIDERED]))

    def wanted(self, title: str) -> frozenset[str]:
        """The facets that the question asks of a note by its title."""
        return wanted(self._main_clause, title)

    def tells_wanted(self, path: Sequence[str]) -> bool:
        """Whether headings, but the note's title, tell what is asked for, or name the thing that a list is asked of."""
        return bool(self.wanted(path[0]) & told_under(path)) or self._names_thing(path[1:])

    def _names_thing(self, headings: Sequence[str]) -> bool:
        return self._thing is not None and stem(self._thing) in distinct_stems(". ".join(headings))

    @cached_property
    def _thing(self) -> str | None:
        return thing_asked(self._question.text) if self._question.intent is Intent.LIST else None

    def _best_section(self, note: Note, hit: Hit) -> tuple[Section, list[Passage]] | None:
        """The section that speaks most of the question, and what can be quoted of it; None if nothing can.

        Tiny sections share a chunk.
        """
        sections = sections_of_hit(hit, self._note_of)
        quotable = [(section, found) for section in sections if (found := passages_of_section(note, section))]
        if len(quotable) == 1:
            return quotable[0]

        def told_here(pair: tuple[Section, list[Passage]]) -> tuple[bool, bool, float]:
            section, found = pair
            coverage = self._matcher.coverage(found[0].context, *(passage.block.plain for passage in found))
            return self._is_called(note, section), self._has_item(found, note.title), coverage

        return max(quotable, key=told_here, default=None)

    def _ordered(self) -> list[Hit]:
        """The best hits; first of all, sections that are called what is asked for."""
        hits = list(self._hits[:_CONSIDERED])
        if not hits:
            return hits
        before = self._before(hits)
        of_both = self._named_and_telling_both(hits)
        return sorted(
            hits,
            key=lambda hit: (
                self.contradicts(hit.chunk.heading_path),
                not self._has_called(hit),
                hit.chunk.note not in of_both,
                hit not in before,
            ),
        )

    def _named_and_telling_both(self, hits: Sequence[Hit]) -> set[str]:
        """Notes that the question names and that tell both benefits and drawbacks, where it asks for both."""
        return {
            note
            for note in {hit.chunk.note for hit in hits}
            if tells_both(self._main_clause, [hit.chunk.heading_path for hit in hits if hit.chunk.note == note])
            and self._matcher.strengths(". ".join(self._note_of(note).names)).any()
        }

    def contradicts(self, path: Sequence[str]) -> bool:
        """Whether the last heading denies a word that the question affirms, or the other way round: «Что сработало»."""
        heading = path[-1]
        return not (self._denied ^ _denied(heading)).isdisjoint(self._words & distinct_stems(heading))

    def _before(self, hits: Sequence[Hit]) -> list[Hit]:
        """Those of the note of the first that go before it.

        Where it only opens the note, or tells something else than the list that is asked for, a section that tells
        what is asked for does; else one that is called by what a list is asked of; otherwise one with an item that
        tells it. How to do something is told by no opening, as long as a section fits about as well.
        """
        best = hits[0].chunk
        in_note = [hit for hit in hits if hit.chunk.note == best.note]
        opens, is_list = len(best.heading_path) == 1, self._question.intent is Intent.LIST
        facets = self.wanted(best.title)
        if not facets & told_under(best.heading_path) and (opens or (is_list and told(best.heading_path[-1]))):
            telling = [hit for hit in in_note if facets & told_under(hit.chunk.heading_path)]
            if telling:
                return telling
            if opens and self._question.intent is Intent.STEPS:
                tied = (hit for hit in in_note if hits[0].score - hit.score < TIED)
                return [hit for hit in tied if len(hit.chunk.heading_path) > 1]
        if self._thing and not self._names_thing(best.heading_path):
            return [hit for hit in in_note if self._names_thing(hit.chunk.heading_path)]
        if not self._item_facets(best.title):
            return []
        return [hit for hit in in_note if self._has_item(passages_of_hit(hit, self._note_of), best.title)]

    def _item_facets(self, title: str) -> frozenset[str]:
        """What an item may tell of what is asked for («Срок»): where no heading does, and only a note is named."""
        facets = self.wanted(title)
        if not facets or not self._beyond <= distinct_stems(title):
            return frozenset()
        headings = (hit.chunk.heading_path for hit in self._hits if hit.chunk.title == title)
        return frozenset() if any(facets & told_under(path) for path in headings) else facets

    @cached_property
    def _beyond(self) -> frozenset[str]:
        return frozenset(stems(beyond(self._main_clause)))

    def _has_item(self, passages: Sequence[Passage], title: str) -> bool:
        """Whether one of a note's items is called what is asked for."""
        facets = self._item_facets(title)
        return bool(facets) and any(facets & told(name) for passage in passages for name in passage.names)

    def _has_called(self, hit: Hit) -> bool:
        """Whether a hit has something of a section that is called what is asked for."""
        chunk = hit.chunk
        # The note of one that has none of the words need not be read.
        if self._words.isdisjoint(distinct_stems(chunk.heading_path[-1]) | distinct_stems(chunk.text)):
            return False
        note = self._note_of(chunk.note)
        return any(self._is_called(note, section) for section in sections_of_hit(hit, self._note_of))

    def _is_called(self, note: Note, section: Section) -> bool:
        """Whether the heading of a section, but no note's title, is what is asked for, word for word.

        Words that name the note need not stand there.
        """
        heading = distinct_stems(section.heading_path[-1])
        if len(section.heading_path) == 1 or not heading <= self._words:
            return False
        left = self._words - heading
        return not left or any(left <= distinct_stems(name) for name in note.names)


def _denied(text: str) -> frozenset[str]:
    """The stems of words after «не»."""
    return frozenset(map(stem, _DENIED.findall(folded(text))))
