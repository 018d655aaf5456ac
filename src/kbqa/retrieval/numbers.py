"""Numbers in Russian and English text, by value: «двадцать пять», «2 млн 300 тысяч», «48–72», «40 %», «1,5»."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import count, product

from kbqa.index.analysis import folded, words
from kbqa.index.dictionary import analyzer

_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,:/]\d+)*)"
_DASH = r"(?:[-‐‑–—−]|\s[-–]\s)"
_PERCENT = r"(?:\s*%)?"
FIGURE = rf"(?:(?<![^\s(«])[-−])?{_NUMBER}{_PERCENT}(?:{_DASH}{_NUMBER}{_PERCENT})*"
"""Pattern of a number, a range, a time or a date in a text whose numerals are figures."""

# By lemma: the value, and below what a next numeral is added to it («двадцать пять»).
_NUMERALS: dict[str, tuple[float, int]] = {"полтора": (1.5, 0)} | {
    lemma: (value, room)
    for first, step, room, lemmas in (
        (0, 1, 0, "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать"),
        (14, 1, 0, "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"),
        (20, 10, 10, "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"),
        (100, 100, 100, "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"),
        (2, 1, 0, "двое трое четверо пятеро шестеро семеро"),
    )
    for value, lemma in zip(count(first, step), words(lemmas), strict=False)
}
_SCALES = {"тыс": 10**3, "млн": 10**6, "миллион": 10**6, "млрд": 10**9, "миллиард": 10**9}
_SCALE = r"(?:(?:тыс|млн|млрд)\b\.?|(?:тысяч|миллион|миллиард)(?:[аеиуы]|ам|ами|ах|ей|ов|ом)?\b)"
_PLAIN = r"(?<![\d.,:/])(?:\d{1,3}(?:\s\d{3})+|\d+)(?:[.,]\d+)?"
_SCALED = re.compile(rf"({_PLAIN})(?:\s*({'|'.join(_SCALES)}))?", re.I)


def _in_figures(match: re.Match[str]) -> str:
    """Words with the numerals among them in figures, «двадцать пять» as 25 and «пять шесть» as 5 6."""
    shown, room = list[str](), 0
    for word in match[0].split():
        value, next_room = _numeral(folded(word)) or (None, 0)
        if value is not None and value < room:
            shown[-1] = f"{int(shown[-1]) + value:g}"
        else:
            shown.append(word if value is None else f"{value:g}")
        room = next_room
    return " ".join(shown)


def _sum(match: re.Match[str]) -> str:
    """«2 млн 300 тысяч» as 2300000."""
    parts = ((Decimal(re.sub(r"\s", "", part[1]).replace(",", ".")), part[2]) for part in _SCALED.finditer(match[0]))
    return f"{sum(number * _SCALES[folded(scale)] if scale else number for number, scale in parts):f}"


_REWRITTEN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"[а-яё]+(?:\s+[а-яё]+)*", re.I), _in_figures),
    # A thousand is 1000, «тысячи участников» no number.
    (re.compile(r"(?<!\d\s)\b(?=(?:тысяч(?:а|у|ей)|(?:миллион|миллиард)(?:ом)?)\b)", re.I), "1 "),
    (re.compile(rf"({_PLAIN})({_DASH}|\s+до\s+)(?={_PLAIN}\s*({_SCALE}))", re.I), r"\1 \3\2"),
    (
        re.compile(rf"{_PLAIN}\s*{_SCALE}(?:\s+{_PLAIN}\s*{_SCALE})*(?:\s+\d{{1,3}}\b(?![.,:/]\d|\s*[%–-]))?", re.I),
        _sum,
    ),
    (re.compile(r"(?<=\d)\s*(?:процент\w*|per\s?cent\b)", re.I), "%"),
    (re.compile(rf"(?:\b(?:от|с|from)\s+)?({_NUMBER}{_PERCENT})\s+(?:до|to)\s+(?=\d)", re.I), r"\1–"),
)


def in_figures(text: str) -> str:
    """`text` with its numerals in figures and its percentages with a sign: «пять процентов» as 5%."""
    for pattern, replacement in _REWRITTEN:
        text = pattern.sub(replacement, text)
    return text


def figure_forms(text: str) -> frozenset[str]:
    """The values that a FIGURE may have, each as one word; a percentage is another word than the number."""
    sign, unit = "-" if text[0] in "-−" else "", "%" if "%" in text else ""
    ends = re.split(_DASH, text.lstrip("-−").replace("%", ""))
    readings = (tuple(_readings("".join(end.split()))) for end in ends)
    return frozenset(f"{sign}{'–'.join(values)}{unit}" for values in product(*readings))


def _readings(number: str) -> Iterator[str]:
    """The values of a number in one spelling, times and dates as they are; «1,000» may be a thousand or one."""
    if re.fullmatch(r"\d+(?:[.,]\d+)?", number):
        whole, _, part = number.replace(",", ".").partition(".")
        yield f"{whole.lstrip('0') or '0'}.{part.rstrip('0')}".rstrip(".")
    else:
        yield number
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+", number):
        yield number.replace(",", "")


@lru_cache(maxsize=10_000)
def _numeral(word: str) -> tuple[float, int] | None:
    """The entry of a word that mostly is a numeral: «семью» is a family, «одни» are some."""
    parse = analyzer().parse(word)[0]
    return None if {"Apro", "plur"} <= parse.tag.grammemes else _NUMERALS.get(folded(parse.normal_form))
