"""Who may ask for the page, and what the page may load."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from kbqa.errors import ConfigurationError
from kbqa.settings import Settings
from kbqa.web.guard.security import HEADERS, KnownNames, require_safe

PASSWORD = "двенадцать з"  # noqa: S105 - the test's own
"""Twelve characters."""


async def _hello(_: object) -> PlainTextResponse:
    return PlainTextResponse("привет")


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("привет")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    """A small application behind the guard."""
    app = Starlette(routes=[Route("/", _hello), WebSocketRoute("/socket", _echo)])
    return TestClient(KnownNames(app), base_url="http://127.0.0.1:7860")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:7860", "localhost:1", "LOCALHOST", "[::1]", "[::1]:7860"])
def test_this_machine_is_answered(client: TestClient, host: str) -> None:
    """Any name of this machine, with or without port."""
    assert client.get("/", headers={"host": host}).text == "привет"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:7860", "", "192.168.0.1", "[::2]:1"],
)
def test_other_names_are_refused(client: TestClient, host: str) -> None:
    """A name that a foreign site may have pointed here is refused, and so the notes stay unread."""
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "привет" not in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1.evil.example:7860", "null", ""])
def test_foreign_pages_are_refused(client: TestClient, origin: str) -> None:
    """A page from elsewhere cannot post to this server, even if it could not read the answer."""
    assert client.post("/", headers={"host": "127.0.0.1", "origin": origin}).status_code == 421


@pytest.mark.parametrize("origin", ["http://127.0.0.1:7860", "http://localhost:7860", "http://[::1]:7860"])
def test_own_pages_are_answered(client: TestClient, origin: str) -> None:
    """The chat itself names its origin, too."""
    assert client.get("/", headers={"host": "127.0.0.1", "origin": origin}).status_code == 200


def test_websockets_are_guarded_too(client: TestClient) -> None:
    """The check is not only for pages."""
    with client.websocket_connect("/socket", headers={"host": "localhost:7860"}) as socket:
        assert socket.receive_text() == "привет"
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/socket", headers={"host": "evil.example"}),
    ):
        pass


@pytest.mark.parametrize(("path", "host"), [("/", "localhost"), ("/missing", "localhost"), ("/", "evil.example")])
def test_every_answer_is_protected(client: TestClient, path: str, host: str) -> None:
    """Pages, errors and refusals carry the same headers."""
    answer = client.get(path, headers={"host": host})
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


def test_the_policy_lets_nothing_load_from_elsewhere() -> None:
    """No host and no wildcard in the policy."""
    policy = HEADERS["Content-Security-Policy"]
    assert "*" not in policy
    assert "http" not in policy
    assert "default-src 'self'" in policy


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-gradio-server"])
def test_no_header_makes_gradio_take_another_server_for_itself(header: str) -> None:
    """What would decide where the page's requests go does not reach Gradio."""

    async def told(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(request.headers.get(header)))

    client = TestClient(KnownNames(Starlette(routes=[Route("/", told)])), base_url="http://127.0.0.1")
    assert client.get("/", headers={header: "evil.example"}).text == "None"


def test_named_hosts_are_answered() -> None:
    """Behind a reverse proxy the server is asked by the names of the settings, in any case, by pages of these, too."""
    client = TestClient(KnownNames(Starlette(routes=[Route("/", _hello)]), ["Notes.example.org", "10.0.0.5"]))
    for host in ("notes.example.org", "NOTES.EXAMPLE.ORG:443", "10.0.0.5:7860", "localhost"):
        assert client.get("/", headers={"host": host, "origin": "https://notes.example.org"}).text == "привет"
    for host in ("evil.example", "sub.notes.example.org", "notes.example.org.evil.example", "10.0.0.50"):
        assert client.get("/", headers={"host": host}).status_code == 421
    foreign = {"host": "notes.example.org", "origin": "https://evil.example"}
    assert client.get("/", headers=foreign).status_code == 421


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"host": "0.0.0.0"}, "password_missing"),  # noqa: S104 - refused
        ({"host": "::"}, "password_missing"),
        ({"host": "192.168.1.5"}, "password_missing"),
        ({"host": "example.org"}, "password_missing"),
        ({"hosts": ("notes.example.org",)}, "password_missing"),
        ({"host": "192.168.1.5", "password": "eleven char"}, "password_short"),
        ({"password": "eleven char"}, "password_short"),
        ({"host": "0.0.0.0", "password": PASSWORD}, "hosts_missing"),  # noqa: S104 - refused
    ],
)
def test_it_is_refused_to_listen_unsafely(given: dict[str, Any], key: str) -> None:
    """Where others can reach the server there is a password that takes long to guess, and a name; it is not shown."""
    with pytest.raises(ConfigurationError) as caught:
        require_safe(Settings(**given))
    assert caught.value.key == key
    assert "eleven" not in caught.value.message()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"host": "::1"},
        {"hosts": ("localhost",)},
        {"password": PASSWORD},
        {"host": "192.168.1.5", "password": PASSWORD},
        {"host": "0.0.0.0", "hosts": ("notes.example.org",), "password": PASSWORD},  # noqa: S104 - with a password
    ],
)
def test_it_is_allowed_to_listen_safely(given: dict[str, Any]) -> None:
    """This machine alone, or others with a password of twelve characters."""
    require_safe(Settings(**given))
