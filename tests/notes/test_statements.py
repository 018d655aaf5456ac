"""Blocks split into statements; how sentences are told apart is tested where they are quoted, in `answering`, too."""

from itertools import pairwise

import pytest

from kbqa.notes.sections import outline
from kbqa.notes.statements import Statement, is_titled, quotable_blocks, sentence_spans, statements_of


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


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Раз. Два!  Три?", ["Раз.", "Два!", "Три?"]),
        ("Раз.\nДва.", ["Раз.", "Два."]),
        ("Раз без точки\nи дальше", ["Раз без точки\nи дальше"]),
        ("Он сказал: «Да. Нет.» и ушёл. Потом (см. Там. Тут.) вернулся.", 2),
        ("Цена 5 руб. 30 коп. См. рис. 5.", ["Цена 5 руб. 30 коп.", "См. рис. 5."]),
        ("Основан в 2020. 5 встреч. И чай.", 3),
        ("> Раз.\n> Два.", ["> Раз.", "Два."]),
        ("А. С. Пушкин. Лицей.", ["А. С. Пушкин.", "Лицей."]),
        ("", [""]),
    ],
)
def test_sentence_spans(text: str, sentences: list[str] | int) -> None:
    """Where each stands, in order, without what is between them; quotations and brackets are not cut."""
    spans = sentence_spans(text)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert not any(text[end:start].strip("> \n") for (_, end), (start, _) in pairwise(spans))
    found = [text[start:end] for start, end in spans]
    assert (len(found) if isinstance(sentences, int) else found) == sentences


def test_no_sentence_ends_within_a_title() -> None:
    """What comes up to a place is one with what follows."""
    text = "Раз. Два.\nТри. Четыре."
    found = [text[start:end] for start, end in sentence_spans(text, text.index("\n"))]
    assert found == ["Раз. Два.\nТри.", "Четыре."]
