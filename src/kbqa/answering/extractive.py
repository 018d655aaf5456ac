"""Composes an answer of verbatim bullets and sentences, by what the question asks for.

Nothing is worded anew: an answer is headings of the notes as labels, and quotes under them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from kbqa.answering.citations import Quote
from kbqa.answering.draft import Draft, Part
from kbqa.answering.evidence import lacks_kind
from kbqa.answering.focus import PARTS, Focus, passages_of_hit
from kbqa.answering.labelling import distinct, under, with_titles
from kbqa.answering.named import asked_with, of_one_subject, questions_in, side_by_side
from kbqa.answering.overview import note_overviewed, overview_parts
from kbqa.answering.passages import Passage
from kbqa.answering.sources import Sources
from kbqa.answering.statements import Statement, laid_out
from kbqa.index.analysis import content_words, distinct_stems, stem
from kbqa.retrieval.facets import lacking_opposite, tells_opposite, wording
from kbqa.retrieval.fusion import blend
from kbqa.retrieval.matching import Matcher, Strengths
from kbqa.retrieval.question import Intent, Question, read_question, sides_of
from kbqa.types import Hit

_MENTIONS = 12
"""At most this many places are named."""
_NAMED_TERM, _NAMED_SIDE = 0.4, 0.45
"""A term is explained for a question when the share of the term's words in the question, times the share of the
question's words in the term, is at least this; for a side of a comparison, which often lacks the noun («национальные и
международные сообщества»), the second."""

_PREPOSITION = re.compile(
    r"\s(?:применительно к|в контексте|когда|если|у|в|во|на|для|при|из|среди|of|in|on|for|at)\s", re.IGNORECASE
)
"""What parts the term that is asked for from where it belongs."""
_PERSON = re.compile(
    r"\b(?:кто (?:такой|такая|такие)|who (?:is|are|was))(?-i:(?: [A-ZА-ЯЁ][\w-]+)+)\W*$", re.IGNORECASE
)
"""Asks who somebody is, by name."""
_WHOLE = 0.4
"""How much the whole question counts where the best section for a part of it is looked for: at a third more of the
sections found are about something else, at a half the part itself may go unanswered."""
_JOINED = re.compile(r"\s+(?:и|или|либо|против|vs\.?|versus|and|or)\s+", re.IGNORECASE)
"""What stands between two things in a heading: «Чат или канал»."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SHORT_BLOCK = 250
"""A block of at most so many characters is quoted whole where something is mentioned in it."""
_MEANT = 0.25
"""A side of a comparison is told in other words («менторинг» by "Mentoring") when a word comes at least so near."""
_BEST = 3
"""Among so many hits a section is looked for that compares what is to be compared."""
_NEAR_BEST = 0.8
"""What matches at least this part of what the best one matches is taken with it."""


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

    def compose(self) -> Draft | None:
        """The draft; None when nothing that was found can be quoted."""
        draft = self._overview() or self._defined_and_more() or self._alone()
        parts = draft.parts or self._focus(self._hits).parts()
        if not parts:
            return None
        draft = replace(draft, parts=tuple(with_titles(parts)))
        if draft.missing:
            return draft
        return self._without_lacking(draft) or replace(
            draft, missing=self._missing_opposite(draft) or self._missing_side(draft)
        )

    def _without_lacking(self, draft: Draft) -> Draft | None:
        """Of several questions those that are answered, where another asks for a price, a time or drawbacks in vain."""
        asked = asked_with(self._question.text)
        if len(asked) == 1:
            return None
        said = " ".join(draft.said())
        lacking = tuple(
            text
            for text in asked
            if lacks_kind(text, said) or all(tells_opposite(text, part.heading_path) for part in draft.parts)
        )
        if len(lacking) in {0, len(asked)}:
            return None
        rest = " ".join(text for text in asked if text not in lacking)
        question = read_question(rest)
        hits = self._sources.search(rest, None)
        answered = Composer(question, self._matcher.for_text(question.topic), hits, self._sources).compose()
        return replace(answered, answers=rest, missing=lacking) if answered and not answered.missing else None

    def _missing_opposite(self, draft: Draft) -> tuple[str, ...]:
        """«минусы», where both sides are asked for and only one is told, by all that was found."""
        told = [quote.heading_path for part in draft.parts for quote in part.quotes]
        text = self._question.text
        lacking = lacking_opposite(text, told) and lacking_opposite(
            text, [hit.chunk.heading_path for hit in self._hits]
        )
        return (wording(text, lacking),) if lacking else ()

    def _missing_side(self, draft: Draft) -> tuple[str, ...]:
        """The side of a comparison of two that one section answers without any of the words that only this side has."""
        sections = {(quote.note, quote.heading_path) for part in draft.parts for quote in part.quotes}
        if self._question.intent is not Intent.COMPARISON or len(sections) > 1:
            return ()
        said = " ".join(draft.said())
        match sides_of(self._question.text):
            case (one, two):
                own = zip((one, two), _own_words((one, two)), strict=True)
                untold = tuple(side for side, words in own if words and not self._tells(said, words))
                return untold if len(untold) == 1 else ()
            case _:
                return ()

    def _tells(self, text: str, words: str) -> bool:
        """Whether a text has one of the words, or one that means nearly the same."""
        matcher = self._matcher.for_text(words)
        meant = self._sources.meaning_of(matcher.words)
        return bool(matcher.strengths(text).any() or (meant.strengths(text) >= _MEANT).any())

    def _overview(self) -> Draft | None:
        """What the note is about of which that is asked."""
        found = list(dict.fromkeys(hit.chunk.note for hit in self._hits))
        path = note_overviewed(self._question.text, self._sources.names, found)
        parts = overview_parts(self._note_of(path)) if path else []
        return Draft(tuple(parts), is_certain=True) if parts else None

    def _alone(self) -> Draft:
        """The draft for a question that asks for one thing; without parts where a section is the answer."""
        intent = self._question.intent
        if intent is Intent.MENTIONS:
            return self._mentions() or Draft(tuple(self._together()))
        special = {Intent.COMPARISON: self._comparison, Intent.DEFINITION: self._definition}.get(intent, list)
        parts = self._compared_in_one() or self._side_by_side() or special() or self._together()
        named = self._mentions() if not parts and _PERSON.search(self._question.text) else None
        return named if named and named.is_certain else Draft(tuple(parts))

    def _mentions(self) -> Draft | None:
        """Every block in the hits that has all of the question's words that any block has."""
        places = [
            (passage, self._matcher.strengths(text))
            for hit in self._hits
            for passage, text in _with_headings(passages_of_hit(hit, self._note_of))
        ]
        places = [(passage, match) for passage, match in places if match.any()]
        if not places:
            return None
        highest = max(self._matcher.share(match) for _, match in places)
        full = [(passage, match) for passage, match in places if self._matcher.share(match) >= _NEAR_BEST * highest]
        by_section: dict[tuple[str, tuple[str, ...]], list[tuple[Passage, Strengths]]] = {}
        for passage, match in full[:_MENTIONS]:
            by_section.setdefault((passage.note, passage.heading_path), []).append((passage, match))
        parts = (
            Part(
                # Where it stands is what was asked: the note is told even if there is only one.
                label=under(found[0][0].title, found[0][0].title, _breadcrumb(path)),
                quotes=tuple(
                    _as_item(quote)
                    for quote in laid_out(
                        self._note_of(note), [named for passage, _ in found for named in self._naming(passage)]
                    )
                ),
            )
            for (note, path), found in by_section.items()
        )
        return Draft(
            tuple(parts),
            places_left_out=max(0, len(full) - _MENTIONS),
            is_certain=any(match.min() == 1 for _, match in full),
        )

    def _naming(self, passage: Passage) -> list[Statement]:
        """The block, or of a long one the sentences that have the question's words; the first if only a heading has."""
        quotes = passage.sentences() if len(passage.block.text) > _SHORT_BLOCK else [passage.quote()]
        shares = [self._matcher.coverage(quote.shown) for quote in quotes]
        named = [quote for quote, share in zip(quotes, shares, strict=True) if share >= _NEAR_BEST * max(shares) > 0]
        return [Statement(passage, quote) for quote in named or quotes[:1]]

    def _whole(self, passages: Sequence[Passage]) -> tuple[Quote, ...]:
        """Passages of one section as they are."""
        return laid_out(self._note_of(passages[0].note), [Statement(passage, passage.quote()) for passage in passages])

    def _side_by_side(self) -> list[Part]:
        """Of each note that the question names beside others, the best section."""
        comparing = self._question.intent is Intent.COMPARISON
        parts: list[Part] = []
        for path in side_by_side(self._question.text, self._sources.names, comparing=comparing):
            hits = self._sources.search(self._question.text, path)
            parts += self._focus(hits).best()
        return parts if len(parts) > 1 else []

    def _compared_in_one(self) -> list[Part]:
        """The section whose heading names two sides of a comparison, if one of the best hits is of such a section."""
        if self._question.intent is not Intent.COMPARISON:
            return []
        own = [words for words in _own_words(self._compared()) if words]

        def names_two(hit: Hit) -> bool:
            match _JOINED.split(hit.chunk.heading_path[-1]) if len(hit.chunk.heading_path) > 1 else []:
                case (one, two):
                    return any(self._tells(one, a) and self._tells(two, b) for a, b in permutations(own, 2))
                case _:
                    return False

        headed = filter(names_two, self._hits[:_BEST])
        return next((parts for hit in headed if (parts := self._focus([hit]).best())), [])

    def _compared(self) -> tuple[str, ...]:
        """The sides of a comparison, as the question words them."""
        comparing = (
            text for text in _SENTENCE.split(self._question.text) if read_question(text).intent is Intent.COMPARISON
        )
        return sides_of(next(comparing, self._question.text))

    def _together(self) -> list[Part]:
        """Of each question that is asked together with another, the best section.

        The whole question counts, too: «Какая стипендия у волонтёров и на какой встрече её утвердили?».
        """
        parts: list[Part] = []
        shared = of_one_subject(self._question.text)
        named = [*(self._sources.standalone(text, shared[-1]) for text in shared[:-1]), *shared[-1:]]
        for text in questions_in(self._question.text) or named:
            question, matcher = read_question(text), self._matcher.for_text(text)
            hits = blend(self._sources.search(text, None), self._hits, _WHOLE)
            for part in Focus(question, matcher, hits, self._sources).best():
                if not _repeats(part, parts):
                    parts.append(part)
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
            found = [part for part in told if not lacks_kind(text, " ".join(part.said()))]
            (answered if found else missing).append(text if found else worded)
            parts += [part for part in found if not _repeats(part, parts)]
        if not parts or len(parts) + len(missing) == 1:
            return None
        return Draft(tuple(parts), " ".join(answered) if missing else "", tuple(missing))

    def _comparison(self) -> list[Part]:
        """For each side the statement that explains it, or the best section about it, one after the other."""
        named = self._compared()
        searched = [(self._matcher.for_text(side), self._sources.search(side, None)) for side in named]
        explained = [self._explaining([*self._hits, *hits], matcher, least=_NAMED_SIDE) for matcher, hits in searched]
        sides = [(matcher, blend(hits, self._hits, _WHOLE)) for matcher, hits in searched]
        # Two sides that one section explains are best read there.
        shared = Counter(place for found in explained for place in {passage.heading_path for passage, _ in found})
        parts: list[Part] = []
        for (matcher, hits), found in zip(sides, explained, strict=True):
            focus = self._focus(hits, matcher)
            best = sorted(found, key=lambda pair: -shared[pair[0].heading_path])[:1]
            of_side = [self._explanation(passage, labelled=True) for passage, _ in best]
            is_shared = any(shared[passage.heading_path] > 1 for passage, _ in best)
            parts += (of_side if is_shared else focus.called()) or of_side or focus.best()
        different = list({part.quotes: part for part in parts}.values())
        if len(different) > 1 and len({part.label for part in different}) == 1:
            quotes = distinct([quote for part in different for quote in part.quotes])
            items = (quote if quote.text.endswith(":") else _as_item(quote) for quote in quotes)
            return [Part(different[0].label, tuple(items))]
        return different if len(different) > 1 else self._under_own_headings(sides, _own_words(named))

    def _under_own_headings(
        self, sides: Sequence[tuple[Matcher, Sequence[Hit]]], own_words: Sequence[str]
    ) -> list[Part]:
        """For each side the best section whose heading has a word that no other side has, if there is one for each."""
        parts: list[Part] = []
        for (matcher, hits), words in zip(sides, own_words, strict=True):
            own = distinct_stems(words) if words else frozenset()
            headed = [hit for hit in hits if own & distinct_stems(hit.chunk.heading_path[-1])]
            parts += self._focus(headed[:1], matcher).best()[:1]
        different = list({part.quotes: part for part in parts}.values())
        return different if len(different) == len(sides) > 1 else []

    def _definition(self) -> list[Part]:
        """The statements whose term is what the question asks about, wherever they stand."""
        subject = _PREPOSITION.split(self._question.topic, maxsplit=1)
        matcher = self._matcher.for_text(subject[0]) if len(subject) > 1 else None
        explained = self._explaining(self._hits, self._matcher, least=_NAMED_TERM, subject=matcher)[:PARTS]
        # What opens a note says what its title means; a conclusion only repeats it.
        explained = [pair for pair in explained if pair[0].opens_note] or explained
        return [self._explanation(passage, labelled=len(explained) > 1) for passage, _ in explained]

    def _explaining(
        self, hits: Sequence[Hit], matcher: Matcher, *, least: float, subject: Matcher | None = None
    ) -> list[tuple[Passage, Strengths]]:
        """Passages that explain a term which the matcher's text names, in the order of the hits.

        Of «показатель ERR у телеграм-канала» the `subject` stands before the preposition; a term that it names needs
        the rest only in the headings above, or in another name of the note.
        """
        named = []
        for passage in (passage for hit in hits for passage in passages_of_hit(hit, self._note_of)):
            for name in passage.names:
                match = matcher.strengths(name)
                both_ways = matcher.share(match) * matcher.named_share(name)
                if subject:
                    above = ". ".join((passage.context, *self._note_of(passage.note).aliases))
                    placed = matcher.share(matcher.union(match, matcher.strengths(above)))
                    both_ways = max(both_ways, placed * subject.named_share(name))
                if both_ways >= least:
                    named.append((both_ways, passage, match))
        best = max((score for score, _, _ in named), default=0.0)
        return list({passage: match for score, passage, match in named if score >= _NEAR_BEST * best}.items())

    def _explanation(self, passage: Passage, *, labelled: bool) -> Part:
        return Part(
            label=_breadcrumb(passage.heading_path) if labelled else None,
            quotes=tuple(map(_as_prose, self._whole([passage]))) if passage.is_item else passage.opening(),
        )

    def _focus(self, hits: Sequence[Hit], matcher: Matcher | None = None) -> Focus:
        return Focus(self._question, matcher or self._matcher, hits, self._sources)


