"""Links between notes: resolved as Obsidian does it, backlinks, and links to notes that are still to be written."""

import time
import unicodedata

import pytest

from kbqa.notes.links import LinkGraph, place_of
from kbqa.notes.sections import outline
from kbqa.types import LinkedNote, Note


def note(path: str, text: str = "Текст.") -> Note:
    """A note as the vault gives it."""
    parsed = outline(text, fallback_title=path)
    return Note(path, parsed.title, parsed.aliases, (), parsed.links, "", parsed.text, parsed.sections)


def targets(source: str, text: str, *others: Note) -> list[str | None]:
    """Where the links of a note `source` with this text lead to, among `others`."""
    graph = LinkGraph.of((note(source, text), *others))
    return [one.path for one in graph.outgoing(source)]


def places(source: Note, target: Note) -> list[tuple[int, int] | None]:
    """Which lines of `target` the links of `source` lead to."""
    return [place_of(link, target) for link in source.links]


HALL = """# Виды залов

Текст.

## Большой: #1

Абзац ^name

## Малый

### Большой

- пункт
- второй

^list"""
NFD = unicodedata.normalize("NFD", "Йога")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[[Зал]]", "Зал.md"),
        ("[[зАЛ]]", "Зал.md"),
        ("[[Зал.md]]", "Зал.md"),
        ("[[/Зал]]", "Зал.md"),
        ("[[А/План]]", "А/План.md"),
        ("[[Глубоко/План]]", "А/Глубоко/План.md"),
        ("[[лубоко/План]]", None),
        ("[[План]]", "А/План.md"),
        (f"[[{NFD}]]", "А/Йога.md"),
        ("[[Псевдоним]]", "А/План.md"),
        ("[[./Зал]]", None),
        ("[[./Рядом]]", "Б/Рядом.md"),
        ("[[../Зал]]", "Зал.md"),
        ("[[../../etc/passwd]]", None),
        ("[[/../Зал]]", None),
        ("[[А/../Зал]]", "Зал.md"),
        ("[[#Раздел]]", "Б/откуда.md"),
        ("[x](Рядом.md)", "Б/Рядом.md"),
        ("[x](../А/План.md)", "А/План.md"),
        ("[x](А/План.md)", "А/План.md"),
        ("[x](../../../etc/passwd)", None),
        ("[[Нет такой]]", None),
    ],
)
def test_a_target(text: str, path: str | None) -> None:
    """Path, ending of a path, alias; letter case and composition do not count; nothing outside the vault."""
    others = (
        note("Зал.md"),
        note("А/План.md", "---\naliases: [Псевдоним]\n---\n"),
        note("А/Глубоко/План.md"),
        note("А/Йога.md"),
        note("Б/Рядом.md"),
    )
    assert targets("Б/откуда.md", text, *others) == [path]


def test_the_own_folder_comes_first() -> None:
    """Of several notes with the name, the neighbour; but a path from the root says what it says."""
    others = (note("А/План.md"), note("Б/План.md"), note("Б/В/План.md"))
    assert targets("Б/откуда.md", "[[План]] [[А/План]] [[В/План]]", *others) == [
        *("Б/План.md", "А/План.md", "Б/В/План.md")
    ]
    assert targets("Г/откуда.md", "[[План]]", *others) == ["А/План.md"]
    assert targets("Б/откуда.md", "[[План]] [x](План.md)", note("План.md"), *others) == ["План.md", "Б/План.md"]


def test_names_that_differ_by_case_are_two_notes() -> None:
    """The one that is written so, else the first."""
    others = (note("зал.md"), note("Зал.md"))
    assert targets("откуда.md", "[[зал]] [[Зал]] [[ЗАЛ]]", *others) == ["зал.md", "Зал.md", "Зал.md"]


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        ("#Виды залов", (1, 3)),
        ("#виды ЗАЛОВ", (1, 3)),
        ("#Большой 1", (5, 7)),
        ("#Большой: #1", (5, 7)),
        ("#Малый#Большой", (11, 16)),
        ("#Виды залов#Малый#Большой", (11, 16)),
        ("#Большой#Малый", None),
        ("#Нет", None),
        ("#!", None),
        ("#^имя", None),
        ("#^Name", (7, 7)),
        ("#^list", (13, 14)),
        ("", None),
    ],
)
def test_a_place(place: str, lines: tuple[int, int] | None) -> None:
    """A heading's section, also by the headings above it; a named block; the note itself where there is none."""
    assert targets("откуда.md", f"[[Зал{place}]]", note("Зал.md", HALL)) == ["Зал.md"]
    assert places(note("откуда.md", f"[[Зал{place}]]"), note("Зал.md", HALL)) == [lines]


def test_an_anchor_as_in_documentation() -> None:
    """`#виды-залов`, as GitHub makes it."""
    hall = note("Зал.md", "## Виды залов, все\n\nТекст.")
    assert places(note("а.md", "[x](Зал.md#виды-залов-все)"), hall) == [(1, 3)]


def test_an_anchor_that_the_heading_names() -> None:
    """`Виды {#kinds}`, as many documentation tools have it."""
    both = note("а.md", "Текст [x](#kinds) и [y](#виды)\n\n## Виды {#kinds}")
    assert places(both, both) == [(3, 3), (3, 3)]


def test_backlinks_say_where_and_how() -> None:
    """The linking note, the line and the words; a note's links to itself are none."""
    graph = LinkGraph.of((note("Зал.md", "[[#Ниже]]"), note("б.md", "а\n[[зал|зале]]"), note("а.md", "![[Зал]]")))
    assert [(one.source, one.link.line, one.link.display, one.link.embed) for one in graph.backlinks("Зал.md")] == [
        ("а.md", 1, "Зал", True),
        ("б.md", 2, "зале", False),
    ]
    assert graph.backlinks("а.md") == graph.outgoing("нет.md") == ()


def test_an_alias_is_told() -> None:
    """Obsidian itself would not resolve it, so it is marked."""
    graph = LinkGraph.of((note("Зал.md", "---\nalias: Холл\n---\n"), note("а.md", "[[холл]] [[Зал]]")))
    assert [one.by_alias for one in graph.outgoing("а.md")] == [True, False]


def test_dangling_targets_are_one_by_any_spelling() -> None:
    """Case, composition and `.md` do not make another unwritten note."""
    text = f"[[{NFD}]] [[йога]] [[Йога.md]] [[Ёлка]]"
    dangling = LinkGraph.of((note("а.md", text),)).dangling
    assert [(unicodedata.normalize("NFC", name), len(links)) for name, links in dangling.items()] == [
        ("Йога", 3),
        ("Ёлка", 1),
    ]


def test_links_of_a_large_vault() -> None:
    """10,000 notes of one name with 100,000 links: no pair of notes is ever compared."""
    link = note("а.md", "[[index]] " * 10).links
    notes = [LinkedNote(f"п{number}/index.md", (), link) for number in range(10_000)]
    started = time.process_time()
    graph = LinkGraph.of(notes)
    # About 2 s; quadratic work would take an hour.
    assert time.process_time() - started < 30
    assert graph.outgoing("п77/index.md")[0].path == "п77/index.md"
