"""Numbers by value, however they are written."""

import pytest

from kbqa.retrieval.numbers import figure_forms, in_figures


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("двадцать пять дней", "25 дней"),
        ("пять шесть", "5 6"),
        ("полтора часа", "1.5 часа"),
        ("сорока процентов", "40%"),
        ("2 млн 300 тысяч рублей", "2300000 рублей"),
        ("40 тыс. участников", "40000 участников"),
        ("тысячи участников", "тысячи участников"),
        ("от 48 до 72 часов", "48–72 часов"),
        ("моя семья", "моя семья"),
    ],
)
def test_numerals_become_figures(text: str, shown: str) -> None:
    """And what only looks like one stays."""
    assert in_figures(text) == shown


@pytest.mark.parametrize(
    ("one", "other"), [("1,5", "1.5"), ("1 000", "1000"), ("1,000", "1000"), ("40 %", "40%"), ("48 – 72", "48-72")]
)
def test_spellings_of_one_value_meet(one: str, other: str) -> None:
    """In one of their readings."""
    assert figure_forms(one) & figure_forms(other)


@pytest.mark.parametrize(
    ("one", "other"), [("24", "240"), ("48", "48-72"), ("40", "40%"), ("-5", "5"), ("1:16", "116")]
)
def test_different_values_do_not(one: str, other: str) -> None:
    """A part of a number or a range is another number."""
    assert not figure_forms(one) & figure_forms(other)
