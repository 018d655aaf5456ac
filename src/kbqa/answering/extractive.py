"""Composes an answer of verbatim bullets and sentences, by what the question asks for.

Nothing is worded anew: an answer is headings of the notes as labels, and quotes under them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from kbqa.answering.candidates import sections_of_hit
from kbqa.answering.comparison import Comparison
from kbqa.answering.draft import Draft, Part
from kbqa.answering.evidence import lacks_kind
from kbqa.answering.explanations import explaining, explanation
from kbqa.answering.focus import PARTS, Focus
from kbqa.answering.further import asks_for_more, further_reading
from kbqa.answering.labelling import with_titles
from kbqa.answering.mentions import mentioning
from kbqa.answering.named import side_by_side
from kbqa.answering.overview import note_overviewed, overview_parts
from kbqa.answering.several import asked_with, of_one_subject, one_by_one, questions_in
from kbqa.answering.sources import Sources, with_whole
from kbqa.index.analysis import content_words, stem, words
from kbqa.index.dictionary import is_nominal
from kbqa.retrieval.facets import asked, lacking_opposite, tells_opposite, wording
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import Intent, Question, read_question
from kbqa.types import Hit

_NAMED = 0.4
"""Least share of names, as of `explaining`, of a term that is asked for."""
_BARE = re.compile(r"\w+(?:[ -]\w+){0,2}")
"""Up to three words and nothing else."""
_PREPOSITION = re.compile(
    r"\s(?:применительно к|в контексте|когда|если|у|в|во|на|для|при|из|среди|of|in|on|for|at)\s", re.IGNORECASE
)
"""What parts the term that is asked for from where it belongs."""
_PERSON = re.compile(
    r"\b(?:кто (?:такой|такая|такие)|who (?:is|are|was))(?-i:(?: [A-ZА-ЯЁ][\w-]+)+)\W*$", re.IGNORECASE
)
"""Asks who somebody is, by name."""


class Composer:
    """Composes the answer to one question.

    Args:
        question: the question as read.
        matcher: the question's weighted words.
        hits: what was found, best first.
        sources: of the answer.
    """

    def __init__(
        self,
        question: Question,
        matcher: Matcher,
        hits: Sequence[Hit],
        sources: Sources,
    ) -> None:
        self._question = question
        self._matcher = matcher
        self._hits = hits
        self._sources = sources
        self._note_of = sources.note_of
        is_comparison = question.intent is Intent.COMPARISON
        self._comparison = Comparison(question, matcher, hits, sources) if is_comparison else None

    def compose(self) -> Draft | None:
        """The draft; None when nothing that was found can be quoted."""
        draft = self._overview() or self._further() or self._defined_and_more() or self._alone()
        parts = draft.parts or self._focus(self._hits).parts()
        if not parts or draft.only_links:
            return None
        is_certain = draft.is_certain or self._is_heading(parts[0])
        draft = replace(draft, parts=tuple(with_titles(parts)), is_certain=is_certain)
        if draft.missing:
            return draft
        return self._without_lacking(draft) or replace(draft, missing=self._missing(draft))

    def _is_heading(self, part: Part) -> bool:
        """Whether the question is the heading of a part, word for word."""
        return set(map(stem, words(self._question.text))) == set(map(stem, words(part.section[1][-1])))

    def _without_lacking(self, draft: Draft) -> Draft | None:
        """Of several questions those that are answered, where another asks for a price, a time or drawbacks in vain."""
        questions = asked_with(self._question.text)
        if len(questions) == 1:
            return None
        said = "\n".join(draft.said())
        lacking = tuple(
            text
            for text in questions
            if lacks_kind(text, said) or all(tells_opposite(text, part.heading_path) for part in draft.parts)
        )
        if len(lacking) in {0, len(questions)}:
            return None
        rest = " ".join(text for text in questions if text not in lacking)
        question = read_question(rest)
        hits = self._sources.search(rest, None)
        answered = Composer(question, self._matcher.for_text(question.topic), hits, self._sources).compose()
        return replace(answered, answers=rest, missing=lacking) if answered and not answered.missing else None

    def _missing(self, draft: Draft) -> tuple[str, ...]:
        """What is asked for beside what is told and is not in the notes."""
        return self._missing_opposite(draft) or (self._comparison.missing_side(draft) if self._comparison else ())

    def _missing_opposite(self, draft: Draft) -> tuple[str, ...]:
        """«минусы», where both sides are asked for and only one is told, by all that was found."""
        told = [quote.heading_path for part in draft.parts for quote in part.quotes]
        text = self._question.text
        lacking = lacking_opposite(text, told) and lacking_opposite(
            text, [hit.chunk.heading_path for hit in self._hits]
        )
        return (wording(text, lacking),) if lacking else ()

    def _overview(self) -> Draft | None:
        """What the note is about of which that is asked."""
        found = list(dict.fromkeys(hit.chunk.note for hit in self._hits))
        path = note_overviewed(self._question.text, self._sources.names, found)
        parts = overview_parts(self._note_of(path)) if path else []
        return Draft(tuple(parts), is_certain=True) if parts else None

    def _further(self) -> Draft | None:
        """Where the first of the notes that were found and say so tells to read on, if that is asked for."""
        if not asks_for_more(self._question.text):
            return None
        notes = dict.fromkeys(hit.chunk.note for hit in self._hits)
        found = (further_reading(self._note_of(path)) for path in notes)
        return next((Draft((part,)) for part in found if part), None)

    def _alone(self) -> Draft:
        """The draft for a question that asks for one thing; without parts where a section is the answer."""
        intent = self._question.intent
        if intent is Intent.MENTIONS:
            return self._mentions() or Draft(tuple(self._together()))
        if self._comparison:
            parts = self._comparison.in_one_section() or self._of_each() or self._comparison.by_sides()
        else:
            parts = self._of_each() or (self._definition() if intent is Intent.DEFINITION else [])
        parts = parts or self._together()
        looked_up = not parts and (_PERSON.search(self._question.text) or self._is_looked_up())
        named = self._mentions() if looked_up else None
        return named if named and named.is_certain else Draft(tuple(parts))

    def _is_looked_up(self) -> bool:
        """Whether the question is nothing but a thing («петлички»), and no headings speak of it."""
        text = self._question.text
        if not _BARE.fullmatch(text) or asked(text) or not all(map(is_nominal, words(text))):
            return False
        sections = (section for hit in self._hits for section in sections_of_hit(hit, self._note_of))
        return not any(self._matcher.strengths(". ".join(each.heading_path)).min() == 1 for each in sections)

    def _mentions(self) -> Draft | None:
        return mentioning(self._question, self._matcher, self._hits, self._note_of)

    def _of_each(self) -> list[Part]:
        """Of each thing that the question names beside others, the best section, if several have one of their own."""
        return self._one_by_one() or self._side_by_side()

    def _one_by_one(self) -> list[Part]:
        """The same of things that stand after the same preposition, or in a list of what the question is asked of."""
        parts: list[Part] = []
        for text, thing in one_by_one(self._question.text):
            called = self._sources.names.called(" ".join(content_words(thing)))
            of_note = [part for path in called for part in self._focus(self._sources.search(text, path)).best()]
            best = [part for part in of_note or self._best(text) if self._tells(part, thing)]
            parts += [part for part in best[:1] if not _repeats(part, parts)]
        if len({part.section for part in parts}) < 2:  # noqa: PLR2004 - not several
            return []
        # An outline tells what stands below it.
        apart = [part for part in parts if not any(_is_beneath(part, other) for other in parts)]
        return self._focus(self._hits).with_all_beside(apart)

    def _tells(self, part: Part, thing: str) -> bool:
        """Whether a part, or another name of its note, has a word of a thing, or one that means nearly the same."""
        said = "\n".join((*part.said(), *self._note_of(part.note).aliases))
        return self._sources.tell(said, self._matcher.for_text(thing))

    def _best(self, text: str) -> list[Part]:
        """The sections that answer a part of the question, the whole question counting, too."""
        question, matcher = read_question(text), self._matcher.for_text(text)
        hits = with_whole(self._sources.search(text, None), self._hits)
        return Focus(question, matcher, hits, self._sources).best()

    def _side_by_side(self) -> list[Part]:
        """The same of notes that the question names in full."""
        comparing = self._question.intent is Intent.COMPARISON
        parts: list[Part] = []
        for path in side_by_side(self._question.text, self._sources.names, comparing=comparing):
            hits = self._sources.search(self._question.text, path)
            parts += self._focus(hits).best()
        return parts if len(parts) > 1 else []

    def _together(self) -> list[Part]:
        """Of each question that is asked together with another, the best section.

        The whole question counts, too: «Какая стипендия у волонтёров и на какой встрече её утвердили?».
        """
        parts: list[Part] = []
        shared = of_one_subject(self._question.text)
        named = [*(self._sources.standalone(text, shared[-1]) for text in shared[:-1]), *shared[-1:]]
        for text in questions_in(self._question.text) or named:
            parts += [part for part in self._best(text) if not _repeats(part, parts)]
        # What several questions on one subject lead to is their answer, even if it is one section.
        return parts if len(parts) > 1 or shared else []

    def _defined_and_more(self) -> Draft | None:
        """What something is, and what else is asked of it («Что такое X и зачем он нужен?»), each as if asked alone.

        Where what is found for one lacks the price, time or number that it asks for, that is missing.
        """
        first, *others = asked_with(self._question.text)
        if not others or read_question(first).intent is not Intent.DEFINITION:
            return None
        parts: list[Part] = []
        answered: list[str] = []
        missing: list[str] = []
        for worded in (first, *others):
            text = worded if worded is first else self._sources.standalone(worded, first)
            hits = self._sources.search(text, None)
            composer = Composer(read_question(text), self._matcher.for_text(text), hits, self._sources)
            told = composer._alone().parts[:1] or composer._focus(hits).best()
            found = [part for part in told if not lacks_kind(text, "\n".join(part.said()))]
            (answered if found else missing).append(text if found else worded)
            parts += [part for part in found if not _repeats(part, parts)]
        if not parts or len(parts) + len(missing) == 1:
            return None
        return Draft(tuple(parts), " ".join(answered) if missing else "", tuple(missing))

    def _definition(self) -> list[Part]:
        """The statements whose term is what the question asks about, wherever they stand."""
        subject = _PREPOSITION.split(self._question.topic, maxsplit=1)
        matcher = self._matcher.for_text(subject[0]) if len(subject) > 1 else None
        explained = explaining(self._hits, self._matcher, self._note_of, least=_NAMED, subject=matcher)[:PARTS]
        # What opens a note says what its title means; a conclusion only repeats it.
        explained = [passage for passage in explained if passage.opens_note] or explained
        return [explanation(passage, self._note_of, labelled=len(explained) > 1) for passage in explained]

    def _focus(self, hits: Sequence[Hit]) -> Focus:
        return Focus(self._question, self._matcher, hits, self._sources)


def _is_beneath(part: Part, other: Part) -> bool:
    (note, path), (above, start) = part.section, other.section
    return note == above and path[: len(start)] == start and path != start and len(start) > 1


def _repeats(part: Part, parts: Sequence[Part]) -> bool:
    return any(set(part.quotes) & set(other.quotes) for other in parts)
