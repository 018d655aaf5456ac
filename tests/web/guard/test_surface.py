"""What is served: our routes, what the page needs of Gradio, and nothing else."""

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.web.guard.surface import BODY_BYTES, GRADIO, Surface
from kbqa.web.server import create_app


async def _reached(_: object) -> PlainTextResponse:
    return PlainTextResponse("reached")


@pytest.fixture
def client() -> TestClient:
    """An application that answers everything, behind the surface."""
    ours = [Route("/api/ask", _reached, methods=["POST"]), Route("/api/notes/{path:path}", _reached)]
    everything = Starlette(routes=[Route("/{path:path}", _reached, methods=["GET", "POST", "DELETE"])])
    return TestClient(Surface(everything, ours, Texts.load("ru")), base_url="http://127.0.0.1")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/ask"),
        ("GET", "/api/notes/Папка/Заметка.md"),
        ("GET", "/"),
        ("GET", "/config"),
        ("GET", "/assets/index-123.js"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/gradio_api/queue/data?session_hash=x"),
    ],
)
def test_what_is_needed_is_served(client: TestClient, method: str, path: str) -> None:
    """Our routes, and those of the page."""
    assert client.request(method, path).text == "reached"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("GET", "/gradio_api/proxy=https://evil.example/"),
        ("POST", "/gradio_api/component_server"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("POST", "/gradio_api/stream/x"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/call/ask"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/openapi.json"),
        ("POST", "/login"),
        ("GET", "/custom_component/x/y/z/f.js"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/gradio_api//queue/data"),
    ],
)
def test_what_is_not_needed_is_not_there(client: TestClient, method: str, path: str) -> None:
    """Whatever Gradio could do with it."""
    answer = client.request(method, path)
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:kbqa:not_served"


def test_a_wrong_method_is_refused(client: TestClient) -> None:
    """A path is served for its own methods only."""
    assert client.delete("/api/ask").status_code == 405
    assert client.post("/config").status_code == 405


def test_a_long_request_is_refused_before_it_is_read(client: TestClient) -> None:
    """By its length; one byte less is read."""
    assert client.post("/api/ask", content=b"x" * BODY_BYTES).text == "reached"
    refused = client.post("/api/ask", content=b"x" * (BODY_BYTES + 1))
    assert refused.status_code == 413
    assert refused.json()["type"] == "urn:kbqa:too_large"
    for length in ("-1", "9" * 30, "1e3", ""):
        assert client.post("/api/ask", headers={"content-length": length}).status_code == 413


def test_a_request_of_unknown_length_is_refused(client: TestClient) -> None:
    """It would have no end."""
    assert client.post("/api/ask", content=iter([b"x"])).status_code == 411


def test_websockets_are_not_served(client: TestClient) -> None:
    """Nothing here speaks over one."""
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/gradio_api/queue/join"):
        pass


def test_of_gradio_nothing_is_reached_but_what_is_listed(settings: Settings) -> None:
    """Of all routes that this Gradio has, tried one by one."""
    app = create_app(settings)
    (mounted,) = [route.app for route in app.routes if isinstance(route, Mount)]
    routes = _walk(mounted)
    assert ("POST", "/gradio_api/upload") in routes
    assert ("GET", "/gradio_api/proxy={url_path:path}") in routes
    listed = {path.rstrip("/") for _, path in GRADIO}
    client = TestClient(app, base_url="http://127.0.0.1")
    for method, path in routes:
        filled = path.replace("{api_name}", "ask")
        if path.rstrip("/") in listed or filled.startswith(("/assets/", "/static/")):
            continue
        answer = client.request(method, filled.replace("{", "").replace(":path}", "").replace("}", ""))
        assert (answer.status_code, method, path) in ((404, method, path), (405, method, path))


def _walk(app: FastAPI) -> list[tuple[str, str]]:
    """Methods and paths of an application's routes."""
    found = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        prefix = inner.prefix if inner else ""
        for one in inner.routes if inner else [route]:
            path = one.path if one.path.startswith(prefix) else prefix + one.path
            found += [(method, path) for method in getattr(one, "methods", None) or ()]
    return found
