"""The words that a question may be made of: those of the notes, those that only ask, and the dictionary's."""

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from kbqa.index import dictionary
from kbqa.index.analysis import STOP_WORDS, folded, stem
from kbqa.index.dictionary import Beginnings
from kbqa.index.lexical import LexicalIndex
from kbqa.retrieval.repair.sounds import read, sound_of

_LONGEST_ENDING = 5
"""Letters by which a word may be longer than its stem."""
_SHORTEST_STEM = 3
_LOOKED_AT = 5
"""Texts that are looked at for how a word is written."""
_LATIN_WORD = re.compile("[A-Za-z]+")
_CASE_ENDING = re.compile("(?:ами|ом|ой|ах|ам|ов|ев|ей|ем|а|е|и|у|ы|ю|я)$")


class Prefix(NamedTuple):
    """Lower-case letters, ё as е, with which a known Russian word may begin."""

    letters: str
    spellings: Beginnings
    """Of words of the dictionary."""
    in_dictionary: int
    """So many of the letters begin a word of the dictionary."""


EMPTY = Prefix("", dictionary.START, 0)


class Vocabulary:
    """Which words are known, and how often the notes have them.

    Args:
        notes: holds the stems of the notes' words.
        text_of: the text of a chunk by its id.
    """

    def __init__(self, notes: LexicalIndex, text_of: Callable[[str], str]) -> None:
        self._notes = notes
        self._text_of = text_of
        self._stems = notes.stems()

    def frequency(self, word: str) -> int:
        """In how many chunks some form of the word stands."""
        return self._notes.frequency(stem(folded(word)))

    def expects(self, word: str) -> bool:
        """Whether the word, or what looks like a form of it, stands in the notes, or it is one with which one asks."""
        return folded(word) in STOP_WORDS or self.frequency(word) > 0

    def knows(self, word: str) -> bool:
        """Whether there is no reason to doubt the word: it is expected or, if Russian, in the dictionary."""
        return self.expects(word) or (not word.isascii() and dictionary.is_russian(folded(word)))

    def has(self, word: str) -> bool:
        """Whether this is surely a Russian word: in the dictionary, or a form of one that only the notes have.

        A stem of the notes with a wrong ending is not.
        """
        plain = folded(word)
        if plain in STOP_WORDS or dictionary.is_russian(plain):
            return True
        root = stem(plain)
        return self._notes.frequency(root) > 0 and not dictionary.after(dictionary.START, root)

    def name_sounding_like(self, word: str) -> str | None:
        """The notes' one name in Latin letters that sounds like a folded Russian word in any case, as they write it.

        One that sounds like a word of the dictionary has to be read as that letter by letter.
        """
        forms = {word, _CASE_ENDING.sub("", word)}
        named = {name for form in forms for name in self._latin_by_sound.get(sound_of(form), ())}
        if dictionary.is_russian(word):
            named = {name for name in named if read(name) in forms}
        return self._as_written(named.pop()) if len(named) == 1 else None

    @cached_property
    def _latin_by_sound(self) -> dict[str, list[str]]:
        by_sound: dict[str, list[str]] = {}
        for root in self._stems:
            if _LATIN_WORD.fullmatch(root) and root not in STOP_WORDS and (sound := sound_of(root)):
                by_sound.setdefault(sound, []).append(root)
        return by_sound

    def _as_written(self, root: str) -> str:
        """A Latin word of the notes by its stem, with the capitals and the ending that it has where it stands."""
        found = _LATIN_WORD.findall(self._text_of(self._notes.having(root)[0]))
        return next((word for word in found if stem(word.lower()) == root), root)

    def stands_before(self, word: str, start: str) -> str | None:
        """A lower-case word that begins with these letters and stands right before a form of `word` in the notes."""
        root = stem(word)
        pair = re.compile(rf"\b({start}[а-яё]+) ([а-яё]+)", re.IGNORECASE)
        begun = takewhile(lambda other: other.startswith(start), self._stems[bisect_left(self._stems, start) :])
        texts = (self._text_of(chunk) for other in begun for chunk in self._notes.having(other, root)[:_LOOKED_AT])
        pairs = (match for text in texts for match in pair.finditer(text))
        return next((folded(match[1]) for match in pairs if stem(folded(match[2])) == root), None)

    def has_capitals(self, name: str) -> bool:
        """Whether a name in capitals stands so in the notes: «ДР», and not «и др.»."""
        written = re.compile(rf"\b{name}\b")
        chunks = self._notes.having(stem(folded(name)))[:_LOOKED_AT]
        return any(written.search(self._text_of(chunk)) for chunk in chunks)

    def longer(self, prefix: Prefix, letters: str) -> Prefix | None:
        """The prefix and further lower-case letters; None if no Russian word that is known begins so."""
        for letter in folded(letters):
            spellings = dictionary.after(prefix.spellings, letter)
            longer = prefix.letters + letter
            if not spellings and not self._begins_noted(longer, prefix.in_dictionary):
                return None
            prefix = Prefix(longer, spellings, len(longer) if spellings else prefix.in_dictionary)
        return prefix

    def _begins_noted(self, letters: str, in_dictionary: int) -> bool:
        """Whether a word begins so that the notes have and the dictionary does not."""
        place = bisect_left(self._stems, letters)
        if place < len(self._stems) and self._stems[place].startswith(letters):
            return True
        shortest = max(_SHORTEST_STEM, in_dictionary + 1, len(letters) - _LONGEST_ENDING)
        return any(self._notes.frequency(letters[:end]) > 0 for end in range(shortest, len(letters)))
