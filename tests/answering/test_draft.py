"""How a draft is written down."""

from dataclasses import replace

import pytest

from kbqa.answering.citations import Layout, Quote
from kbqa.answering.draft import Draft, Part


def quote(text: str, layout: Layout, depth: int = 0) -> Quote:
    """A quote of one line."""
    return Quote("Кофе.md", "Кофе", ("Кофе",), 1, 1, text, shown=text, layout=layout, depth=depth)


def written(*quotes: Quote) -> str:
    """The text of a part without a label; the markers, which count on, are left out."""
    text, citations = Draft((Part(None, quotes),)).write()
    for citation in citations:
        text = text.replace(f" [{citation.number}]", "")
    return text


def test_nested_items_are_indented() -> None:
    """To where the text of the item begins that they are nested in; steps count on after them."""
    assert written(
        quote("а", "step"),
        quote("б", "bullet", 1),
        quote("в", "bullet", 2),
        quote("г", "bullet", 1),
        quote("д", "step"),
        quote("е", "step", 1),
        quote("ё", "step", 1),
    ) == (
        "1. а\n"
        "   - б\n"
        "     - в\n"
        "   - г\n"
        "2. д\n"
        "   1. е\n"
        "   2. ё"
    )  # fmt: skip


@pytest.mark.parametrize("depths", [(0, 0), (1, 1), (2, 2), (2, 1)])
def test_items_without_those_that_they_are_nested_in_are_not_indented(depths: tuple[int, int]) -> None:
    """An indented first line would be code."""
    assert written(*(replace(quote(str(depth), "bullet"), depth=depth) for depth in depths)) == "\n".join(
        f"- {depth}" for depth in depths
    )


def test_a_list_of_another_kind_is_a_list_of_its_own() -> None:
    """Parted by a blank line."""
    assert written(quote("а", "bullet"), quote("б", "step"), quote("в", "step")) == "- а\n\n1. б\n2. в"


def test_sentences_left_out_are_told() -> None:
    """Between two of one paragraph, not before or after."""
    first, second, fourth = (
        replace(quote(text, "prose"), block=5, place=place) for text, place in zip("абв", (1, 2, 4), strict=True)
    )
    assert written(first, second, fourth) == "а б … в"


def test_paragraphs_are_kept_apart() -> None:
    """Sentences of one are joined; the same line of another note is another paragraph."""
    first, second = (replace(quote(text, "prose"), block=5, place=place) for place, text in enumerate("аб"))
    assert written(first, second, replace(first, block=9, text="в", shown="в")) == "а б\n\nв"
    assert written(first, replace(second, note="Чай.md")) == "а\n\nб"
