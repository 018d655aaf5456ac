"""The notes and their links as a picture: circles, lines and colours, ready to be drawn."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from kbqa.notes.links import LinkGraph
from kbqa.types import NoteSummary

if TYPE_CHECKING:
    from kbqa.web.pages.map_layout import Layout

COLOURS = 10
"""Tags that have a colour of their own; as many are in the style sheet."""
LEAST_RADIUS, MOST_RADIUS = 6.0, 26.0
GROWTH = 2.8
"""The area of a circle grows with the number of links."""

FEW, FEW_LARGER = 40, 2.6
"""On a map of fewer notes than this the circles are larger, at most so many times."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A note on the map, or one that is linked to and not written yet."""

    title: str
    """Of one that is not written, its name as in the links."""
    path: str | None
    """None: not written yet."""
    radius: float
    links: int
    """Notes that it links to or that link to it, each counted once."""
    colour: int | None
    """Place of its first tag in the legend; None: it has no tag, or a rarer one."""
    wide: tuple[float, float]
    """Where it stands in a window that is wider than high."""
    tall: tuple[float, float]
    """Where it stands in one that is higher than wide."""
    aside: bool
    """Whether it stands in the rows of notes that nothing connects with the largest part."""


@dataclass(frozen=True, slots=True)
class VaultMap:
    """What is drawn."""

    spots: tuple[Spot, ...]
    lines: tuple[tuple[int, int], ...]
    """Pairs of spots by their numbers; a pair is linked in one direction or both."""
    legend: tuple[tuple[str, int], ...]
    """The commonest first tags, and how many notes have each, the commonest first."""

    @property
    def unwritten(self) -> int:
        """How many notes are linked to and not written."""
        return sum(spot.path is None for spot in self.spots)

    @property
    def notes(self) -> int:
        """How many notes there are."""
        return len(self.spots) - self.unwritten

    @property
    def other(self) -> int:
        """How many notes have no colour of a tag."""
        return sum(spot.path is not None and spot.colour is None for spot in self.spots)


def vault_map(summaries: Sequence[NoteSummary], links: LinkGraph) -> VaultMap:
    """Lay out a vault; the same vault gives the same map."""
    first_tags = [_first_tag(summary) for summary in summaries]
    common = Counter(tag for tag in first_tags if tag).most_common()
    legend = sorted(common, key=lambda item: (-item[1], item[0]))[:COLOURS]
    colours = {tag: place for place, (tag, _) in enumerate(legend)}
    # By colour, then title: what is not linked stands in rows in this order.
    noted = sorted(
        zip(summaries, (colours.get(tag) for tag in first_tags), strict=True),
        key=lambda item: (COLOURS if item[1] is None else item[1], item[0].title.casefold(), item[0].path),
    )
    numbers = {summary.path: number for number, (summary, _) in enumerate(noted)}
    missing = list(links.dangling)
    lines = _lines(numbers, missing, links)
    degrees = Counter(end for line in lines for end in line)
    count = len(noted) + len(missing)
    larger = min(FEW_LARGER, max(1.0, (FEW / max(1, count)) ** 0.5))
    radii = [larger * min(MOST_RADIUS, LEAST_RADIUS + GROWTH * degrees[end] ** 0.5) for end in range(count)]
    # Only now: it takes parts of scipy that need half a second, which the server would start the later.
    places: Layout = import_module("kbqa.web.pages.map_layout").layout(radii, lines)
    named: list[tuple[str, str | None, int | None]] = [
        *((summary.title, summary.path, colour) for summary, colour in noted),
        *((name, None, None) for name in missing),
    ]
    spots = tuple(
        Spot(title, path, radii[at], degrees[at], colour, _point(places.wide[at]), _point(places.tall[at]), bool(aside))
        for at, ((title, path, colour), aside) in enumerate(zip(named, places.aside, strict=True))
    )
    return VaultMap(spots, lines, tuple(legend))


def _lines(numbers: dict[str, int], missing: Sequence[str], links: LinkGraph) -> tuple[tuple[int, int], ...]:
    pairs = {
        (min(source, target), max(source, target))
        for path, source in numbers.items()
        for link in links.outgoing(path)
        if link.path and (target := numbers.get(link.path, source)) != source
    }
    for number, name in enumerate(missing, start=len(numbers)):
        pairs |= {(numbers[link.source], number) for link in links.dangling[name] if link.source in numbers}
    return tuple(sorted(pairs))


def _first_tag(summary: NoteSummary) -> str:
    """The outermost tag of a note's first one; tags nested in it share its colour."""
    return summary.tags[0].partition("/")[0] if summary.tags else ""


def _point(place: Sequence[float]) -> tuple[float, float]:
    return round(float(place[0]), 1), round(float(place[1]), 1)
