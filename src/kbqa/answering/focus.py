"""Chooses the sections that answer a question."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial

from kbqa.answering.candidates import TIED, Candidates
from kbqa.answering.choosing import Chooser
from kbqa.answering.citations import Layout
from kbqa.answering.draft import Part
from kbqa.answering.evidence import focus, lacks_kind
from kbqa.answering.named import split_exception
from kbqa.answering.outline import outline_quotes
from kbqa.answering.passages import Passage, passages_of_section
from kbqa.answering.several import asked_with
from kbqa.answering.sources import Sources
from kbqa.answering.statements import laid_out
from kbqa.index.analysis import distinct_stems, stem, stems
from kbqa.retrieval.facets import is_usual, lacking_opposite, told, told_under
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import Intent, Question
from kbqa.types import Chunk, Hit, Note, Section

PARTS = 4
"""At most this many sections make an answer."""
_NAMED = 0.6
"""A heading is named by a question that has at least this share of its words, the title's own words left out."""
_IMPLIED = "процесс этапы стадии шаги порядок алгоритм план инструкция process steps stages"
"""Words of a heading that "how" asks for without saying them."""
_OWN = 0.12
"""A section is asked for itself when at least this share of the question is found in it but not above it."""
_ALL_OF_IT = re.compile(
    r"\b(?:вес[ьи]|всю|все|всех|целиком|полностью|пошагово|по шагам|по порядку|от начала|step by step|whole|all)\b",
    re.IGNORECASE,
)
"""Asks for the whole of something that may have several sections."""
_ASKS_NAME = re.compile(
    r"\b(?:как (?:\S+ ){0,3}называ\w+|что (?:это )?за (?:термин|слово|понятие)|каким (?:словом|термином)|is called)\b",
    re.IGNORECASE,
)
"""Asks what something is called, which the heading may say alone."""
_LEANING = re.compile(
    r"(?:для|до|на|за|в|во|с|со|у|по|при|после|от|из|к|for|before|after|at|in|on|with)\b", re.IGNORECASE
)
"""A heading that begins so says little without the one above it."""


