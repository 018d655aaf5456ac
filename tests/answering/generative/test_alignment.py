"""Which statement says which word of a sentence."""

from collections.abc import Callable

import pytest

from kbqa.answering.generative.alignment import Alignment

Align = Callable[..., Alignment]


def test_each_clause_is_taken_from_the_statement_that_says_it(align: Align) -> None:
    """A sentence may join what stands in two places."""
    found = align(
        "Клуб собирается по четвергам, а ведущий готовит вопросы.",
        "Ведущий готовит вопросы заранее.",
        "Клуб собирается по четвергам.",
        "Пироги пекут дома.",
    )
    assert found.best == [1, 0]
    assert found.chosen == [0, 1]
    assert (found.least_share(exactly=True), found.total_share()) == pytest.approx((1.0, 1.0))


def test_a_clause_that_nobody_says_is_the_least(align: Align) -> None:
    """One true half does not carry the other."""
    found = align("Клуб собирается по четвергам, зимние шины меняют осенью.", "Клуб собирается по четвергам.")
    assert found.least_share(exactly=True) == 0
    assert 0 < found.total_share(exactly=True) < 1
    assert found.new_things() >= 2


def test_inflection_does_not_count(align: Align) -> None:
    """Nor do ё, letter case, and the form of a number."""
    found = align("Все счета подписывал Пётр Королёв в 2 часа", "Петру Королеву счёт на подпись, два часа")
    said = {token.word for at, token in enumerate(found.tokens) if found.exact[0, at] == 1}
    assert {"счета", "Пётр", "Королёв", "2", "часа"} <= said


def test_what_stands_above_is_said_a_little_less_surely(align: Align) -> None:
    """A heading goes for all below it."""
    found = align("Взнос гостя 500 рублей", ("500 рублей", "Взнос гостя"))
    assert 0.8 < found.total_share(exactly=True) < 1


def test_a_verb_may_make_a_sentence_of_a_label(align: Align) -> None:
    """«Взнос: 5000» has no verb; where the statement has one of its own, another is new."""
    assert align("Взнос составляет 5000 рублей", "Взнос: 5000 рублей").total_share() > 0.95
    label = align("Взнос собирают в 5000 рублей", "Взнос: 5000 рублей").total_share()
    assert label > align("Взнос собирают в 5000 рублей", "Взнос снизили на 5000 рублей").total_share()


def test_a_model_that_lost_its_way_is_seen(align: Align) -> None:
    """It says the same words over and over."""
    statement = "Клуб растёт, и клубу нужен второй зал."
    assert align("клуб " * 8, statement).is_monotonous
    assert not align(statement, statement).is_monotonous


def test_shares_stay_within_bounds(align: Align) -> None:
    """Whatever the sentence says, even nothing."""
    for sentence in ("", "и", "не", "—", "Клуб!", "5", "the club"):
        found = align(sentence, "Клуб собирается по четвергам.")
        for share in (found.least_share(), found.total_share(), found.total_share(exactly=True)):
            assert 0 <= share <= 1
