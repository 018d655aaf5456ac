"""Chunks and their vectors in a Chroma store of one's own."""

import hashlib
import json
import marshal
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray

from kbqa.errors import BrokenIndexError
from kbqa.index.chroma import SEARCHED, ChromaError, close_embedded, make_client
from kbqa.index.chunking import make_chunk
from kbqa.types import Chunk

_DATABASE = "chroma.sqlite3"
_COLLECTION = "chunks"
_ADDED = 500
"""Chunks added at a time. No other thread runs while Chroma adds some (a millisecond and a half for each), so that
questions must wait; with fewer at a time it takes longer in all, by a fifth with 250."""
_ROWS = 5000
_SEAL_ENCODING = 2
"""Version of marshal's encoding; the last one in which equal rows always have equal bytes."""


class ChunkReader(Protocol):
    """Chunks and their vectors, wherever they lie. Vectors have length 1; distances are cosine."""

    def ids(self) -> set[str]:
        """Ids of all chunks."""

    def count(self) -> int:
        """How many chunks are stored."""

    def nearest(self, vector: NDArray[np.float32], count: int) -> list[str]:
        """Ids of up to `count` nearest chunks, nearest first."""

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of the named chunks, in the order of `ids`; at least one."""

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The named chunks, in the order of `ids`."""

    def close(self) -> None:
        """Let go of what is open."""


def seal_of_store(folder: Path) -> str:
    """SHA-256 of what a store's files say, which stays the same however often the store is opened.

    The bytes do not: each opening adds a row to a table that nothing reads, and below a thousand chunks the graph is
    made anew from the database while what stands in its place on disk is never read.
    """
    seal = hashlib.sha256()
    for rows in _rows(folder / _DATABASE):
        seal.update(marshal.dumps(rows, _SEAL_ENCODING))
    for graph in sorted(folder.glob("*/index_metadata.pickle")):
        for file in sorted(graph.parent.iterdir()):
            with file.open("rb") as opened:
                seal.update(hashlib.file_digest(opened, "sha256").digest())
    return seal.hexdigest()


def _rows(file: Path) -> Iterator[list[Any]]:
    # Immutable: no locks; what another process writes by opening the store is not read here.
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)) as database:
        database.text_factory = bytes
        tables = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        yield tables
        for name, _ in tables:
            # The tables of the full-text search, which kbqa does not use, hold the texts once more.
            if name != b"acquire_write" and not name.startswith(b"embedding_fulltext_search"):
                cursor = database.execute(f'SELECT * FROM "{name.decode()}"')  # noqa: S608 - a name from the schema
                while rows := cursor.fetchmany(_ROWS):
                    yield rows


def copy_store(source: Path, target: Path) -> None:
    """Copy a store, which others may be opening meanwhile, to a new folder."""
    target.mkdir(parents=True)
    # Opening a store writes to its database, so the copy is SQLite's to make.
    with (
        closing(sqlite3.connect(f"{(source / _DATABASE).resolve().as_uri()}?mode=ro", uri=True)) as database,
        closing(sqlite3.connect(target / _DATABASE)) as copy,
    ):
        database.backup(copy)
    for graph in source.iterdir():
        if graph.is_dir():
            shutil.copytree(graph, target / graph.name)


def pack_store(folder: Path) -> None:
    """Give back the space that Chroma took while it stored the vectors, a third of its database; nobody has it open."""
    with closing(sqlite3.connect(folder / _DATABASE)) as database:
        database.execute("VACUUM")


class ChunkStore:
    """One Chroma collection on disk. Vectors have length 1; distances are cosine.

    Reading raises BrokenIndexError where Chroma finds its files damaged.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._folder = folder
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._client = make_client(folder)
        # Without a function of its own Chroma cannot fall back to one that downloads a model.
        if create:
            self._collection = self._client.create_collection(
                _COLLECTION, embedding_function=None, configuration=cast("Any", SEARCHED)
            )
        else:
            self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)

    @classmethod
    def for_reading(cls, folder: Path) -> Self:
        """Open a store even where nothing can be written: Chroma writes to what it opens, so there it gets a copy."""
        try:
            return cls(folder)
        except ChromaError:
            copy = tempfile.TemporaryDirectory(prefix="kbqa-", ignore_cleanup_errors=True)
            copied = Path(copy.name) / folder.name
            copy_store(folder, copied)
            store = cls(copied)
            store._copy = copy
            return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; the store cannot be used afterwards."""
        close_embedded(self._client)
        if self._copy:
            self._copy.cleanup()

    def add(self, chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> None:
        """Store chunks with their vectors, shape (chunks, dimension)."""
        for start in range(0, len(chunks), _ADDED):
            part = chunks[start : start + _ADDED]
            self._collection.add(
                ids=[chunk.id for chunk in part],
                embeddings=vectors[start : start + _ADDED],
                documents=[chunk.text for chunk in part],
                metadatas=[{"note": chunk.note, "rest": _rest_of(chunk)} for chunk in part],
            )

    def delete(self, ids: Sequence[str]) -> None:
        """Forget the named chunks, in batches that Chroma accepts."""
        batch = self._client.get_max_batch_size()
        for start in range(0, len(ids), batch):
            self._collection.delete(ids=list(ids[start : start + batch]))

    def ids(self) -> set[str]:
        """Ids of all chunks."""
        with self._reading():
            return set(self._collection.get(include=[])["ids"])

    def count(self) -> int:
        """How many chunks are stored."""
        with self._reading():
            return self._collection.count()

    def nearest(self, vector: NDArray[np.float32], count: int) -> list[str]:
        """Ids of up to `count` nearest chunks, nearest first.

        Up to a rounding: Chroma's distances depend on where in its graph a chunk lies.
        """
        with self._reading():
            found = self._collection.query(query_embeddings=cast("Any", [vector]), n_results=count, include=[])
        return list(found["ids"][0])

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of the named chunks, in the order of `ids`; at least one."""
        with self._reading():
            found = self._collection.get(ids=list(ids), include=["embeddings"])
            by_id = dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))
            return np.stack([by_id[chunk_id] for chunk_id in ids])

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The named chunks, in the order of `ids`."""
        if not ids:
            return []
        with self._reading():
            found = self._collection.get(ids=list(ids), include=["documents", "metadatas"])
            return _in_order(found, ids)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (ChromaError, KeyError, TypeError, ValueError) as error:
            detail = f"{type(error).__name__}: {error}"
            raise BrokenIndexError("index_broken", folder=self._folder, detail=detail) from error


def _rest_of(chunk: Chunk) -> str:
    """What Chroma need not know of a chunk, in one value: it stores, and we seal, a row for each."""
    rest = [chunk.heading_path, chunk.aliases, chunk.start_line, chunk.end_line, chunk.token_count]
    return json.dumps(rest, ensure_ascii=False)


def _in_order(found: Any, ids: Sequence[str]) -> list[Chunk]:
    by_id = {}
    for text, metadata in zip(found["documents"], found["metadatas"], strict=True):
        heading_path, aliases, start_line, end_line, tokens = json.loads(metadata["rest"])
        chunk = make_chunk(
            note=metadata["note"],
            heading_path=tuple(heading_path),
            aliases=tuple(aliases),
            text=text,
            tokens=tokens,
            start_line=start_line,
            end_line=end_line,
        )
        # The id is made again from what was read: a chunk that was damaged is not found under its own.
        by_id[chunk.id] = chunk
    return [by_id[chunk_id] for chunk_id in ids]
