"""Words that nobody knows: slips of the keyboard, and names that the notes have in Latin letters."""

import re
from collections.abc import Iterator
from itertools import pairwise

from kbqa.index.analysis import folded, stem
from kbqa.index.dictionary import is_russian
from kbqa.retrieval.repair.letters import cased
from kbqa.retrieval.repair.vocabulary import EMPTY, Prefix, Vocabulary

_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile("[а-яё]+", re.IGNORECASE)
_SHORTEST = 4
"""Letters of the shortest word that is corrected; a shorter one is one slip away from too many others."""
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
# What slips cost; the word at the least cost wins. Letters come in the wrong order, or doubled, more often than keys
# are missed; one rarely slips on the first letter; and of a word that stands nowhere in the notes one rarely asks.
_SWAPPED, _MISSING, _NEAR_KEY, _FAR_KEY, _FIRST, _UNEXPECTED = 0.0, 1.0, 1.0, 2.0, 1.0, 2.0
_DEAREST = 2.5
_SHORT, _DEAREST_IF_SHORT = 5, 1.5
"""A word of up to so many letters that nobody knows may be jargon («менти»), and is one slip away from many."""
_ENDING, _LONG_START = 2, 6
"""So many letters at the end may make another form of a word whose beginning, of at least so many, is known."""
_ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_ALIKE = ("оа", "еи", "еэ", "иы", "бп", "вф", "гк", "дт", "жш", "зс", "цс", "чщ", "шщ", "ьъ")
"""Letters that sound alike where they are often confused."""


def _near_keys() -> frozenset[str]:
    """Pairs of letters whose keys touch, or that sound alike, in both orders."""
    pairs = [upper[i : i + 2] for upper in _ROWS for i in range(len(upper) - 1)]
    # Each row is shifted by half a key: a key touches two of the row below.
    pairs += [
        upper[i] + lower[j]
        for upper, lower in pairwise(_ROWS)
        for i in range(len(upper))
        for j in (i - 1, i)
        if 0 <= j < len(lower)
    ]
    both = [*pairs, *_ALIKE]
    return frozenset([*both, *(pair[::-1] for pair in both)])


_NEAR = _near_keys()


def spelt(question: str, vocabulary: Vocabulary) -> str:
    """The question with its misspelt Russian words corrected, and names in the letters that the notes write them in."""

    def replaced(word: re.Match[str]) -> str:
        plain = folded(word[0])
        if not _CYRILLIC.fullmatch(plain) or vocabulary.expects(plain):
            return word[0]
        # A capital within a question begins a name, and of names the notes may well have no other.
        name = word[0][0].isupper() and not word[0].isupper() and word.start() > 0
        corrected = _corrected(plain, vocabulary, name=name)
        if not (corrected and vocabulary.expects(corrected)) and (sounding := vocabulary.name_sounding_like(plain)):
            return sounding
        return cased(corrected or word[0], word[0])

    return _WORD.sub(replaced, question)


def _corrected(word: str, vocabulary: Vocabulary, *, name: bool) -> str | None:
    """What a folded Russian word was meant to be: the likeliest word one slip away; None if it is known, or unclear."""
    if len(word) < _SHORTEST or vocabulary.knows(word):
        return None
    dearest = _DEAREST_IF_SHORT if len(word) <= _SHORT else _DEAREST
    costs: dict[str, float] = {}
    for other, slip in _one_slip_away(word, vocabulary):
        expected = vocabulary.expects(other)
        cost = slip if expected else slip + _UNEXPECTED
        doubtful = slip > _SWAPPED and _may_be_another_form(word, other, vocabulary)
        if cost <= dearest and (expected or not name) and not doubtful:
            costs[other] = min(cost, costs.get(other, cost))
    least = min(costs.values(), default=0)
    best = [other for other, cost in costs.items() if cost == least]
    most = max(map(vocabulary.frequency, best), default=0)
    likeliest = [other for other in best if vocabulary.frequency(other) == most]
    return likeliest[0] if len({stem(other) for other in likeliest}) == 1 else None


def _may_be_another_form(word: str, other: str, vocabulary: Vocabulary) -> bool:
    """Whether the words differ at the end only, so that one may be derived from the other: «криптовалют(ный)»."""
    start = word[:-_ENDING]
    derived = len(start) >= _LONG_START and vocabulary.knows(start)
    return other.startswith(start) and (derived or not is_russian(other))


def _one_slip_away(word: str, vocabulary: Vocabulary) -> Iterator[tuple[str, float]]:
    """The words that surely are some, of which one slip makes `word`, with the cost of the slip."""
    prefix: Prefix | None = EMPTY
    for place in range(len(word) + 1):
        # Whatever slip comes later, the letters up to here must begin a word.
        if prefix is None:
            return
        first = _FIRST if place == 0 else 0.0
        for letters, rests in _slips(word, place):
            begun = vocabulary.longer(prefix, letters)
            for rest, cost in rests if begun else ():
                other = begun and vocabulary.longer(begun, rest)
                if other and vocabulary.has(other.letters):
                    yield other.letters, first + cost
        prefix = vocabulary.longer(prefix, word[place : place + 1])


def _slips(word: str, place: int) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Letters that may have been meant at `place`, and what of the word may follow them, with the cost of the slip."""
    letter, after, rest = word[place : place + 1], word[place + 1 : place + 2], word[place + 1 :]
    if letter:
        yield "", [(rest, _SWAPPED if letter == after else _FAR_KEY)]
    if after and letter != after:
        yield after + letter, [(rest[1:], _SWAPPED)]
    for other in _LETTERS:
        cost = _NEAR_KEY if letter + other in _NEAR else _FAR_KEY
        yield other, [(word[place:], _MISSING), (rest, cost)] if letter else [("", _MISSING)]
