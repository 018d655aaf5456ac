"""The dictionary of Russian word forms, loaded when it is first asked for."""

from functools import cache

import pymorphy3

Beginnings = tuple[str, ...]
"""The spellings, with е or ё, in which letters begin word forms; empty: no word form begins with them."""

START: Beginnings = ("",)


@cache
def analyzer() -> pymorphy3.MorphAnalyzer:
    """pymorphy3 with OpenCorpora's dictionary; loading takes a tenth or two of a second and 16 MB."""
    return pymorphy3.MorphAnalyzer()


def after(beginnings: Beginnings, letters: str) -> Beginnings:
    """The beginnings and further lower-case letters, е standing for ё, too."""
    words = analyzer().dictionary.words
    for letter in letters:
        longer = (beginning + spelling for beginning in beginnings for spelling in ("её" if letter == "е" else letter))
        beginnings = tuple(start for start in longer if next(words.iterkeys(start), None) is not None)
    return beginnings


def noun_form(word: str) -> str | None:
    """The dictionary form of a lower-case word that is likeliest a noun: «каналами» → «канал»; None for other words.

    Of a word that the dictionary lacks the form is not guessed.
    """
    likeliest = analyzer().parse(word)[0]
    return likeliest.normal_form if likeliest.tag.POS == "NOUN" and likeliest.is_known else None


_CASES = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct"})


def cases(word: str) -> frozenset[str]:
    """The cases, as pymorphy3 calls them, in which a lower-case noun or adjective may be; of an unknown word, all."""
    if not is_russian(word):
        return _CASES
    return frozenset(tag.case for tag in analyzer().tag(word) if tag.case)


def in_agreement(adjective: str, noun: str) -> str | None:
    """A lower-case adjective in the form in which it agrees with a noun, in the nominative if possible; or None."""
    readings = (reading for reading in analyzer().parse(adjective) if {"ADJF", "PRTF"} & reading.tag.grammemes)
    tags = iter(sorted((tag for tag in analyzer().tag(noun) if "NOUN" in tag), key=lambda tag: "nomn" not in tag))
    reading, tag = next(readings, None), next(tags, None)
    if reading is None or tag is None:
        return None
    gender = {tag.gender} if tag.number == "sing" and tag.gender else set()
    changed = reading.inflect({tag.case, tag.number} | gender)
    return changed.word if changed else None


def is_noun(word: str) -> bool:
    """Whether a lower-case word is likeliest a noun."""
    return "NOUN" in analyzer().tag(word)[0]


def is_adjective(word: str) -> bool:
    """Whether a lower-case word is likeliest an adjective or an ordinal number."""
    return "ADJF" in analyzer().tag(word)[0]


def is_nominal(word: str) -> bool:
    """Whether a lower-case word is likeliest a noun or an adjective, or is a number or no Russian word."""
    return analyzer().tag(word)[0].POS in {"NOUN", "ADJF", None}


def is_imperative(word: str) -> bool:
    """Whether a word is likeliest an order: «размерь»."""
    return "impr" in analyzer().tag(word)[0]


def is_finite(word: str) -> bool:
    """Whether a lower-case word is likeliest what somebody does or did: «пишет», «звали»."""
    return "VERB" in analyzer().tag(word)[0]


_PERSONAL = frozenset({"Name", "Surn", "Patr"})
_PROPER = _PERSONAL | {"Geox", "Orgn"}
_SELDOM = 0.1
"""Readings that are rarer are not counted on: «Московская» is a surname once in twenty-five times."""


def is_name(word: str) -> bool:
    """Whether a capitalised word may be a proper name: the dictionary says so, or lacks it."""
    return _may_be(word, _PROPER)


def is_person(word: str) -> bool:
    """Whether a capitalised word may be the name of a person, as `is_name`."""
    return _may_be(word, _PERSONAL)


def _may_be(word: str, grammemes: frozenset[str]) -> bool:
    readings = analyzer().parse(word)
    likely = sum(reading.score for reading in readings if reading.tag.grammemes & grammemes)
    return bool(likely >= _SELDOM) or not is_russian(word.lower())


def is_russian(word: str) -> bool:
    """Whether a lower-case word is a Russian word form, with е or ё."""
    known: bool = analyzer().word_is_known(word)
    return known
