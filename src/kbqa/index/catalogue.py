"""The notes of a generation as they were when it was made: what the source panel shows and citations refer to."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from kbqa.notes.sections import outline
from kbqa.types import Link, Note, NoteSummary, Problem

_SCHEMA = """
CREATE TABLE notes (
    path TEXT PRIMARY KEY, content_hash TEXT, title TEXT, aliases TEXT, tags TEXT, links TEXT, text TEXT
);
CREATE TABLE problems (note TEXT, reason TEXT, skipped INTEGER);
"""


def write_catalogue(file: Path, notes: Iterable[Note], problems: Iterable[Problem]) -> None:
    """Write all notes and problems of a generation to a new `file`."""
    with closing(sqlite3.connect(file)) as database, database:
        database.executescript(_SCHEMA)
        database.executemany(
            "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    note.path,
                    note.content_hash,
                    note.title,
                    _to_json(note.aliases),
                    _to_json(note.tags),
                    _to_json([(link.target, link.heading, link.display, link.line) for link in note.links]),
                    note.text,
                )
                for note in notes
            ),
        )
        database.executemany(
            "INSERT INTO problems VALUES (?, ?, ?)",
            ((problem.note, problem.reason, problem.skipped) for problem in problems),
        )


class Catalogue:
    """Reads what `write_catalogue` wrote. Every call opens the file anew, so threads share nothing."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def hashes(self) -> dict[str, str]:
        """Content hash of every note by its path."""
        return {row[0]: row[1] for row in self._rows("SELECT path, content_hash FROM notes ORDER BY path")}

    def summaries(self) -> tuple[NoteSummary, ...]:
        """Every note without its text, in the order of their paths."""
        rows = self._rows("SELECT path, title, aliases, tags FROM notes ORDER BY path")
        return tuple(
            NoteSummary(path, title, tuple(json.loads(aliases)), tuple(json.loads(tags)))
            for path, title, aliases, tags in rows
        )

    def note(self, path: str) -> Note | None:
        """One note, its sections included; None when there is no such note."""
        for title, aliases, tags, links, content_hash, text in self._rows(
            "SELECT title, aliases, tags, links, content_hash, text FROM notes WHERE path = ?", path
        ):
            return Note(
                path=path,
                title=title,
                aliases=tuple(json.loads(aliases)),
                tags=tuple(json.loads(tags)),
                links=tuple(Link(*link) for link in json.loads(links)),
                content_hash=content_hash,
                text=text,
                sections=outline(text, fallback_title=title).sections,
            )
        return None

    def problems(self) -> tuple[Problem, ...]:
        """Notes that were skipped or read only in part."""
        rows = self._rows("SELECT note, reason, skipped FROM problems ORDER BY note")
        return tuple(Problem(note, reason, bool(skipped)) for note, reason, skipped in rows)

    def _rows(self, query: str, *values: str) -> Iterator[tuple[str, ...]]:
        # Immutable: no locks are taken, so that an index in a read-only folder can be read.
        with closing(sqlite3.connect(f"{self._file.resolve().as_uri()}?immutable=1", uri=True)) as database:
            yield from database.execute(query, values).fetchall()


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
