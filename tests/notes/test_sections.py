"""Parsing a note: cases written down in `outlines.txt`, and what must hold for any text."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from kbqa.notes.private import MARK, is_blank
from kbqa.notes.sections import Outline, outline

# A case: `▶ title`, the note's text, `▷`, its outline.
CASES = {
    name: rest.split("▷\n")
    for name, _, rest in (
        case.partition("\n")
        for case in (Path(__file__).with_name("outlines.txt").read_text(encoding="utf-8")).split("▶ ")[1:]
    )
}

# What random notes are made of: Markdown's own marks, words, and characters that split lines only for some.
PIECES = (
    *(
        "слово",
        "Спонсор ",
        "Предложение. Ещё одно! ",
        "…",
        ":",
        "😀",
        "\u00a0",
        "\u2028",
        "\x0b",
        "\x85",
        "\x00",
        "\u200b",
    ),
    *("# ", "## ", "### ", "###### ", "---", "===", "***", "- ", "* ", "1. ", "2) ", "- - ", "1. - ", "- [ ] ", "> "),
    *("```", "~~~", "`код`", "    ", "\t", "  \n", "\n", "\n\n", "\n\n", "\\", "<div>", "</div>", "<!-- x -->", "%%"),
    *(
        "| a | b |\n",
        "|---|---|\n",
        "| в | г |\n",
        "[[Ссылка]]",
        "[[А#Б|в]]",
        "![[рис.png]]",
        "**жирный**",
        "[^1]",
        "#тег",
    ),
    *(
        "%% тайна %%",
        "<!-- ",
        "-->",
        "%%\n",
        "`%%`",
        "``",
        "\\%%",
        "\u2063",
        "==",
        "$a$",
        "$",
        "^id",
        " ^id\n",
        "\n^id\n\n",
    ),
    *("[[#^id]]", "[а](б.md#в)", "[^1]: сноска\n", "    - ", "        ", "[^", "[[", "]]", "](", "<", "| `%%` |", "#"),
    *("[1]: http://x", "> [!note] ", "![а](б.png)", "&nbsp;", "&#0;", "$$", "title: x", "aliases: [а]"),
)


@pytest.fixture(params=range(300))
def random_note(request: pytest.FixtureRequest) -> str:
    """A note of random pieces, the same in every run; one in five opens with what may be front matter."""
    chance = random.Random(request.param)  # noqa: S311 - not for secrets
    pieces = chance.choices(PIECES, k=chance.randrange(1, 80))
    return "---\n" * (request.param % 5 == 0) + "".join(pieces)


@pytest.mark.parametrize("name", CASES)
def test_outline(name: str, described: Callable[[Outline], str]) -> None:
    """The note's outline is the one written down."""
    text, expected = CASES[name]
    assert described(outline(text, fallback_title="Имя файла")) == expected.strip()


def test_the_only_top_heading_is_another_name_of_the_note() -> None:
    """Beside a title of the properties that differs, and their aliases; where there are several, none is."""
    properties = "---\ntitle: CTO\naliases: [Техдир]\n---\n\n"
    assert outline(f"{properties}# Технический директор\n", "cto").aliases == ("Техдир", "Технический директор")
    assert outline(f"{properties}# CTO\n", "cto").aliases == ("Техдир",)
    assert outline(f"{properties}# Раз\n\n# Два\n", "cto").aliases == ("Техдир",)
    assert outline("# Технический директор\n", "технический-директор").aliases == ()


def test_the_name_of_the_file_is_another_name_of_the_note() -> None:
    """By which Obsidian lists the note and others link to it, where it is more than the title spelt otherwise."""
    assert outline("# Ретро весны\n", "Ретро митапа").aliases == ("Ретро митапа",)
    assert outline("---\naliases: [ретро митапа]\n---\n# Ретро весны\n", "Ретро митапа").aliases == ("ретро митапа",)
    assert outline("Без заголовка\n", "Ретро митапа").aliases == ()


def test_blocks_are_verbatim(random_note: str) -> None:
    """Each block's text stands between its lines of the file; none is empty, outside its section, or holds a mark."""
    lines = random_note.split("\n")
    for section in outline(random_note, "Имя файла").sections:
        for block in section.blocks:
            assert block.text.strip()
            assert MARK not in block.text + block.plain
            assert block.text in "\n".join(lines[block.start_line - 1 : block.end_line])
            assert section.start_line <= block.start_line <= block.end_line <= section.end_line


def test_each_line_of_public_text_has_one_section(random_note: str) -> None:
    """No line with text is lost, none counts twice; front matter belongs to no section."""
    parsed = outline(random_note, "Имя файла")
    lines = parsed.text.split("\n")
    assert len(lines) == random_note.count("\n") + 1
    owners = Counter(line for section in parsed.sections for line in range(section.start_line, section.end_line + 1))
    assert set(owners.values()) <= {1}
    with_text = {number for number, line in enumerate(lines, start=1) if not is_blank(line)}
    front_matter = range(1, min(owners, default=len(with_text) + 1)) if random_note.startswith("---\n") else ()
    assert with_text.difference(front_matter) <= owners.keys()
    for section in parsed.sections:
        assert section.text == "\n".join(lines[section.start_line - 1 : section.end_line])


def test_what_is_redacted_is_not_redacted_again(random_note: str) -> None:
    """The catalogue keeps the public text and parses it again: the same sections must come of it."""
    parsed = outline(random_note, "Имя файла")
    again = outline(parsed.text, "Имя файла")
    assert again.text == parsed.text
    assert again.sections == parsed.sections
