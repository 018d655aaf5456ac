"""What a written answer says, sentence by sentence: where each stands, and which excerpts it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from kbqa.answering.citations import MARKER, markers
from kbqa.answering.generative.units import HIDDEN, ITEM_DEPTH, Unit, units_of, without_brackets_in_code
from kbqa.notes.statements import sentence_spans

_CITED = re.compile(rf"\s*{MARKER.pattern}")
_WORD = re.compile(r"[^\W_]")
_ROW = re.compile(r"\s*\|")
_QUOTED = re.compile(r"\n[ \t]*(?:>[ \t]?)+")
# An asterisk between figures or between blanks multiplies.
_MARKS = re.compile(r"(?<!\\)(?:\*\*|__|~~|(?!(?<=\d)\*(?=\d)|(?<=\s)\*(?=\s))\*|`+)|\\(?=[^\w\s])")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer, an item, a row, a heading or a label."""

    start: int
    end: int
    """Where it stands in the text, its markers included, without the mark of its item or heading."""
    words: str
    """What it says: without markers and Markdown's marks, on one line."""
    numbers: tuple[int, ...]
    """What it cites, each once; of one without markers, what goes for it (`claims_of`)."""
    leads: bool
    """Whether it leads to what follows: a heading, a label, what ends in a colon, the head of a table."""
    depth: int = 0
    """How deep it stands: `Unit.depth`."""
    leads_to: int = 0
    """To how many things, if it leads; what stands below these is not counted."""
    below: int = 0
    """How many of the claims right after it belong to it: it leads to them, or they are items below it."""


def claims_of(text: str) -> tuple[Claim, ...]:
    """All that the text says, in order; every word of it is in one claim.

    A sentence without markers cites what the next one of its paragraph or item cites that has some; what leads to
    others, all that they cite. Markers that stand alone are of all before them that cites nothing: a table, code.

    Args:
        text: Markdown with `[1]` markers.
    """
    text = without_brackets_in_code(text)
    claims: list[Claim] = []
    begins: list[int] = []  # where each claim's unit does
    for unit in units_of(text):
        found = list(_with_following([_claim(text, *span, unit) for span in _sentences(text, unit.start, unit.end)]))
        if not found and (alone := _numbers(text[unit.start : unit.end])):
            for at in _uncited(claims):
                claims[at] = replace(claims[at], numbers=alone)
        claims += found
        begins += [unit.start] * len(found)
    for at in range(len(claims) - 1, -1, -1):
        claim, below = claims[at], _below(claims, at)
        numbers, things = claim.numbers, 0
        if claim.leads:
            led = range(at + 1, at + 1 + below)
            numbers = numbers or tuple(dict.fromkeys(number for place in led for number in claims[place].numbers))
            first = min((claims[place].depth for place in led), default=0)
            things = len({begins[place] for place in led if claims[place].depth == first})
        claims[at] = replace(claim, numbers=numbers, leads_to=things, below=below)
    return tuple(claims)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a unit; the markers after one belong to it."""
    # Markers must not hide where a sentence ends: «… встреча.[1] Затем …».
    unmarked = MARKER.sub(lambda match: " " * len(match[0]), text[start:end])
    spans = [(start + first, start + last) for first, last in sentence_spans(unmarked)]
    for (first, last), (following, _) in zip(spans, (*spans[1:], (end, end)), strict=True):
        stop = following if MARKER.search(text, last, following) else last
        yield first, first + len(text[first:stop].rstrip())


def _claim(text: str, start: int, end: int, unit: Unit) -> Claim:
    written = text[start:end]
    plain = _MARKS.sub("", _CITED.sub("", _QUOTED.sub("\n", written)))
    if _ROW.match(plain):
        plain = "; ".join(cell.strip() for cell in plain.strip(" |").split("|"))
    plain = _SPACE.sub(" ", plain).strip().replace(HIDDEN, "[")
    return Claim(start, end, plain, _numbers(written), unit.leads or plain.endswith(":"), unit.depth)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(markers(text)))


def _with_following(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Those that say something; one without markers takes those of the next that has some."""
    numbers: tuple[int, ...] = ()
    taken: list[Claim] = []
    for claim in reversed([claim for claim in claims if _WORD.search(claim.words)]):
        if not claim.leads or claim.numbers:
            numbers = claim.numbers or numbers
            claim = replace(claim, numbers=numbers)  # noqa: PLW2901 - the same claim, with its markers
        taken.append(claim)
    return reversed(taken)


def _uncited(claims: Sequence[Claim]) -> list[int]:
    """The places of the last claims, back to one that cites something or leads."""
    return list(takewhile(lambda at: not claims[at].numbers and not claims[at].leads, reversed(range(len(claims)))))


def _below(claims: Sequence[Claim], at: int) -> int:
    """How many claims belong to one: those that stand deeper; where none does, and it leads, up to the next lead."""
    claim, after = claims[at], claims[at + 1 :]
    if not claim.leads and claim.depth < ITEM_DEPTH:
        return 0
    deeper = sum(1 for _ in takewhile(lambda other: other.depth > claim.depth, after))
    return deeper or (sum(1 for _ in takewhile(lambda other: not other.leads, after)) if claim.leads else 0)
