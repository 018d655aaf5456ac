"""What «про второе» means: an item of a list or table in an earlier answer."""

import re
from collections.abc import Sequence
from itertools import dropwhile, takewhile

from kbqa.answering.subjects import own_words

_ORDINALS = (
    ("перв", "first", "1"),
    ("втор", "second", "2"),
    ("трет", "third", "3"),
    ("четв[её]рт", "fourth", "4"),
    ("пят", "fifth", "5"),
    ("шест", "sixth", "6"),
    ("седьм", "seventh", "7"),
    ("восьм", "eighth", "8"),
    ("девят", "ninth", "9"),
    ("десят", "tenth", "10"),
)
_ADJECTIVE = r"(?:ый|ой|ий|ая|ое|ого|ому|ом|ую|ым|ья|ье|ьего|ьему|ьем|ью|ьей|ьим|ей|яя|ее|его|ему|ем|юю|им)"
ORDINAL = re.compile(
    "|".join(
        rf"\b(?P<n{place}>{russian}{_ADJECTIVE}|{english}|(?:пункт\w*|номер\w*|item|number|№)\s*{digit}\b)(?!\w)"
        for place, (russian, english, digit) in enumerate(_ORDINALS, start=1)
    )
    + rf"|\b(?P<last>последн{_ADJECTIVE}|last)\b",
    re.IGNORECASE,
)
PART = re.compile(
    r"\b(?:пункт|вариант|шаг|этап|способ|вид|тип|пример|элемент|част|раздел|совет|правил|формат|"
    r"points?|items?|options?|steps?|ones?|parts?|stages?|kinds?)(?:\w{0,3})\b",
    re.IGNORECASE,
)
PLACE = re.compile(
    r"\b(?:(?:про|о|об)\s+)?(?:пункт|номер|вариант|элемент|items?|numbers?|points?|ones?|options?)\w{0,3}\b", re.I
)
"""Words for an item of any list, which say nothing without it."""
_ITEM = re.compile(r"(?:[-*]|\d+\.)\s+(.+)")
_ROW = re.compile(r"\|\s*((?:\\\||[^|])*?)\s*\|")
_DASHES = re.compile(r"\|[\s:|-]+")
_MARKER = re.compile(r"\s*\[\d+\]")
_LINKED = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]]*)\]\]")
_TERM_END = re.compile(r":(?=\s|$)|\s[-–—]\s")
_NAME_END = re.compile(r":|\s[-–—]\s|[.;]\s")
_ITEM_WORDS = 8


def by_ordinal(question: str) -> re.Match[str] | None:
    """The ordinal that a question means something by and says no more of; None: it has none, or a subject as well."""
    ordinal = ORDINAL.search(question)
    return ordinal if ordinal and not own_words(PART.sub(" ", ORDINAL.sub(" ", question, count=1))) else None


def item_meant(ordinal: re.Match[str], items: Sequence[str]) -> str | None:
    """The item that an ordinal means; None: there is none."""
    place = len(items) if ordinal.lastgroup == "last" else int(str(ordinal.lastgroup).removeprefix("n"))
    return items[place - 1] if 0 < place <= len(items) else None


def items_of(answer: str) -> list[str]:
    """What the first list or table of an answer consists of: its items, without those below others; its rows' names."""
    lines = [line for line in answer.split("\n") if line.strip()]
    begun = dropwhile(lambda line: not (_ITEM.match(line) or _ROW.match(line)), lines)
    first = next(begun, None)
    if first is None:
        return []
    pattern = _ITEM if _ITEM.match(first) else _ROW
    run = [first, *takewhile(lambda line: pattern.match(line) or line[0].isspace(), begun)]
    if pattern is _ROW and len(run) > 1 and _DASHES.fullmatch(run[1]):
        run = run[2:]
    return [match.group(1) for line in run if (match := pattern.match(line))]


def called(item: str) -> str:
    """The name of an item, or how it begins."""
    plain = _MARKER.sub("", item)
    bold = re.match(r"\*\*(.+?)\*\*", plain)
    name = bold.group(1) if bold else _NAME_END.split(plain, maxsplit=1)[0]
    name = re.split(r"\s\(", _LINKED.sub(r"\1", name).replace("*", ""), maxsplit=1)[0]
    return " ".join(name.split()[:_ITEM_WORDS]).rstrip(".:;,")


def explains(item: str) -> bool:
    """Whether an item says something of what it names: «**Научная**: доклады проходят рецензию»."""
    return bool(_TERM_END.search(_MARKER.sub("", item).replace("*", "")))
