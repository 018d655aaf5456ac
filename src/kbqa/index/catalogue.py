"""The notes of a generation as they were when it was made: what the source panel shows and citations refer to."""

import json
import shutil
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any, Self, get_args, get_type_hints

from kbqa.types import Block, BlockId, Chunk, LinkedNote, Note, NoteSummary, Problem, Section

_SCHEMA = """
CREATE TABLE notes (
    path TEXT PRIMARY KEY, content_hash TEXT, properties TEXT, text TEXT, chunk_ids TEXT, sections BLOB
);
CREATE TABLE problems (note TEXT, reason TEXT, skipped INTEGER);
"""
_PROPERTIES = [field.name for field in fields(Note) if field.name not in {"path", "content_hash", "text", "sections"}]
"""Of a note: what has no column of its own."""
_ITEMS = {name: next(iter(get_args(kind)), None) for name, kind in get_type_hints(Note).items()}
"""What the tuples of a note consist of, by the fields' names."""


@dataclass(frozen=True, slots=True)
class ChunkedNote:
    """A note, and the chunks that it was cut into."""

    note: Note
    """Without its sections."""
    sections: bytes
    """These, packed: as objects, those of all notes take more memory than anything else of them."""
    chunk_ids: tuple[str, ...]
    """In the order of their lines; may be empty."""

    @classmethod
    def of(cls, note: Note, chunks: Iterable[Chunk]) -> Self:
        """A note with its sections, and its chunks."""
        return cls(replace(note, sections=()), _packed(note.sections), tuple(chunk.id for chunk in chunks))

    def whole(self) -> Note:
        """The note with its sections."""
        return replace(self.note, sections=_unpacked(self.sections))


def write_catalogue(
    file: Path,
    notes: Iterable[ChunkedNote],
    problems: Iterable[Problem],
    *,
    base: Path | None = None,
    gone: Iterable[str] = (),
) -> None:
    """Write the notes and problems of a generation to a new `file`.

    Args:
        file: what is written.
        notes: those that `base` does not hold as they are now.
        problems: all of the generation's.
        base: the catalogue of an earlier generation, whose other notes are kept.
        gone: paths of notes of `base` that are not kept.
    """
    if base:
        shutil.copyfile(base, file)
    with closing(sqlite3.connect(file)) as database, database:
        if base:
            database.executemany("DELETE FROM notes WHERE path = ?", ((path,) for path in gone))
            database.execute("DELETE FROM problems")
        else:
            database.executescript(_SCHEMA)
        database.executemany(
            "INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    item.note.path,
                    item.note.content_hash,
                    _to_json({name: _plain(getattr(item.note, name)) for name in _PROPERTIES}),
                    item.note.text,
                    _to_json(item.chunk_ids),
                    item.sections,
                )
                for item in notes
            ),
        )
        database.executemany(
            "INSERT INTO problems VALUES (?, ?, ?)",
            ((problem.note, problem.reason, problem.skipped) for problem in problems),
        )


class Catalogue:
    """Reads what `write_catalogue` wrote; threads may share it.

    The file stays open until `close`: to open it anew takes longer than to read a note.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        # Immutable: no locks are taken, so that an index in a read-only folder can be read.
        self._database = sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False)
        # The garbage collector may close it, in whatever thread it happens to run.
        self._using = RLock()

    def close(self) -> None:
        """Let go of the file, once nobody reads; nothing can be read afterwards."""
        with self._using:
            self._database.close()

    def hashes(self) -> dict[str, str]:
        """Content hash of every note by its path."""
        return {row[0]: row[1] for row in self._rows("SELECT path, content_hash FROM notes ORDER BY path")}

    def chunk_ids(self) -> dict[str, tuple[str, ...]]:
        """Ids of every note's chunks, in the order of their lines, by its path."""
        rows = self._rows("SELECT path, chunk_ids FROM notes ORDER BY path")
        return {path: tuple(json.loads(ids)) for path, ids in rows}

    def summaries(self) -> tuple[NoteSummary, ...]:
        """Every note without its text, in the order of their paths."""
        summaries = []
        for path, stored in self._rows("SELECT path, properties FROM notes ORDER BY path"):
            properties = _properties(stored)
            summaries.append(NoteSummary(path, properties["title"], properties["aliases"], properties["tags"]))
        return tuple(summaries)

    def linked_notes(self) -> tuple[LinkedNote, ...]:
        """Every note's names and links, in the order of their paths; no text is parsed for them."""
        linked = []
        for path, stored in self._rows("SELECT path, properties FROM notes ORDER BY path"):
            properties = _properties(stored)
            linked.append(LinkedNote(path, properties["aliases"], properties["links"]))
        return tuple(linked)

    def note(self, path: str) -> Note | None:
        """One note, its sections included; None when there is no such note."""
        query = "SELECT properties, content_hash, text, sections FROM notes WHERE path = ?"
        for stored, content_hash, text, packed in self._rows(query, path):
            # To parse the text again would take ten times as long.
            sections = _unpacked(packed)
            return Note(path=path, content_hash=content_hash, text=text, sections=sections, **_properties(stored))
        return None

    def problems(self) -> tuple[Problem, ...]:
        """Notes that were skipped or read only in part."""
        rows = self._rows("SELECT note, reason, skipped FROM problems ORDER BY note")
        return tuple(Problem(note, reason, bool(skipped)) for note, reason, skipped in rows)

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with self._using:
            return self._database.execute(query, values).fetchall()


def _plain(value: Any) -> Any:
    """`value` as JSON has it: dataclasses as tables of their fields."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _properties(stored: str) -> dict[str, Any]:
    return {name: _read(value, _ITEMS.get(name)) for name, value in json.loads(stored).items()}


def _read(value: Any, item_type: Any) -> Any:
    """What `_plain` made JSON of; items that are tables were of `item_type`."""
    if isinstance(value, list):
        return tuple(_read(item, item_type) for item in value)
    if isinstance(value, dict):
        return item_type(**{name: _read(item, None) for name, item in value.items()})
    return value


def _packed(sections: Iterable[Section]) -> bytes:
    """Sections as compressed JSON: of each dataclass the values of its fields, in their order."""
    return zlib.compress(_to_json([_values(section) for section in sections]).encode("utf-8", "surrogatepass"))


def _unpacked(packed: bytes) -> tuple[Section, ...]:
    sections = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return tuple(
        Section(
            tuple(path),
            level,
            start_line,
            end_line,
            text,
            tuple(Block(*block) for block in blocks),
            tuple(BlockId(*block_id) for block_id in block_ids),
        )
        for path, level, start_line, end_line, text, blocks, block_ids in sections
    )


def _values(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_values(item) for item in value]
    return [_values(getattr(value, field.name)) for field in fields(value)] if is_dataclass(value) else value


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
