"""Vectors by the content they were made from: a text is embedded once, however often the index is rebuilt."""

import hashlib
import os
import random
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbqa.embedding import Kind

_BATCH = 256
"""Texts embedded, and stored, at a time; twice as many are lost at most when a run is interrupted."""
_WINDOW = 4096
"""Texts that are sorted by length before they are cut into batches: the model takes texts of one length together."""
_SEAL_BYTES = 4
_LOOKUP = 500
"""Keys asked for in one statement; SQLite allows 999 in its oldest builds."""
_PAGE_BYTES = 8192
"""Several vectors fit; in a page of SQLite's usual 4096 bytes none fits whole, and each takes up two."""
_PAGES_KIB = 65_536
"""Of the file that SQLite keeps in memory: vectors go to places all over it, by their keys."""

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


Take = Callable[[Sequence[int], NDArray[np.float32]], None]
"""Takes vectors, shape (texts, dimension), of the texts at these places."""


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
        take: Take,
    ) -> int:
        """Hand the vector of every text to `take`, once each, in any order; how many had to be embedded.

        No more than some batches of vectors are in memory at a time. While one batch is embedded, in a thread of its
        own, the one before is stored.

        Args:
            texts: all of them.
            embed: text → vectors, called from another thread.
            progress: called with the number of texts done and the number of texts in all; the share of texts is about
                the share of the time.
            take: keeps the vectors.
        """
        waiting: dict[bytes, int] = {}
        copies: dict[int, list[int]] = {}
        for place, text in enumerate(texts):
            first = waiting.setdefault(self._key(text), place)
            if first != place:
                copies.setdefault(first, []).append(place)

        def hand_over(places: Sequence[int], vectors: NDArray[np.float32]) -> None:
            take(places, vectors)
            for place, vector in zip(places, vectors, strict=True):
                if place in copies:
                    take(copies[place], np.broadcast_to(vector, (len(copies[place]), len(vector))))

        for found in self._look_up(list(waiting)):
            hand_over([waiting.pop(key) for key in found], np.stack(list(found.values())))
        missing = len(waiting)
        done = len(texts) - missing
        progress(done, len(texts))
        with ThreadPoolExecutor(max_workers=1) as pool:
            batches = _batches(texts, list(waiting.items()))
            batch = next(batches, None)
            embedding = pool.submit(_embedded, embed, texts, batch) if batch else None
            while batch and embedding:
                fresh = embedding.result()
                following = next(batches, None)
                embedding = pool.submit(_embedded, embed, texts, following) if following else None
                self._store([key for key, _ in batch], fresh)
                hand_over([place for _, place in batch], fresh)
                done += len(batch)
                progress(done, len(texts))
                batch = following
        return missing

    def _store(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                ((key, _sealed(key, vector.tobytes())) for key, vector in zip(keys, vectors, strict=True)),
            )

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

    def _look_up(self, keys: Sequence[bytes]) -> Iterator[Mapping[bytes, NDArray[np.float32]]]:
        """Stored vectors by their keys, some at a time; one that was damaged counts as not stored."""
        for start in range(0, len(keys), _LOOKUP):
            part = keys[start : start + _LOOKUP]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, CAST(vector AS BLOB) FROM vectors WHERE key IN ({marks})"  # noqa: S608 - only question marks
            found = {
                key: np.frombuffer(stored, np.float32, offset=_SEAL_BYTES)
                for key, stored in self._database.execute(query, part)
                if stored == _sealed(key, stored[_SEAL_BYTES:])
            }
            if found:
                yield found

    @staticmethod
    def _open(file: Path) -> sqlite3.Connection:
        database = sqlite3.connect(file)
        # Damage can turn a stored type into text, which nothing should try to decode.
        database.text_factory = bytes
        try:
            database.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            database.execute(f"PRAGMA cache_size = -{_PAGES_KIB}")
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


def _batches(texts: Sequence[Text], waiting: Sequence[tuple[bytes, int]]) -> Iterator[list[tuple[bytes, int]]]:
    """What is to be embedded, keys and places, in batches of one kind and about one length.

    Long and short texts come in turn, the same each time: so the texts done tell how long the rest will take.
    """
    shuffled = random.Random(len(waiting)).sample(waiting, len(waiting))  # noqa: S311 - not for secrets
    for start in range(0, len(shuffled), _WINDOW):
        window = sorted(shuffled[start : start + _WINDOW], key=lambda item: len(texts[item[1]].text))
        for kind in ("passage", "query"):
            alike = [item for item in window if texts[item[1]].kind == kind]
            yield from (alike[at : at + _BATCH] for at in range(0, len(alike), _BATCH))


def _embedded(
    embed: Callable[[Sequence[str], Kind], NDArray[np.float32]],
    texts: Sequence[Text],
    batch: Sequence[tuple[bytes, int]],
) -> NDArray[np.float32]:
    wanted = [texts[place] for _, place in batch]
    return embed([text.text for text in wanted], wanted[0].kind).astype(np.float32, copy=False)


def _sealed(key: bytes, content: bytes) -> bytes:
    """`content` behind its checksum."""
    return zlib.crc32(key + content).to_bytes(_SEAL_BYTES) + content
