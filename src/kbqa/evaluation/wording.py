"""Whether an answer states a fact in one of its wordings: by lemmas, order and negation, without a model.

What it cannot see: a denial by a verb that follows («поддержка Windows не планируется» states «поддержка Windows»), or
one that reaches over other words («без чая и кофе» states «кофе»). A nugget's `none_of` is for those.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, product

import pymorphy3

from kbqa.answering.citations import MARKER
from kbqa.index.analysis import folded, stem, words
from kbqa.notes.sections import outline

GAP = 2
"""At most this many other words stand between two neighbours of a wording, function words not counted: room for an
adjective with its adverb, or for a member of a list with its adjective, and hardly for another phrase."""

_MARKERS = rf"(?:[ \t]*{MARKER.pattern})+"
# Quotes of a paragraph follow one another with nothing but the marker between them.
_MARKED_END = re.compile(rf"(?<=[^\s.!?…:]){_MARKERS}(?=(?:[ \t]+|\n)[«\"(*_]*[A-ZА-ЯЁ])")
_MARKED = re.compile(_MARKERS)
# Not after one letter («г. Москва»), nor between a short word and a figure («стр. 5»).
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?<!\b[^\W\d]\.)\s+(?=[«\"(]*[A-ZА-ЯЁ])|(?<=\w{4}[.!?…])\s+(?=\d)")
_SPLIT_AT = {"paragraph": _SENTENCE_END, "code": re.compile("\n")}
# A colon or dash before a lone «нет» belongs to it: «Windows: нет».
_CLAUSE_END = re.compile(r"[.,;!?…](?!\d)|(?::(?!\d)|\s[-–—](?=\s)(?!\s\d))(?!\s*(?:нет|no)\s*(?:[.,;!?…]|$))", re.I)

_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,:/]\d+)*)"
_DASH = r"(?:[-‐‑–—−]|\s[-–]\s)"
_PERCENT = r"(?:\s*%)?"
_REWRITTEN = (
    (re.compile(r"(?<=\w)n['’]t\b|(?<=\bcan)not\b", re.I), " not"),
    (re.compile(r"(?<=\d)\s*(?:процент\w*|per\s?cent\b)", re.I), "%"),
    (re.compile(rf"\b(?:от|from)\s+({_NUMBER}{_PERCENT})\s+(?:до|to)\s+(?=\d)", re.I), r"\1–"),
)
# A bound denies nothing: «не только A, но и B», «не менее 5 минут». Words may hold accents and soft hyphens.
_TOKEN = re.compile(
    rf"(?P<figure>(?:(?<![^\s(«])[-−])?{_NUMBER}{_PERCENT}(?:{_DASH}{_NUMBER}{_PERCENT})*)"
    r"|(?P<bound>\b(?:не\s+(?:только|просто|лишь|менее|более|меньше|больше|ранее|раньше|позднее|позже)"
    r"|not\s+(?:only|just|merely)|no\s+(?:more|less|fewer|later|earlier)\s+than)\b)"
    r"|[^\W\d_](?:[^\W_]|[\u00ad\u0300-\u036f])*",
    re.I,
)

_NEGATIONS = frozenset(words("не ни нет без кроме нельзя вместо not no nor never without except"))
# Only words without a meaning of their own: «до», «от», «после», «через» tell one fact from another.
_FUNCTION = frozenset(
    words("в во на с со к ко о об обо у по для при и а но или либо да же ли бы что как чтобы")
    + words("a an the of in on at to for and or but by with as is are was were")
)
# Lemmas over which a negation reaches: «не нужно кипятить», «не все участники», «поддержки пока нет».
_CARRIERS = frozenset(
    words("нужно нужный надо можно следовать рекомендоваться советовать стоить должный мочь требоваться обязательно")
    + words("быть являться никакой какой либо один весь каждый всегда возможность необходимость пока еще больше")
    + words("be been do recommend need necessari requir allow have ani all everi alway")
)
# The forms of every negation of what follows, and of what is before.
_NOT, _NOT_BEFORE = "не …", "… нет"

_Forms = frozenset[str]
"""What a word may be a form of; two words are the same if they may be forms of one."""


@dataclass(frozen=True, slots=True)
class _Token:
    forms: _Forms
    ends: bool
    """Whether its clause ends with it; a negation reaches no further."""
    carries: bool
    """Whether a negation reaches over it."""


_Tokens = tuple[_Token, ...]


def statements(text: str) -> list[str]:
    """What an answer says, one by one: its list items, table rows, headings, lines of code and sentences, in words."""
    unmarked = _MARKED.sub("", _MARKED_END.sub(".", text))
    found: list[str] = []
    # The empty first line: an answer has no front matter.
    for section in outline("\n".join(("", *unmarked.splitlines())), "").sections:
        found += section.heading_path[-1:] if section.level else ()
        for block in section.blocks:
            found += _SPLIT_AT[block.kind].split(block.plain) if block.kind in _SPLIT_AT else (block.plain,)
    return [shown for statement in found if (shown := " ".join(statement.split()))]


def states(text: str, wording: str) -> bool:
    """Whether one of the statements of `text` says `wording`: its words in order, near each other, not denied.

    A wording of nothing but function words is never stated.
    """
    wanted = _tokens(wording)
    return bool(wanted) and any(
        not any(token.forms.isdisjoint(vocabulary) for token in wanted) and _says(said, wanted)
        for said, vocabulary in _said(text)
    )


def _says(said: _Tokens, wanted: _Tokens) -> bool:
    reached = {at for at in range(len(said)) if said[at].forms & wanted[0].forms and not _denied_before(said, at)}
    for token in wanted[1:]:
        reached = {
            at
            for last in reached
            for at in range(last + 1, min(last + GAP + 2, len(said)))
            if said[at].forms & token.forms and _joined(said[last], said[last + 1 : at])
        }
    return any(not _denied_after(said, at) for at in reached)


def _joined(last: _Token, between: _Tokens) -> bool:
    # «Прямой доступ» is access, but «без прямого доступа» is not «без доступа»: no such gap after a negation.
    if _NOT in last.forms:
        return all(token.carries for token in between)
    return all(token.forms.isdisjoint({_NOT, _NOT_BEFORE}) for token in between)


def _denied_before(said: _Tokens, at: int) -> bool:
    governing = next((token for token in reversed(said[:at]) if not token.carries), None)
    return governing is not None and not governing.ends and _NOT in governing.forms


def _denied_after(said: _Tokens, at: int) -> bool:
    governing = next((token for last, token in pairwise(said[at:]) if last.ends or not token.carries), None)
    return governing is not None and _NOT_BEFORE in governing.forms


@lru_cache(maxsize=5_000)
def _said(text: str) -> tuple[tuple[_Tokens, _Forms], ...]:
    """The statements as tokens, each with all of its forms: most wordings fail by these alone."""
    said = (_tokens(statement) for statement in statements(text))
    return tuple((tokens, frozenset[str]().union(*(token.forms for token in tokens))) for tokens in said)


@lru_cache(maxsize=50_000)
def _tokens(text: str) -> _Tokens:
    for pattern, replacement in _REWRITTEN:
        text = pattern.sub(replacement, text)
    return tuple(token for clause in _CLAUSE_END.split(text) for token in _clause(clause))


def _clause(text: str) -> Iterator[_Token]:
    found: list[_Forms] = []
    for match in _TOKEN.finditer(text):
        if match["figure"]:
            found.append(_figure(match[0]))
        elif match["bound"]:
            found.append(frozenset({" ".join(words(match[0]))}))
        else:
            # «IT», «витамин С»: in capitals it is a name, unless it opens the clause.
            name = bool(found) and match[0].isupper()
            found += (_lemmas(word) for word in words(match[0]) if name or word not in _FUNCTION)
            if found[-2:] == [{_NOT}, {_NOT}] and folded(match[0]) == "ни":
                found.pop()  # «нет ни чая» denies once
    last = next((at for at in reversed(range(len(found))) if found[at].isdisjoint(_CARRIERS)), 0)
    if found[last:] == [{_NOT}]:
        # It denies what is before it: «сахара нет»; alone, it answers: «Нет, …».
        found[last] = frozenset({_NOT_BEFORE if last else "нет"})
    elif last and found[last] == {_NOT}:
        found[last] = frozenset({_NOT, _NOT_BEFORE})  # «Кипятить не нужно»
    for at, forms in enumerate(found, start=1):
        ends = at == len(found)
        yield _Token(forms, ends, carries=not ends and not forms.isdisjoint(_CARRIERS))


@lru_cache(maxsize=100_000)
def _lemmas(word: str) -> _Forms:
    if word in _NEGATIONS:
        return frozenset({_NOT})
    if word.isascii():
        return frozenset({stem(word)})
    return frozenset(folded(parse.normal_form) for parse in _analyzer().parse(word))


@cache
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


def _figure(text: str) -> _Forms:
    """A number or a range as one word; a percentage is another word than the number."""
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
