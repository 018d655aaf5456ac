"""How long an index run will still take."""

from collections.abc import Callable

import pytest

from kbqa.index.time_left import TimeLeft
from kbqa.texts import Texts


@pytest.fixture
def after(clock) -> Callable[[float, int, int], TimeLeft]:
    """An estimate that has seen a run begin with so many texts known, and stand at so many after some seconds."""

    def seen(seconds: float, known: int, total: int) -> TimeLeft:
        left = TimeLeft(clock)
        left.seconds(known, total)
        clock.seconds += seconds
        return left

    return seen


def test_the_rate_so_far_decides(after: Callable[..., TimeLeft]) -> None:
    """Of what was embedded: what was known before took no time, and says nothing."""
    assert after(30, 0, 400).seconds(100, 400) == pytest.approx(90)
    assert after(30, 300, 500).seconds(400, 500) == pytest.approx(30)


def test_at_first_nothing_is_told(after: Callable[..., TimeLeft]) -> None:
    """The first texts wait for the model; and without any there is no rate."""
    texts = Texts.load("ru")
    assert after(1, 0, 400).words(10, 400, texts) == ""
    assert after(60, 50, 400).words(50, 400, texts) == ""


@pytest.mark.parametrize(
    ("seconds", "told", "in_english"),
    [
        (4, "осталось несколько секунд", "a few seconds left"),
        (33, "осталось около 30 с", "about 30 s left"),
        (58, "осталось около 1 мин", "about 1 min left"),
        (200, "осталось около 3 мин", "about 3 min left"),
        (3590, "осталось около 1 ч 0 мин", "about 1 h 0 min left"),
        (9000, "осталось около 2 ч 30 мин", "about 2 h 30 min left"),
    ],
)
def test_it_is_told_roughly(after: Callable[..., TimeLeft], seconds: float, told: str, in_english: str) -> None:
    """In both languages; no more exactly than it is known."""
    for language, words in (("ru", told), ("en", in_english)):
        assert after(seconds, 0, 200).words(100, 200, Texts.load(language)) == words


def test_at_the_end_the_rest_is_told(after: Callable[..., TimeLeft]) -> None:
    """All texts embedded, the tables are still to be written."""
    assert after(50, 0, 100).words(100, 100, Texts.load("ru")) == "осталось собрать индекс"
