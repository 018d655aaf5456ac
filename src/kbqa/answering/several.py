"""Several questions in one, and one question that is asked of several things."""

import re
from collections.abc import Sequence
from functools import reduce
from itertools import groupby, takewhile
from operator import and_

from kbqa.index.analysis import STOP_WORDS, content_words, folded, names_something, stem, words
from kbqa.index.dictionary import cases, is_adjective, is_nominal
from kbqa.retrieval.question import has_subject

JOINING = frozenset({",", *words("и или либо а and or vs versus")})
"""What stands between things that are named side by side."""
_PLACED_ASKING = r"(?:во? |на |со? |к |по |за |до |у |от |об? |из |для |при )?"
_ASKED_WITH = re.compile(
    r"(?:(?<=[?!])|[?!.;]\s+|[,;]?\s+)(?:[аи]|но|and|but)\s+"
    rf"(?={_PLACED_ASKING}(?:"
    r"(?:что|кто|как\w*|когда|где|куда|откуда|зачем|почему|поч[её]м|сколько|скольк\w+|кому|кого|кем|чем|чего|чему|"
    r"what|who|how|when|where|why|which)\b|(?:можно|нужно|надо|есть|стоит) ли\b))|[?!]\s+",
    re.IGNORECASE,
)
"""What stands between two questions in one: «…, и сколько это стоит»."""
_ENUMERATED = re.compile(
    rf",\s+(?={_PLACED_ASKING}"
    r"(?:кто|кого|кому|кем|сколько|зачем|почему|поч[её]м|чего|как(?:ой|ая|ое|ие|ую|им|ова|овы))\b)",
    re.IGNORECASE,
)
"""What stands between questions that are enumerated: words that seldom begin a clause."""
_WANTS_CLAUSE = re.compile(
    r"\b(?:те|тот|та|те[хм]|теми|того|тому|том|"
    r"(?:\w*(?:поня|узна|зна|реш|определ|выясн|сказ|скаж|договор|провер|ука[зж]|поним|выб[ие]?р|спрос|спраш|пи[сш]|помн))\w*)$",
    re.IGNORECASE,
)
"""A word after which a question word begins a clause: «как понять, сколько закупать», «тем, кто пришёл»."""
_SUBJECT = re.compile(r"([^:?!.]+):\s+(?=\S)")
"""What several questions are asked of, before a colon."""
_PREPOSITIONS = {
    preposition: alike.split()[0]
    for alike in (
        "в во на у внутри in on at inside",
        *("для for", "после after", "до before", "с со with", "к ко to", "от from", "о об обо about"),
        *("из", "за", "по", "при", "перед"),
    )
    for preposition in alike.split()
}
"""Prepositions after which things may stand side by side, each with the first of those that mean about the same."""
_LISTING = JOINING - {"vs", "versus"}
_BETWEEN = STOP_WORDS | JOINING
"""What may stand between such things, besides words that the question had before; one of `_LISTING` must."""
_LISTED = re.compile(r":\s+([^:.?!;]+)[.?!]*\s*$")
"""Things after a colon, up to the end."""
_THING = re.compile(r"(?!(?:и|или|and|or)\s)\b\w[^,]*?(?=\s*,|\s*$|\s(?:и|или|and|or)\s)", re.IGNORECASE)
_FEWEST_LISTED = 3
"""Two after a colon, or after commas alone, are more often no such things: «… лучше, в закрытых?»."""
_MOST = 8
"""Each thing is a search of its own."""
_ASKS = re.compile(
    r"\b(?:ч[ео]м?|чему|чего|что|кто|кого|кому?|кем|как\w*|котор\w+|когда|где|куда|откуда|зачем|почему|сколько|"
    r"what|which|who|how|when|where|why)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"год\w*|месяц\w*|недел\w+|д(?:ень|н\w+)|час\w*|раз\w?|врем\w+|начал\w|кон(?:ец|це)|итоге|"
    "years?|months?|weeks?|days?"
)
"""Of a time no more is asked: «сколько стоит вступить в клуб и сколько в год»."""
_PLACED = re.compile(r"\w+(?:-\w+)*|[^\w\s]")
"""Words and marks, each where it stands."""
_OWN_WORDS = 2
"""A question in a question that has fewer words of its own leaves its subject to the one before."""
_OF_EACH = re.compile(r"\bкажд\w+(?=\W*$)|\bу кажд\w+\b|\bоб(?:а|е|оих|еих|оим|еим)\b|\b(?:each|both)\b", re.IGNORECASE)
"""Means the things that the question before it names."""


def asked_with(question: str) -> list[str]:
    """The questions in a question, in order, as they are worded, each with what stands before a colon for all."""
    parts = [part for text in _ASKED_WITH.split(question) for part in _enumerated(text)]
    subject = _SUBJECT.match(parts[0]) if len(parts) > 1 else None
    if subject and not _ASKS.search(subject[1]) and not any(map(_SUBJECT.match, parts[1:])):
        parts = [parts[0], *(f"{subject[1]}: {part}" for part in parts[1:])]
    return parts


def _enumerated(text: str) -> list[str]:
    """The questions that a text lists after commas: «сколько длится встреча, кто ведёт»."""
    begins = _SUBJECT.match(text)
    asks = _ASKS.match(re.sub(rf"^{_PLACED_ASKING}", "", text[begins.end() if begins else 0 :], flags=re.IGNORECASE))
    parts = [part.strip() for part in _ENUMERATED.split(text)]
    if not asks or any(_WANTS_CLAUSE.search(part) for part in parts[:-1]):
        parts = [text.strip()]
    return [part for part in parts if part]