class Focus:
    """Chooses the sections that answer, and what of each.

    Args:
        question: the question as read.
        matcher: the weighted words of what is asked for, without what is excepted.
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
        text, excepted = split_exception(question.text)
        self._question = question
        self._matcher = matcher
        self._words = frozenset(map(stem, matcher.words))
        self._candidates = Candidates(question, text, matcher, hits, sources.note_of)
        self._excepted = matcher.for_text(excepted) if excepted else None
        self._hits = hits
        self._note_of = sources.note_of
        self._chooser = Chooser(
            question, matcher, sources.meaning_of(matcher.words), partial(sources.similarities, question.text)
        )

    def parts(self) -> list[Part]:
        """The section that answers, and those beside it that are asked for as well.

        A question asks for one thing, and a section that merely shares words with it is none of the answer. Where two
        sections fit it as well as each other, both are shown; of benefits and drawbacks both, where both are asked for.
        """
        candidates = self._candidates.ranked()
        best, parts = self._first(candidates)
        for score, hit, passages in candidates:
            is_tied = len(parts) == 1 and best - score < TIED
            lacking = lacking_opposite(self._question.text, [part.heading_path for part in parts])
            if not (is_tied or lacking):
                break
            if not (answer := self._answer(hit, passages)):
                continue
            part = answer[0]
            is_lacking = lacking in told_under(part.heading_path) and any(part.note == other.note for other in parts)
            # One without a price is not shown beside one with it, if that and nothing else is asked for.
            worse = self._lacks_kind(part) - self._lacks_kind(parts[0]) if is_tied and self._asks_one else 0
            if worse < 0:
                parts = [part]
            elif is_lacking or (is_tied and worse == 0 and self._adds_to(part, parts[0])):
                parts.append(part)
            # Steps, and both sides of a thing, are read in the note's own order; of others the best comes first.
            in_order = is_lacking or self._question.intent is Intent.STEPS
            if in_order and len({part.note for part in parts}) == 1:
                parts.sort(key=lambda part: part.quotes[0].start_line)
        parts = self.with_all_beside(parts)
        if parts and self._asks_one and all(map(self._lacks_kind, parts)):
            parts = self._with_item_asked_for(parts[0].note) or parts
        asks_name = _ASKS_NAME.search(self._question.text)
        if len(parts) == 1 and parts[0].is_prose and self._tells_of(parts[0].heading_path) and not asks_name:
            parts = [replace(parts[0], label=None)]
        return parts

    def with_all_beside(self, parts: list[Part]) -> list[Part]:
        """The parts with all sections beside them, where the whole is asked for and they are the best, but for one."""
        if not (parts and _ALL_OF_IT.search(self._question.text)):
            return parts
        note = self._note_of(parts[0].note)
        above = parts[0].heading_path[:-1]
        beside = [section for section in note.sections if len(above) > 1 and section.heading_path[:-1] == above]
        paths = {(note.path, section.heading_path) for section in beside}
        best = list(dict.fromkeys((hit.chunk.note, hit.chunk.heading_path) for hit in self._hits))[: len(beside) + 1]
        if not len(parts) < len(beside) <= PARTS or not paths <= set(best):
            return parts
        return [part for section in beside for part in self._section_parts(note, section)]

    def _with_item_asked_for(self, path: str) -> list[Part]:
        """An item of another section of a note that is called what is asked for, and has a thing of its kind.

        It tells that of the note's subject, and of no other that the note speaks of.
        """
        asked = focus(self._question.text)
        note = self._note_of(path)
        if asked is None or not self._matcher.strengths(". ".join(note.names)).any():
            return []
        in_note = (passages for _, hit, passages in self._candidates.ranked() if hit.chunk.note == path)
        for passages in in_note:
            called = [item for item in passages if any(distinct_stems(name) == {stem(asked)} for name in item.names)]
            part = self._part(note, called)
            if part and not self._lacks_kind(part):
                return [part]
        return []

    def best(self) -> list[Part]:
        """The section that fits best, with those beside it that are asked for as well, for an answer with others."""
        return self._first(self._candidates.ranked())[1]

    def called(self) -> list[Part]:
        """The section that is called what is asked for, word for word; nothing where there is none."""
        if not self._candidates.has_called():
            return []
        score, parts = self._first(self._candidates.ranked())
        return parts[:1] if score == math.inf else []

    def _adds_to(self, part: Part, first: Part) -> bool:
        """Whether a part is more than what is shown already, and than the opening of its note, like every question.

        Beside a list or steps under a heading that tells what is asked for, one under another heading is not.
        """
        opens = len(part.heading_path) == 1 and part.note == first.note
        if set(part.quotes) & set(first.quotes) or (opens and self._question.intent is not Intent.DEFINITION):
            return False
        if self._candidates.contradicts(part.heading_path):
            return False
        is_complete = self._question.intent in {Intent.LIST, Intent.STEPS} and self._tells_wanted(first)
        return not is_complete or self._tells_wanted(part)

    def _lacks_kind(self, part: Part) -> bool:
        return lacks_kind(self._question.text, "\n".join(part.said()))

    @cached_property
    def _asks_one(self) -> bool:
        return len(asked_with(self._question.text)) == 1

    def _tells_wanted(self, part: Part) -> bool:
        """Whether its headings tell what is asked for, or name what a list is asked of."""
        return self._candidates.tells_wanted(part.heading_path)

    def _tells_of(self, path: Sequence[str]) -> bool:
        """Whether headings have a word of the question."""
        return bool(self._matcher.strengths(". ".join(path)).any())

    def _first(self, candidates: Iterator[tuple[float, Hit, list[Passage]]]) -> tuple[float, list[Part]]:
        """The parts of the first candidate that has any, with its score; those after it are not looked at."""
        answers = ((score, parts) for score, hit, passages in candidates if (parts := self._answer(hit, passages)))
        return next(answers, (0.0, []))

    def _answer(self, hit: Hit, passages: list[Passage]) -> list[Part]:
        """What of a hit's section answers, or of what it stands under; with the sections beside it that do, too."""
        if above := self._ancestor_part(hit):
            return [above]
        part = self._part(self._note_of(hit.chunk.note), passages)
        return self._with_siblings(hit.chunk, part) if part else []

    def _ancestor_part(self, hit: Hit) -> Part | None:
        """The nearest section above that the question asks for; never the note, whose opening says what it is about.

        Where one of its subsections fits far better than the others, that one is asked for.
        """
        chunk = hit.chunk
        depths = range(len(chunk.heading_path) - 1, 1, -1)
        return next(
            (
                part
                for depth in depths
                if not self._stands_out(hit, depth) and (part := self._outline_part(chunk, depth))
            ),
            None,
        )

    def _stands_out(self, hit: Hit, depth: int) -> bool:
        """Whether one subsection of the section `depth` headings down is asked for.

        Its heading tells so, and no other is about as good a hit.
        """
        path = hit.chunk.heading_path
        heading, above = path[depth], ". ".join(path[:depth])
        if not (
            told(heading) & self._candidates.wanted(hit.chunk.title) or self._matcher.named_share(heading, beyond=above)
        ):
            return False
        others = (
            other.score
            for other in self._hits
            if other.chunk.note == hit.chunk.note
            and other.chunk.heading_path[:depth] == path[:depth]
            and other.chunk.heading_path[: depth + 1] != path[: depth + 1]
        )
        return hit.score - max(others, default=-math.inf) > TIED

    def _outline_part(self, chunk: Chunk, depth: int) -> Part | None:
        """The section `depth` headings down, as its subsections, when the question asks for it and not for one."""
        parent, below = chunk.heading_path[:depth], chunk.heading_path[depth:]
        above = self._matcher.strengths(". ".join(parent))
        beneath = self._matcher.strengths(". ".join(below))
        if self._question.intent is Intent.LIST and told(parent[-1]) & self._candidates.wanted(chunk.title):
            asked_for = self._matcher.gain(above, beneath) < _OWN or self._is_excepted(below[-1])
        else:
            implied = _IMPLIED if self._question.intent is Intent.STEPS else ""
            own = self._matcher.union(beneath, self._matcher.strengths(chunk.text))
            named = self._matcher.named_share(parent[-1], beyond=f"{chunk.title} {implied}")
            asked_for = named >= _NAMED and self._matcher.gain(above, own) < _OWN
        if not asked_for:
            return None
        layout: Layout = "step" if self._question.intent is Intent.STEPS else "bullet"
        quotes = outline_quotes(self._note_of(chunk.note), parent, layout, self._is_excepted)
        return Part(parent[-1], quotes) if quotes else None

    def _with_siblings(self, chunk: Chunk, part: Part) -> list[Part]:
        """The part of the best section, and those of the sections beside it that the question asks for too."""
        *above, heading = chunk.heading_path
        if not above:
            return [part]
        note = self._note_of(chunk.note)
        facets = self._candidates.wanted(note.title)
        here, is_named = told(heading) & facets, self._is_named(heading, above)
        parts: list[Part] = []
        for section in note.sections:
            name = section.heading_path[-1]
            if section.heading_path == chunk.heading_path:
                parts += [part] if part not in parts else []
            elif section.heading_path[:-1] == tuple(above) and not self._candidates.contradicts(section.heading_path):
                there = told(name) & facets
                asks_for_both = bool(here and there) and not here & there
                if asks_for_both or (is_named and self._is_named(name, above)):
                    parts += self._section_parts(note, section)
        return parts[:PARTS] if part in parts else [part]

    def _is_named(self, heading: str, above: Sequence[str]) -> bool:
        """Whether the question has all words of a heading but those of the headings above it."""
        own = frozenset(stems(heading)) - frozenset(stems(". ".join(above)))
        return bool(own) and own <= self._words

    def _section_parts(self, note: Note, section: Section) -> list[Part]:
        part = self._part(note, passages_of_section(note, section))
        return [part] if part else []

    def _part(self, note: Note, passages: list[Passage]) -> Part | None:
        """What of a section answers; None where it is excepted, or has nothing but links that are not asked for."""
        if not passages or self._is_excepted(passages[0].heading_path[-1]):
            return None
        heading = passages[0].heading_path[-1]
        if all(passage.is_navigation for passage in passages) and not self._matcher.strengths(heading).any():
            return None
        context = self._matcher.strengths(passages[0].context)
        left = [item for item in passages if not (item.is_item and self._is_excepted(item.term or item.block.plain))]
        chosen = self._chooser.choose(left or passages, context)
        label = self._label(passages[0].heading_path)
        if len(chosen) > 1 and chosen[0].announces and all(other.is_item for other in chosen[1:]):
            label, chosen = chosen[0].quote.shown, chosen[1:]
        quotes = laid_out(note, chosen)
        if sum(quote.layout == "step" for quote in quotes) < sum(passage.block.kind == "step" for passage in passages):
            # Steps that are not all of them would be counted wrong.
            quotes = tuple(replace(quote, layout="bullet") if quote.layout == "step" else quote for quote in quotes)
        return Part(label, quotes)

    def _label(self, path: Sequence[str]) -> str:
        """The last heading, with as many of those above it as it takes to say what of the question it is.

        «Для компании» stands under «Преимущества», and «Шаги», whatever is asked, under what they lead to.
        """
        facets = self._candidates.wanted(path[0])
        start = len(path) - 1
        while start and not (self._tells_of(path[start:]) or told(path[-1]) & facets):
            start -= 1
        if (start == len(path) - 1 > 1 and _LEANING.match(path[-1])) or (start and is_usual(path[start])):
            start -= 1
        return " › ".join(path[start:])

    def _is_excepted(self, name: str) -> bool:
        return self._excepted is not None and self._excepted.coverage(name) == 1
