"""The HTTP side of a request: what goes out, to whom, and what is let in."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final

import anyio
import httpx

from kbqa.llm.address import Limits, ModelAddress

_SENT_HEADERS: Final = {"host", "connection", "user-agent", "accept", "content-type", "content-length"}
"""Others tell of this machine, or come from variables that were set for another endpoint (OPENAI_ORG_ID)."""
_KEPT_HEADERS: Final = ("Retry-After",)
"""Of a response that is no reply."""
_REPLY_TYPES: Final = {"text/event-stream", "application/json"}
_LARGEST_REPLY: Final = 8 * 2**20
"""Bytes. A token takes about 300 on its way; this is room for the reasoning of the longest replies."""
_CLOSING_SECONDS: Final = 1

_Hook = Callable[[Any], Awaitable[None]]


@asynccontextmanager
async def open_client(address: ModelAddress, limits: Limits) -> AsyncIterator[httpx.AsyncClient]:
    """A client for one request to `address`; at the end, however it comes about, the connection is closed.

    It follows no redirects: notes go to the address in the settings only. Proxies of the environment are used, but not
    for this machine. It limits the time to connect only.
    """

    async def before(request: httpx.Request) -> None:
        for name in set(request.headers) - _SENT_HEADERS:
            del request.headers[name]
        if address.key is not None:
            request.headers["Authorization"] = f"Bearer {address.key.get_secret_value()}"

    async def after(response: httpx.Response) -> None:
        if not response.is_success:
            # Unread, the server's words get into no error; they may repeat the key or the notes, and have no end.
            response.headers = httpx.Headers({name: response.headers.get(name, "") for name in _KEPT_HEADERS})
            await response.aclose()
        elif response.headers.get("Content-Type", "").partition(";")[0].strip().lower() not in _REPLY_TYPES:
            raise address.fault("model_garbled")
        elif isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Bounded(response.stream, address, limits)

    client = _client(address, limits, before, after)
    try:
        yield client
    finally:
        with anyio.move_on_after(_CLOSING_SECONDS, shield=True):
            await client.aclose()


def _client(address: ModelAddress, limits: Limits, before: _Hook, after: _Hook) -> httpx.AsyncClient:
    trust_env = not address.is_on_this_machine
    try:
        return httpx.AsyncClient(
            event_hooks={"request": [before], "response": [after]},
            follow_redirects=False,
            trust_env=trust_env,
            verify=_certificates(trust_env),
            timeout=httpx.Timeout(None, connect=limits.connect_seconds),
            limits=httpx.Limits(max_keepalive_connections=0),
        )
    except (ImportError, ValueError):  # a proxy of a kind that httpx does not know, or needs another package for
        fault = address.fault("model_proxy")
    raise fault


@cache
def _certificates(trust_env: bool) -> ssl.SSLContext:
    # To read them takes 25 ms, half of what a request costs us.
    return httpx.create_ssl_context(trust_env=trust_env)


class _Bounded(httpx.AsyncByteStream):
    """A reply's bytes, as long as they are not too many."""

    def __init__(self, stream: httpx.AsyncByteStream, address: ModelAddress, limits: Limits) -> None:
        self._stream = stream
        self._too_long = address.fault("model_endless", seconds=limits.total_seconds, tokens=limits.answer_tokens)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _LARGEST_REPLY
        async for part in self._stream:
            left -= len(part)
            if left < 0:
                raise self._too_long
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
