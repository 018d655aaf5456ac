"""What stands on a server under the name of a vault, and which generation of it is current.

    kbqa-<vault>                        one record: the pointer; and one, while somebody publishes: the lease
    kbqa-<vault>-<generation>-chunks    ids and vectors of the chunks, to be searched
    kbqa-<vault>-<generation>-parts     everything else of the generation, as records of bytes

The pointer is written last, in one request: whoever reads it sees the old generation or the new one, each whole.
"""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from kbqa.errors import BrokenIndexError, BusyIndexError, MissingIndexError
from kbqa.index.chroma import Collection
from kbqa.index.server.connection import ChromaServer

LEASE_SECONDS: Final = 60.0
"""After so long without a sign of life a publisher counts as dead."""
_RENEWED_SECONDS: Final = 15.0
_POINTER, _LEASE = "current", "lease"
_GENERATION: Final = r"\d{8}T\d{6}-[0-9a-f]{8}"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which generation is current; one record."""

    generation: str
    previous: str
    """The one before; empty: there was none."""
    records: int
    """In the collection of the parts."""
    listing: int
    """Of these the last ones, which tell what the others are."""
    seal: str
    """SHA-256 of the listing."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a generation, as records of bytes that follow one another."""

    path: str
    """In the generation's folder, POSIX."""
    seal: str
    """SHA-256."""
    first: int
    """Number of its first record."""
    records: int

    @classmethod
    def list_of(cls, listing: bytes) -> tuple[Self, ...]:
        """Read a listing.

        Raises:
            ValueError, KeyError, TypeError: it is none.
        """
        return tuple(cls(**values) for values in json.loads(listing))


def listing_of(parts: tuple[Part, ...]) -> bytes:
    """What `Part.list_of` reads."""
    return json.dumps([asdict(part) for part in parts], ensure_ascii=False).encode()


class PublishedVault:
    """One vault on a server. Every method raises IndexServerError as ChromaServer does."""

    def __init__(self, server: ChromaServer, vault: str) -> None:
        self.server = server
        self.vault = vault
        self._name = f"kbqa-{vault}"

    def pointer(self) -> Pointer:
        """Which generation is current.

        Raises:
            MissingIndexError: nothing was published.
            BrokenIndexError: what is there cannot be read.
        """
        control = self.server.open(self._name)
        values = self._record(control, _POINTER) if control else None
        if values is None:
            raise MissingIndexError("chroma_nothing", url=self.server.address.url, vault=self.vault)
        try:
            return Pointer(**values)
        except TypeError as error:
            raise self.broken(error) from error

    def point_to(self, pointer: Pointer) -> None:
        """Make a generation the current one, in one request."""
        self._write(_POINTER, asdict(pointer))

    def chunks_of(self, generation: str) -> Collection | None:
        """The chunks of a generation; None: they are not there."""
        return self.server.open(self._chunks_name(generation))

    def parts_of(self, generation: str) -> Collection | None:
        """The parts of a generation; None: they are not there."""
        return self.server.open(self._parts_name(generation))

    def make(self, generation: str) -> tuple[Collection, Collection]:
        """Chunks and parts of a generation, made unless they are there."""
        chunks = self.server.make(self._chunks_name(generation), searched=True)
        return chunks, self.server.make(self._parts_name(generation), searched=False)

    def remove(self, generation: str) -> None:
        """Delete a generation."""
        for name in (self._chunks_name(generation), self._parts_name(generation)):
            self.server.delete(name)

    def generations(self) -> set[str]:
        """Every generation of which there is anything."""
        form = re.compile(rf"{re.escape(self._name)}-({_GENERATION})-(?:chunks|parts)")
        return {found[1] for name in self.server.names() if (found := form.fullmatch(name))}

    def lease(self, owner: str) -> "Lease":
        """The right to publish, taken for `owner`.

        Raises:
            BusyIndexError: another one has it.
        """
        return Lease(self, owner)

    def broken(self, detail: object) -> BrokenIndexError:
        """The error that says that what is published cannot be used."""
        words = f"{type(detail).__name__}: {detail}" if isinstance(detail, Exception) else detail
        return BrokenIndexError("chroma_broken", url=self.server.address.url, vault=self.vault, detail=words)

    def _chunks_name(self, generation: str) -> str:
        return f"{self._name}-{generation}-chunks"

    def _parts_name(self, generation: str) -> str:
        return f"{self._name}-{generation}-parts"

    def _record(self, control: Collection, name: str) -> dict[str, Any] | None:
        with self.server.told():
            found = control.get(ids=[name], include=["metadatas"])["metadatas"]
        return dict(found[0]) if found else None

    def _write(self, name: str, values: dict[str, Any]) -> None:
        control = self.server.make(self._name, searched=False)
        with self.server.told():
            control.upsert(ids=[name], embeddings=nowhere(1), metadatas=[values])

    def _forget(self, name: str) -> None:
        control = self.server.open(self._name)
        if control:
            with self.server.told():
                control.delete(ids=[name])

    def leased(self) -> tuple[str, float] | None:
        """Who has the lease, and until when, in seconds since the epoch; None: nobody."""
        control = self.server.open(self._name)
        values = self._record(control, _LEASE) if control else None
        return (str(values["owner"]), float(values["expires"])) if values else None

    def write_lease(self, owner: str) -> None:
        """Write down that `owner` has it from now on."""
        self._write(_LEASE, {"owner": owner, "expires": time.time() + LEASE_SECONDS})

    def forget_lease(self) -> None:
        """Let others have it."""
        self._forget(_LEASE)


class Lease:
    """The right to publish.

    It keeps out who asks for it later, not who asks at the same moment: a server has no operation that compares and
    writes. `renew` before the pointer is written finds most of these out, too.

    Raises:
        BusyIndexError: another one has it.
    """

    def __init__(self, vault: PublishedVault, owner: str) -> None:
        self._vault = vault
        self._owner = owner
        self._renewed = 0.0
        self.renew()

    def keep(self) -> None:
        """Renew it if it is time to."""
        if time.monotonic() - self._renewed > _RENEWED_SECONDS:
            self.renew()

    def renew(self) -> None:
        """Make it last longer; raises as the constructor."""
        self._check()
        self._vault.write_lease(self._owner)
        self._check()
        self._renewed = time.monotonic()

    def give_back(self) -> None:
        """Let others publish."""
        held = self._vault.leased()
        if held and held[0] == self._owner:
            self._vault.forget_lease()

    def _check(self) -> None:
        held = self._vault.leased()
        if held and held[0] != self._owner and held[1] > time.time():
            raise BusyIndexError(
                "chroma_busy",
                url=self._vault.server.address.url,
                vault=self._vault.vault,
                seconds=max(1, round(held[1] - time.time())),
            )


def nowhere(count: int) -> NDArray[np.float32]:
    """The vectors of `count` records that are not searched: Chroma wants some."""
    return np.ones((count, 1), np.float32)


def batches(total: int, size: int) -> Iterator[range]:
    """The numbers below `total`, `size` at a time."""
    for start in range(0, total, size):
        yield range(start, min(start + size, total))
