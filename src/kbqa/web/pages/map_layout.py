"""Where the notes stand on the map: the same picture for the same links, each time.

Notes that are linked, directly or through others, are pulled together by their links and pushed apart otherwise, with
the forces of ForceAtlas2 (Jacomy, Venturini, Heymann, Bastian 2014, PLoS ONE 9(6)), which tells groups apart better
than those of Fruchterman and Reingold (1991); from the latter is the cooling, by which every step is shorter than the
one before. networkx has both, but takes 1.7 s for 450 notes with 2,000 links; this takes a fifth of that. In a large
part, each note is pushed by a sample of the others, another one in each step (Gove 2019, Computer Graphics Forum
38(3)), so that the time grows with the notes, not with their square.

The largest part stands by itself. Smaller parts and single notes stand in rows beside it, or beneath it where the
window is higher than wide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Points = NDArray[np.float64]
"""Shape (notes, 2): to the right, downwards; in units that are pixels when the map is shown at its natural size."""

SPACING = 92.0
"""Mean distance of neighbouring notes; a title of average length fits into it."""
MARGIN = 7.0
"""What is left free between two circles."""
GAP = 120.0
"""Between the largest part and what stands beside it."""
CELL = (150.0, 74.0)
"""Room of a note without links: its circle, with the title under it."""
MANY, SMALL_CELL = 24, (84.0, 84.0)
"""Of so many such notes, the titles are seen from nearby only, and they stand closer."""
WIDE, TALL = 1.7, 0.62
"""Width by height of a desk's window and of a phone's."""
STEPS = 200
SAMPLE = 160
"""A note is pushed by all others in a part of at most this many, else by so many."""
GRAVITY = 0.6
"""How strongly everything is drawn to the middle, which keeps loose ends near."""
SEED = 2024
"""Of the notes' places before the first step."""
SEPARATING_STEPS = 60
_SAME = 1e-9
"""What is nearer than this is in the same place."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The places for a window that is wider than high, and for one that is higher than wide."""

    wide: Points
    tall: Points
    aside: NDArray[np.bool_]
    """Which notes stand in rows, beside or beneath the largest part; shape (notes,)."""


def layout(radii: Sequence[float], links: Sequence[tuple[int, int]]) -> Layout:
    """Place notes.

    Args:
        radii: of the notes' circles; those without links are placed in this order.
        links: pairs of notes by their numbers, each pair once, no note with itself.
    """
    size = np.asarray(radii, dtype=float)
    count = len(size)
    graph = _symmetric(np.asarray(links, dtype=int).reshape(-1, 2), count)
    number, labels = connected_components(graph, directed=False)
    parts = sorted((np.flatnonzero(labels == label) for label in range(number)), key=lambda part: (-len(part), part[0]))
    placed = [_placed(part, graph, size) for part in parts]
    main = placed[0] if parts and len(parts[0]) > 1 else np.empty((0, 2))
    others = list(zip(parts, placed, strict=True))[len(main) > 0 :]
    wide, tall = np.zeros((count, 2)), np.zeros((count, 2))
    aside = np.ones(count, dtype=bool)
    if len(main):
        aside[parts[0]] = False
        wide[parts[0]] = main
        tall[parts[0]] = main[:, ::-1]
    extent = _extent(main)
    lonely = [len(part) == 1 for part, _ in others]
    cell = SMALL_CELL if sum(lonely) > MANY else CELL
    boxes = [cell if alone else _box(points, size[part]) for alone, (part, points) in zip(lonely, others, strict=True)]
    rows = _Rows(boxes, lonely.index(True) if True in lonely else len(boxes))
    for places, ratio in ((wide, WIDE), (tall, TALL)):
        width, height = extent if ratio == WIDE else extent[::-1]
        corners = rows.corners(rows.length((width, height), ratio))
        for (part, points), box, corner in zip(others, boxes, corners, strict=True):
            middle = (points.min(axis=0) + points.max(axis=0)) / 2
            places[part] = points - middle + np.add(corner, np.divide(box, 2))
        if len(main) and others:
            low, high = places[aside].min(axis=0), places[aside].max(axis=0)
            places[aside] -= (low + high) / 2
            direction = 0 if ratio == WIDE else 1
            places[aside, direction] += (width, height)[direction] / 2 + GAP + (high - low)[direction] / 2
    return Layout(wide, tall, aside)


def _symmetric(links: NDArray[np.int_], count: int) -> csr_matrix:
    both = np.concatenate([links, links[:, ::-1]])
    return coo_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count)).tocsr()


def _placed(part: NDArray[np.intp], graph: csr_matrix, size: NDArray[np.float64]) -> Points:
    """The notes of one part around the middle, its length lying flat."""
    if len(part) == 1:
        return np.zeros((1, 2))
    points = _pulled(graph[part][:, part])
    points -= points.mean(axis=0)
    points = points @ np.linalg.svd(points, full_matrices=False)[2].T
    # The axes have no direction of their own; the note with most links stands in the upper left.
    signs = np.sign(points[np.argmax(np.diff(graph[part].indptr))])
    points *= np.where(signs > 0, -1.0, 1.0)
    spread = np.sqrt((points**2).sum(axis=1).mean())
    points *= SPACING * np.sqrt(len(part)) / (2.2 * spread)
    points = _separated(points, size[part])
    around_the_middle: Points = points - (points.min(axis=0) + points.max(axis=0)) / 2
    return around_the_middle


