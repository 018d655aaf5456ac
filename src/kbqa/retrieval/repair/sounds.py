"""How a name sounds, in either alphabet: «линкедин» and "LinkedIn" alike.

A name and its Russian spelling have the same consonants, some of which are heard as one. Vowels are heard in too many
ways («гитхаб», «митап») and only count where a word begins with one.
"""

import re

_GROUPS = {
    "tch": "ч", "dge": "ж", "sch": "ш", "ch": "ч", "sh": "ш", "zh": "ж", "ph": "ф", "ck": "к", "qu": "кв", "wh": "в",
    "ce": "с", "ci": "с", "cy": "с", "x": "кс",
}  # fmt: skip
_GROUP = re.compile("|".join(_GROUPS))
_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwyz", "абкдефгхижклмнопкрстуввйз")
_ALIKE = {"дж": "г", "тч": "ч", "ж": "г", "з": "с", "ц": "с", "ш": "с", "щ": "с"}
"""What is not told apart: a g is read as in "Google" or as in "digital"."""
_HEARD = re.compile("|".join(_ALIKE))
_VOWEL = re.compile("[аеиоуыэюя]")
_UNHEARD = re.compile("[аеиоуыэюяйхьъ]")
_TWICE = re.compile(r"(.)\1+")
_FEWEST = 3
"""Of fewer sounds, too many words have the same."""


def read(name: str) -> str:
    """Lower-case Latin letters as a Russian reads them one by one: "random" is «рандом»."""
    return _GROUP.sub(lambda group: _GROUPS[group[0]], name).translate(_LETTERS)


def sound_of(word: str) -> str:
    """The sounds of a lower-case word, Latin or Russian; "" if they are too few to tell it by."""
    russian = read(word)
    begins = "а" if _VOWEL.match(russian) else ""
    heard = _TWICE.sub(r"\1", begins + _UNHEARD.sub("", _HEARD.sub(lambda letters: _ALIKE[letters[0]], russian)))
    return heard if len(heard) >= _FEWEST else ""
