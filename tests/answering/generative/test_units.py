"""The units of an answer: what belongs together, and what only leads to more."""

import pytest

from kbqa.answering.generative.units import units_of

UNITS: dict[str, tuple[str, list[str]]] = {
    "paragraphs": ("Раз.\nДва.\n\nТри.", ["Раз.\nДва.", "Три."]),
    "items": ("- Раз\n  и ещё\n- Два\n1. Три\n2) Четыре\n• Пять", ["Раз\n  и ещё", "Два", "Три", "Четыре", "Пять"]),
    "tasks": ("- [ ] Раз\n- [x] Два", ["Раз", "Два"]),
    "an item that is a year": ("2024. Год основания", ["2024. Год основания"]),
    "headings": ("# Раз\nДва\n### Три", ["Раз >", "Два", "Три >"]),
    "a tag is no heading": ("#тег в тексте", ["#тег в тексте"]),
    "an underlined heading": ("Раз\n===\nДва\n---\nТри", ["Раз >", "Два >", "Три"]),
    "a rule below a sentence": ("Раз [1].\n---\nДва [2].", ["Раз [1].", "Два [2]."]),
    "rules": ("Раз\n\n***\n\nДва\n\n- - -\n\nТри", ["Раз", "Два", "Три"]),
    "a table": (
        "| Сорт | Цена |\n|---|:--:|\n| Арабика | 900 |",
        ["| Сорт | Цена | >", "| Арабика | 900 |"],
    ),
    "rows without a head": ("| Арабика | 900 |\n| Робуста | – |", ["| Арабика | 900 |", "| Робуста | – |"]),
    "code": ("Раз:\n```python\nx = 1\n\ny = 2\n```\nДва", ["Раз: >", "x = 1", "", "y = 2", "Два"]),
    "words behind a fence": ("```Взнос отменён\nкод\n```", ["Взнос отменён", "код"]),
    "code that ends with its own fence": ("````\n```\nкод\n``` и ещё\n````\nДва", ["```", "код", "``` и ещё", "Два"]),
    "code in one line": ("```Взнос``` отменён.\nДва", ["```Взнос``` отменён.\nДва"]),
    "code in an item": ("- ~~~\n  код\n  ~~~\n- Два", ["код", "Два"]),
    "code in a quotation": ("> ```\n> код\n> ```\n> Два", ["код", "Два"]),
    "code without an end": ("```\nкод\nещё", ["код", "ещё"]),
    "a quotation": ("Раз\n> Два\n> и ещё\nТри", ["Раз", "Два\n> и ещё", "Три"]),
    "items in a quotation": ("> - Раз\n> - Два", ["Раз", "Два"]),
    "a label": ("**Виды**\n\nРаз [1].", ["**Виды** >", "Раз [1]."]),
    "a sentence in bold": ("**Взнос отменён.**", ["**Взнос отменён.**"]),
    "two in bold": ("**Раз** и **два**", ["**Раз** и **два**"]),
    "an item with items below it": ("- Раз\n  - Два\n- Три", ["Раз >", "Два", "Три"]),
    "a cited item with items below it": ("- Раз [1]\n  - Два", ["Раз [1]", "Два"]),
    "a line above a list": ("Виды\n\n- Раз", ["Виды >", "Раз"]),
    "a sentence above a list": ("Видов два.\n- Раз", ["Видов два.", "Раз"]),
    "nothing": ("\n \n", []),
}


@pytest.mark.parametrize(("text", "expected"), UNITS.values(), ids=UNITS)
def test_units(text: str, expected: list[str]) -> None:
    """Where the words of each stand; what only leads is marked with `>`."""
    found = [f"{text[unit.start : unit.end]}{' >' if unit.leads else ''}" for unit in units_of(text)]
    assert [unit for unit in found if unit.strip()] == [unit for unit in expected if unit.strip()]