def questions_in(question: str) -> tuple[str, ...]:
    """The questions that one asks together («Когда готовят сводку, а когда отчёт?») and that stand alone; or none."""
    found = asked_with(question)
    alone = tuple(part for part in found if _stands_alone(part))
    return alone if len(alone) > 1 else ()


def _stands_alone(question: str) -> bool:
    """Whether it has words enough, one of which says of what it asks, and none that points back."""
    has_words = len(content_words(question)) >= _OWN_WORDS
    return has_words and has_subject(question) and not _OF_EACH.search(question)


def of_one_subject(question: str) -> tuple[str, ...]:
    """The questions in a question of which only the last says of what: «Сколько стоит и сколько длится X?»; or none.

    A question word alone («Кому и когда писать?») asks for no more than the question that it stands before.
    """
    *before, last = asked_with(question)
    share_subject = has_subject(last) and not any(has_subject(text) or len(words(text)) == 1 for text in before)
    return (*before, last) if before and share_subject else ()


def one_by_one(question: str) -> tuple[tuple[str, str], ...]:
    """A question once for each thing that it asks the same of («в клубе и в союзе»), with that thing; or none.

    Things stand side by side, each after the same preposition, or three and more of them after one preposition, or
    after a colon at the end; between them stands nothing new: «сколько ждать после встречи и сколько после письма».
    """
    chain = _listed(question) or _after_one_preposition(question) or _after_a_preposition(question)
    if not 0 < len(chain) <= _MOST:
        return ()
    before, after = question[: chain[0][0]], question[chain[-1][1] :]
    things = [question[start:end] for start, end in chain]
    return tuple((f"{before}{thing}{after}", thing) for thing in things)


def _listed(question: str) -> list[tuple[int, int]]:
    """Where the things stand that a question names after a colon, and ends with."""
    match = _LISTED.search(question)
    if match is None:
        return []
    things = [(match.start(1) + thing.start(), match.start(1) + thing.end()) for thing in _THING.finditer(match[1])]
    asks = any(_ASKS.search(question[start:end]) for start, end in things)
    return [] if asks or len(things) < _FEWEST_LISTED else things


def _after_one_preposition(question: str) -> list[tuple[int, int]]:
    """Where the first such things stand that are joined, each from its preposition on."""
    tokens = _placed(question)
    chain: list[tuple[int, int]] = []
    joining: set[str] = set()
    latest, end = "", 0
    for place, (token, start, _) in enumerate(tokens):
        after = list(takewhile(lambda later: _goes_on(later[0]), tokens[place + 1 :]))
        if token not in _PREPOSITIONS or not _is_thing([word for word, _, _ in after]):
            continue
        between = {word for word, _, _ in tokens[end:place]}
        known = {stem(word) for word, _, _ in tokens[:end]}
        goes_on = chain and _PREPOSITIONS[token] == latest and between & _LISTING and "не" not in between
        if not (goes_on and all(word in _BETWEEN or stem(word) in known for word in between)):
            if len(chain) > 1:
                break
            chain, joining = [], set()
        else:
            joining |= between
        chain.append((start, after[-1][2]))
        latest, end = _PREPOSITIONS[token], place + len(after) + 1
    return chain if len(chain) >= _FEWEST_LISTED or (len(chain) > 1 and joining & (_LISTING - {","})) else []


def _placed(question: str) -> list[tuple[str, int, int]]:
    """Words and marks, lower-case, each with where it begins and ends."""
    return [(folded(match[0]), match.start(), match.end()) for match in _PLACED.finditer(question)]


def _after_a_preposition(question: str) -> list[tuple[int, int]]:
    """Where the first three and more things stand that share a preposition and a case: «по деньгам, людям и связям»."""
    tokens = _placed(question)
    for place, (token, _, _) in enumerate(tokens):
        after = takewhile(lambda later: later[0] in _LISTING or _may_name(later[0]), tokens[place + 1 :])
        runs = [list(run) for joins, run in groupby(after, key=lambda later: later[0] in _LISTING) if not joins]
        if token not in _PREPOSITIONS or len(runs) < _FEWEST_LISTED:
            continue
        named = [[word for word, _, _ in run] for run in runs]
        shared = reduce(and_, (cases(content_words(" ".join(run))[0]) for run in named))
        # «За первое, второе и третье место» names one thing.
        if shared and all(_is_thing(run) and not is_adjective(run[-1]) for run in named):
            return [(run[0][1], run[-1][2]) for run in runs]
    return []


def _may_name(token: str) -> bool:
    return token[0].isalnum() and is_nominal(token)


def _is_thing(named: Sequence[str]) -> bool:
    """Whether words after a preposition name a thing, no time, and neither ask nor say what it does."""
    if any(_ASKS.fullmatch(word) or _TIME.fullmatch(word) for word in named):
        return False
    return names_something(" ".join(named)) and all(map(is_nominal, named))


def _goes_on(token: str) -> bool:
    """Whether a token belongs to the thing that the one before it is of."""
    return token[0].isalnum() and token not in JOINING and token not in _PREPOSITIONS
