"""Vectors by the content they were made from: a text is embedded once, however often the index is rebuilt."""

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_BATCH = 256
"""Texts embedded, and stored, at a time; what is lost at most when a run is interrupted."""
_SEAL_BYTES = 4
_LOOKUP = 500
"""Keys asked for in one statement; SQLite allows 999 in its oldest builds."""


class EmbeddingCache:
    """A table of vectors in one SQLite file, written by the indexer alone.

    The cache is derived: a damaged file is thrown away and filled again.
    """

    def __init__(self, file: Path, model_id: str) -> None:
        self._model_id = model_id
        try:
            self._database = self._open(file)
        except sqlite3.DatabaseError:
            file.unlink(missing_ok=True)
            self._database = self._open(file)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def vectors(
        self,
        texts: Sequence[str],
        embed: Callable[[Sequence[str]], NDArray[np.float32]],
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
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            fresh = embed([text for _, text in batch]).astype(np.float32)
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

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._model_id}\0{text}".encode("utf-8", "surrogatepass")).digest()

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Stored vectors by their keys; one that was damaged counts as not stored."""
        found: dict[bytes, NDArray[np.float32]] = {}
        for start in range(0, len(keys), _LOOKUP):
            part = keys[start : start + _LOOKUP]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608 - only question marks
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
            database.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
            )
            if database.execute("PRAGMA quick_check").fetchone() != (b"ok",):
                raise sqlite3.DatabaseError(file)
        except sqlite3.Error:
            database.close()
            raise
        return database


def _sealed(key: bytes, content: bytes) -> bytes:
    """`content` behind its checksum."""
    return zlib.crc32(key + content).to_bytes(_SEAL_BYTES) + content
