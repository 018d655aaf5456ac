"""The password: nothing is served to those who have not given it.

A browser gives it on a page of ours and gets a cookie; a program sends it with each request, as `Authorization:
Bearer …` (what OpenAI's clients do with an API key) or Basic. The wrapper stands in front of everything, Gradio's
routes and static files included.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
import unicodedata
from collections.abc import Callable
from html import escape
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from string import Template
from urllib.parse import parse_qs

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kbqa.serving.turnstile import client_of
from kbqa.texts import Texts
from kbqa.web.guard.lockout import Lockout
from kbqa.web.guard.problems import refusal

COOKIE = "kbqa_session"
SESSION_SECONDS = 7 * 24 * 3600
"""How long a browser stays logged in."""
MOST_SESSIONS = 1000
FORM_BYTES = 10_000
LOGIN, LOGOUT = "/login", "/logout"


class Sessions:
    """Who is logged in, by random tokens of which only digests are kept; a restart ends all of them."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._ends: dict[bytes, float] = {}

    def begin(self) -> str:
        """The token of a new session."""
        token = secrets.token_urlsafe(32)
        self._ends[_digest(token)] = self._now() + SESSION_SECONDS
        if len(self._ends) > MOST_SESSIONS:
            del self._ends[next(iter(self._ends))]
        return token

    def holds(self, token: str) -> bool:
        """Whether the token is one of a session that has not ended."""
        # Looked up by its digest: how long that takes says nothing of the token.
        return self._ends.get(_digest(token), 0.0) > self._now()

    def end(self, token: str) -> None:
        """End the session, if it is one."""
        self._ends.pop(_digest(token), None)


class PasswordGate:
    """ASGI wrapper: answers those who gave the password; shows others where to give it.

    Args:
        app: what answers.
        password: at least `security.PASSWORD_CHARS` long.
        texts: the catalogue.
        lockout: who has to wait.
        sessions: who is logged in.
    """

    def __init__(
        self,
        app: ASGIApp,
        password: SecretStr,
        texts: Texts,
        lockout: Lockout | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        self._app = app
        self._password = _digest(_normal(password.get_secret_value()))
        self._texts = texts
        self._lockout = lockout or Lockout()
        self._sessions = sessions or Sessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_inside = self._sessions.holds(_cookie(headers))
        if scope["type"] == "http" and scope["path"] in (LOGIN, LOGOUT):
            await (await self._door(Request(scope, receive), is_inside=is_inside))(scope, receive, send)
            return
        refused = None if is_inside else self._refused(scope, headers)
        if refused is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refused(scope, receive, send)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """What those are told who have no session; None: they have sent the password."""
        path = scope["path"]
        given = _authorization(headers)
        if given is None:
            if scope.get("method") in ("GET", "HEAD") and "text/html" in headers.get("accept", ""):
                return RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
            return self._unauthorized(path, "password_needed")
        seconds = self._tried(client_of(HTTPConnection(scope)), given)
        if seconds:
            detail = self._texts("doors.locked", seconds=seconds)
            return refusal(path, HTTPStatus.TOO_MANY_REQUESTS, "locked", detail, retry_after=seconds)
        return None if seconds == 0 else self._unauthorized(path, "password_wrong")

    def _unauthorized(self, path: str, key: str) -> Response:
        answer = refusal(path, HTTPStatus.UNAUTHORIZED, key, self._texts(f"doors.{key}"))
        # Not Basic, for which browsers would ask with a dialog of their own.
        answer.headers["WWW-Authenticate"] = 'Bearer realm="kbqa"'
        return answer

    def _tried(self, address: str, given: str) -> int | None:
        """Try a password: 0 if it is right, None if wrong, otherwise the seconds to wait before another try."""
        if seconds := self._lockout.wait(address):
            return seconds
        if hmac.compare_digest(_digest(_normal(given)), self._password):
            self._lockout.succeeded(address)
            return 0
        self._lockout.failed(address)
        return None

    async def _door(self, request: Request, *, is_inside: bool) -> Response:
        """The pages for logging in and out."""
        if request.url.path == LOGOUT:
            return self._logout(request, is_inside=is_inside)
        if request.method in ("GET", "HEAD"):
            return RedirectResponse("/", HTTPStatus.SEE_OTHER) if is_inside else self._page()
        if request.method != "POST" or not _is_short(request):
            return self._page(HTTPStatus.BAD_REQUEST)
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        seconds = self._tried(client_of(request), form.get("password", [""])[0])
        if seconds is None:
            return self._page(HTTPStatus.UNAUTHORIZED, self._texts("doors.password_wrong"))
        if seconds:
            answer = self._page(HTTPStatus.TOO_MANY_REQUESTS, self._texts("doors.locked", seconds=seconds))
            answer.headers["Retry-After"] = str(seconds)
            return answer
        answer = RedirectResponse("/", HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
        _set_cookie(answer, request, self._sessions.begin(), SESSION_SECONDS)
        return answer

    def _logout(self, request: Request, *, is_inside: bool) -> Response:
        if request.method != "POST":
            return self._page(leave=True) if is_inside else RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)
        self._sessions.end(_cookie(request.headers))
        answer = RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
        _set_cookie(answer, request, "", 0)
        return answer

    def _page(self, status: HTTPStatus = HTTPStatus.OK, trouble: str = "", *, leave: bool = False) -> Response:
        """The page with the form for the password, or for leaving."""
        name, words = ("logout", ("leave", "leave_about")) if leave else ("login", ("enter", "password"))
        said = {word: escape(self._texts(f"doors.{word}")) for word in words}
        filled = Template(_static("gate.html")).substitute(
            language=self._texts.language,
            title=escape(self._texts("doors.title")),
            style=_static("login.css"),
            trouble=f'<p class="trouble" role="alert">{escape(trouble)}</p>' if trouble else "",
            content=Template(_static(f"{name}.html")).substitute(said),
        )
        return HTMLResponse(filled, status, {"Cache-Control": "no-store"})


def _static(name: str) -> str:
    return (files("kbqa.web") / "static" / name).read_text(encoding="utf-8")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _normal(password: str) -> str:
    """The password as it is compared: keyboards compose й and ё differently."""
    return unicodedata.normalize("NFC", password)


def _cookie(headers: Headers) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def _set_cookie(answer: Response, request: Request, token: str, seconds: int) -> None:
    is_https = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, seconds, path="/", secure=is_https, httponly=True, samesite="strict")


def _authorization(headers: Headers) -> str | None:
    """The password that a program sends; None: it sends none."""
    # HTTP headers are read as Latin-1; what is in them may be UTF-8.
    scheme, _, given = headers.get("authorization", "").encode("latin-1").decode("utf-8", "replace").partition(" ")
    match scheme.lower():
        case "bearer":
            return given.strip()
        case "basic":
            try:
                decoded = base64.b64decode(given.strip(), validate=True).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                return ""
            return decoded.partition(":")[2]
        case _:
            return None


def _is_short(request: Request) -> bool:
    length = request.headers.get("content-length", "")
    return length.isdecimal() and int(length) <= FORM_BYTES
