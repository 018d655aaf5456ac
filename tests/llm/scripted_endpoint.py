"""A language model's endpoint that does what the test says: a real HTTP server on loopback.

    def test_something(endpoint: Endpoint) -> None:
        endpoint.will(reply("Спонсоры ", "платят [1]."), status(503), hang())
        ...  # three requests to endpoint.url, and what came of them:
        assert endpoint.requests[0].body["model"] == "модель"

A script is a function of the `Wire` to the client; each request takes the next one, and the last one stays.
"""

import contextlib
import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest

MODEL = "модель"


@dataclass(slots=True)
class Request:
    """What a client sent, and whether it went away before the script was over."""

    method: str
    path: str
    headers: dict[str, str]
    """By names in lower case."""
    text: str
    """The body as it came."""
    left: threading.Event = field(default_factory=threading.Event)
    """Set as soon as the client has closed the connection, if that is before the script's end."""
    ended: threading.Event = field(default_factory=threading.Event)
    """Set when the script has come to its end, by itself or because the client left."""

    @property
    def body(self) -> dict[str, Any]:
        """The body's JSON object."""
        body: dict[str, Any] = json.loads(self.text)
        return body


class ClientLeftError(Exception):
    """The client has closed the connection."""


class Wire:
    """The connection to the client, as a script sees it."""

    def __init__(self, handler: BaseHTTPRequestHandler, closing: threading.Event) -> None:
        self._handler = handler
        self._closing = closing
        self._chunked = False

    def head(self, code: int = 200, content_type: str | None = "text/event-stream", **headers: str) -> None:
        """The status line and headers; `retry_after="1"` stands for `Retry-After: 1`."""
        self._handler.send_response(code)
        if content_type is not None:
            self._handler.send_header("Content-Type", content_type)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._chunked = headers.get("Transfer_Encoding") == "chunked"
        self._handler.end_headers()

    def send(self, text: str | bytes) -> None:
        """A part of the body."""
        data = text.encode() if isinstance(text, str) else text
        self.pause(0)
        with self._leaving():
            self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if self._chunked else data)

    def event(self, data: object) -> None:
        """A server-sent event with JSON."""
        self.send(f"data: {json.dumps(data)}\n\n")

    def delta(self, finish: str | None = None, **delta: object) -> None:
        """An event with a chunk of a reply."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]})

    def end(self) -> None:
        """The end of the reply and of its body."""
        self.send("data: [DONE]\n\n")
        if self._chunked:
            with self._leaving():
                self._handler.wfile.write(b"0\r\n\r\n")

    def pause(self, seconds: float) -> None:
        """Wait, unless the client leaves or the test is over."""
        until = time.monotonic() + seconds
        while True:
            readable, _, _ = select.select([self._handler.connection], [], [], min(0.02, max(0, seconds)))
            with self._leaving():
                if self._closing.is_set() or (readable and not self._handler.connection.recv(1, socket.MSG_PEEK)):
                    raise ClientLeftError
            if time.monotonic() >= until:
                return

    def reset(self) -> None:
        """Break the connection off, as a server that dies does."""
        linger = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.connection.close()

    @contextlib.contextmanager
    def _leaving(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ClientLeftError from error


Script = Callable[[Wire], None]


def reply(*pieces: str, finish: str = "stop", pause: float = 0, thinking: tuple[str, ...] = ()) -> Script:
    """A whole reply, with `pause` seconds before each piece; what is thought before it is no part of it."""

    def script(wire: Wire) -> None:
        wire.head()
        wire.delta(role="assistant", content=None)
        for thought in thinking:
            wire.pause(pause)
            wire.delta(reasoning_content=thought)
        for piece in pieces:
            wire.pause(pause)
            wire.delta(content=piece)
        wire.delta(finish=finish)
        wire.end()

    return script


def status(code: int, body: str = "", content_type: str | None = "application/json", **headers: str) -> Script:
    """A response that is no stream."""

    def script(wire: Wire) -> None:
        wire.head(code, content_type, Content_Length=str(len(body.encode())), **headers)
        wire.send(body)

    return script


def html(code: int = 200) -> Script:
    """A page, as routers and wrong addresses answer with."""
    return status(code, "<html><body>Welcome</body></html>", "text/html; charset=utf-8")


def events(*data: object) -> Script:
    """A stream of events with this JSON, or this text if it is text; then it ends."""

    def script(wire: Wire) -> None:
        wire.head()
        for item in data:
            wire.send(f"data: {item}\n\n") if isinstance(item, str) else wire.event(item)
        wire.end()

    return script


def hang(*, with_head: bool = False) -> Script:
    """Nothing at all, or nothing after the headers."""

    def script(wire: Wire) -> None:
        if with_head:
            wire.head()
        wire.pause(60)

    return script


def hang_after(*pieces: str) -> Script:
    """The beginning of a reply, and then nothing."""

    def script(wire: Wire) -> None:
        wire.head()
        wire.delta(role="assistant", content="")
        for piece in pieces:
            wire.delta(content=piece)
        wire.pause(60)

    return script


def drop_after(*pieces: str, chunked: bool = False, reset: bool = False) -> Script:
    """The beginning of a reply, and then the connection is closed, or broken off."""

    def script(wire: Wire) -> None:
        wire.head(**({"Transfer_Encoding": "chunked"} if chunked else {}))
        for piece in pieces:
            wire.delta(content=piece)
        if reset:
            wire.pause(0.1)  # what was sent would be lost with the connection
            wire.reset()

    return script


def endless(piece: str, *, pause: float = 0) -> Script:
    """The same piece again and again, until the client leaves."""

    def script(wire: Wire) -> None:
        wire.head()
        while True:
            wire.delta(content=piece)
            wire.pause(pause)

    return script


def models(*names: object) -> Script:
    """A list of models."""
    return status(200, json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names]}))


class Endpoint:
    """A server on a free port of loopback, from entering it until leaving it."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        """All requests so far, in order."""
        self._scripts: list[Script] = []
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """For the setting `llm_url`."""
        return f"http://127.0.0.1:{self.port}/v1"

    def will(self, *scripts: Script) -> None:
        """What to do with the next requests; with more of them, the same as with the last."""
        self._scripts = list(scripts)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Play the next script to a client."""
        text = handler.rfile.read(int(handler.headers.get("Content-Length", 0))).decode()
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(handler.command, handler.path, headers, text)
        self.requests.append(request)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        try:
            script(Wire(handler, self._closing))
        except ClientLeftError:
            request.left.set()
        request.ended.set()


def _handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            self.handle_one_request()  # and no second one: every reply ends with its connection

        def do_POST(self) -> None:
            endpoint.answer(self)

        do_GET = do_POST  # noqa: N815

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):  # the script has broken the connection off
                super().finish()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint that waits to be told what it `will` do."""
    with Endpoint() as running:
        yield running
