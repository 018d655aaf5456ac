"""Chunks and their vectors in Chroma: the only place that speaks to it."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from numpy.typing import NDArray

from kbqa.index.chunking import make_chunk
from kbqa.types import Chunk

_COLLECTION = "chunks"
# Searched wide enough that the approximate neighbours are the true ones for a hundred candidates.
_HNSW = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200}}


class ChunkStore:
    """One Chroma collection on disk. Vectors have length 1; distances are cosine."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._client = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
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
        return self._collection.count()

    def nearest(self, vector: NDArray[np.float32], count: int) -> dict[str, float]:
        """Ids of up to `count` nearest chunks with their cosine similarity, nearest first."""
        found = self._collection.query(query_embeddings=cast("Any", [vector]), n_results=count, include=["distances"])
        distances = cast("list[list[float]]", found["distances"])
        return {chunk_id: 1 - distance for chunk_id, distance in zip(found["ids"][0], distances[0], strict=True)}

    def similarities(self, vector: NDArray[np.float32], ids: Sequence[str]) -> dict[str, float]:
        """Cosine similarity of the named chunks to `vector`."""
        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["embeddings"])
        cosines = np.asarray(found["embeddings"]) @ vector
        return dict(zip(found["ids"], map(float, cosines), strict=True))

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The named chunks, in the order of `ids`."""
        if not ids:
            return []
        found = self._collection.get(ids=list(ids), include=["documents", "metadatas"])
        return self._in_order(found, ids)

    def chunks_of_note(self, note: str) -> list[Chunk]:
        """All chunks of one note, in the order of their lines."""
        found = self._collection.get(where={"note": note}, include=["documents", "metadatas"])
        return sorted(self._in_order(found, found["ids"]), key=lambda chunk: (chunk.start_line, chunk.end_line))

    def _in_order(self, found: Any, ids: Sequence[str]) -> list[Chunk]:
        by_id = {
            chunk_id: make_chunk(
                chunk_id=chunk_id,
                note=metadata["note"],
                heading_path=tuple(json.loads(metadata["heading_path"])),
                aliases=tuple(json.loads(metadata["aliases"])),
                text=text,
                tokens=metadata["tokens"],
                start_line=metadata["start_line"],
                end_line=metadata["end_line"],
            )
            for chunk_id, text, metadata in zip(found["ids"], found["documents"], found["metadatas"], strict=True)
        }
        return [by_id[chunk_id] for chunk_id in ids]
