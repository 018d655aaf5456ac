"""What the server serves: our routes, and of Gradio's those that the page and Gradio's client need.

Gradio brings routes for uploads, files of the machine, other servers, monitoring and more. None of them is needed, so
whatever is not listed here is not there, whatever a later Gradio adds.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Route, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from kbqa.texts import Texts
from kbqa.web.guard.problems import refusal

BODY_BYTES = 1_000_000
"""Longest request: a question with a long history takes a tenth of it."""

GRADIO = (
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/config"),
    ("GET", "/theme.css"),
    ("GET", "/favicon.ico"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/static/{path:path}"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/reset"),
)
"""What the page and Gradio's client ask of Gradio."""


@dataclass(frozen=True, slots=True)
class _Served:
    method: str
    path: re.Pattern[str]


class Surface:
    """ASGI wrapper: refuses what is not served, and requests that are too long, before anything reads them.

    Args:
        app: what answers.
        routes: of ours.
        texts: the catalogue.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], texts: Texts) -> None:
        self._app = app
        self._texts = texts
        ours = [(method, one.path) for one in routes if isinstance(one, Route) for method in one.methods or ()]
        self._served = [_Served(method, compile_path(path)[0]) for method, path in (*ours, *GRADIO)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http" and (refused := self._refused(scope)):
            status, key = refused
            detail = self._texts(f"doors.{key}", path=scope["path"], most=BODY_BYTES // 1000)
            await refusal(scope["path"], status, key, detail)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refused(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        methods = {served.method for served in self._served if served.path.match(scope["path"])}
        if not methods:
            return HTTPStatus.NOT_FOUND, "not_served"
        if scope["method"] not in methods:
            return HTTPStatus.METHOD_NOT_ALLOWED, "not_served"
        headers = Headers(scope=scope)
        if "transfer-encoding" in headers:  # nobody needs it for a question, and its end is not known
            return HTTPStatus.LENGTH_REQUIRED, "no_length"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > BODY_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large"
        return None
