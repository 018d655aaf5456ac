"""What a sentence says otherwise than the statements it is taken from: each check, and what it must let pass."""

from collections.abc import Callable

import pytest

from kbqa.answering.generative import discrepancies
from kbqa.answering.generative.alignment import Alignment

Align = Callable[..., Alignment]

FEE = "Взнос: 5000 рублей, студентам — 2000 рублей"
PAIRS = "Фёдор учит Тимура вести переговоры"
ROLES = "Вера ведёт отдел, Глеб снимает"
RIGHT = [
    ("Взнос — 5000 рублей", FEE),
    ("Студентам — 2000 рублей, взнос: 5000 рублей", FEE),
    ("Взнос: пять тысяч рублей, студентам — 2000 рублей", FEE),
    ("Тимура учит вести переговоры Фёдор", PAIRS),
    ("Фёдор учит Тимура", PAIRS),
    ("Глеб снимает, Вера ведёт отдел", ROLES),
    ("Встреча длится до 40 минут", "Встреча длится не более 40 минут"),
    ("Гости не платят", "Гости не платят"),
    ("Встречи проходят без записи", "Встречи проходят без записи"),
    ("Иногда клуб собирается дома", "Клуб порой собирается дома"),
    ("Новикова пишет письма в Telegram", "Новикова пишет письма в Телеграм"),
]


def counts(alignment: Alignment) -> dict[str, float]:
    """What each check that a sentence can fail outright finds."""
    checks = (
        discrepancies.wrong_dates,
        discrepancies.wrong_names,
        discrepancies.wrong_denials,
        discrepancies.contraries,
        discrepancies.overstatements,
        discrepancies.exchanged,
        discrepancies.omitted_figures,
        discrepancies.crossed_terms,
    )
    found = {check.__name__: float(check(alignment)) for check in checks}
    found["wrong_figures"] = discrepancies.wrong_figures(alignment, 0)
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize(("sentence", "statement"), RIGHT)
def test_what_is_said_in_another_order_or_form_is_no_discrepancy(align: Align, sentence: str, statement: str) -> None:
    """A check that finds fault with right sentences would leave nothing confirmed."""
    assert counts(align(sentence, statement)) == {}


@pytest.mark.parametrize(
    ("check", "sentence", "statement"),
    [
        ("wrong_figures", "Взнос: 7000 рублей, студентам — 2000 рублей", FEE),
        ("omitted_figures", "Взнос: рублей, студентам — 2000 рублей", FEE),
        ("exchanged", "Взнос: 2000 рублей, студентам — 5000 рублей", FEE),
        ("exchanged", "Встреча длится 40 часов", "Встреча длится 40 минут"),
        ("exchanged", "Тимур учит Фёдора вести переговоры", PAIRS),
        ("exchanged", "Яся готовит Марину к собеседованию", "Марина готовит Ясю к собеседованию"),
        ("exchanged", "Глеб ведёт отдел", ROLES),
        ("wrong_names", "Отдел ведёт Геннадий", ROLES),
        ("wrong_dates", "Клуб собирается в мае", "Клуб собирается в июне"),
        ("wrong_denials", "Гости платят", "Гости не платят"),
        ("wrong_denials", "Встречи проходят с записью", "Встречи проходят без записи"),
        ("contraries", "Вход платный", "Вход бесплатный"),
        ("contraries", "Приходить не раньше 9", "Приходить не позже 9"),
        ("overstatements", "Все гости платят", "Некоторые гости платят"),
        ("overstatements", "Клуб собирается дома", "Клуб иногда собирается дома"),
        ("overstatements", "Письмо всегда помогает", "Письмо помогает"),
    ],
)
def test_what_is_said_otherwise_is_found(align: Align, check: str, sentence: str, statement: str) -> None:
    """By the check for it; others may find it, too."""
    assert counts(align(sentence, statement)).get(check)


def test_a_term_with_anothers_explanation(align: Align) -> None:
    """Both halves are in the notes, but not together."""
    terms = ("Медиация: спор разбирает посредник", "Арбитраж: дело решает судья")
    assert counts(align("Медиация: дело решает судья", *terms)).get("crossed_terms")
    assert "crossed_terms" not in counts(align("Медиация: спор разбирает посредник", *terms))


def test_things_that_were_counted_need_not_be_numbered_in_the_notes(align: Align) -> None:
    """«Есть 2 вида:» leads to two items; «Есть 3 вида:» to two does not count right."""
    found = align("Есть 2 вида поддержки", "Виды поддержки")
    assert discrepancies.wrong_figures(found, counted=2) == 0
    assert discrepancies.wrong_figures(found, counted=3) == 1


def test_neighbours_that_stand_apart_in_the_source(align: Align) -> None:
    """Words that no segment has together."""
    statement = "Опытные участники готовят вопросы, новые приносят печенье"
    assert discrepancies.torn_pairs(align("Опытные участники готовят вопросы", statement)) == 0
    assert 0 < discrepancies.torn_pairs(align("Новые готовят вопросы", statement)) <= 1
