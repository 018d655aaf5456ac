"""Text typed with the wrong keyboard layout: «rfrjt» for «какое», «ашкые» for “first”."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kbqa.index.analysis import words
from kbqa.retrieval.repair.letters import CYRILLIC, LATIN
from kbqa.retrieval.repair.vocabulary import Vocabulary

# Every key in the same order, first alone and then with Shift; as on Windows and Linux.
_RU_KEYS = "ё1234567890-=йцукенгшщзхъфывапролджэячсмитьбю.\\" + 'Ё!"№;%:?*()_+ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,/'
_EN_KEYS = "`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./\\" + '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?|'
_TO_RUSSIAN, _TO_LATIN = str.maketrans(_EN_KEYS, _RU_KEYS), str.maketrans(_RU_KEYS, _EN_KEYS)
_LAST_MARK = re.compile(r"\?*\s*$")
"""The question mark at the end is often put right, whatever the layout."""

_BETWEEN = re.compile(r"([\s–—-]+)")
"""What stands between words, and is typed alike in both layouts."""
_TELLING, _SURELY_TELLING = 3, 6
"""Letters of the shortest word that tells a layout: one that the notes expect, and any of the dictionary.

By chance «туче» is "next"; of the 28,493 Latin words of six letters and more in the embedding model's vocabulary two
read as Russian («dibdib», «njoftim»), none of them English.
"""


@dataclass(frozen=True, slots=True)
class _Token:
    """What stands between two spaces or hyphens."""

    text: str
    other: str
    """As the other layout has it."""
    right: bool
    """Whether it reads as known words as it is, and not in the other layout."""
    wrong: bool
    """Whether it reads so in the other layout only."""
    length: int
    """Letters of its longest word, as it reads."""
    expected: bool
    """Whether all its words, as it reads in the other layout, are such as the notes expect."""

    @property
    def tells(self) -> bool:
        """Whether it can hardly be wrong by chance."""
        return self.wrong and (self.length >= _SURELY_TELLING or (self.length >= _TELLING and self.expected))

    @property
    def stays(self) -> bool:
        """Whether it is a name in the right layout, where all else is in the wrong one."""
        return self.right and (self.length >= _TELLING or (self.text.isupper() and self.length > 1))


@dataclass(frozen=True, slots=True)
class _Mistake:
    """One layout taken for the other."""

    letters: re.Pattern[str]
    """Those that were typed."""
    meant: re.Pattern[str]
    """Those that were meant."""
    keys: Mapping[int, int]
    unread_counts: bool
    """Whether a word that reads in neither layout counts against a mistake."""


_MISTAKES = (
    _Mistake(LATIN, CYRILLIC, _TO_RUSSIAN, unread_counts=True),
    # There is no English dictionary here: a word that reads in neither layout may well be meant in English.
    _Mistake(CYRILLIC, LATIN, _TO_LATIN, unread_counts=False),
)


def in_right_layout(question: str, vocabulary: Vocabulary) -> str:
    """The question with what was typed in the wrong layout read in the right one: all of it, or single words."""
    asked = _LAST_MARK.sub("", question)
    last_mark = question[len(asked) :]
    for mistake in _MISTAKES:
        asked = _corrected(asked, mistake, vocabulary)
    return asked + last_mark


def _corrected(question: str, mistake: _Mistake, vocabulary: Vocabulary) -> str:
    pieces = _BETWEEN.split(question)
    tokens = {text: _token(text, mistake, vocabulary) for text in pieces if mistake.letters.search(text)}
    if not _is_all_wrong(list(tokens.values()), mistake):
        changed = {text: token.other for text, token in tokens.items() if token.tells and token.length > _TELLING}
        return "".join(changed.get(text, text) for text in pieces)
    kept = {text for text, token in tokens.items() if token.stays}
    return "".join(
        text if text in kept or mistake.meant.search(text) else text.translate(mistake.keys) for text in pieces
    )


def _is_all_wrong(tokens: Sequence[_Token], mistake: _Mistake) -> bool:
    """Whether the layout was wrong for the whole question, but for names."""
    telling = [token.length for token in tokens if token.tells]
    right = sum(token.length for token in tokens if token.right and token.length >= _TELLING)
    unread = sum(token.length for token in tokens if mistake.unread_counts and not token.right and not token.wrong)
    surely_telling = sum(length for length in telling if length >= _SURELY_TELLING)
    return sum(telling) > unread + right or surely_telling > unread


def _token(text: str, mistake: _Mistake, vocabulary: Vocabulary) -> _Token:
    other = text.translate(mistake.keys)
    reads, reads_in_other = (_is_known(form, vocabulary) for form in (text, other))
    wrong = reads_in_other and not reads
    length = max(map(len, words(other if wrong else text)), default=0)
    expected = wrong and all(vocabulary.expects(word) for word in words(other))
    return _Token(text, other, right=reads and not reads_in_other, wrong=wrong, length=length, expected=expected)


def _is_known(text: str, vocabulary: Vocabulary) -> bool:
    found = words(text)
    return bool(found) and all(vocabulary.knows(word) for word in found)
