"""Chunks and their vectors in Chroma: the only place that speaks to it."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from numpy.typing import NDArray

from kbqa.errors import BrokenIndexError
from kbqa.index.chunking import make_chunk
from kbqa.types import Chunk

_DATABASE = "chroma.sqlite3"
_COLLECTION = "chunks"
# Searched wide enough that the approximate neighbours are the true ones for a hundred candidates.
_HNSW = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200}}


def seal_of_store(folder: Path) -> str:
    """SHA-256 of what a store's files say, which stays the same however often the store is opened.

    The bytes do not: each opening adds a row to a table that nothing reads, and below a thousand chunks the graph is
    made anew from the database while what stands in its place on disk is never read.
    """
    seal = hashlib.sha256()
    for row in _rows(folder / _DATABASE):
        seal.update(repr(row).encode())
    for graph in sorted(folder.glob("*/index_metadata.pickle")):
        for file in sorted(graph.parent.iterdir()):
            with file.open("rb") as opened:
                seal.update(hashlib.file_digest(opened, "sha256").digest())
    return seal.hexdigest()


def _rows(file: Path) -> Iterator[tuple[object, ...]]:
    # Immutable: no locks; what another process writes by opening the store is not read here.
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)) as database:
        database.text_factory = bytes
        tables = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        for name, statement in tables:
            yield name, statement
            # A virtual table is a view of others.
            if name != b"acquire_write" and not statement.startswith(b"CREATE VIRTUAL"):
                yield from database.execute(f'SELECT * FROM "{name.decode()}"')  # noqa: S608 - a name from the schema


def _client(folder: Path) -> ClientAPI:
    try:
        return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    except BaseException:
        # Chroma keeps what could not be started, and would hand it to whoever opens the folder next.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        raise


class ChunkStore:
    """One Chroma collection on disk. Vectors have length 1; distances are cosine.

    Reading raises BrokenIndexError where Chroma finds its files damaged.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._folder = folder
        self._client = _client(folder)
        # Without a function of its own Chroma cannot fall back to one that downloads a model.
        if create:
            self._collection = self._client.create_collection(
                _COLLECTION, embedding_function=None, configuration=cast("Any", _HNSW)
            )
        else:
            self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; the store cannot be used afterwards."""
        # The base class of clients does not declare what all of them have.
        cast("Any", self._client).close()

    def add(self, chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> None:
        """Store chunks with their vectors, shape (chunks, dimension), in batches that Chroma accepts."""
        batch = self._client.get_max_batch_size()
        for start in range(0, len(chunks), batch):
            part = chunks[start : start + batch]
            self._collection.add(
                ids=[chunk.id for chunk in part],
                embeddings=vectors[start : start + batch],
                documents=[chunk.text for chunk in part],
                metadatas=[
                    {
                        "note": chunk.note,
                        "heading_path": json.dumps(chunk.heading_path, ensure_ascii=False),
                        "aliases": json.dumps(chunk.aliases, ensure_ascii=False),
                        "start_line": chunk.start_line,
                        "end_line": chunk.end_line,
                        "tokens": chunk.token_count,
                    }
                    for chunk in part
                ],
            )

    def count(self) -> int:
        """How many chunks are stored."""
        with self._reading():
            return self._collection.count()

    def nearest(self, vector: NDArray[np.float32], count: int) -> dict[str, float]:
        """Ids of up to `count` nearest chunks with their cosine similarity, nearest first."""
        with self._reading():
            found = self._collection.query(
                query_embeddings=cast("Any", [vector]), n_results=count, include=["distances"]
            )
        distances = cast("list[list[float]]", found["distances"])
        return {chunk_id: 1 - distance for chunk_id, distance in zip(found["ids"][0], distances[0], strict=True)}

    def similarities(self, vector: NDArray[np.float32], ids: Sequence[str]) -> dict[str, float]:
        """Cosine similarity of the named chunks to `vector`."""
        if not ids:
            return {}
        with self._reading():
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        cosines = np.asarray(found["embeddings"]) @ vector
        return dict(zip(found["ids"], map(float, cosines), strict=True))

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The named chunks, in the order of `ids`."""
        if not ids:
            return []
        with self._reading():
            found = self._collection.get(ids=list(ids), include=["documents", "metadatas"])
        return self._in_order(found, ids)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except ChromaError as error:
            raise BrokenIndexError("index_broken", folder=self._folder, detail=error) from error

    def _in_order(self, found: Any, ids: Sequence[str]) -> list[Chunk]:
        chunks = (
            make_chunk(
                note=metadata["note"],
                heading_path=tuple(json.loads(metadata["heading_path"])),
                aliases=tuple(json.loads(metadata["aliases"])),
                text=text,
                tokens=metadata["tokens"],
                start_line=metadata["start_line"],
                end_line=metadata["end_line"],
            )
            for text, metadata in zip(found["documents"], found["metadatas"], strict=True)
        )
        # The ids are made again from what was read: a chunk that was damaged is not found under its own.
        by_id = {chunk.id: chunk for chunk in chunks}
        return [by_id[chunk_id] for chunk_id in ids]
