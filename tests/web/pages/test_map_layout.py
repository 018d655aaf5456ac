"""Where notes stand on the map: the same each time, none over another, what is linked near each other."""

import time
from itertools import combinations

import numpy as np
import pytest

from kbqa.web.pages.map_layout import MARGIN, Layout, layout

RING = [(number, (number + 1) % 12) for number in range(12)]


def chance_links(count: int, links: int) -> list[tuple[int, int]]:
    """Groups of forty, with a link in ten between them."""
    chance = np.random.default_rng(1)
    pairs = set()
    while len(pairs) < links:
        one = int(chance.integers(count))
        other = int(chance.integers(count)) if chance.random() < 0.1 else one // 40 * 40 + int(chance.integers(40))
        if one != other and other < count:
            pairs.add((min(one, other), max(one, other)))
    return sorted(pairs)


def distance(placed: Layout, one: int, other: int) -> float:
    """Between two notes, on a desk."""
    return float(np.linalg.norm(placed.wide[one] - placed.wide[other]))


def test_the_same_links_give_the_same_picture() -> None:
    """To the last bit."""
    first, second = (layout([8.0] * 200, chance_links(200, 500)) for _ in range(2))
    assert np.array_equal(first.wide, second.wide)
    assert np.array_equal(first.tall, second.tall)


@pytest.mark.parametrize("places", ["wide", "tall"])
def test_no_circle_touches_another(places: str) -> None:
    """Large ones neither; linked, unlinked and in small parts."""
    radii = [6.0 + 20.0 * (number % 7 == 0) for number in range(60)]
    links = [*RING, (20, 21), (22, 23), (23, 24)]
    points = getattr(layout(radii, links), places)
    for one, other in combinations(range(60), 2):
        assert np.linalg.norm(points[one] - points[other]) > radii[one] + radii[other] + 0.5 * MARGIN


def test_what_is_linked_is_near() -> None:
    """Two groups with one link between them stand apart."""
    links = [*combinations(range(8), 2), *((a + 8, b + 8) for a, b in combinations(range(8), 2)), (0, 8)]
    placed = layout([6.0] * 16, links)
    within = np.mean([distance(placed, one, other) for one, other in combinations(range(8), 2)])
    between = np.mean([distance(placed, one, other) for one in range(1, 8) for other in range(9, 16)])
    assert between > 1.5 * within


def test_unlinked_notes_stand_in_rows_beside_the_rest_or_beneath_it() -> None:
    """Beside it on a desk, beneath it on a phone; in the given order."""
    placed = layout([6.0] * 20, RING)
    alone, linked = slice(12, 20), slice(0, 12)
    assert placed.aside.tolist() == [False] * 12 + [True] * 8
    assert placed.wide[alone, 0].min() > placed.wide[linked, 0].max()
    assert placed.tall[alone, 1].min() > placed.tall[linked, 1].max()
    order = [(row, column) for column, row in placed.wide[alone].tolist()]
    assert order == sorted(order)


def test_two_notes_without_links_stand_side_by_side() -> None:
    """On a phone one above the other."""
    placed = layout([15.0, 15.0], [])
    assert placed.wide[0, 1] == placed.wide[1, 1]
    assert placed.wide[0, 0] < placed.wide[1, 0]
    assert placed.tall[0, 0] == placed.tall[1, 0]
    assert placed.tall[0, 1] < placed.tall[1, 1]


@pytest.mark.parametrize(("count", "links"), [(0, []), (1, []), (2, [(0, 1)]), (3, [(0, 1)])])
def test_few_notes_are_placed(count: int, links: list[tuple[int, int]]) -> None:
    """From none on."""
    placed = layout([6.0] * count, links)
    assert placed.wide.shape == placed.tall.shape == (count, 2)
    assert np.isfinite(placed.wide).all()


def test_a_vault_of_five_hundred_is_placed_within_a_second() -> None:
    """With two thousand links; in processor time, since the machine may be busy."""
    links = chance_links(500, 2000)
    begun = time.process_time()
    layout([8.0] * 500, links)
    assert time.process_time() - begun < 2.0  # on both processors
