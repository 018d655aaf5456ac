"""An answer → questions to go on with: on the sections next to those that it cites, and on those that they link to."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, zip_longest

from kbqa.answering.examples import chapter_question, questions_on, told_by, topic_of
from kbqa.index.analysis import stems
from kbqa.notes.links import place_of
from kbqa.retrieval.facets import told
from kbqa.texts import Texts
from kbqa.types import Answer, Note, ResolvedLink, Section

MOST = 3
"""So many questions are given."""
_CITED = 4
"""So many of the cited sections are looked around, in the order of the citations."""
_NEAREST = 3
"""So many of the sections that were found are asked about where none is cited."""
_SAME = 0.8
"""A question that has so much of what a section is called has asked for it."""
_POINTERS = frozenset({"related", "conclusion"})
"""What a heading tells whose section says nothing new."""

Place = tuple[Note, Section]


def follow_ups(
    answer: Answer,
    asked: Sequence[str],
    note_of: Callable[[str], Note | None],
    links_of: Callable[[str], Sequence[ResolvedLink]],
    texts: Texts,
) -> tuple[str, ...]:
    """At most `MOST` questions that other sections answer: parts of a cited one, those beside it, those it links to.

    After a refusal, on the nearest sections that were found. Nothing that was asked already.

    Args:
        answer: the last one of a conversation.
        asked: its questions, the last included.
        note_of: a note by its path; None where there is none any more.
        links_of: the links in a note.
        texts: the catalogue.
    """
    cited = list(_cited(answer, note_of))[:_CITED]
    if answer.status == "no_evidence":
        places: Iterable[Place] = _found(answer, note_of)
    else:
        around = (
            chain.from_iterable(_children(*place) for place in cited),
            chain(
                chain.from_iterable(_siblings(*place) for place in cited),
                chain.from_iterable(_siblings(*above) for place in cited for above in _parent(*place)),
            ),
            chain.from_iterable(_linked(*place, links_of, note_of) for place in cited),
        )
        places = (place for in_turn in zip_longest(*around) for place in in_turn if place)
    seen = {_key(*place) for place in cited}
    known = [set(stems(question)) for question in (*asked, answer.understood or "")]
    chosen: list[str] = []
    for note, section in places:
        if len(chosen) == MOST:
            break
        if _key(note, section) in seen:
            continue
        seen.add(_key(note, section))
        topic = set(stems(topic_of(note, section)))
        question = None if any(_is_asked(topic, words) for words in known) else _question(note, section, texts)
        if question:
            chosen.append(question)
            known.append(topic)
    return tuple(chosen)


def _question(note: Note, section: Section, texts: Texts) -> str | None:
    if told(section.heading_path[-1]) & _POINTERS and len(section.heading_path) > 1:
        return None
    # Which of two sections of one name is meant, no question could say.
    if sum(other.heading_path == section.heading_path for other in note.sections) > 1:
        return None
    says = told_by(note, section)
    if says is None:
        return chapter_question(note, section, texts)
    return next(questions_on(says, texts))


def _cited(answer: Answer, note_of: Callable[[str], Note | None]) -> Iterator[Place]:
    """The cited sections, each once, as far as the notes still have them."""
    places = dict.fromkeys((citation.note, citation.heading_path) for citation in answer.citations)
    return _places(places, note_of)


def _found(answer: Answer, note_of: Callable[[str], Note | None]) -> Iterator[Place]:
    places = dict.fromkeys((hit.chunk.note, hit.chunk.heading_path) for hit in answer.hits[:_NEAREST])
    return _places(places, note_of)


def _places(places: Iterable[tuple[str, tuple[str, ...]]], note_of: Callable[[str], Note | None]) -> Iterator[Place]:
    for path, heading_path in places:
        note = note_of(path)
        for section in note.sections if note else ():
            if note and section.heading_path == heading_path:
                yield note, section
                break


def _parent(note: Note, section: Section) -> Iterator[Place]:
    above = section.heading_path[:-1]
    return ((note, other) for other in note.sections if len(above) > 1 and other.heading_path == above)


def _children(note: Note, section: Section) -> Iterator[Place]:
    """The sections right below one."""
    return ((note, other) for other in note.sections if other.heading_path[:-1] == section.heading_path)


def _siblings(note: Note, section: Section) -> Iterator[Place]:
    """The sections under the same heading, the nearest first, and of two that are as near the one that follows."""
    beside = [other for other in note.sections if other.heading_path[:-1] == section.heading_path[:-1]]
    if section not in beside or len(section.heading_path) == 1:
        return
    own = beside.index(section)
    for place in sorted(range(len(beside)), key=lambda place: (abs(place - own), place < own)):
        if place != own:
            yield note, beside[place]


def _linked(
    note: Note,
    section: Section,
    links_of: Callable[[str], Sequence[ResolvedLink]],
    note_of: Callable[[str], Note | None],
) -> Iterator[Place]:
    """The sections that a section's links lead to; where one leads to a whole note, how that begins."""
    for link in links_of(note.path):
        inside = section.start_line <= link.link.line <= section.end_line
        target = note_of(link.path) if inside and link.path else None
        if target is None or not target.sections:
            continue
        place = place_of(link.link, target)
        led_to = next(target.sections_on(*place), None) if place else target.sections[0]
        if led_to:
            yield target, led_to


def _key(note: Note, section: Section) -> tuple[str, int]:
    return note.path, section.start_line


def _is_asked(topic: set[str], words: set[str]) -> bool:
    return len(topic & words) >= _SAME * len(topic)
