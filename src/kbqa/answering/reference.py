"""Tells whether a sentence refers to the one before it, without which it means nothing, or something else."""

import re

_OPENING = 3
"""Among so many words the one that points back is looked for."""

_PRONOUNS = (
    "он она оно они его ее их ему ей им ими него нее них нему ней ним ними нем нею "
    "это этот эта эти этого этой этому этим этих этом эту этими этою "
    "такой такая такое такие такого таких таким такому такую такими таком "
    "it its he she they him her his them their theirs this these those such"
)
_CONNECTIVES = (
    "там туда оттуда тогда потом затем поэтому потому зато однако следовательно "
    "then therefore thus hence afterwards thereafter however instead there"
)
_AT_THE_START = "но так тот та те того but so that otherwise иначе"
"""Words that point back only where they open a sentence: «Но свет гасят», not «Свет гасят, но»."""
_POINTING = frozenset(f"{_PRONOUNS} {_CONNECTIVES}".split())
_POINTING_FIRST = frozenset(_AT_THE_START.split())
_NOT_POINTING = re.compile(
    # «Кофе — это напиток», «…, потому что», «так как», «те, кто», "there are", "such as", "instead of".
    r"[-–—]\s*это\b|,\s*потому\b|\bтак\s+как\b|\bт(?:от|а|е|ого),"
    r"|\bthere(?:\s+(?:is|are|was|were|has|have)\b|['’]s)|\b(?:so|such)\s+(?:that|as)\b|\binstead\s+of\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def points_back(sentence: str) -> bool:
    """Whether one of a sentence's first words refers to the sentence before: «Поэтому…», «Он…», "After this…"."""
    words = [word.lower().replace("ё", "е") for word in _WORD.findall(_NOT_POINTING.sub(" _ ", sentence))[:_OPENING]]
    return bool(words) and (words[0] in _POINTING_FIRST or not _POINTING.isdisjoint(words))
