"""How much work a text is, told before it is parsed; and that a text within the limit is parsed in bounded time."""

import time

import pytest

from kbqa.notes.effort import EFFORT_LIMIT, effort
from kbqa.notes.sections import outline


def filled(piece: str, length: int) -> str:
    """`piece` repeated up to `length`."""
    return (piece * (length // len(piece) + 1))[:length]


@pytest.mark.parametrize("text", [filled("Обычный абзац, в нём слова.\n\n", 1_000_000), "слово " * 1_000_000])
def test_long_prose_is_no_effort(text: str) -> None:
    """Length alone does not count."""
    assert effort(text) < EFFORT_LIMIT


def test_a_hundred_thousand_headings_are_read() -> None:
    """Each is a section."""
    text = "# Заголовок\n" * 100_000
    assert effort(text) < EFFORT_LIMIT
    assert len(outline(text, "Имя файла").sections) == 100_000


def test_a_wide_table_counts_with_the_cells_it_will_have() -> None:
    """Short rows are completed by the parser."""
    table = "|a" * 256 + "|\n" + "|-" * 256 + "|\n" + "|b|\n" * 256 + "\n"
    assert effort(table * 10) > EFFORT_LIMIT


@pytest.mark.parametrize(
    "piece",
    [
        *("[", "![", "[[", "[[a", "[a](b", "[](", "[ref][", "^[", "[^", "*", "**a ", "a**", "_a ", "`", "`` ` ", "~~a"),
        *(
            "%",
            "%%a",
            "%%`",
            "<!--",
            "a<!--\n",
            "<",
            "<a ",
            "<?",
            "a<![CDATA[",
            "$",
            "$a ",
            "==a ",
            "#",
            "#a",
            "&",
            "\\",
        ),
        *(
            "> ",
            "- ",
            "1. ",
            "- > ",
            "- a\n",
            "- a\n+ b\n",
            "> a\n",
            "|a",
            "|a|b|\n|-|-|\n",
            "```\n",
            "a\n===\n",
            "---\n",
        ),
        *("\t", " ", "\n", " ^a", "^", "\u2063", "\u00a0", "[a]: b\n", "[^1]: a\n", "<div>\n", ":", "]", "!"),
    ],
)
def test_time_is_bounded(piece: str) -> None:
    """Unclosed constructs in one text of 60,000 characters: well under a second each, but for the slowest machines."""
    text = filled(piece, 60_000)
    started = time.process_time()
    outline(text, "Имя файла")
    assert time.process_time() - started < 10


def test_a_line_of_a_megabyte() -> None:
    """One paragraph, verbatim."""
    text = "слово " * 170_000 + "конец"
    (section,) = outline(text, "Имя файла").sections
    assert [block.text for block in section.blocks] == [text]


@pytest.mark.parametrize("mark", ["- ", "> ", "1. "])
def test_ten_thousand_levels(mark: str) -> None:
    """The text at the bottom is there, and so is what comes after."""
    parsed = outline(mark * 10_000 + "глубоко\n\n# После\n\nТекст", "Имя файла")
    assert [section.level for section in parsed.sections] == [0, 1]
    assert "глубоко" in parsed.sections[0].blocks[-1].text
