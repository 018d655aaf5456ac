"""A generation of the index folder → the same on a server.

chunks, parts → read back → pointer → what is old is removed

Everything is written under names that only this generation has, so that a publication that was interrupted is taken up
where it ended, and what is current is never touched.
"""

import hashlib
import logging
import random
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from kbqa.errors import BrokenIndexError, IndexServerError, MissingIndexError
from kbqa.index.chroma import Collection, ServerAddress
from kbqa.index.generations import Generation
from kbqa.index.manifest import GenerationFiles
from kbqa.index.server.chunk_file import NAME, write_chunks
from kbqa.index.server.connection import WRITING_SECONDS, ChromaServer
from kbqa.index.server.published import Lease, Part, Pointer, PublishedVault, batches, listing_of, nowhere
from kbqa.index.server.reading import read_bytes
from kbqa.index.server.records import (
    RECORD_BYTES,
    RECORDS_A_READ,
    RECORDS_A_WRITE,
    RECORDS_AT_ONCE,
    packed,
    records_for,
)

SAMPLE: Final = 16
"""Chunks whose vectors are read back and searched for."""
_ALIKE: Final = 1e-4
_CHUNKS_AT_ONCE: Final = 1000

_log = logging.getLogger(__name__)


def publish(address: ServerAddress, vault: str, generation: Generation, files: GenerationFiles, owner: str) -> bool:
    """Make an open generation the current one on a server; False: it was, and is whole.

    Args:
        address: the server.
        vault: the name of the notes there.
        generation: open for reading.
        files: of the generation.
        owner: who publishes, told apart from everybody else who may.

    Raises:
        IndexServerError: the server is away, refuses, or did not keep what it was given; what was current stays so.
        BusyIndexError: somebody else is publishing.
    """
    server = ChromaServer(address, WRITING_SECONDS)
    try:
        publisher = _Publisher(PublishedVault(server, vault), generation, files)
        lease = publisher.vault.lease(owner)
        try:
            return publisher.publish(lease)
        finally:
            _give_back(lease)
    finally:
        server.close()


def _give_back(lease: Lease) -> None:
    try:
        lease.give_back()
    except IndexServerError as error:
        # It expires by itself; an error on the way here says more.
        _log.warning("the right to publish could not be given back: %s", error)


