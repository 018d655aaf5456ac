"""Streams that end when nobody listens."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from kbqa.web.api.streams import EventStream, begun, while_there


class Client:
    """Receives what is sent, and leaves when it is told to."""

    def __init__(self) -> None:
        self.leaves = asyncio.Event()
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        """Nothing but the news that the client has left."""
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Keep what is sent."""
        self.sent.append(message)

    @property
    def text(self) -> str:
        """What has come so far."""
        return b"".join(message.get("body", b"") for message in self.sent).decode()


async def pieces(*given: str, closed: asyncio.Event, hangs: bool = False) -> AsyncGenerator[str, None]:
    """Pieces, and then nothing for long if it hangs."""
    try:
        for piece in given:
            yield piece
        if hangs:
            await asyncio.sleep(60)
    finally:
        closed.set()


def test_pieces_are_sent_at_once_and_the_end_is_marked() -> None:
    """No length is promised, no cache keeps it."""

    async def run() -> None:
        client, closed = Client(), asyncio.Event()
        await EventStream(pieces("раз", "два", closed=closed))({}, client.receive, client.send)
        assert [message.get("body") for message in client.sent[1:]] == ["раз".encode(), "два".encode(), b""]
        assert not client.sent[-1].get("more_body")
        headers = dict(client.sent[0]["headers"])
        assert headers[b"content-type"].startswith(b"text/event-stream")
        assert headers[b"cache-control"] == b"no-store"
        assert b"content-length" not in headers
        assert closed.is_set()

    asyncio.run(run())


def test_a_client_that_leaves_ends_the_work_while_nothing_comes() -> None:
    """It is not waited for until the next piece."""

    async def run() -> None:
        client, closed = Client(), asyncio.Event()
        stream = EventStream(pieces("раз", closed=closed, hangs=True))
        task = asyncio.create_task(stream({}, client.receive, client.send))
        while "раз" not in client.text:
            await asyncio.sleep(0)
        client.leaves.set()
        await asyncio.wait_for(task, 5)
        assert closed.is_set()

    asyncio.run(run())


def test_work_ends_with_its_client() -> None:
    """Done work is handed over; work for nobody is given up."""

    async def run() -> None:
        client = Client()
        assert await while_there(client.receive, asyncio.sleep(0, "готово")) == "готово"
        client.leaves.set()
        with pytest.raises(ClientDisconnect):
            await while_there(client.receive, asyncio.sleep(60))

    asyncio.run(run())


def test_what_goes_wrong_at_first_is_raised_before_the_stream_begins() -> None:
    """And nothing is lost of a stream that goes well."""

    async def broken() -> AsyncGenerator[str, None]:
        raise ValueError("wrong")
        yield ""

    async def run() -> None:
        with pytest.raises(ValueError, match="wrong"):
            await begun(broken())
        closed = asyncio.Event()
        events = await begun(pieces("раз", "два", closed=closed))
        assert not closed.is_set()
        assert [event async for event in events] == ["раз", "два"]
        assert closed.is_set()

    asyncio.run(run())
