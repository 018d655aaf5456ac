"""Links to sections as Obsidian follows them."""

import pytest

from kbqa.web.elements.wikilinks import wikilink


@pytest.mark.parametrize(
    ("note", "heading_path", "link"),
    [
        ("Чай.md", ("Чай",), "[[Чай]]"),
        ("Чай.md", ("Чай", "Сорта", "Зелёный"), "[[Чай#Сорта#Зелёный]]"),
        ("Дом/Чай.md", ("Чай", "Сорта"), "[[Дом/Чай#Сорта]]"),
        ("Чай.md", ("Чай", "C# и [[F#]] | ^все: 100%%"), "[[Чай#C и F все 100]]"),
        ("Чай.md", ("Чай", "##"), "[[Чай]]"),
    ],
)
def test_a_section_is_linked_by_its_headings(note: str, heading_path: tuple[str, ...], link: str) -> None:
    """By the note's path, without what Obsidian would read as a part of the link."""
    assert wikilink(note, heading_path) == link


def test_a_link_may_say_how_it_is_displayed() -> None:
    """As a breadcrumb, from the note's title."""
    assert wikilink("Дом/ч.md", ("Чай", "Сорта|"), shown=True) == "[[Дом/ч#Сорта|Чай › Сорта]]"
