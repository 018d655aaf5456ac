"""Words put together from two of the notes, and what the notes write by its first letters alone."""

import re
from collections.abc import Iterator

from kbqa.index.analysis import STOP_WORDS, folded
from kbqa.index.dictionary import in_agreement, is_nominal, is_noun, is_russian
from kbqa.retrieval.repair.letters import cased
from kbqa.retrieval.repair.vocabulary import Vocabulary

_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"[А-Яа-яЁё]+(?: [А-Яа-яЁё]+)+")
"""Words with nothing but spaces between."""
_SHORTEST_START, _LONGEST_START, _SHORTEST_END = 2, 6, 3
"""Letters of the first and the second part of a word that is put together: «юр|лицо», «соц|сети»."""
_MOST_WORDS = 4
"""Of which the first letters stand for a name: «ТПП»."""


def written_out(question: str, vocabulary: Vocabulary) -> str:
    """The question with «соцсети» as «социальные сети», where the notes have these words side by side and not that one.

    And the other way round with «ДР» for «день рождения», where a word of that is not in the notes.
    """
    return _RUN.sub(
        lambda run: _by_first_letters(run[0], vocabulary),
        _WORD.sub(lambda word: _taken_apart(word[0], vocabulary) or word[0], question),
    )


def _taken_apart(word: str, vocabulary: Vocabulary) -> str | None:
    plain = folded(word)
    if plain.isascii() or vocabulary.expects(plain):
        return None
    for end in range(_LONGEST_START, _SHORTEST_START - 1, -1):
        start, rest = plain[:end], plain[end:]
        if len(rest) < _SHORTEST_END or not (vocabulary.frequency(rest) and is_noun(rest)):
            continue
        before = vocabulary.stands_before(rest, start)
        if before and (agreeing := in_agreement(before, rest)):
            return cased(f"{agreeing} {rest}", word)
    return None


def _by_first_letters(run: str, vocabulary: Vocabulary) -> str:
    words = run.split(" ")
    for first, last in _spans(len(words)):
        name = "".join(word[0] for word in words[first:last]).upper()
        # Most letters are no name, and the dictionary need not be asked.
        if vocabulary.frequency(name) and _stand_for(name, words[first:last], vocabulary):
            return " ".join((*words[:first], name, *words[last:]))
    return run


def _stand_for(name: str, words: list[str], vocabulary: Vocabulary) -> bool:
    """Whether nouns with adjectives and other nouns, not all in the notes, may be what the notes call by a name."""
    plain = [folded(word) for word in words]
    is_lacking = any(not vocabulary.frequency(word) for word in plain)
    return is_lacking and is_noun(plain[-1]) and all(map(_may_name, plain)) and vocabulary.has_capitals(name)


def _may_name(word: str) -> bool:
    return word not in STOP_WORDS and is_russian(word) and is_nominal(word)


def _spans(words: int) -> Iterator[tuple[int, int]]:
    """The places of so many words one after the other that may have a name, the longest first."""
    for length in range(min(_MOST_WORDS, words), 1, -1):
        for first in range(words - length + 1):
            yield first, first + length
