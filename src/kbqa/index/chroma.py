"""The door to Chroma: a store in a folder, or a server; nothing else imports it."""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, cast, overload
from urllib.parse import urlsplit

import chromadb
import httpx
from chromadb.api import ClientAPI, ServerAPI
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.api.types import Schema, StringInvertedIndexConfig
from chromadb.config import Settings as ChromaSettings
from chromadb.config import System
from chromadb.errors import ChromaAuthError, ChromaError, NotFoundError, QuotaError, RateLimitError
from pydantic import SecretStr

from kbqa.settings import Settings, is_loopback

__all__ = [
    "SEARCHED",
    "ChromaAuthError",
    "ChromaError",
    "ClientAPI",
    "Collection",
    "NotFoundError",
    "QuotaError",
    "RateLimitError",
    "ServerAPI",
    "ServerAddress",
    "close_embedded",
    "make_client",
    "unindexed",
]

SEARCHED: Final = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400}}
"""How the vectors of chunks are searched, in a folder as on a server, where answers must be the same.

Wide enough that the approximate neighbours are the true ones for a hundred candidates: of 12,000 chunks, most of them
near copies, all were found for each of 200 questions; with 200, one in 6,000 was missed. Chroma Cloud takes the space
from it, and decides the rest itself."""

_registry = threading.RLock()
"""Chroma's table of open folders, which all threads share, is not safe to change from two at once. Re-entrant, because
a store that nobody refers to any more may be closed at any moment, within the opening of another too."""
_CONNECT_SECONDS: Final = 5.0
_KEY_HEADER: Final = "X-Chroma-Token"
"""The header that Chroma Cloud reads; a proxy in front of a server of one's own can compare it, too."""
_LOST: Final = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
"""What a request meets on a connection that the server has closed since the last one, as when it was started again."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A Chroma server, and who we are there."""

    url: str
    """`http://` or `https://`, host and port."""
    key: SecretStr | None = None
    """Goes into one header of requests to `url`, and nowhere else."""
    tenant: str | None = None
    """None: the one that the server names."""
    database: str | None = None
    """None: the one that the server names."""

    @classmethod
    def of(cls, settings: Settings) -> "ServerAddress | None":
        """The server of the settings; None: there is none."""
        if settings.chroma_url is None:
            return None
        return cls(settings.chroma_url, settings.chroma_api_key, settings.chroma_tenant, settings.chroma_database)

    @property
    def is_on_this_machine(self) -> bool:
        """Whether it can only be a program on this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")


@overload
def make_client(place: Path) -> ClientAPI: ...
@overload
def make_client(
    place: ServerAddress, *, seconds: float, after: Callable[[httpx.Response], None] | None = None
) -> ServerAPI: ...
def make_client(
    place: Path | ServerAddress, *, seconds: float = 60.0, after: Callable[[httpx.Response], None] | None = None
) -> ClientAPI | ServerAPI:
    """Chroma at `place`: a `ClientAPI` for a folder, a `ServerAPI` for a server, neither of which reports usage.

    Nothing is asked of a server yet.

    Args:
        place: where the data lies.
        seconds: how long a server may fall silent in a request.
        after: called with every response of a server before Chroma reads it; may raise.
    """
    if isinstance(place, Path):
        return _embedded(place)
    return _server(place, seconds, after)


def close_embedded(client: ClientAPI) -> None:
    """Let go of a folder's files."""
    with _registry:
        # The base class of clients does not declare what all of them have.
        cast("Any", client).close()


def unindexed() -> Schema:
    """A schema for records whose metadata nobody searches: Chroma then keeps no index of it."""
    schema = Schema()
    schema.delete_index(config=StringInvertedIndexConfig())
    return schema


def _embedded(folder: Path) -> ClientAPI:
    with _registry:
        try:
            return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
        except BaseException:
            # Chroma keeps what could not be started, and would hand it to whoever opens the folder next.
            SharedSystemClient._identifier_to_system.pop(str(folder), None)
            raise


def _server(address: ServerAddress, seconds: float, after: Callable[[httpx.Response], None] | None) -> ServerAPI:
    """What `chromadb.HttpClient` wraps, with a session of our own.

    HttpClient asks the server three times before it returns, and waits for ever each time.
    """
    parts = urlsplit(address.url)
    is_secure = parts.scheme == "https"
    settings = ChromaSettings(
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname,
        chroma_server_http_port=parts.port or (443 if is_secure else 80),
        chroma_server_ssl_enabled=is_secure,
    )
    server = System(settings).instance(ServerAPI)  # type: ignore[type-abstract]
    theirs = cast("Any", server)._session
    headers = {name: theirs.headers[name] for name in ("Content-Type", "User-Agent")}
    if address.key:
        headers[_KEY_HEADER] = address.key.get_secret_value()
    theirs.close()
    # Proxies of the environment are used, but not for this machine; redirects are not followed.
    trust_env = not address.is_on_this_machine
    cast("Any", server)._session = _Session(
        headers=headers,
        timeout=httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
        trust_env=trust_env,
        verify=_certificates(trust_env),
        follow_redirects=False,
        event_hooks={"response": [after] if after else []},
    )
    return server


@cache
def _certificates(trust_env: bool) -> ssl.SSLContext:
    # To read them takes 25 ms.
    return httpx.create_ssl_context(trust_env=trust_env)


class _Session(httpx.Client):
    """Asks once more where the connection turns out to be dead; everything that kbqa asks may be asked twice."""

    def request(self, *args: Any, **options: Any) -> httpx.Response:
        try:
            return super().request(*args, **options)
        except _LOST:
            return super().request(*args, **options)
