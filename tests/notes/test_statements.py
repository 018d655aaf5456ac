"""Blocks split into statements; how sentences are told apart is tested where they are quoted, in `answering`."""

import pytest

from kbqa.notes.sections import outline
from kbqa.notes.statements import Statement, is_titled, quotable_blocks, statements_of


def statements(text: str) -> list[Statement]:
    """The statements of the only section of a note."""
    parsed = outline(text, fallback_title="Кофе")
    (section,) = parsed.sections
    lines = parsed.text.split("\n")
    return [
        statement
        for block in quotable_blocks(section)
        for statement in statements_of(block, titled=is_titled(block, lines))
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Мягкий *вкус*. И [[Чай|чай]].", ["Мягкий *вкус*.", "И [[Чай|чай]]."]),
        ("Одно предложение\nна двух строках.", ["Одно предложение на двух строках."]),
        ("- **Арабика**: мягкая. Дорогая.\n- Робуста", ["Арабика: мягкая. Дорогая.", "Робуста"]),
        ("1. Смолоть.\n2. Сварить.", ["Смолоть.", "Сварить."]),
        ("| Сорт | Цена | Где |\n|---|---|---|\n| Арабика | 900 | Бразилия |", ["Арабика: Цена: 900; Где: Бразилия"]),
        ("```python\nroast(1)\n```", ["roast(1)"]),
        ("> [!tip] Помол\n> Мелкий для турки. Крупный.", ["**Помол**: Мелкий для турки.", "Крупный."]),
        ("<div>Вёрстка.</div>", []),
        ("Явное. %% Тайное. %% Снова явное.", ["Явное.", "Снова явное."]),
    ],
)
def test_what_is_said(text: str, said: list[str]) -> None:
    """A sentence on one line, an item without its marker, a row with its columns, code without its fence."""
    assert [statement.said for statement in statements(text)] == said


def test_statements_know_their_lines() -> None:
    """Of the note, 1-based and inclusive."""
    found = statements("Первое.\nВторое\nна двух строках.\n\n- Пункт\n  длинный\n- Другой")
    assert [(statement.start_line, statement.end_line) for statement in found] == [(1, 1), (2, 3), (5, 6), (7, 7)]
