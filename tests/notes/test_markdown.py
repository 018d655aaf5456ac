"""The one parser: wikilinks with the lines they stand in."""

import pytest

from kbqa.notes.markdown import links, parser, plain_text
from kbqa.types import Link


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("[[Спонсоры]]", Link("Спонсоры", None, "Спонсоры", 1)),
        ("[[ Спонсоры # Банки ]]", Link("Спонсоры", "Банки", "Спонсоры  ›  Банки", 1)),
        ("[[Папка/Спонсоры|они]]", Link("Папка/Спонсоры", None, "они", 1)),
        ("текст\nи ещё\n[[Спонсоры]]", Link("Спонсоры", None, "Спонсоры", 3)),
        ("**[[Спонсоры]]**", Link("Спонсоры", None, "Спонсоры", 1)),
    ],
)
def test_a_wikilink(source: str, link: Link) -> None:
    """Target, heading, display text and line."""
    assert list(links(parser().parse(source)[1])) == [link]


@pytest.mark.parametrize("source", ["[[]]", "[[ ]]", "[[не закрыта", "`[[код]]`", "[[а\nб]]"])
def test_no_wikilink(source: str) -> None:
    """Brackets that only look like a link stay text."""
    inline = parser().parse(source)[1]
    assert not list(links(inline))
    assert plain_text(inline) == source.strip("`").replace("\n", " ")
