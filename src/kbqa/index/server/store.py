"""The chunks of a generation on a server, as a reader sees them."""

import logging
import time
from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from kbqa.errors import IndexServerError
from kbqa.index.chroma import Collection
from kbqa.index.server.chunk_file import ChunkFile
from kbqa.index.server.connection import ChromaServer
from kbqa.index.server.records import RECORDS_A_READ
from kbqa.types import Chunk

REST_SECONDS: Final = 5.0
"""How long a server that has failed is left alone, so that the questions after need not wait for it."""

_log = logging.getLogger(__name__)


class ServerStore:
    """Asks the server for neighbours; where it does not answer, compares all vectors here.

    That takes longer where there are very many, and finds the same: no question depends on the server.

    Args:
        server: where the chunks are.
        collection: their ids and vectors there.
        ids: of all chunks, in the order of `vectors`.
        vectors: of all chunks, of length 1, shape (chunks, dimension).
        texts: of all chunks.
    """

    def __init__(
        self,
        server: ChromaServer,
        collection: Collection,
        ids: Sequence[str],
        vectors: NDArray[np.float32],
        texts: ChunkFile,
    ) -> None:
        self._server = server
        self._collection = collection
        self._ids = ids
        self._rows = {chunk_id: row for row, chunk_id in enumerate(ids)}
        self._vectors = vectors
        self._texts = texts
        self._rests_until = 0.0

    def ids(self) -> set[str]:
        """Ids of all chunks."""
        return set(self._ids)

    def count(self) -> int:
        """How many chunks the server has; raises IndexServerError."""
        with self._server.told():
            return self._collection.count()

    def nearest(self, vector: NDArray[np.float32], count: int) -> list[str]:
        """Ids of up to `count` nearest chunks, nearest first, up to a rounding."""
        # Chroma Cloud returns no more; then it is not asked.
        if count <= RECORDS_A_READ and time.monotonic() >= self._rests_until:
            try:
                return self.asked(vector, count)
            except IndexServerError as error:
                self._rests_until = time.monotonic() + REST_SECONDS
                _log.warning("neighbours are found without the server for %g s: %s", REST_SECONDS, error)
        best = np.argsort(-(self._vectors @ vector), kind="stable")[:count]
        return [self._ids[row] for row in best]

    def asked(self, vector: NDArray[np.float32], count: int) -> list[str]:
        """What the server says are the nearest.

        Raises:
            IndexServerError: it does not answer, or with chunks that are not there.
        """
        with self._server.told():
            found = list(
                self._collection.query(query_embeddings=cast("Any", [vector]), n_results=count, include=[])["ids"][0]
            )
        if len(found) < min(count, len(self._ids)) or not all(chunk_id in self._rows for chunk_id in found):
            raise self._server.fault("chroma_failed", f"{len(found)} neighbours, expected {count}")
        return list(found)

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of the named chunks, in the order of `ids`; at least one."""
        return self._vectors[[self._rows[chunk_id] for chunk_id in ids]]

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The named chunks, in the order of `ids`."""
        return self._texts.read(ids)

    def close(self) -> None:
        """Nothing is open: the connections are the server's."""
