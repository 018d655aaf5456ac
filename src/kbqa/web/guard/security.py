"""What keeps the notes where they are: where the server listens, by which names it is asked, what its page may load.

Gradio's sanitised Markdown still loads remote images and submits forms, and a foreign site can reach a
loopback server under a name of its own (DNS rebinding) or send it forms. The headers and the checks of Host and
Origin stop that. Who listens where others can reach it must have a password (`access.py`).
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kbqa.errors import ConfigurationError
from kbqa.settings import Settings, is_loopback

POLICY = "Content-Security-Policy"
HEADERS = {
    # Gradio's page evaluates inline scripts and component templates, hence the two `unsafe-` words.
    POLICY: "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

FORBIDDEN = 403
MISDIRECTED = 421  # RFC 9110: the request was sent to a server that does not answer for its name


PASSWORD_CHARS = 12
"""The shortest password."""
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - they stand for all addresses, and name none

_MISLEADING = (b"x-forwarded-host", b"x-gradio-server")
"""Headers by which Gradio would take another server for itself; the name stands in Host."""


def require_safe(settings: Settings) -> None:
    """Refuse to listen where others could read the notes without a password.

    Raises:
        ConfigurationError: others can reach the server and there is no password, the password is too short, or it is
            not said by which names the server is asked.
    """
    if settings.password is None and not _is_for_this_machine(settings):
        names = ", ".join((settings.host, *settings.hosts))
        raise ConfigurationError("password_missing", host=names, least=PASSWORD_CHARS)
    if settings.password is not None and len(settings.password.get_secret_value()) < PASSWORD_CHARS:
        raise ConfigurationError("password_short", least=PASSWORD_CHARS)
    if settings.host in ANY_ADDRESS and not settings.hosts:
        raise ConfigurationError("hosts_missing", host=settings.host)


def may_see_folders(settings: Settings) -> bool:
    """Whether the page may show and choose folders of this machine: nobody else reaches it, and notes are read here."""
    return _is_for_this_machine(settings) and not settings.proxies and settings.chroma_url is None


def require_own_page(request: Request) -> None:
    """Refuse a change that this very server's page does not ask for: other programs of this machine serve pages, too.

    Raises:
        HTTPException: 403.
    """
    # Browsers name the origin of every request that is no plain reading.
    if urlsplit(request.headers.get("origin", "")).netloc != request.headers.get("host"):
        raise HTTPException(FORBIDDEN)


class KnownNames:
    """ASGI wrapper: answers only requests that call the server by its name and come from no foreign page.

    All answers carry the protecting headers.

    Plain ASGI, because Starlette's own middleware base buffers streams, and its host check does not read `[::1]:7860`.

    Args:
        app: what answers.
        names: by which the server is asked, besides those of this machine.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # A page may have a policy of its own, as the report of an evaluation has.
                policy = headers.get(POLICY, HEADERS[POLICY])
                headers.update(HEADERS | {POLICY: policy})
            await send(message)

        headers = Headers(scope=scope)
        if self._is_known(headers.get("host", "")) and self._is_from_here(headers):
            kept = [(name, value) for name, value in scope["headers"] if name not in _MISLEADING]
            await self._app({**scope, "headers": kept}, receive, send_protected)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("Misdirected Request", MISDIRECTED)(scope, receive, send_protected)

    def _is_known(self, authority: str) -> bool:
        name = _without_port(authority)
        return is_loopback(name) or name.lower() in self._names

    def _is_from_here(self, headers: Headers) -> bool:
        """Whether no page of another server sends the request; only browsers name an origin."""
        origin = headers.get("origin")
        return origin is None or self._is_known(origin.partition("://")[2])


def _is_for_this_machine(settings: Settings) -> bool:
    """Whether no name or address of the server can mean another machine's way to it."""
    return all(map(is_loopback, (settings.host, *settings.hosts)))


def _without_port(authority: str) -> str:
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]
