"""The password: who is let in, how, and what those are told who are not."""

import base64
import hmac
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.web.guard.access import COOKIE, MOST_SESSIONS, SESSION_SECONDS, PasswordGate, Sessions
from kbqa.web.guard.lockout import FREE_FAILURES, Lockout
from kbqa.web.guard.surface import GRADIO
from kbqa.web.server import create_app

PASSWORD = "йод и ёлка 2026"  # noqa: S105 - the test's own
WRONG = "йод и елка 2026"


async def _inside(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"inside {request.url.path}")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("inside")
    await socket.close()


@pytest.fixture
def visit(clock) -> Callable[..., TestClient]:
    """Makes clients of one small application behind the gate, each with cookies of its own."""
    routes = [WebSocketRoute("/socket", _socket), Route("/{path:path}", _inside, methods=["GET", "POST"])]
    gate = PasswordGate(
        Starlette(routes=routes), SecretStr(PASSWORD), Texts.load("ru"), Lockout(clock), Sessions(clock)
    )

    def client(address: str = "10.0.0.1", base_url: str = "http://127.0.0.1") -> TestClient:
        return TestClient(gate, base_url=base_url, client=(address, 1), follow_redirects=False)

    return client


def bearer(password: str) -> dict[str, bytes]:
    """The header of a program that has a key."""
    return {"authorization": f"Bearer {password}".encode()}


def basic(password: str) -> dict[str, bytes]:
    """The header of a program that has a name and a password."""
    return {"authorization": b"Basic " + base64.b64encode(f"имя:{password}".encode())}


def test_a_browser_is_shown_where_to_log_in(visit: Callable[..., TestClient]) -> None:
    """A page that works without scripts, and stands in no cache."""
    client = visit()
    away = client.get("/", headers={"accept": "text/html,*/*"})
    assert (away.status_code, away.headers["location"]) == (303, "/login")
    page = client.get("/login")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert '<form method="post" action="/login">' in page.text
    assert 'type="password"' in page.text
    assert "<script" not in page.text
    assert "$" not in page.text


def test_the_right_password_opens(visit: Callable[..., TestClient]) -> None:
    """Once given, the browser is let in everywhere, by its cookie alone."""
    client = visit()
    answer = client.post("/login", data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/any/where").text == "inside /any/where"
    assert client.get("/login").headers["location"] == "/"
    cookie = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    with client.websocket_connect("/socket", headers=cookie) as socket:
        assert socket.receive_text() == "inside"
    assert visit().get("/").status_code == 401


@pytest.mark.parametrize(("base_url", "is_secure"), [("http://127.0.0.1", False), ("https://127.0.0.1", True)])
def test_the_cookie_is_out_of_reach(visit: Callable[..., TestClient], base_url: str, is_secure: bool) -> None:
    """No script reads it, no other site's page sends it, and if it was given by https, nothing else carries it."""
    answer = visit(base_url=base_url).post("/login", data={"password": PASSWORD})
    name, _, flags = answer.headers["set-cookie"].partition(";")
    assert name.startswith(f"{COOKIE}=")
    assert len(name) > 43
    words = {flag.strip().lower() for flag in flags.split(";")}
    assert {"httponly", "samesite=strict", "path=/", f"max-age={SESSION_SECONDS}"} <= words
    assert ("secure" in words) == is_secure
    assert PASSWORD not in answer.headers["set-cookie"]


def test_a_wrong_password_stays_outside(visit: Callable[..., TestClient]) -> None:
    """The page says so, and what was typed is not in it."""
    client = visit()
    answer = client.post("/login", data={"password": WRONG})
    assert answer.status_code == 401
    assert "Пароль не подошёл" in answer.text
    assert WRONG not in answer.text
    assert "set-cookie" not in answer.headers
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("header", [bearer, basic])
def test_programs_send_it_with_each_request(
    visit: Callable[..., TestClient], header: Callable[[str], dict[str, bytes]]
) -> None:
    """As a key or as a password; no session is begun."""
    client = visit()
    answer = client.post("/v1/chat/completions", headers=header(PASSWORD))
    assert answer.text == "inside /v1/chat/completions"
    assert "set-cookie" not in answer.headers
    assert client.get("/").status_code == 401
    assert client.get("/", headers=header(WRONG)).status_code == 401
    with client.websocket_connect("/socket", headers=header(PASSWORD)) as socket:
        assert socket.receive_text() == "inside"


@pytest.mark.parametrize("path", ["/api/ask", "/v1/models"])
def test_programs_are_told_in_their_own_words(visit: Callable[..., TestClient], path: str) -> None:
    """A problem, or OpenAI's error; browsers open no dialog of their own."""
    answer = visit().get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    said = answer.json()
    assert (said["error"]["code"] if path.startswith("/v1") else said["type"]).endswith("password_needed")


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Basic %%%"},
        {"authorization": "Basic " + base64.b64encode(PASSWORD.encode()).decode()},
        {"authorization": f"Digest {'x' * 12}"},
        {"authorization": b"Bearer \xff\xfe"},
        {"cookie": COOKIE},
        {"cookie": f"{COOKIE}="},
        {"cookie": f"{COOKIE}=x; {COOKIE}=y"},
        {"cookie": "\x01=;;;"},
    ],
)
def test_malformed_credentials_are_wrong_ones(visit: Callable[..., TestClient], headers: dict[str, str]) -> None:
    """They open nothing, and break nothing."""
    assert visit().get("/", headers=headers).status_code == 401


