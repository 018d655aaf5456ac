"""The notes of a generation, written down and read back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kbqa.index.catalogue import Catalogue, write_catalogue
from kbqa.types import Note, NoteSummary, Problem

PROBLEMS = (Problem("а.md", "не UTF-8", skipped=True), Problem("б.md", "YAML", skipped=False))


@pytest.fixture
def notes(note_of: Callable[..., Note]) -> list[Note]:
    """Two notes, not in order; one with all that a note can have."""
    rich = note_of("---\naliases: [«Д», 'Е\"']\n---\n# Тема\n\n[[Д#Р|текст]] и \x00\n\n## Р\n\n- п\n", "Папка/б.md")
    return [replace(rich, tags=("метка",), content_hash="ff"), replace(note_of("просто", "а.md"), content_hash="00")]


@pytest.fixture
def catalogue(tmp_path: Path, notes: list[Note]) -> Catalogue:
    """The notes and problems, on disk."""
    write_catalogue(tmp_path / "notes.sqlite", notes, PROBLEMS)
    return Catalogue(tmp_path / "notes.sqlite")


def test_notes_come_back_as_they_were(catalogue: Catalogue, notes: list[Note]) -> None:
    """Every field, sections and links included; None for a note that is not there."""
    assert [catalogue.note(note.path) for note in notes] == notes
    assert catalogue.note("нет.md") is None


def test_lists_are_in_the_order_of_paths(catalogue: Catalogue) -> None:
    """Hashes, summaries and problems."""
    assert list(catalogue.hashes().items()) == [("Папка/б.md", "ff"), ("а.md", "00")]
    assert catalogue.summaries() == (
        NoteSummary("Папка/б.md", "Тема", ("«Д»", 'Е"'), ("метка",)),
        NoteSummary("а.md", "а", (), ()),
    )
    assert catalogue.problems() == PROBLEMS
