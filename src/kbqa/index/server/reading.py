"""A generation on a server → the same, open for reading here; and the news of the next one.

pointer → listing → parts, each sealed, in a private folder → a generation whose neighbours the server finds
"""

import hashlib
import logging
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kbqa.errors import (
    BrokenIndexError,
    IndexError,  # noqa: A004 - the field's word
    IndexServerError,
    UnwritableIndexError,
)
from kbqa.index.chroma import Collection, ServerAddress
from kbqa.index.generations import Generation
from kbqa.index.server.chunk_file import NAME, ChunkFile
from kbqa.index.server.connection import READING_SECONDS, ChromaServer
from kbqa.index.server.published import Part, Pointer, PublishedVault, batches
from kbqa.index.server.records import RECORDS_AT_ONCE, unpacked
from kbqa.index.server.store import ServerStore

POLL_SECONDS: Final = 2.0
"""How often the server is asked which generation is current."""
RETRY_SECONDS: Final = 10.0
"""How long a server that does not answer, or a generation that could not be opened, is left alone."""

_log = logging.getLogger(__name__)


def read_bytes(vault: PublishedVault, stored: Collection, first: int, count: int) -> Iterator[bytes]:
    """The bytes of `count` records from number `first`, piece by piece.

    Raises:
        BrokenIndexError: records are missing or damaged.
        IndexServerError: the server does not answer.
    """
    for numbers in batches(count, RECORDS_AT_ONCE):
        ids = [str(first + number) for number in numbers]
        with vault.server.told():
            found = stored.get(ids=ids, include=["metadatas"])
        records = dict(zip(found["ids"], found["metadatas"] or (), strict=True))
        try:
            yield b"".join(unpacked(records[record_id] for record_id in ids))
        except (KeyError, ValueError, TypeError) as error:
            raise vault.broken(error) from error


class ServerIndex:
    """The published generations of a vault on a server, for those who read. Safe to use from many threads."""

    def __init__(self, address: ServerAddress, vault: str) -> None:
        self._vault = PublishedVault(ChromaServer(address, READING_SECONDS), vault)
        self._asking = threading.Lock()
        self._ask_at = 0.0
        self._known: str | None = None
        """What `current` said last."""
        self._opened: str | None = None
        """What was opened last."""
        self._is_silent = False
        """Whether the server did not answer when it was asked last."""

    def current(self) -> str:
        """Id of the published generation, as the server said a moment ago or says now.

        Where it does not answer and has before, what it said then.

        Raises:
            MissingIndexError: nothing was published yet.
            IndexServerError: the server does not answer, and never has.
        """
        if self._known is None:
            with self._asking:
                return self._ask()
        if time.monotonic() >= self._ask_at and self._asking.acquire(blocking=False):
            try:
                return self._ask()
            except IndexError as error:
                # Once, however long it lasts.
                _log.log(
                    logging.DEBUG if self._is_silent else logging.WARNING,
                    "the server does not say which generation is current: %s",
                    error,
                )
                self._is_silent = True
            finally:
                self._asking.release()
        return self._known

    def _ask(self) -> str:
        # A question waits for this: of a server that is silent it is not asked each time.
        self._ask_at = time.monotonic() + RETRY_SECONDS
        self._known = self._vault.pointer().generation
        self._ask_at, self._is_silent = time.monotonic() + POLL_SECONDS, False
        return self._known

    def close(self) -> None:
        """Close the connections; generations that are open can go on without."""
        self._vault.server.close()

    def open_current(self, *, model: str) -> Generation:
        """Open the published generation. After a failure `current` says for a while what was opened before.

        Raises:
            MissingIndexError: nothing was published yet.
            StaleIndexError: another format or embedding model made it.
            BrokenIndexError: parts are missing or damaged.
            IndexServerError: the server does not answer.
            UnwritableIndexError: there is no room for it here.
        """
        try:
            generation = self._open_newest(model)
        except IndexError:
            self._known, self._ask_at = self._opened, time.monotonic() + RETRY_SECONDS
            raise
        self._known = self._opened = generation.manifest.generation
        return generation

    def _open_newest(self, model: str) -> Generation:
        while True:
            pointer = self._vault.pointer()
            try:
                return self._open(pointer, model)
            except (BrokenIndexError, IndexServerError):
                # While it was fetched, it may have been followed by others and removed.
                if self._vault.pointer() == pointer:
                    raise

    def _open(self, pointer: Pointer, model: str) -> Generation:
        chunks = self._vault.chunks_of(pointer.generation)
        if chunks is None:
            raise self._vault.broken("no chunks")
        try:
            private = tempfile.TemporaryDirectory(prefix="kbqa-", ignore_cleanup_errors=True)
        except OSError as error:
            raise _no_room(tempfile.gettempdir(), error) from error
        folder = Path(private.name, pointer.generation)
        try:
            self._fetch(pointer, folder)
        except OSError as error:
            private.cleanup()
            raise _no_room(private.name, error) from error
        except BaseException:
            private.cleanup()
            raise

        def store(ids: Sequence[str], vectors: NDArray[np.float32]) -> ServerStore:
            return ServerStore(self._vault.server, chunks, ids, vectors, ChunkFile(folder / NAME, ids))

        try:
            return Generation.fetched(folder, store, private.cleanup, model=model)
        except BrokenIndexError as error:
            raise self._vault.broken(error.values["detail"]) from error

    def _fetch(self, pointer: Pointer, folder: Path) -> None:
        """Write every part into `folder`, which is made."""
        stored = self._vault.parts_of(pointer.generation)
        if stored is None:
            raise self._vault.broken("no parts")
        listing = b"".join(read_bytes(self._vault, stored, pointer.records - pointer.listing, pointer.listing))
        if hashlib.sha256(listing).hexdigest() != pointer.seal:
            raise self._vault.broken("the listing has another seal")
        folder.mkdir()
        try:
            parts = Part.list_of(listing)
        except (ValueError, KeyError, TypeError) as error:
            raise self._vault.broken(error) from error
        for part in parts:
            file = folder / part.path
            # The seal is the pointer's, and so the server's: whoever can write there must not write elsewhere here.
            if not file.resolve().is_relative_to(folder.resolve()):
                raise self._vault.broken(f"a part named {part.path!r}")
            file.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with file.open("wb") as opened:
                for piece in read_bytes(self._vault, stored, part.first, part.records):
                    digest.update(piece)
                    opened.write(piece)
            if digest.hexdigest() != part.seal:
                raise self._vault.broken(f"{part.path} has another seal")


def _no_room(folder: str, error: OSError) -> UnwritableIndexError:
    return UnwritableIndexError("index_unwritable", folder=folder, detail=error)
