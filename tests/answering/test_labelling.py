"""What stands above the parts of an answer, and what stands together."""

from dataclasses import replace

import pytest

from kbqa.answering.citations import Layout, Quote
from kbqa.answering.draft import Part
from kbqa.answering.labelling import distinct, under, with_titles


def quote(text: str, line: int = 1, *, title: str = "Кофе", layout: Layout = "bullet", note: str = "") -> Quote:
    """A quote of one line of a note."""
    return Quote(note or f"{title}.md", title, (title, "Сорта"), line, line, text, shown=text, layout=layout)


def labels(*parts: Part) -> list[str | None]:
    """Those of the parts as they are given."""
    return [part.label for part in with_titles(parts)]


def test_one_note_is_not_named() -> None:
    """Its headings are enough."""
    assert labels(Part("Сорта", (quote("а"),)), Part("Цены", (quote("б"),))) == ["Сорта", "Цены"]


def test_several_notes_are_named() -> None:
    """Each once, in front of the headings."""
    tea = Part("Чай › Сорта", (quote("б", title="Чай"),))
    assert labels(Part("Сорта", (quote("а"),)), tea) == ["Кофе › Сорта", "Чай › Сорта"]


def test_notes_of_one_title_are_told_apart_by_their_folders() -> None:
    """One that lies in no folder has its title alone."""
    other = Part("Сорта", (quote("б", note="Дом/Кофе.md"),))
    assert labels(Part("Сорта", (quote("а"),)), other) == ["Кофе › Сорта", "Дом/Кофе › Сорта"]


def test_parts_under_one_label_are_one() -> None:
    """In the order of the note, each quote once."""
    (part,) = with_titles([Part("Сорта", (quote("б", 5),)), Part("Сорта", (quote("а", 2), quote("б", 5)))])
    assert [each.text for each in part.quotes] == ["а", "б"]


def test_a_section_is_one_part_however_long_its_label_is() -> None:
    """Under the label that comes first."""
    (part,) = with_titles([Part("Кофе › Сорта", (quote("б", 5),)), Part("Сорта", (quote("а", 2),))])
    assert (part.label, [each.text for each in part.quotes]) == ("Кофе › Сорта", ["а", "б"])


def test_two_lists_of_a_section_stay_apart() -> None:
    """What announces one does not announce the other."""
    assert labels(Part("Сорта", (quote("а"),)), Part("Дорогие", (quote("б"),))) == ["Сорта", "Дорогие"]


def test_sections_of_one_name_are_told_apart() -> None:
    """«Шаги» of one thing and «Шаги» of another are not one list."""

    def steps(above: str) -> Part:
        path = ("Кофе", above, "Шаги")
        return Part("Шаги", (replace(quote("Начать", layout="step"), heading_path=path),))

    assert labels(steps("Варить"), steps("Молоть")) == ["Варить › Шаги", "Молоть › Шаги"]


@pytest.mark.parametrize(("text", "expected"), [("Кофе - это напиток.", None), ("Это напиток.", "Кофе")])
def test_a_sentence_that_begins_with_its_label_needs_none(text: str, expected: str | None) -> None:
    """«Кофе - это …» under «Кофе» would say it twice."""
    assert labels(Part("Кофе", (quote(text, layout="prose"),))) == [expected]


def test_a_sentence_after_a_label_keeps_its_own() -> None:
    """Or it would stand under that of another section."""
    told = quote("Кофе - это напиток.", layout="prose")
    assert labels(Part("Чай", (quote("а", title="Чай"),)), Part("Кофе", (told,))) == ["Чай", "Кофе"]
    assert labels(Part("Кофе", (told,)), Part("Чай", (quote("а", title="Чай"),))) == [None, "Чай"]


def test_an_item_keeps_its_label() -> None:
    """Whatever it begins with."""
    assert labels(Part("Кофе", (quote("Кофе в зёрнах"),))) == ["Кофе"]


@pytest.mark.parametrize(
    ("label", "expected"), [("Сорта", "Дом/Кофе › Сорта"), ("Кофе › Сорта", "Дом/Кофе › Сорта"), ("Кофе", "Дом/Кофе")]
)
def test_a_label_stands_under_the_name_of_its_note(label: str, expected: str) -> None:
    """Which stands there once."""
    assert under("Дом/Кофе", "Кофе", label) == expected


def test_rows_of_one_table_stand_under_its_head() -> None:
    """Two quotes that both begin there become the longer, which shows the rows of both."""
    head = "| Сорт | Цена |\n|---|---|"
    first = replace(quote(f"{head}\n| а | 1 |", layout="table"), end_line=3)
    rest = f"{head}\n| а | 1 |\n| б | 2 |\n| в | 3 |"
    longer = replace(first, text=rest, shown=f"{head}\n| в | 3 |", end_line=5)
    (table,) = distinct([longer, first])
    assert (table.text, table.shown) == (rest, f"{head}\n| а | 1 |\n| в | 3 |")
