"""Whether a sentence refers to the one before it."""

import pytest

from kbqa.answering.reference import points_back


@pytest.mark.parametrize(
    "sentence",
    [
        "Поэтому регистрацию закрываем на отметке 95.",
        "Он заучивал всё наизусть.",
        "**Её** хранят в банке.",
        "В ней тридцать мест.",
        "После этого свет гасят.",
        "Потом каждый говорит.",
        "Такой подход дешевле.",
        "Но свет не гасят.",
        "Дома у них тихо.",
        "It costs 5 dollars.",
        "They meet on Fridays.",
        "After this, the lights go out.",
        "There he met the others.",
        "However, nobody came.",
    ],
)
def test_points_back(sentence: str) -> None:
    """By a pronoun or a connective among its first three words."""
    assert points_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Кофе — это напиток.",
        "Свет в зале гасят потом.",
        "Ушли, потому что темно.",
        "Те, кто записан, приходят к семи.",
        "Так как свет гасят, нужен фонарь.",
        "Большой каталог держат для него.",
        "There are three kinds.",
        "There's a lamp.",
        "Lamps such as ours last.",
        "Instead of coffee, tea.",
        "Theory comes first.",
        "…",
    ],
)
def test_stands_alone(sentence: str) -> None:
    """Such a word may stand further on, or mean something else."""
    assert not points_back(sentence)
