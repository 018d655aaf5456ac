"""Alphabets, and capitals."""

import re

LATIN = re.compile("[a-z]", re.IGNORECASE)
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def cased(word: str, like: str) -> str:
    """`word` in capitals, or with a capital first, where `like` is."""
    if len(like) > 1 and like.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
