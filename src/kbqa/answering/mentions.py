"""Every place in the notes where a thing is mentioned, or one of several."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from kbqa.answering.candidates import passages_of_hit
from kbqa.answering.draft import Draft, Part
from kbqa.answering.explanations import NEAR_BEST
from kbqa.answering.labelling import breadcrumb, under
from kbqa.answering.passages import Passage
from kbqa.answering.statements import Statement, laid_out
from kbqa.index.analysis import content_words, distinct_stems, folded, names_something, stem, words
from kbqa.index.dictionary import cases, is_noun
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import Question
from kbqa.types import Hit, Note

_SEVERAL = 2
"""So many things are looked for one by one."""
_PLACES = 12
"""At most this many places are named."""
_SHORT_BLOCK = 250
"""A block of at most so many characters is quoted whole where something is mentioned in it."""
_JOINING = re.compile(r"\s*,\s*(?:(?:и|или|либо|and|or)\s+)?|\s+(?:и|или|либо|and|or)\s+", re.IGNORECASE)
_CALLED = re.compile(
    r"(?<!\w)(?P<noun>[а-яё]+) (?:[«\"„“](?P<quoted>[^«»\"„“”]+)[»\"“”]|(?P<name>[А-ЯЁ]\w*(?:-\w+)*))\W*$"
)
"""A common noun and the name of one: «кофейня „Пенка“», «кофейня Пенка»."""
_WHERE = re.compile(
    r"\b(?:где|куда|в как\w+|мест[оа]|упомина\w+|упомян\w+|ссыла\w+|ли|where|which|mention\w*)\b", re.IGNORECASE
)
"""Asks for places, of which a link is one, and not for what is said."""
_CAPITALISED = re.compile(r"\b[A-ZА-ЯЁ]\w*")

_Places = Sequence[tuple[Passage, str]]
"""What may mention a thing, and its text."""


def mentioning(
    question: Question, matcher: Matcher, hits: Sequence[Hit], note_of: Callable[[str], Note]
) -> Draft | None:
    """Every block in the hits that has all words of a thing that any block has; None where there is none.

    The notes come as they were found, the places of each in its own order.

    Args:
        question: as read.
        matcher: the weighted words of its topic.
        hits: where it is looked for.
        note_of: a note by its path.
    """
    topic = question.topic
    opened = {path: dict(_opened(note_of(path))) for path in dict.fromkeys(hit.chunk.note for hit in hits)}
    places = [found for hit in hits for found in _with_headings(passages_of_hit(hit, note_of), opened[hit.chunk.note])]
    looked_for = [
        _mentioned(thing, matcher if thing == topic else matcher.for_text(thing), places)
        for thing in _things(topic, places)
    ]
    certain = [found for found in looked_for if found.is_certain]
    found = frozenset[Passage]().union(*(each.passages for each in certain or looked_for))
    full = [passage for passage, _ in places if passage in found]
    if not full:
        return None
    shown = full[:_PLACES]
    notes = list(dict.fromkeys(passage.note for passage in shown))
    by_section: dict[tuple[str, tuple[str, ...]], list[Passage]] = {}
    for passage in sorted(shown, key=lambda found: (notes.index(found.note), found.block.start_line)):
        by_section.setdefault((passage.note, passage.heading_path), []).append(passage)
    matchers = [each.matcher for each in looked_for]
    parts = (
        Part(
            # Where it stands is what was asked: the note is told even if there is only one.
            label=under(found[0].title, found[0].title, breadcrumb(path)),
            quotes=tuple(
                quote.as_item()
                for quote in laid_out(
                    note_of(note), [named for passage in found for named in _naming(passage, matchers)]
                )
            ),
        )
        for (note, path), found in by_section.items()
    )
    return Draft(
        tuple(parts),
        missing=tuple(each.thing for each in looked_for if certain and not each.is_certain),
        places_left_out=max(0, len(full) - _PLACES),
        is_certain=bool(certain),
        only_links=all(passage.is_navigation for passage in full) and not _WHERE.search(question.text),
    )


class _Mentioned(NamedTuple):
    """A thing, and what mentions it."""

    thing: str
    matcher: Matcher
    """Of the words that a place must have."""
    passages: frozenset[Passage]
    is_certain: bool
    """Whether a place has every word, by the letter."""


def _things(topic: str, places: _Places) -> Sequence[str]:
    """The things that are looked for: two of «McKinsey или General Electric».

    One, where a place has all of it word for word, or where a noun is in another case than the first one, and so
    belongs to it: «обмен опытом и знаниями».
    """
    parts = [part for text in _JOINING.split(topic) if names_something(part := text.strip(" ?!.,:;"))]
    phrase = f" {' '.join(map(stem, words(topic)))} "
    if len(parts) < _SEVERAL or any(phrase in f" {' '.join(map(stem, words(text)))} " for _, text in places):
        return (topic,)
    first, *others = map(_cases, parts)
    return parts if all(first & other for other in others) else (topic,)


def _cases(part: str) -> frozenset[str]:
    """The cases in which its first word may be; of a word that the dictionary lacks, any."""
    return cases(content_words(part)[0])


def _mentioned(thing: str, matcher: Matcher, places: _Places) -> _Mentioned:
    """What mentions a thing: by its name alone, if it is told by a common noun and a name, and places have that."""
    if name := _name_in(thing):
        of_name, wanted = matcher.for_text(name), distinct_stems(name)
        named = frozenset(passage for passage, text in places if wanted <= _capitalised(text))
        if named:
            return _Mentioned(thing, of_name, named, is_certain=True)
    matches = [(passage, matcher.strengths(text)) for passage, text in places]
    matches = [(passage, match) for passage, match in matches if match.any()]
    highest = max((matcher.share(match) for _, match in matches), default=0.0)
    full = [(passage, match) for passage, match in matches if matcher.share(match) >= NEAR_BEST * highest]
    is_certain = any(match.min() == 1 for _, match in full)
    return _Mentioned(thing, matcher, frozenset(passage for passage, _ in full), is_certain)


def _name_in(thing: str) -> str | None:
    """«Пенка» of «кофейня Пенка»; in «комиссия Биржи» the noun says what of the name is meant."""
    match = _CALLED.search(thing)
    if match is None or not is_noun(match["noun"]):
        return None
    if match["quoted"]:
        return match["quoted"]
    return match["name"] if cases(folded(match["name"])) & cases(match["noun"]) - {"gent"} else None


def _capitalised(text: str) -> frozenset[str]:
    """The stems of words with a capital."""
    return frozenset(stem(folded(word)) for word in _CAPITALISED.findall(text))


def _naming(passage: Passage, matchers: Sequence[Matcher]) -> list[Statement]:
    """The block, or of a long one the sentences that have the words; the first if only a heading has."""
    quotes = passage.sentences() if len(passage.block.text) > _SHORT_BLOCK else [passage.quote()]
    shares = [max(matcher.coverage(quote.shown) for matcher in matchers) for quote in quotes]
    named = [quote for quote, share in zip(quotes, shares, strict=True) if share >= NEAR_BEST * max(shares) > 0]
    return [Statement(passage, quote) for quote in named or quotes[:1]]


def _with_headings(passages: Sequence[Passage], opened: Mapping[tuple[str, ...], str]) -> Iterator[tuple[Passage, str]]:
    """Passages and what they say; the first of each section speaks for the headings that it stands first under, too."""
    above: tuple[str, ...] = ()
    for passage in passages:
        opens, above = passage.heading_path != above, passage.heading_path
        yield passage, f"{opened[above]}. {passage.block.plain}" if opens else passage.block.plain


def _opened(note: Note) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each section with text, and the headings under which nothing stands before it."""
    above: tuple[str, ...] = ()
    for section in filter(lambda section: section.blocks, note.sections):
        path = section.heading_path
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(above, path, strict=False)))
        yield path, ". ".join(path[shared:] or path[-1:])
        above = path
