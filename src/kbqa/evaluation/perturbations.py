"""A question → the same question as hasty users type it, the same for the same seed on every machine."""

import random
import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import product, zip_longest
from typing import Literal, get_args

from kbqa.index.dictionary import analyzer

Family = Literal["typo", "yo", "case", "layout", "transliteration", "inflection"]
FAMILIES: tuple[Family, ...] = get_args(Family)

LONG_WORD = 5
"""Letters of the shortest word that gets a typo; in a shorter one the result is often another word."""
LONG_WORDS_PER_TYPO = 4
"""One typo for each four long words begun: most questions get one."""
MOST_TYPOS = 2
MOST_INFLECTED = 3
SURE_PARSE = 0.5
"""Least probability, by pymorphy3, that a word is a form of its likeliest lemma."""

_CYRILLIC = re.compile("[а-яё]+", re.IGNORECASE)
_LONG = re.compile(rf"[^\W\d_]{{{LONG_WORD},}}")
_INFLECTED = re.compile(r"\b[а-яё]{4,}\b(?!-)", re.IGNORECASE)
"""Of a compound only the last part: «бизнес-связи» has the forms of «связи»."""
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_NUMBERS = ("sing", "plur")

_RU_ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_EN_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ROW = 13
_GRID = "".join(row.ljust(_ROW) for row in (*_RU_ROWS, "", *_EN_ROWS, ""))
"""Both keyboards, row after row; a space is where no letter's key is, so that no row runs into another."""
# Each row is shifted by half a key: a key touches two of the row above and two of the row below.
_TOUCHING = (-1, 1, -_ROW, 1 - _ROW, _ROW - 1, _ROW)
# Every key in the same order, first alone and then with Shift; as on Windows and Linux.
_RU_KEYS = "ё1234567890-=" + "".join(_RU_ROWS) + ".\\" + 'Ё!"№;%:?*()_+' + "".join(_RU_ROWS).upper() + ",/"
_EN_KEYS = "`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./\\" + '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?|'
_RU_TO_EN = str.maketrans(_RU_KEYS, _EN_KEYS)
_EN_TO_RU = str.maketrans(_EN_KEYS, _RU_KEYS)

_LATIN = dict(zip("абвгдезиклмнопрстуфыэ", "abvgdeziklmnoprstufye", strict=True))
_LATIN |= {"ж": "zh", "ч": "ch", "ш": "sh", "ъ": "", "ю": "yu", "я": "ya"}
# Where people differ; one writer keeps to one spelling.
_LATIN_HABITS = {"ё": ("e", "yo"), "й": ("y", "i"), "х": ("h", "kh"), "ц": ("ts", "c"), "щ": ("sch", "shch")}
_LATIN_HABITS |= {"ь": ("", "'")}


def perturb(question: str, family: Family, seed: int) -> str | None:
    """The question as a hasty user types it.

    Args:
        question: Russian, or English without a Cyrillic letter.
        family: What goes wrong in it; one of `FAMILIES`.
        seed: Chooses among what can go wrong. The text depends on the three arguments only.

    Returns:
        Another text than the question, or None if the family has nothing to change in it.
    """
    # First composed, as й and ё may be a letter and an accent.
    text = unicodedata.normalize("NFC", question)
    rng = random.Random(f"{family} {seed} {text}")  # noqa: S311 - to be repeatable, not secret
    perturbed = _PERTURBERS[family](text, rng)
    return None if perturbed == text else perturbed


