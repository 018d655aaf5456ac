"""A connection to a Chroma server, and the one table of how it fails."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final

import httpx

from kbqa.errors import IndexServerError, KbqaError
from kbqa.index.chroma import (
    SEARCHED,
    ChromaAuthError,
    ChromaError,
    Collection,
    NotFoundError,
    QuotaError,
    RateLimitError,
    ServerAddress,
    ServerAPI,
    make_client,
    unindexed,
)

READING_SECONDS: Final = 5.0
"""How long a server may fall silent while a question waits for it."""
WRITING_SECONDS: Final = 120.0
"""How long it may while it is given a generation."""
_API: Final = "1."
"""How versions begin that speak the second version of Chroma's HTTP interface, the one that is used here."""
_NAMES_AT_ONCE: Final = 100
_DETAIL: Final = 300
"""Characters of a server's own words that a message repeats."""
_AWAY: Final = {502, 503, 504}
"""What a proxy says in the place of a server that it does not reach."""
_DENIED: Final = {401, 403, 407}


class ChromaServer:
    """The collections of one database on a server.

    Every method raises IndexServerError where the server does not do what it is asked; safe to use from many threads.
    """

    def __init__(self, address: ServerAddress, seconds: float) -> None:
        self.address = address
        self._server: ServerAPI = make_client(address, seconds=seconds, after=self._check)

    def close(self) -> None:
        """Close the connections."""
        self._server._session.close()  # type: ignore[attr-defined]

    def open(self, name: str) -> Collection | None:
        """A collection; None: there is none of that name."""
        tenant, database = self._place
        with self.told():
            try:
                model = self._server.get_collection(name, tenant=tenant, database=database)
            except NotFoundError:
                return None
        return self._collection(model)

    def make(self, name: str, *, searched: bool) -> Collection:
        """A collection, made unless it is there.

        Args:
            name: its name.
            searched: whether its vectors are searched; otherwise it only keeps metadata.
        """
        tenant, database = self._place
        kind: dict[str, Any] = {"configuration": SEARCHED} if searched else {"schema": unindexed()}
        with self.told():
            made = self._server.create_collection(name, get_or_create=True, tenant=tenant, database=database, **kind)
        return self._collection(made)

    def delete(self, name: str) -> None:
        """Delete a collection; nothing happens if it is not there."""
        tenant, database = self._place
        with self.told():
            try:
                self._server.delete_collection(name, tenant=tenant, database=database)
            except NotFoundError:
                return

    def names(self) -> list[str]:
        """The names of all collections."""
        tenant, database = self._place
        found = list[str]()
        with self.told():
            while True:
                part = self._server.list_collections(_NAMES_AT_ONCE, len(found), tenant=tenant, database=database)
                found += (model.name for model in part)
                if len(part) < _NAMES_AT_ONCE:
                    return found

    @contextmanager
    def told(self) -> Iterator[None]:
        """Whatever a request raises becomes an IndexServerError."""
        try:
            yield
        except KbqaError:
            raise
        except (httpx.TransportError, httpx.TimeoutException) as error:
            raise self.fault("chroma_away", error) from error
        except ChromaAuthError as error:
            raise self.fault("chroma_denied", error) from error
        except (QuotaError, RateLimitError) as error:
            raise self.fault("chroma_quota", error) from error
        except NotFoundError as error:
            raise self.fault("chroma_gone", error) from error
        except (ChromaError, ValueError, KeyError, TypeError) as error:
            raise self.fault("chroma_failed", error) from error
        except Exception as error:
            # Chroma raises the class itself for answers that it does not know.
            if type(error) is not Exception:
                raise
            raise self.fault("chroma_failed", error) from error

    def fault(self, key: str, error: object = "") -> IndexServerError:
        """What went wrong with this server, to be raised."""
        words = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else str(error)
        return IndexServerError(key, url=self.address.url, detail=" ".join(words.split())[:_DETAIL])

    @cached_property
    def _place(self) -> tuple[str, str]:
        """Tenant and database, once the server has shown that it is one that can be spoken to."""
        with self.told():
            version = self._server.get_version()
            if not isinstance(version, str) or not version.startswith(_API):
                raise self.fault("chroma_version", version)
            identity = self._server.get_user_identity()
        databases: Sequence[str] = identity.databases or ()
        tenant = self.address.tenant or identity.tenant
        database = self.address.database or (databases[0] if len(databases) == 1 else None)
        if not tenant or not database or "*" in {tenant, database}:
            raise self.fault("chroma_place")
        return tenant, database

    def _collection(self, model: Any) -> Collection:
        # Without a function of its own Chroma cannot fall back to one that downloads a model.
        return Collection(client=self._server, model=model, embedding_function=None)

    def _check(self, response: httpx.Response) -> None:
        """Look at a response before Chroma reads it: is it one of a Chroma server that works?"""
        status, kind = response.status_code, response.headers.get("Content-Type", "")
        if status in _DENIED:
            raise self.fault("chroma_denied", f"HTTP {status}")
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise self.fault("chroma_quota", f"HTTP {status}")
        if status in _AWAY:
            raise self.fault("chroma_away", f"HTTP {status}")
        is_json = kind.partition(";")[0].strip().lower() == "application/json"
        if response.is_redirect or (response.is_success and not is_json) or status == httpx.codes.GONE:
            raise self.fault("chroma_unlike", f"HTTP {status} {kind}")
