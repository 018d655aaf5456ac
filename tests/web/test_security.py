"""Who may ask for the page, and what the page may load."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from kbqa.errors import ConfigurationError
from kbqa.settings import is_loopback
from kbqa.web.security import HEADERS, LocalOnly, require_loopback


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
    return TestClient(LocalOnly(app), base_url="http://127.0.0.1:7860")


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


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])  # noqa: S104 - refused
def test_listening_for_others_is_refused(host: str) -> None:
    """The server never listens where another machine could reach it."""
    assert not is_loopback(host)
    with pytest.raises(ConfigurationError) as caught:
        require_loopback(host)
    assert (caught.value.key, caught.value.values) == ("host_not_local", {"host": host})
