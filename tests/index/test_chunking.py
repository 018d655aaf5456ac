"""Sections → chunks: where they are cut, how long they get, and what identifies them."""

import random
from collections.abc import Callable

import pytest

from kbqa.index.chunking import chunks_of, embedding_text
from kbqa.index.tokens import count_tokens
from kbqa.types import Chunk, Note

NoteOf = Callable[..., Note]

SLACK = 1
"""Tokens by which a chunk may exceed the limit: cut in the middle of a line, its first word loses its space."""

LONG_LINES = {
    "one sentence": "слово " * 3000,
    "sentences": "Это предложение о спонсорах. " * 500,
    "one word": "ы" * 5000,
    "characters of several tokens": "𓀀" * 2000,
    "a long address": f"Смотри https://example.org/{'путь' * 800} и дальше ещё немного слов.",
}


def cut(note: Note, limit: int = 320, min_tokens: int = 16) -> list[Chunk]:
    """The note's chunks, with the default settings."""
    return list(chunks_of(note, limit=limit, min_tokens=min_tokens))


def items(count: int) -> str:
    """A list of `count` items, some ten tokens each."""
    return "\n".join(f"- Пункт номер {number} о спонсорах и партнёрах" for number in range(count))


@pytest.fixture(params=range(40))
def random_note(request: pytest.FixtureRequest, note_of: NoteOf) -> Note:
    """A note of random sections, lists, tables, code and long lines."""
    chance = random.Random(request.param)  # noqa: S311 - not for secrets
    pieces = ("# Т", "## Раздел", "### Часть", "#### Глубже", items(30), items(2), "Абзац. Ещё предложение. " * 40)
    pieces += (
        "| а | б |\n|---|---|\n" + "| в | г |\n" * 60,
        "```\nкод()\n\nкод()\n```",
        "коротко",
        "",
        "- а\n  - б\n    - в",
    )
    return note_of("\n\n".join(chance.choices(pieces, k=chance.randrange(1, 25))))


def test_one_section_is_one_chunk(note_of: NoteOf) -> None:
    """Text, heading path and lines are the section's."""
    note = note_of(f"# Тема\n\n{items(3)}\n\n## Виды\n\n{items(4)}\n")
    first, second = cut(note)
    assert [first.text, second.text] == [section.text for section in note.sections]
    assert (second.heading_path, second.start_line, second.end_line) == (("Тема", "Виды"), 7, 12)


def test_a_short_section_joins_its_parent(note_of: NoteOf) -> None:
    """So does the next one; the chunk has the parent's headings."""
    note = note_of("# Тема\n\nВступление.\n\n## Виды\n\n- Один\n\n## Цели\n\n- Два\n")
    (chunk,) = cut(note)
    assert (chunk.heading_path, chunk.text) == (("Тема",), note.text.rstrip())


@pytest.mark.parametrize("items_before", [26, 27, 28, 29, 30, 60])
def test_a_short_section_that_does_not_fit_stands_alone(note_of: NoteOf, items_before: int) -> None:
    """However full the parent is, the section's text is ranked under its own headings."""
    note = note_of(f"# Тема\n\n## Виды\n{items(items_before)}\n\n### Редкие\n- Меценаты\n")
    last = cut(note)[-1]
    assert (last.heading_path, last.text) == (("Тема", "Виды", "Редкие"), "### Редкие\n- Меценаты")


def test_a_short_section_with_children_stands_alone(note_of: NoteOf) -> None:
    """Only a section without sections of its own joins its parent."""
    note = note_of(f"# Тема\n\nТекст.\n\n## Виды\n\nКоротко.\n\n### Часть\n\n{items(4)}\n")
    assert [chunk.heading_path[1:] for chunk in cut(note)] == [(), ("Виды",), ("Виды", "Часть")]


def test_a_bare_heading_is_no_chunk(note_of: NoteOf) -> None:
    """A heading that only has sections under it lives in their heading paths."""
    note = note_of(f"# Тема\n\n## Виды\n\n### Часть\n\n{items(4)}\n")
    assert [chunk.heading_path for chunk in cut(note)] == [("Тема", "Виды", "Часть")]


def test_a_long_section_is_cut_between_items(note_of: NoteOf) -> None:
    """No item is torn, none is lost, all in order."""
    chunks = cut(note_of(f"# Тема\n\n{items(80)}\n"))
    assert len(chunks) > 2
    assert "\n".join(chunk.text for chunk in chunks) == f"# Тема\n\n{items(80)}"


