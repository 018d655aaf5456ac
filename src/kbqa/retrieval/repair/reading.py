"""A question as it was typed → as it was meant: keyboard layout, transliteration, letter case, spelling."""

import re
import unicodedata

from kbqa.retrieval.repair.layout import in_right_layout
from kbqa.retrieval.repair.letters import CYRILLIC
from kbqa.retrieval.repair.shortened import written_out
from kbqa.retrieval.repair.spelling import spelt
from kbqa.retrieval.repair.transliteration import in_cyrillic
from kbqa.retrieval.repair.vocabulary import Vocabulary

_WORD = re.compile(r"[^\W\d_]+")
_TELLING = 3
"""At least so many words that all begin with a capital say nothing by that."""


def repaired(question: str, vocabulary: Vocabulary) -> str:
    """The question as it was meant, as far as the words of the notes and of the dictionary tell.

    A pure function; a question of words that are known is returned as it is, but for its capitals.
    """
    # Letters with their accents in one: otherwise й is no letter of any layout.
    text = in_right_layout(unicodedata.normalize("NFC", question), vocabulary)
    return spelt(written_out(_in_small_letters(in_cyrillic(text, vocabulary)), vocabulary), vocabulary)


def _in_small_letters(text: str) -> str:
    """Russian in capitals only, or Where Each Word Has One, with one at its beginning: so the embedding knows it."""
    found = [word for word in _WORD.findall(text) if CYRILLIC.search(word)]
    if len(found) < _TELLING or not all(word[0].isupper() for word in found):
        return text
    capitals = {word for word in found if len(word) > 1 and word.isupper()}
    names = capitals if 2 * len(capitals) < len(found) else set[str]()
    text = _WORD.sub(lambda word: word[0].lower() if word[0] in set(found) - names else word[0], text)
    return text[0].upper() + text[1:]