def test_a_decomposed_password_is_the_same(visit: Callable[..., TestClient]) -> None:
    """Some keyboards send й and ё in two parts."""
    decomposed = PASSWORD.replace("й", "и\u0306").replace("ё", "е\u0308")
    assert decomposed != PASSWORD
    assert visit().get("/", headers=bearer(decomposed)).status_code == 200


def test_passwords_are_compared_in_constant_time(
    visit: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long it takes tells neither how much was right nor how long the password is."""
    compared: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def noted(given: bytes, expected: bytes) -> bool:
        compared.append((given, expected))
        return compare(given, expected)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    visit().get("/", headers=bearer("x"))
    visit().get("/", headers=bearer(PASSWORD))
    assert [len(one) for pair in compared for one in pair] == [32] * 4


def test_guessing_is_locked_out(visit: Callable[..., TestClient], clock) -> None:
    """After five failures even the right password has to wait, by form and by header; others, and sessions, do not."""
    inside = visit()
    inside.post("/login", data={"password": PASSWORD})
    guessing = visit()
    for _ in range(FREE_FAILURES):
        assert guessing.get("/", headers=bearer(WRONG)).status_code == 401
    for answer in (guessing.get("/", headers=bearer(PASSWORD)), guessing.post("/login", data={"password": PASSWORD})):
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
        assert "30 с" in answer.text
        assert "set-cookie" not in answer.headers
    assert visit("10.0.0.2").get("/", headers=bearer(PASSWORD)).status_code == 200
    assert inside.get("/").status_code == 200
    clock.seconds += 30
    assert guessing.get("/", headers=bearer(PASSWORD)).status_code == 200


def test_a_session_ends(visit: Callable[..., TestClient], clock) -> None:
    """By itself after a week."""
    client = visit()
    client.post("/login", data={"password": PASSWORD})
    clock.seconds += SESSION_SECONDS - 1
    assert client.get("/").status_code == 200
    clock.seconds += 2
    assert client.get("/").status_code == 401


def test_leaving_ends_the_session(visit: Callable[..., TestClient]) -> None:
    """At the server, so that a copy of the cookie opens nothing; a link from elsewhere does not log anybody out."""
    client = visit()
    client.post("/login", data={"password": PASSWORD})
    copied = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    assert '<form method="post" action="/logout">' in client.get("/logout").text
    assert visit().get("/", headers=copied).status_code == 200
    assert client.post("/logout").headers["location"] == "/login"
    assert client.get("/").status_code == 401
    assert visit().get("/", headers=copied).status_code == 401


def test_a_form_that_is_too_long_is_not_read(visit: Callable[..., TestClient]) -> None:
    """The only thing that is read from those outside is small."""
    client = visit()
    assert client.post("/login", data={"password": "x" * 20_000}).status_code == 400
    assert client.post("/login", content=iter([b"password=x"])).status_code == 400


def test_sessions_are_random_few_and_kept_as_digests() -> None:
    """No two tokens are alike, the oldest of too many ends, and no token stands in memory."""
    sessions = Sessions()
    tokens = [sessions.begin() for _ in range(MOST_SESSIONS + 1)]
    assert len(set(tokens)) == len(tokens)
    assert [sessions.holds(tokens[0]), sessions.holds(tokens[1]), sessions.holds(tokens[-1])] == [False, True, True]
    assert tokens[-1] not in repr(vars(sessions))


def test_every_route_is_behind_the_password(settings: Settings) -> None:
    """All of ours and all of Gradio's, listed or not, by every method: without the password, nothing but the login."""
    app = create_app(settings.model_copy(update={"password": SecretStr(PASSWORD)}))
    client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    routes = {(method, path) for method, path in (*_walk(app), *GRADIO)}
    assert {("POST", "/api/ask"), ("GET", "/health"), ("POST", "/v1/chat/completions"), ("GET", "/config")} <= routes
    assert ("POST", "/gradio_api/upload") in routes
    for method, path in sorted(routes):
        filled = path.replace(":path}", "").replace("{", "").replace("}", "")
        if filled in ("/login", "/logout"):
            continue
        assert (client.request(method, filled).status_code, method, path) == (401, method, path)
        away = client.request(method, filled, headers={"accept": "text/html"})
        assert away.status_code == (303 if method in ("GET", "HEAD") else 401)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/gradio_api/queue/join"):
        pass
    assert client.get("/health", headers=bearer(PASSWORD)).status_code == 200


def test_a_foreign_name_is_refused_before_the_password(settings: Settings) -> None:
    """A site that points its name here cannot even try passwords."""
    app = create_app(settings.model_copy(update={"password": SecretStr(PASSWORD)}))
    client = TestClient(app, base_url="http://evil.example")
    assert client.get("/login").status_code == 421
    foreign = {"host": "127.0.0.1", "origin": "https://evil.example"}
    assert client.post("/login", data={"password": PASSWORD}, headers=foreign).status_code == 421


def _walk(app: FastAPI) -> list[tuple[str, str]]:
    """Methods and paths of an application's routes, and of those that are mounted in it."""
    found = []
    for route in app.routes:
        if isinstance(route, Mount):
            found += _walk(route.app)
            continue
        inner = getattr(route, "original_router", None)
        for one in inner.routes if inner else [route]:
            found += [(method, one.path) for method in getattr(one, "methods", None) or ()]
    return found
