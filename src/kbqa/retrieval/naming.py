"""Finds names of the vault in a text: of notes, folders and tags, in whatever form their words stand."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kbqa.index.analysis import folded, stem
from kbqa.index.dictionary import analyzer

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text."""

    start: int
    end: int
    """Where in the text it stands."""
    names: tuple[str, ...]
    """The names that are written so; more than one where they differ only in their endings."""


class Naming:
    """Knows some names by the stems of their words, stop words included."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[tuple[str, ...], list[str]] = {}
        for name in names:
            if stems := tuple(_stem(word.group()) for word in _words(name)):
                self._names.setdefault(stems, []).append(name)
        self._begun = {stems[:count] for stems in self._names for count in range(1, len(stems) + 1)}

    def called(self, name: str) -> tuple[str, ...]:
        """The names that consist of the same words as `name`."""
        text = unicodedata.normalize("NFC", name)
        words = list(_words(text))
        mention = self._at_first(words)
        return mention.names if mention and mention.end == words[-1].end() else ()

    def starting(self, text: str, at: int) -> Mention | None:
        """The longest name whose first word is the first one from `at` on; only spaces may stand before it."""
        words = list(_words(text, at))
        if not words or text[at : words[0].start()].strip():
            return None
        return self._at_first(words)

    def mentions(self, text: str) -> list[Mention]:
        """All names in NFC text, from left to right; of those that overlap, the longest that starts first."""
        words, found = list(_words(text)), []
        while words:
            mention = self._at_first(words)
            if mention:
                found.append(mention)
            words = [word for word in words[1:] if not mention or word.start() >= mention.end]
        return found

    def _at_first(self, words: Sequence[re.Match[str]]) -> Mention | None:
        """The longest name that the first words make."""
        found: Mention | None = None
        begun: list[tuple[str, ...]] = [()]
        for word in words:
            begun = [
                (*stems, form) for stems in begun for form in _forms(word.group()) if (*stems, form) in self._begun
            ]
            if names := [name for stems in begun for name in self._names.get(stems, ())]:
                found = Mention(words[0].start(), word.end(), tuple(names))
            if not begun:
                break
        return found


def _words(text: str, start: int = 0) -> Iterator[re.Match[str]]:
    return _WORD.finditer(text, start)


def _stem(word: str) -> str:
    return stem(folded(unicodedata.normalize("NFC", word)))


@lru_cache(maxsize=10_000)
def _forms(word: str) -> tuple[str, ...]:
    """The stems by which a word of a text may stand in a name: its own, and those of all words it may be a form of.

    «Телеграма» has another stem than «Телеграм», which Snowball takes for a dative and the dictionary does not know.
    """
    plain = folded(word)
    lemmas = () if plain.isascii() else analyzer().normal_forms(plain)
    return tuple(dict.fromkeys((stem(plain), *(_stem(lemma) for lemma in lemmas))))