def test_nested_items_stay_with_theirs(note_of: NoteOf) -> None:
    """A long list is cut at its outermost items."""
    tree = "\n".join(f"- Вид {number} партнёрства\n  - пример один\n  - пример два" for number in range(40))
    assert all(chunk.text.lstrip("#Тема \n").startswith("- Вид") for chunk in cut(note_of(f"# Тема\n\n{tree}")))


@pytest.mark.parametrize("line", LONG_LINES.values(), ids=LONG_LINES)
def test_a_giant_line_is_cut(note_of: NoteOf, line: str) -> None:
    """Its parts stand in that line verbatim, keep the limit, and no two are the same chunk."""
    chunks = cut(note_of(f"\n\n{line}\n"))
    assert {(chunk.start_line, chunk.end_line) for chunk in chunks} == {(3, 3)}
    assert all(chunk.text and chunk.text in line for chunk in chunks)
    assert max(chunk.token_count for chunk in chunks) <= 320 + SLACK
    assert len({chunk.id for chunk in chunks}) == len(chunks)


@pytest.mark.parametrize("limit", [32, 100, 320])
def test_chunks_keep_the_limit(random_note: Note, limit: int) -> None:
    """No chunk has more tokens than the limit, but where the headings alone take more than half of it."""
    for chunk in cut(random_note, limit):
        assert chunk.token_count == count_tokens(chunk.embedding_text)
        headings = count_tokens(embedding_text(chunk.heading_path, chunk.aliases, ""))
        assert chunk.token_count <= max(limit, headings + limit // 2) + SLACK


@pytest.mark.parametrize("limit", [32, 320])
def test_no_text_is_lost(random_note: Note, limit: int) -> None:
    """Every line with text is in a chunk, bare headings aside; a chunk stands verbatim between its lines."""
    lines = random_note.text.split("\n")
    covered = set[int]()
    for chunk in cut(random_note, limit):
        assert chunk.text in "\n".join(lines[chunk.start_line - 1 : chunk.end_line])
        covered.update(range(chunk.start_line, chunk.end_line + 1))
    sections = [section for section in random_note.sections if section.blocks]
    needed = {line for section in sections for line in range(section.start_line, section.end_line + 1)}
    assert {line for line in needed if lines[line - 1].strip()} <= covered


def test_ids_are_content_addresses(note_of: NoteOf) -> None:
    """The same note has the same ids everywhere; this one changes with the parser's or the chunker's version only."""
    text = "# Тема\n\nТекст о спонсорах."
    assert [chunk.id for chunk in cut(note_of(text))] == [chunk.id for chunk in cut(note_of(text))]
    assert cut(note_of(text))[0].id == "648bf9c0f09972a7b34254b1d80dcf1f"


def test_repeated_sections_stay_apart(note_of: NoteOf) -> None:
    """The same section twice in a note, and in two notes, has four ids."""
    text = f"# Тема\n\n## Виды\n\n{items(3)}\n\n## Виды\n\n{items(3)}\n"
    chunks = [*cut(note_of(text, "а/Тема.md")), *cut(note_of(text, "б/Тема.md"))]
    assert len({chunk.embedding_text for chunk in chunks}) == 1
    assert len({chunk.id for chunk in chunks}) == 4


def test_aliases_stand_on_the_opening_chunk_only(note_of: NoteOf) -> None:
    """The note's other names are embedded once; the title is not its own alias."""
    first, *others = cut(note_of(f"---\naliases: [Тема, Другая]\n---\n# Тема\n\n{items(3)}\n\n## Виды\n\n{items(60)}"))
    assert first.aliases == ("Другая", "Заметка")
    assert first.embedding_text.startswith("Тема (Другая; Заметка).\n- Пункт")
    assert {chunk.aliases for chunk in others} == {()}


@pytest.mark.parametrize(
    ("body", "embedded"),
    [
        pytest.param("## Виды\n\n- Один", "Тема. Виды.\n- Один", id="heading line left out"),
        pytest.param("#метка в начале\nтекст", "Тема. Виды.\n#метка в начале\nтекст", id="tag is no heading"),
        pytest.param("текст", "Тема. Виды.\nтекст", id="no heading line"),
        pytest.param("##", "Тема. Виды.\n", id="nothing but a heading"),
    ],
)
def test_embedding_text(body: str, embedded: str) -> None:
    """Title and headings, then the text without its heading line."""
    assert embedding_text(("Тема", "Виды."), (), body) == embedded