def _own_words(sides: Sequence[str]) -> tuple[str, ...]:
    """Of each side of a comparison, the words that no other has; "" where there is none."""
    known = [distinct_stems(side) for side in sides]
    others = [frozenset[str]().union(*known[:place], *known[place + 1 :]) for place in range(len(sides))]
    return tuple(
        " ".join(word for word in content_words(side) if stem(word) not in elsewhere)
        for side, elsewhere in zip(sides, others, strict=True)
    )


def _repeats(part: Part, parts: Sequence[Part]) -> bool:
    return any(set(part.quotes) & set(other.quotes) for other in parts)


def _with_headings(passages: Sequence[Passage]) -> Iterator[tuple[Passage, str]]:
    """Passages and what they say; the first of each section speaks for its heading, too."""
    above: tuple[str, ...] = ()
    for passage in passages:
        opens, above = passage.heading_path != above, passage.heading_path
        yield passage, f"{above[-1]}. {passage.block.plain}" if opens else passage.block.plain


def _as_item(quote: Quote) -> Quote:
    """A quote as one of several in a list; a table or code stays a block of lines."""
    return replace(quote, layout="bullet") if quote.layout in {"step", "prose"} else quote


def _as_prose(quote: Quote) -> Quote:
    """A quote by itself."""
    return replace(quote, layout="prose") if quote.layout in {"step", "bullet"} else quote


def _breadcrumb(path: tuple[str, ...]) -> str:
    return " › ".join(path[1:] or path)
