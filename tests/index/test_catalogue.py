"""The notes of a generation, written down and read back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kbqa.index.catalogue import Catalogue, ChunkedNote, write_catalogue
from kbqa.index.chunking import chunks_of
from kbqa.index.manifest import DAMAGE
from kbqa.types import LinkedNote, Note, NoteSummary, Problem

PROBLEMS = (Problem("а.md", "не UTF-8", skipped=True), Problem("б.md", "YAML", skipped=False))


def chunked(note: Note) -> ChunkedNote:
    """A note with its chunks."""
    return ChunkedNote.of(note, chunks_of(note, limit=320, min_tokens=16))


@pytest.fixture
def notes(note_of: Callable[..., Note]) -> list[Note]:
    """Two notes, not in order; one with all that a note can have."""
    rich = note_of("---\naliases: [«Д», 'Е\"']\n---\n# Тема\n\n[[Д#Р|текст]] и \x00\n\n## Р\n\n- п\n", "Папка/б.md")
    return [replace(rich, tags=("метка",), content_hash="ff"), replace(note_of("просто", "а.md"), content_hash="00")]


@pytest.fixture
def catalogue(tmp_path: Path, notes: list[Note]) -> Iterator[Catalogue]:
    """The notes and problems, on disk."""
    write_catalogue(tmp_path / "notes.sqlite", map(chunked, notes), PROBLEMS)
    with closing(Catalogue(tmp_path / "notes.sqlite")) as opened:
        yield opened


def test_notes_come_back_as_they_were(catalogue: Catalogue, notes: list[Note]) -> None:
    """Every field, sections and links included; None for a note that is not there."""
    assert [catalogue.note(note.path) for note in notes] == notes
    assert catalogue.note("нет.md") is None


def test_lists_are_in_the_order_of_paths(catalogue: Catalogue) -> None:
    """Hashes, summaries and problems."""
    assert list(catalogue.hashes().items()) == [("Папка/б.md", "ff"), ("а.md", "00")]
    assert catalogue.summaries() == (
        NoteSummary("Папка/б.md", "Тема", ("«Д»", 'Е"', "б"), ("метка",)),
        NoteSummary("а.md", "а", (), ()),
    )
    assert catalogue.problems() == PROBLEMS


def test_links_are_listed_without_the_texts(catalogue: Catalogue, notes: list[Note]) -> None:
    """Of every note, in the order of their paths: its names, and its links as they were read."""
    assert catalogue.linked_notes() == tuple(LinkedNote(note.path, note.aliases, note.links) for note in notes)
    assert notes[0].links


def test_chunks_are_listed_by_note(catalogue: Catalogue, notes: list[Note]) -> None:
    """Their ids, in the order of their lines."""
    assert catalogue.chunk_ids() == {note.path: chunked(note).chunk_ids for note in notes}


def test_a_catalogue_takes_over_another(catalogue: Catalogue, notes: list[Note], tmp_path: Path) -> None:
    """What is gone goes, what is given replaces what there was, the rest stays; the base is not changed."""
    rich, plain = notes
    edited, fresh = replace(plain, text="другое", content_hash="11"), replace(plain, path="в.md")
    file = tmp_path / "grown.sqlite"
    write_catalogue(file, map(chunked, [edited, fresh]), PROBLEMS[1:], base=catalogue.file)
    with closing(Catalogue(file)) as grown:
        assert grown.hashes() == {rich.path: "ff", plain.path: "11", "в.md": "00"}
        assert grown.note(rich.path) == rich
        assert grown.problems() == PROBLEMS[1:]
    write_catalogue(tmp_path / "less.sqlite", (), (), base=file, gone=[rich.path, "в.md"])
    with closing(Catalogue(tmp_path / "less.sqlite")) as less:
        assert list(less.hashes()) == [plain.path]
    assert catalogue.hashes()[plain.path] == "00"


def test_threads_read_at_once(catalogue: Catalogue, notes: list[Note]) -> None:
    """Each gets the note that it asked for."""
    asked = notes * 200
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(catalogue.note, [note.path for note in asked])) == asked


def test_it_is_closed_under_readers(catalogue: Catalogue, notes: list[Note]) -> None:
    """Who reads gets the whole note; who comes later, an error that the index knows for a damaged one."""

    def read(number: int) -> Note | None:
        if number == 200:
            catalogue.close()
        try:
            return catalogue.note(notes[0].path)
        except DAMAGE:
            return None

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(read, range(400)))
    assert found[0] == notes[0]
    assert found[-1] is None
    assert all(note in {None, notes[0]} for note in found)