def _typo(text: str, rng: random.Random) -> str:
    long_words = list(_LONG.finditer(text))
    typos = min(MOST_TYPOS, -(-len(long_words) // LONG_WORDS_PER_TYPO))
    return _replaced(text, [(word, _misspelt(word[0].lower(), rng)) for word in rng.sample(long_words, typos)])


def _misspelt(word: str, rng: random.Random) -> str:
    parts = [(word[:i], letter, word[i + 1 :]) for i, letter in enumerate(word)]
    slips = [
        [before + after[0] + letter + after[1:] for before, letter, after in parts if after and after[0] != letter],
        [before + after for before, _, after in parts],
        [before + letter * 2 + after for before, letter, after in parts],
        [before + key + after for before, letter, after in parts for key in _neighbours(letter)],
    ]
    return rng.choice(rng.choice([variants for variants in slips if variants]))


def _neighbours(letter: str) -> str:
    place = _GRID.find(letter)
    return "".join(_GRID[place + step] for step in _TOUCHING).replace(" ", "") if place >= 0 else ""


def _yo(text: str, _rng: random.Random) -> str:
    folded = _without_yo(text)
    if folded != text:
        return folded
    return _replaced(text, [(word, _with_yo(word[0].lower())) for word in _CYRILLIC.finditer(text)])


def _with_yo(word: str) -> str:
    spellings = {parse.word for parse in analyzer().parse(word)}
    # «все» is also «всё»: only where every reading has ё.
    return str(spellings.pop()) if len(spellings) == 1 and analyzer().word_is_known(word) else word


def _without_yo(text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е")


def _case(text: str, rng: random.Random) -> str:
    capitalized = re.sub(r"\S+", lambda word: word[0][:1].upper() + word[0][1:], text)
    return rng.choice([variant for variant in (text.upper(), text.lower(), capitalized) if variant != text] or [text])


def _layout(text: str, _rng: random.Random) -> str:
    if _CYRILLIC.search(text):
        return text.translate(_RU_TO_EN)
    return text.translate(_EN_TO_RU) if re.search("[a-z]", text, re.IGNORECASE) else text


def _transliteration(text: str, rng: random.Random) -> str:
    latin = str.maketrans(_LATIN | {letter: rng.choice(spellings) for letter, spellings in _LATIN_HABITS.items()})
    return _replaced(text, [(word, word[0].lower().translate(latin)) for word in _CYRILLIC.finditer(text)])


def _inflection(text: str, rng: random.Random) -> str:
    words = [(word, forms) for word in _INFLECTED.finditer(text) if (forms := _other_forms(word[0]))]
    chosen = rng.sample(words, rng.randint(1, min(MOST_INFLECTED, len(words)))) if words else []
    return _replaced(text, [(word, rng.choice(forms)) for word, forms in chosen])


def _other_forms(word: str) -> list[str]:
    parses = analyzer().parse(word)
    best = parses[0]
    lemma = (best.normal_form, best.tag.POS)
    sure = sum(parse.score for parse in parses if (parse.normal_form, parse.tag.POS) == lemma) >= SURE_PARSE
    # Pronouns («какие») are adjectives to pymorphy3; superlatives come back as «наихороший».
    declined = best.tag.POS in ("NOUN", "ADJF") and not best.tag.grammemes & {"Abbr", "Fixd", "Apro", "Supr"}
    if word.isupper() or not sure or not declined:
        return []
    inflected = [parse.word for form in product(_CASES, _NUMBERS) if (parse := best.inflect(set(form)))]
    spelt = inflected if "ё" in word.lower() else [_without_yo(form) for form in inflected]
    return [form for form in dict.fromkeys(spelt) if _without_yo(form) != _without_yo(word.lower())]


def _replaced(text: str, changes: Iterable[tuple[re.Match[str], str]]) -> str:
    """`text` with each match replaced; the letter case of what stood there is kept."""
    for match, new in sorted(changes, key=lambda change: change[0].start(), reverse=True):
        text = text[: match.start()] + _cased(new, match[0]) + text[match.end() :]
    return text


def _cased(word: str, like: str) -> str:
    cases: tuple[Callable[[str], str], ...] = (str.lower, str.capitalize, str.upper)
    letters = zip_longest(word, like[: len(word)], fillvalue="")
    mixed = "".join(new.upper() if old.isupper() else new for new, old in letters)
    return next((case(word) for case in cases if case(like) == like), mixed)


_PERTURBERS: dict[Family, Callable[[str, random.Random], str]] = {
    "typo": _typo,
    "yo": _yo,
    "case": _case,
    "layout": _layout,
    "transliteration": _transliteration,
    "inflection": _inflection,
}
