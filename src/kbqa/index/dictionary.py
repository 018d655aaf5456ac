"""The dictionary of Russian word forms, loaded when it is first asked for."""

from functools import cache, lru_cache

import pymorphy3

States = tuple[int, ...]
"""Where in the dictionary's automaton the letters read so far lead; empty: no word form begins with them."""

START: States = (0,)
_END = b"\x01"
"""What stands after the last letter of a word form in the automaton."""


@cache
def analyzer() -> pymorphy3.MorphAnalyzer:
    """pymorphy3 with OpenCorpora's dictionary; loading takes a tenth or two of a second and 16 MB."""
    return pymorphy3.MorphAnalyzer()


def after(states: States, letters: str) -> States:
    """Where further lower-case letters lead, е standing for ё, too."""
    follow = analyzer().dictionary.words.dct.follow_bytes
    for letter in letters:
        reached = [follow(spelling, state) for spelling in _spellings(letter) for state in states]
        states = tuple(state for state in reached if state is not None)
        if not states:
            break
    return states


@lru_cache(maxsize=256)
def _spellings(letter: str) -> tuple[bytes, ...]:
    return tuple(spelling.encode() for spelling in ("её" if letter == "е" else letter))


def noun_form(word: str) -> str | None:
    """The dictionary form of a lower-case word that is likeliest a noun: «каналами» → «канал»; None for other words.

    Of a word that the dictionary lacks the form is not guessed.
    """
    likeliest = analyzer().parse(word)[0]
    return likeliest.normal_form if likeliest.tag.POS == "NOUN" and likeliest.is_known else None


def is_imperative(word: str) -> bool:
    """Whether a word is likeliest an order: «размерь»."""
    return "impr" in analyzer().tag(word)[0]


def is_russian(word: str) -> bool:
    """Whether a lower-case word is a Russian word form."""
    follow = analyzer().dictionary.words.dct.follow_bytes
    return any(follow(_END, state) is not None for state in after(START, word))
