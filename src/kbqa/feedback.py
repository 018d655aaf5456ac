"""What users say of answers: marks, kept in one SQLite file of the data folder.

A mark cannot be made again, so the file is never thrown away: one that is damaged is an error, for the user to decide.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self, get_args

from kbqa.errors import DataError
from kbqa.types import Answer, Status

Verdict = Literal["right", "wrong", "unanswered"]
"""`right`, `wrong`: what the user said; of a refusal, `right` says that the notes have no answer. `unanswered`: a
refusal of which the user has said nothing."""

_FILE = "marks.sqlite"
_FORMAT = 1
"""In the file's `user_version`; 0 is a file in which nothing has been stored yet."""
_BUSY_SECONDS = 2.0
"""Patience with another process that is writing; the answer that is being marked waits as long."""


class Cited(NamedTuple):
    """What an answer quoted, and where it stands."""

    note: str
    heading_path: tuple[str, ...]
    quote: str


class Found(NamedTuple):
    """A section that was found."""

    note: str
    heading_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """An answer, with what the user says of it. `corpus`, `asked` and `question` tell which answer it was."""

    corpus: str
    """Folder of notes, absolute: one data folder may serve several vaults."""
    asked: str
    """When, in UTC, ISO 8601 with microseconds."""
    question: str
    """In the user's words."""
    verdict: Verdict
    status: Status
    answer: str
    """The answer's text with its markers."""
    cited: tuple[Cited, ...]
    """In the order of the citations' numbers."""
    found: tuple[Found, ...]
    """Best first, each section once."""
    fingerprint: str
    """Of the index and the settings that gave the answer."""

    @classmethod
    def of(cls, answer: Answer, verdict: Verdict, *, asked: str, corpus: Path) -> Self:
        """A mark on an answer."""
        return cls(
            corpus=str(corpus.resolve()),
            asked=asked,
            question=answer.question,
            verdict=verdict,
            status=answer.status,
            answer=answer.text,
            cited=tuple(Cited(cited.note, cited.heading_path, cited.quote) for cited in answer.citations),
            found=tuple(dict.fromkeys(Found(hit.chunk.note, hit.chunk.heading_path) for hit in answer.hits)),
            fingerprint=answer.fingerprint,
        )


class MarkStore:
    """Marks in a data folder. Safe to use from many threads and processes: each call opens the file and closes it.

    Args:
        folder: the data folder; it and the file are made when the first mark is stored.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / _FILE

    def put(self, mark: Mark) -> None:
        """Store a mark, in place of an earlier one on the same answer.

        Raises:
            DataError: the file is damaged or cannot be written.
        """
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(mark))

    def remove(self, mark: Mark) -> None:
        """Take back the mark on an answer, whatever its verdict; one that is not there is no error.

        Raises:
            DataError: the file is damaged or cannot be written.
        """
        with self._writing() as database:
            database.execute(
                "DELETE FROM marks WHERE corpus = ? AND asked = ? AND question = ?",
                (mark.corpus, mark.asked, mark.question),
            )

    def marks(self, corpus: Path) -> tuple[Mark, ...]:
        """The marks on answers from one vault, newest first.

        Raises:
            DataError: the file is damaged or cannot be read.
        """
        with self._translated():
            if not self.file.exists():
                return ()
            with closing(self._open()) as database:
                if not self._format(database):
                    return ()
                rows = database.execute(
                    "SELECT * FROM marks WHERE corpus = ? ORDER BY asked DESC, question", (str(corpus.resolve()),)
                )
                return tuple(map(_mark, rows))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._translated():
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as database, database:
                # Locked before the format is read: of two processes that both begin a file, one waits.
                database.execute("BEGIN IMMEDIATE")
                if not self._format(database):
                    database.execute(
                        "CREATE TABLE marks (corpus TEXT, asked TEXT, question TEXT, verdict TEXT, status TEXT, "
                        "answer TEXT, cited TEXT, found TEXT, fingerprint TEXT, PRIMARY KEY (corpus, asked, question))"
                    )
                    database.execute(f"PRAGMA user_version = {_FORMAT}")
                yield database

    def _open(self) -> sqlite3.Connection:
        # Not WAL: marks are few and short, and one file that is whole between writes can be copied and synchronised.
        return sqlite3.connect(self.file, timeout=_BUSY_SECONDS)

    def _format(self, database: sqlite3.Connection) -> int:
        (found,) = database.execute("PRAGMA user_version").fetchone()
        if found not in (0, _FORMAT):
            raise DataError("marks_format", file=self.file, found=found, expected=_FORMAT)
        return int(found)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of SQLite and of the file system in the user's words."""
        try:
            yield
        except (OSError, sqlite3.OperationalError) as error:
            detail = getattr(error, "strerror", None) or error
            raise DataError("marks_unavailable", file=self.file, detail=detail) from error
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            raise DataError("marks_damaged", file=self.file, detail=error) from error


def _row(mark: Mark) -> tuple[str, ...]:
    return (
        mark.corpus,
        mark.asked,
        mark.question,
        mark.verdict,
        mark.status,
        mark.answer,
        json.dumps(mark.cited, ensure_ascii=False),
        json.dumps(mark.found, ensure_ascii=False),
        mark.fingerprint,
    )


def _mark(row: tuple[Any, ...]) -> Mark:
    corpus, asked, question, verdict, status, answer, cited, found, fingerprint = row
    if verdict not in get_args(Verdict) or status not in get_args(Status):
        raise ValueError(verdict, status)
    return Mark(
        corpus=corpus,
        asked=asked,
        question=question,
        verdict=verdict,
        status=status,
        answer=answer,
        cited=tuple(Cited(note, tuple(path), quote) for note, path, quote in json.loads(cited)),
        found=tuple(Found(note, tuple(path)) for note, path in json.loads(found)),
        fingerprint=fingerprint,
    )
