"""How a connection to a Chroma server fails: at once or soon, each in its own words, and the key stays a secret."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from chroma_run import ChromaRun
from pydantic import SecretStr

from kbqa.errors import IndexServerError
from kbqa.index.chroma import ServerAddress
from kbqa.index.server.connection import ChromaServer

KEY = "ck-secret"
Reply = tuple[int, str, str]
"""Status, content type, body."""


@contextmanager
def served(reply: Callable[[str], Reply | None]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """An HTTP server's address, and the headers of every request; None: it does not answer until the test ends."""
    requests, over = list[dict[str, str]](), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append({name.lower(): value for name, value in self.headers.items()})
            replied = reply(self.path)
            if replied is None:
                over.wait(20)
                return
            status, kind, body = replied
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def fault_of(url: str, key: str | None = KEY, **place: str) -> IndexServerError:
    """How the first request fails."""
    server = ChromaServer(ServerAddress(url, SecretStr(key) if key else None, **place), 0.5)
    try:
        with pytest.raises(IndexServerError) as caught:
            server.names()
    finally:
        server.close()
    return caught.value


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        pytest.param((200, "text/html", "<h1>nginx</h1>"), "chroma_unlike", id="a web page"),
        pytest.param((302, "text/html", ""), "chroma_unlike", id="a redirect, as to a page for logging in"),
        pytest.param((410, "application/json", "{}"), "chroma_unlike", id="an interface that is gone"),
        pytest.param((404, "application/json", "{}"), "chroma_failed", id="another service"),
        pytest.param((200, "application/json", '"0.6.3"'), "chroma_version", id="an older Chroma"),
        pytest.param((200, "application/json", "{"), "chroma_failed", id="no JSON"),
        pytest.param((401, "application/json", "{}"), "chroma_denied", id="no key"),
        pytest.param((403, "text/plain", "Forbidden"), "chroma_denied", id="the wrong key"),
        pytest.param((429, "text/plain", ""), "chroma_quota", id="too many requests"),
        pytest.param((400, "application/json", '{"error":"QuotaError","message":"x"}'), "chroma_quota", id="a quota"),
        pytest.param((502, "text/html", ""), "chroma_away", id="a proxy whose server is away"),
        pytest.param((500, "text/plain", "oops"), "chroma_failed", id="a fault of the server's"),
        pytest.param(None, "chroma_away", id="silence"),
    ],
)
def test_a_server_that_does_not_do_its_part(reply: Reply | None, key: str) -> None:
    """Each way has its own message, which names the address and not the key; none takes long."""
    started = time.monotonic()
    with served(lambda _: reply) as (url, requests):
        fault = fault_of(url)
    assert (fault.key, fault.values["url"]) == (key, url)
    assert KEY not in f"{fault!r} {fault} {fault.message('en')}"
    assert requests[0]["x-chroma-token"] == KEY
    assert time.monotonic() - started < 10


def test_nobody_listens() -> None:
    """The port is free."""
    assert fault_of("http://127.0.0.1:9").key == "chroma_away"


def test_a_server_that_names_no_database() -> None:
    """A key that may see all of them; which one is a setting."""
    replies = {
        "/api/v2/version": '"1.0.0"',
        "/api/v2/auth/identity": '{"user_id": "", "tenant": "*", "databases": ["*"]}',
    }
    with served(lambda path: (200, "application/json", replies.get(path, "[]"))) as (url, _):
        assert fault_of(url).key == "chroma_place"
        server = ChromaServer(ServerAddress(url, tenant="t", database="d"), 0.5)
        assert server.names() == []
        server.close()


def test_a_database_that_is_not_there(chroma_run: ChromaRun) -> None:
    """The server says so itself, in its own words."""
    server = ChromaServer(ServerAddress(chroma_run.url, database="nowhere"), 5)
    with pytest.raises(IndexServerError, match="nowhere"):
        server.make("anything", searched=True)
    server.close()


def test_a_server_that_was_started_again_is_spoken_to_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    """While it is away every request fails; afterwards none does, though the connections of before are dead."""
    run = ChromaRun(tmp_path_factory.mktemp("chroma"))
    run.start()
    server = ChromaServer(ServerAddress(run.url), 20)
    try:
        made = server.make("kept", searched=True)
        made.upsert(ids=["a"], embeddings=[[1.0, 0.0]])
        run.kill()
        for _ in range(2):
            with pytest.raises(IndexServerError) as caught, server.told():
                made.count()
            assert caught.value.key == "chroma_away"
        run.start()
        with server.told():
            assert made.count() == 1
        assert server.open("never made") is None
        server.delete("never made")
    finally:
        server.close()
        run.kill()
