"""The text of a reply and its verdicts → the text that is shown, its sentences, and citations of the very lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from kbqa.answering.citations import MARKER, markers
from kbqa.answering.generative.claims import Claim
from kbqa.answering.generative.excerpts import Excerpt, Premise
from kbqa.answering.generative.units import HIDDEN, ITEM_DEPTH, Line, lines_of, without_brackets_in_code
from kbqa.answering.generative.verification import Verdict
from kbqa.types import Citation, Sentence, Source


@dataclass(frozen=True, slots=True)
class Finished:
    """What is shown of a reply."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]


def finished(
    text: str, claims: Sequence[Claim], verdicts: Sequence[Verdict], excerpts: Sequence[Excerpt], *, remove: bool
) -> Finished:
    """Put a reply and its verdicts together.

    Args:
        text: clean Markdown; `[n]` stands for `excerpts[n - 1]`.
        claims: of the text.
        verdicts: one for each claim.
        excerpts: in the order of their markers.
        remove: leave out what is not supported, what leads to nothing else, and what would then seem to belong to
            something that it does not belong to.
    """
    text = without_brackets_in_code(text)
    kept = _kept(claims, verdicts) if remove else [True] * len(claims)
    written = _Written()
    for line in _lines_kept(text, claims, kept):
        written.add_line(text, line, claims, kept)
    numbers = written.numbers
    sentences = tuple(
        _sentence(verdicts[at], written.spans[at], numbers) for at in range(len(claims)) if at in written.spans
    )
    grounds = [ground for at in written.spans for ground in verdicts[at].grounds]
    citations = tuple(_citation(numbers[old], old, excerpts[old - 1], grounds) for old in numbers)
    return Finished(written.text.rstrip().replace(HIDDEN, "["), sentences, citations)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line, and the places of the claims that it has a part of."""

    line: Line
    start: int
    end: int
    """Behind its line feed."""
    claims: tuple[int, ...]


class _Written:
    """A text that grows, its markers renumbered by first mention."""

    def __init__(self) -> None:
        self.text = ""
        self.numbers: dict[int, int] = {}
        """New numbers by the old ones, in order."""
        self.spans: dict[int, tuple[int, int]] = {}
        """Where each claim stands, by its place among the claims."""

    def add_line(self, text: str, placed: _Placed, claims: Sequence[Claim], kept: Sequence[bool]) -> None:
        """The line without those of its claims that are not kept, nor what stands before them."""
        place = placed.start
        has_any = False
        for at in placed.claims:
            first, last = max(placed.start, claims[at].start), min(placed.end, claims[at].end)
            if place == placed.start or (kept[at] and has_any):
                self._add(text[place:first])
            if kept[at]:
                start = len(self.text)
                self._add(text[first:last])
                self.spans[at] = self.spans.get(at, (start, start))[0], len(self.text)
                has_any = True
            place = last
        self._add(text[place : placed.end])
        if text[placed.start : placed.end].endswith("\n") and not self.text.endswith("\n"):
            self.text += "\n"  # a claim that is left out went on on the next line

    def _add(self, piece: str) -> None:
        piece = piece if self.text else piece.lstrip("\n")
        self.text += MARKER.sub(lambda match: f"[{self._number(int(match[1]))}]", piece)

    def _number(self, old: int) -> int:
        return self.numbers.setdefault(old, len(self.numbers) + 1)


def _kept(claims: Sequence[Claim], verdicts: Sequence[Verdict]) -> list[bool]:
    """Which claims stay: the supported ones, if they lead to any that stays, and none moves below a stranger."""
    kept = [verdict.supported for verdict in verdicts]
    for at, claim in enumerate(claims):
        if not kept[at] and claim.below and _would_join(claims, kept, at):
            kept[at + 1 : at + 1 + claim.below] = [False] * claim.below
    for at in range(len(claims) - 1, -1, -1):
        if claims[at].leads:
            kept[at] = kept[at] and any(kept[at + 1 : at + 1 + claims[at].below])
    return kept


def _would_join(claims: Sequence[Claim], kept: Sequence[bool], at: int) -> bool:
    """Whether what is below a claim that is left out would stand below another one before it, on the same level."""
    depth = claims[at].depth
    for before in range(at - 1, -1, -1):
        claim = claims[before]
        if claim.leads and claim.depth < depth:
            return False
        if kept[before] and (claim.leads or (claim.depth >= ITEM_DEPTH and depth >= ITEM_DEPTH)):
            return True
    return False


def _lines_kept(text: str, claims: Sequence[Claim], kept: Sequence[bool]) -> Iterator[_Placed]:
    """The lines that stay, in order: with a claim that stays, or without any that they depend on."""
    lines = list(_placed(text, claims))
    stays = [not placed.claims or any(kept[at] for at in placed.claims) for placed in lines]
    for at, placed in enumerate(lines):
        if placed.line.kind == "fence":
            end = next((i for i in range(at + 1, len(lines)) if lines[i].line.kind != "code"), len(lines))
            code = [claim for inside in lines[at:end] for claim in inside.claims]
            has_any = not code or any(kept[claim] for claim in code)
            stays[at] = has_any
            for inside in range(at + 1, min(end + 1, len(lines))):
                if not lines[inside].claims and lines[inside].line.kind in {"code", "closing"}:
                    stays[inside] = has_any
        elif placed.line.kind == "dashes":
            stays[at] = at == 0 or stays[at - 1]
        elif not placed.claims and (alone := set(markers(text[placed.start : placed.end]))):
            stays[at] = _is_cited(claims, kept, placed.start, alone)
    last, has_gap = "blank", False
    for placed, is_kept in zip(lines, stays, strict=True):
        has_gap |= not is_kept
        # What parts two paragraphs need not stand on both sides of what is left out.
        is_spare = has_gap and last == "blank" and placed.line.kind in {"blank", "rule"}
        if is_kept and not is_spare:
            yield placed
            last, has_gap = placed.line.kind, False


def _is_cited(claims: Sequence[Claim], kept: Sequence[bool], place: int, numbers: set[int]) -> bool:
    """Whether any claim stays that markers on a line of their own at `place` go for."""
    before = [at for at, claim in enumerate(claims) if claim.end <= place]
    going = list(takewhile(lambda at: set(claims[at].numbers) == numbers, reversed(before)))
    return not before or any(kept[at] for at in going or before[-1:])


def _placed(text: str, claims: Sequence[Claim]) -> Iterator[_Placed]:
    start = 0
    for line in lines_of(text):
        end = min(line.end + 1, len(text))
        found = (
            at for at, claim in enumerate(claims) if start <= claim.start < end or claim.start <= start < claim.end
        )
        yield _Placed(line, start, end, tuple(found))
        start = end


def _sentence(verdict: Verdict, span: tuple[int, int], numbers: Mapping[int, int]) -> Sentence:
    # What a lead says may stand in an excerpt that nothing is left of.
    sources = tuple(
        Source(numbers[number], premise.start_line, premise.end_line, premise.text)
        for number, premise in verdict.grounds
        if number in numbers
    )
    return Sentence(*span, supported=verdict.supported, doubt=verdict.doubt, sources=sources)


def _citation(number: int, old: int, excerpt: Excerpt, grounds: Sequence[tuple[int, Premise]]) -> Citation:
    """The lines of an excerpt that say what the sentences say, from the first to the last; without any, all of it."""
    start, end, quote = excerpt.passage([premise for cited, premise in grounds if cited == old])
    return Citation(number, excerpt.note, excerpt.title, excerpt.heading_path, start, end, quote)
