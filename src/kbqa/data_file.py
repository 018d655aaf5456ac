"""One SQLite file of the data folder: what users leave, which cannot be made again.

So it is never thrown away: one that is damaged, or that a later kbqa has written, is an error, for the user to decide.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from kbqa.errors import DataError

_BUSY_SECONDS = 2.0
"""Patience with another process that is writing; whoever is waiting for the page waits as long."""


class DataFile:
    """Safe to use from many threads and processes: each use opens the file and closes it.

    Args:
        file: it and its folder are made when something is first written.
        formats: the SQL statements that make each format of the one before, from nothing on. The file's
            `user_version` says how many of them it has seen; 0 is a file in which nothing has been stored yet.
    """

    def __init__(self, file: Path, formats: Sequence[Sequence[str]]) -> None:
        self.file = file
        self._formats = formats

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The file as it is, perhaps of an earlier format; None where nothing has been stored.

        Raises:
            DataError: it is damaged or cannot be read; so is what the caller finds in it, when that is a ValueError,
                TypeError or KeyError.
        """
        with self._translated():
            if not self.file.exists():
                yield None
                return
            with closing(self._open()) as database:
                yield database if self._format(database) else None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The file in its newest format; what is done within happens as a whole, or not at all.

        Raises:
            DataError: as `reading`, or it cannot be written.
        """
        with self._translated():
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as database, database:
                # What is deleted is not to be found in the file any more.
                database.execute("PRAGMA secure_delete = ON")
                # Locked before the format is read: of two processes that both begin a file, one waits.
                database.execute("BEGIN IMMEDIATE")
                for statements in self._formats[self._format(database) :]:
                    for statement in statements:
                        database.execute(statement)
                database.execute(f"PRAGMA user_version = {len(self._formats)}")
                yield database

    def _open(self) -> sqlite3.Connection:
        # Not WAL: writes are few and short, and one file that is whole between them can be copied and synchronised.
        return sqlite3.connect(self.file, timeout=_BUSY_SECONDS)

    def _format(self, database: sqlite3.Connection) -> int:
        (found,) = database.execute("PRAGMA user_version").fetchone()
        if not 0 <= found <= len(self._formats):
            raise DataError("data_format", file=self.file, found=found, expected=len(self._formats))
        return int(found)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of SQLite and of the file system in the user's words."""
        try:
            yield
        except (OSError, sqlite3.OperationalError) as error:
            detail = getattr(error, "strerror", None) or error
            raise DataError("data_unavailable", file=self.file, detail=detail) from error
        except (sqlite3.DatabaseError, ValueError, TypeError, KeyError) as error:
            raise DataError("data_damaged", file=self.file, detail=error) from error