class _Publisher:
    def __init__(self, vault: PublishedVault, generation: Generation, files: GenerationFiles) -> None:
        self.vault = vault
        self._generation = generation
        self._files = files
        self._name = generation.manifest.generation
        self._ids: Sequence[str] = generation.lexical.ids

    def publish(self, lease: Lease) -> bool:
        """As `publish` above."""
        try:
            current: Pointer | None = self.vault.pointer()
        except MissingIndexError:
            current = None
        is_current = current is not None and current.generation == self._name
        if current and is_current and self._is_whole(current):
            self._collect(current)
            return False
        try:
            pointer = self._written(lease, current)
        except _NotKeptError:
            # What an earlier attempt has left may be damaged; from nothing, then.
            self.vault.remove(self._name)
            try:
                pointer = self._written(lease, current)
            except _NotKeptError as error:
                raise self.vault.server.fault("chroma_not_kept", str(error)) from error
        lease.renew()
        self.vault.point_to(pointer)
        self._collect(pointer)
        return True

    def _written(self, lease: Lease, current: Pointer | None) -> Pointer:
        """Write the generation, as far as it is not there, and read it back."""
        chunks, stored = self.vault.make(self._name)
        self._write_chunks(chunks, lease)
        pointer, parts = self._write_parts(stored, lease, current)
        self._check_chunks(chunks)
        listing = Part("listing", pointer.seal, pointer.records - pointer.listing, pointer.listing)
        for part in (listing, *parts):
            self._check_bytes(stored, part, lease)
        return pointer

    def _check_bytes(self, stored: Collection, part: Part, lease: Lease) -> None:
        """Read back what was written."""
        digest = hashlib.sha256()
        try:
            for piece in read_bytes(self.vault, stored, part.first, part.records):
                lease.keep()
                digest.update(piece)
        except BrokenIndexError as error:
            raise _NotKeptError(f"{part.path}: {error.values['detail']}") from error
        if digest.hexdigest() != part.seal:
            raise _NotKeptError(part.path)

    def _write_chunks(self, chunks: Collection, lease: Lease) -> None:
        held, vectors = self._held(chunks), self._generation.vectors
        for rows in batches(len(self._ids), RECORDS_A_WRITE):
            missing = [row for row in rows if self._ids[row] not in held]
            if missing:
                lease.keep()
                with self.vault.server.told():
                    # In a store that was made in this order the neighbours are found as in one of one's own.
                    chunks.upsert(ids=[self._ids[row] for row in missing], embeddings=vectors[missing])

    def _write_parts(
        self, stored: Collection, lease: Lease, current: Pointer | None
    ) -> tuple[Pointer, tuple[Part, ...]]:
        held = self._held(stored)
        parts, first = list[Part](), 0
        for path, data in self._contents():
            parts.append(Part(path, hashlib.sha256(data).hexdigest(), first, records_for(len(data))))
            self._write_bytes(stored, data, first, held, lease)
            first += parts[-1].records
        listing = listing_of(tuple(parts))
        self._write_bytes(stored, listing, first, held, lease)
        previous = current.previous if current and current.generation == self._name else current and current.generation
        counted = records_for(len(listing))
        seal = hashlib.sha256(listing).hexdigest()
        return Pointer(self._name, previous or "", first + counted, counted, seal), tuple(parts)

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        """Every part with its path, in the same order each time."""
        chunks = (
            chunk
            for rows in batches(len(self._ids), _CHUNKS_AT_ONCE)
            for chunk in self._generation.store.chunks([self._ids[row] for row in rows])
        )
        files = {self._files.manifest.name: self._files.manifest} | self._files.tables()
        yield NAME, write_chunks(chunks)
        for path, file in files.items():
            yield path, file.read_bytes()

    def _write_bytes(self, stored: Collection, data: bytes, first: int, held: set[str], lease: Lease) -> None:
        for rows in batches(records_for(len(data)), RECORDS_AT_ONCE):
            missing = [row for row in rows if str(first + row) not in held]
            if missing:
                lease.keep()
                block = data[rows.start * RECORD_BYTES : rows.stop * RECORD_BYTES]
                records = dict(zip(rows, packed(block), strict=True))
                with self.vault.server.told():
                    stored.upsert(
                        ids=[str(first + row) for row in missing],
                        embeddings=nowhere(len(missing)),
                        metadatas=[records[row] for row in missing],
                    )

    def _held(self, collection: Collection) -> set[str]:
        """Ids of the records that an earlier attempt has written."""
        held = set[str]()
        with self.vault.server.told():
            for rows in batches(collection.count(), RECORDS_A_READ):
                held.update(collection.get(limit=len(rows), offset=rows.start, include=[])["ids"])
        return held

    def _check_chunks(self, chunks: Collection) -> None:
        """Counts agree; a sample has its vectors, and is found by them."""
        chance = random.Random(self._name)  # noqa: S311 - not for secrets
        rows = chance.sample(range(len(self._ids)), min(SAMPLE, len(self._ids)))
        vectors = self._generation.vectors
        with self.vault.server.told():
            counted = chunks.count()
            found = chunks.get(ids=[self._ids[row] for row in rows], include=["embeddings"])
            nearest = chunks.query(query_embeddings=list(vectors[rows]), n_results=1, include=[])["ids"]
        kept = dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))
        if counted != len(self._ids):
            raise _NotKeptError(f"{counted} chunks, expected {len(self._ids)}")
        places = {chunk_id: row for row, chunk_id in enumerate(self._ids)}
        for row, first in zip(rows, nearest, strict=True):
            # Chroma makes their length 1 once more.
            if self._ids[row] not in kept or not np.allclose(kept[self._ids[row]], vectors[row], atol=_ALIKE):
                raise _NotKeptError(f"the vector of chunk {self._ids[row]}")
            if not first or vectors[places[first[0]]] @ vectors[row] < 1 - _ALIKE:
                raise _NotKeptError(f"chunk {self._ids[row]} is not found by its own vector")

    def _is_whole(self, pointer: Pointer) -> bool:
        """Whether what is current has as many records as it was given."""
        chunks, stored = self.vault.chunks_of(self._name), self.vault.parts_of(self._name)
        if chunks is None or stored is None:
            return False
        with self.vault.server.told():
            return chunks.count() == len(self._ids) and stored.count() == pointer.records

    def _collect(self, pointer: Pointer) -> None:
        """Remove what is neither current nor the one before; what cannot be removed stays until the next time."""
        try:
            for generation in self.vault.generations() - {pointer.generation, pointer.previous}:
                self.vault.remove(generation)
        except IndexServerError as error:
            _log.warning("old generations could not be removed: %s", error)


class _NotKeptError(Exception):
    """The server does not have what it was given."""
