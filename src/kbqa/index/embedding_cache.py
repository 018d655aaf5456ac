"""Vectors by the content they were made from: a text is embedded once, however often the index is rebuilt."""

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbqa.embedding import Kind

_BATCH = 256
"""Texts embedded, and stored, at a time; what is lost at most when a run is interrupted."""
_SEAL_BYTES = 4
_LOOKUP = 500
"""Keys asked for in one statement; SQLite allows 999 in its oldest builds."""
_PAGE_BYTES = 8192
"""Several vectors fit; in a page of SQLite's usual 4096 bytes none fits whole, and each takes up two."""

KEPT = 4
"""How many times the vectors of the whole index are kept: enough for settings that are changed back and forth."""
ALWAYS_KEPT = 20_000
"""So many vectors are kept in any case (35 MB): a vault that is missing half of its notes for a moment, because they
are still being fetched, does not cost the vectors of the others."""

_TROUBLE = (sqlite3.Error, UnicodeDecodeError)
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""What SQLite says of a file whose content is not what was written; an SQL error: its table is not ours."""


class Text(NamedTuple):
    """A text, and what it is embedded as."""

    text: str
    kind: Kind


class EmbeddingCache:
    """Vectors in one SQLite file, written by the indexer alone.

    The cache is derived: a damaged file is thrown away and filled again. A file that cannot be read or written for
    another reason (a full disk, no right to write, a lock) stays as it is: what SQLite raises is passed on.

    What was embedded for edits long undone would make it grow forever. So a run that makes the index from nothing
    writes down what it uses (`trim`); of more than are kept, those go first that no such run has ever used, then
    those that were used the longest ago.
    """

    def __init__(self, file: Path, model_id: str) -> None:
        self._model_id = model_id
        self.damage: str | None = None
        """Why the file that was there has been thrown away, if it has."""
        try:
            self._database = self._open(file)
        except _TROUBLE as error:
            if not _is_damage(error, file):
                raise
            self.damage = str(error)
            file.unlink()
            self._database = self._open(file)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def vectors(
        self,
        texts: Sequence[Text],
        embed: Callable[[Sequence[str], Kind], NDArray[np.float32]],
        progress: Callable[[int, int], None],
    ) -> tuple[NDArray[np.float32], int]:
        """Vectors of `texts`, shape (texts, dimension), and how many of them had to be embedded.

        `progress` is called with the number of texts done and the number of texts in all.
        """
        keys = [self._key(text) for text in texts]
        known = self._look_up(keys)
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
        done = len(texts) - len(missing)
        progress(done, len(texts))
        for kind, of_kind in groupby(missing, key=lambda item: item[1].kind):
            alike = list(of_kind)
            for start in range(0, len(alike), _BATCH):
                batch = alike[start : start + _BATCH]
                fresh = embed([text.text for _, text in batch], kind).astype(np.float32)
                rows = {key: vector for (key, _), vector in zip(batch, fresh, strict=True)}
                with self._database:
                    self._database.executemany(
                        "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                        ((key, _sealed(key, vector.tobytes())) for key, vector in rows.items()),
                    )
                known |= rows
                done += len(batch)
                progress(done, len(texts))
        return np.stack([known[key] for key in keys]), len(missing)

    def trim(self, texts: Sequence[Text]) -> None:
        """Write down that the whole index is made from these texts, which are stored, and forget what is too much."""
        kept = max(KEPT * len(texts), ALWAYS_KEPT)
        with self._database as database:
            (run,) = database.execute("SELECT coalesce(max(run), 0) + 1 FROM uses").fetchone()
            database.executemany(
                "INSERT OR REPLACE INTO uses VALUES (?, ?)", ((self._key(text), run) for text in texts)
            )
            (stored,) = database.execute("SELECT count(*) FROM vectors").fetchone()
            if stored > kept:
                database.execute(
                    "DELETE FROM vectors WHERE key IN"
                    " (SELECT key FROM vectors LEFT JOIN uses USING (key) ORDER BY run LIMIT ?)",
                    (stored - kept,),
                )
                database.execute("DELETE FROM uses WHERE key NOT IN (SELECT key FROM vectors)")

    def _key(self, text: Text) -> bytes:
        # Passages, of which there are caches from before there were queries, have no mark.
        mark = "" if text.kind == "passage" else f"/{text.kind}"
        return hashlib.sha256(f"{self._model_id}{mark}\0{text.text}".encode("utf-8", "surrogatepass")).digest()

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Stored vectors by their keys; one that was damaged counts as not stored."""
        found: dict[bytes, NDArray[np.float32]] = {}
        for start in range(0, len(keys), _LOOKUP):
            part = keys[start : start + _LOOKUP]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, CAST(vector AS BLOB) FROM vectors WHERE key IN ({marks})"  # noqa: S608 - only question marks
            for key, stored in self._database.execute(query, part):
                content = stored[_SEAL_BYTES:]
                if stored == _sealed(key, content):
                    found[key] = np.frombuffer(content, np.float32)
        return found

    @staticmethod
    def _open(file: Path) -> sqlite3.Connection:
        database = sqlite3.connect(file)
        # Damage can turn a stored type into text, which nothing should try to decode.
        database.text_factory = bytes
        try:
            database.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            for table in (
                "vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)",
                "uses (key BLOB PRIMARY KEY, run INT)",
            ):
                database.execute(f"CREATE TABLE IF NOT EXISTS {table} WITHOUT ROWID")
            with database:
                # Changes nothing, but fails where the table has other columns, is locked, or is not to be written to.
                database.execute("UPDATE vectors SET key = key, vector = vector WHERE 0")
                database.execute("UPDATE uses SET key = key, run = run WHERE 0")
            (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if found != b"ok":
                raise sqlite3.DatabaseError(" ".join(found.decode(errors="replace").split()))
        except _TROUBLE:
            database.close()
            raise
        return database


def _is_damage(error: Exception, file: Path) -> bool:
    """Whether the file's content is at fault, and not the disk, the system or another process."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # The check above, or damaged bytes in SQLite's own message.
        return True
    # One damaged byte says that the file is not to be written to.
    forbidden = code == sqlite3.SQLITE_READONLY and os.access(file, os.W_OK)
    return code & 0xFF in _DAMAGE or forbidden


def _sealed(key: bytes, content: bytes) -> bytes:
    """`content` behind its checksum."""
    return zlib.crc32(key + content).to_bytes(_SEAL_BYTES) + content
