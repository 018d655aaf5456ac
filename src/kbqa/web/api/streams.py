"""Streams of server-sent events that end when nobody listens any more."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

T = TypeVar("T")


class EventStream(Response):
    """Sends each piece at once; a client that leaves ends the stream's work, even while nothing comes."""

    media_type = "text/event-stream"

    def __init__(self, pieces: AsyncGenerator[str, None], status_code: int = 200) -> None:
        super().__init__(status_code=status_code, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Send the stream."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

        async def sending() -> None:
            async with aclosing(self._pieces) as pieces:
                async for piece in pieces:
                    await send({"type": "http.response.body", "body": piece.encode(), "more_body": True})
            await send({"type": "http.response.body", "body": b""})

        try:
            await while_there(receive, sending())
        except ClientDisconnect:
            return


async def while_there(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The outcome of `work`, which is ended if the client leaves.

    Raises:
        ClientDisconnect: it has left.
    """
    task, left = asyncio.ensure_future(work), asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({task, left}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientDisconnect
    finally:
        left.cancel()
        task.cancel()
        await asyncio.gather(task, left, return_exceptions=True)


async def begun(events: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The same events, the first of which has come: what can go wrong with a question is raised here."""
    try:
        first = await anext(events)
    except BaseException:
        await events.aclose()
        raise

    async def all_events() -> AsyncGenerator[T, None]:
        async with aclosing(events) as rest:
            yield first
            async for event in rest:
                yield event

    return all_events()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
