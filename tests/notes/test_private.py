"""Comments are private: wherever they stand, nothing of them is embedded, quoted or shown."""

import random

import pytest

from kbqa.answering.passages import passages_of
from kbqa.index.chunking import chunks_of
from kbqa.notes.private import MARK, ROUNDS, public_text
from kbqa.notes.sections import outline
from kbqa.types import Note

# Markdown of which none can make code of what follows.
PIECES = (
    *("слово ", "Предложение. Ещё одно! ", "**жирный** ", "==важно== ", "[[Зал|зал]] ", "[текст](адрес.md) ", "#тег "),
    *(
        "# ",
        "## ",
        "- ",
        "1. ",
        "> ",
        "> [!note] ",
        "- [ ] ",
        "\n",
        "\n",
        "\n\n",
        "\n\n",
        "***\n",
        "\n---\n",
        " ^имя\n",
    ),
    *("| а | б |\n|---|---|\n| в | г |\n", "[^1]: ", "$a$ ", "<b>х</b>", "(", "]"),
)
COMMENTS = ("%%тайна%%", "%% тайна\n\n# тайна\n%%", "<!-- тайна -->", "<!--\nтайна #тайна [[тайна]]\n-->", "%%`тайна%%")


@pytest.mark.parametrize("seed", range(300))
def test_nothing_private_is_shown(seed: int) -> None:
    """Neither in chunks nor in quotes, headings, links or tags; and each quote stands verbatim in the file."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    pieces = [chance.choice(COMMENTS if chance.random() < 0.2 else PIECES) for _ in range(chance.randrange(1, 60))]
    written = "".join(pieces) + chance.choice(("", "", "%% тайна\n\nтайна"))
    parsed = outline(written, "Имя файла")
    note = Note("а.md", parsed.title, (), parsed.tags, parsed.links, "", parsed.text, parsed.sections)
    chunks = list(chunks_of(note, limit=40, min_tokens=5, count=lambda text: len(text.split())))
    lines = written.split("\n")
    for passage in passages_of(note, 1, len(lines)):
        for quote in (passage.quote(), *passage.sentences()):
            assert "тайна" not in quote.text + quote.shown
            assert quote.text in "\n".join(lines[quote.start_line - 1 : quote.end_line])
    assert "тайна" not in repr(note) + repr(chunks)


def test_comments_entangled_with_code() -> None:
    """A comment with half a code span asks for another parse; after enough of them, doubt hides."""
    text = "%%`тайна%% явь\n\n" * (ROUNDS * 2) + "`явь %% явь %%`"
    public = public_text(text)
    assert "тайна" not in public.text
    assert public.text.count("\n") == text.count("\n")
    assert public_text(public.text).text == public.text


def test_code_keeps_its_signs() -> None:
    """In a line, a cell, a heading, a quote."""
    text = (
        "# `%%` а\n\n| `%%` | `а \\| %%` |\n|---|---|\n| `%%` | `%%` |\n\n> - цитата `%%`\n>   и `<!--`\n\n    %% код"
    )
    public = public_text(text)
    assert (public.text, public.unclosed_at) == (text, None)


def test_the_users_own_mark() -> None:
    """An INVISIBLE SEPARATOR in a note is no secret: the block is quoted in two."""
    (section,) = outline(f"До{MARK}после", "Имя файла").sections
    assert [block.text for block in section.blocks] == ["До", "после"]