def _pulled(graph: csr_matrix) -> Points:
    count = graph.shape[0]
    degree = np.diff(graph.indptr)
    mass = degree + 1.0
    chance = np.random.default_rng(SEED)
    reach = np.sqrt(count)
    points = chance.normal(scale=reach, size=(count, 2))
    for step in range(STEPS):
        others = np.arange(count) if count <= SAMPLE else chance.choice(count, SAMPLE, replace=False)
        move = _pushed(points, mass, others) + (graph @ points - degree[:, None] * points) / mass[:, None]
        move -= GRAVITY * points / np.maximum(_SAME, np.linalg.norm(points, axis=1))[:, None]
        length = np.maximum(_SAME, np.linalg.norm(move, axis=1))
        most = reach * (1 - step / STEPS) ** 2
        points = points + move * np.minimum(0.5, most / length)[:, None]
    return points


def _pushed(points: Points, mass: NDArray[np.float64], others: NDArray[np.int_]) -> Points:
    """Where `others`, standing for all notes, push each note: the stronger, the nearer and the weightier they are."""
    by = points[others]
    near = ((by**2).sum(axis=1)[None] - 2 * points @ by.T).astype(np.float32)
    near += (points**2).sum(axis=1, dtype=np.float32)[:, None]
    np.maximum(near, np.float32(1e-2), out=near)
    np.reciprocal(near, out=near)
    near[others, np.arange(len(others))] = 0
    weights = mass[others] * (len(points) / len(others))
    pushed = near @ np.column_stack([weights, weights[:, None] * by]).astype(np.float32)
    away: Points = points * pushed[:, :1] - pushed[:, 1:]
    return away


def _separated(points: Points, size: NDArray[np.float64]) -> Points:
    """The same places, moved as little as it takes for no two circles to touch."""
    for _ in range(SEPARATING_STEPS):
        pairs = cKDTree(points).query_pairs(2 * size.max() + MARGIN, output_type="ndarray")
        first, second = pairs[:, 0], pairs[:, 1]
        between = points[second] - points[first]
        distance = np.linalg.norm(between, axis=1)
        lacking = size[first] + size[second] + MARGIN - distance
        touching = lacking > 0
        if not touching.any():
            break
        first, second = first[touching], second[touching]
        # Two in the same place are moved apart sideways.
        between[distance < _SAME] = (1.0, 0.0)
        push = between[touching] * (lacking / (2 * np.maximum(distance, _SAME)))[touching, None]
        points = points.copy()
        np.add.at(points, first, -push)
        np.add.at(points, second, push)
    return points


def _extent(points: Points) -> tuple[float, float]:
    if not len(points):
        return 0.0, 0.0
    width, height = points.max(axis=0) - points.min(axis=0)
    return float(width), float(height)


def _box(points: Points, size: NDArray[np.float64]) -> tuple[float, float]:
    """Room that a part takes in a row."""
    width, height = _extent(points)
    widest = 2 * float(size.max())
    return width + max(CELL[0], widest), height + max(CELL[1], widest + CELL[1] / 2)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Boxes in rows, one after the other."""

    boxes: Sequence[tuple[float, float]]
    lonely: int
    """The first of the notes without links, which begin a row of their own, somewhat lower."""

    def length(self, main: tuple[float, float], ratio: float) -> float:
        """How long rows may become so that they and what they stand beside have about the window's shape."""
        width, height = main
        longest = max((box[0] for box in self.boxes), default=0.0)
        if not self.boxes or (width and ratio == TALL):
            return max(longest, width)
        column = min(box[0] for box in self.boxes)
        if not width:
            area = sum(box[0] * box[1] for box in self.boxes)
            return max(longest, float(np.ceil(np.sqrt(area * ratio) / column)) * column)
        length = longest
        while self.depth(length) > max(height, (width + GAP + length) / ratio):
            length += column
        return length

    def depth(self, length: float) -> float:
        """How far rows of this length reach down."""
        return max(corner[1] + box[1] for corner, box in zip(self.corners(length), self.boxes, strict=True))

    def corners(self, length: float) -> list[tuple[float, float]]:
        """The upper left corners of the boxes in rows of at most this length."""
        corners: list[tuple[float, float]] = []
        left = top = deepest = 0.0
        for number, (width, height) in enumerate(self.boxes):
            begins = number == self.lonely and number > 0
            if begins or (left and left + width > length + 1e-6):
                left, top, deepest = 0.0, top + deepest + begins * GAP / 2, 0.0
            corners.append((left, top))
            left += width
            deepest = max(deepest, height)
        return corners
