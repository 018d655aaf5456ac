"""Which item of an earlier answer a question means."""

import pytest

from kbqa.answering.enumerated import by_ordinal, called, explains, item_meant, items_of

ANSWER = "Виды:\n\n- **Митап**: доклады и общение [1]\n  - вечером\n- Завтрак — до работы [2]\n- Круглый стол [3]\n"


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("Расскажи про второе", "Завтрак — до работы [2]"),
        ("А последний?", "Круглый стол [3]"),
        ("Что за пункт 1?", "**Митап**: доклады и общение [1]"),
        ("What about the third one?", "Круглый стол [3]"),
        ("А седьмой?", None),
    ],
)
def test_an_ordinal_means_an_item(question: str, item: str | None) -> None:
    """Counted without the items below others; beyond the list there is none."""
    ordinal = by_ordinal(question)
    assert ordinal
    assert item_meant(ordinal, items_of(ANSWER)) == item


@pytest.mark.parametrize("question", ["Первая встреча с клиентом", "Что такое митап?"])
def test_a_question_with_a_subject_means_no_item(question: str) -> None:
    """«Первая встреча» is a thing of its own."""
    assert by_ordinal(question) is None


def test_rows_of_a_table_are_items() -> None:
    """By their first cell, the head left out."""
    assert items_of("| Роль | Дело |\n|---|---|\n| Ведущий | ведёт |\n| Гость | слушает |") == ["Ведущий", "Гость"]
    assert items_of("Просто абзац.") == []


def test_an_item_is_called_by_its_name() -> None:
    """Bold or before the colon or dash; whether more is said of it."""
    assert [called(item) for item in items_of(ANSWER)] == ["Митап", "Завтрак", "Круглый стол"]
    assert [explains(item) for item in items_of(ANSWER)] == [True, True, False]
