"""What keeps the page's notes on this machine: who may ask for it, and what the page may load.

Gradio's sanitised Markdown still loads remote images and submits forms, and a foreign site can reach a
loopback server under a name of its own (DNS rebinding) or send it forms. The headers and the checks of Host and
Origin stop that.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kbqa.errors import ConfigurationError
from kbqa.settings import is_loopback

HEADERS = {
    # Gradio's page evaluates inline scripts and component templates, hence the two `unsafe-` words.
    "Content-Security-Policy": "; ".join(
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

MISDIRECTED = 421  # RFC 9110: the request was sent to a server that does not answer for its name


def require_loopback(host: str) -> None:
    """Refuse to listen where other machines could read the notes.

    Raises:
        ConfigurationError: `host` is not an address of this machine only.
    """
    if not is_loopback(host):
        raise ConfigurationError("host_not_local", host=host)


class LocalOnly:
    """ASGI wrapper: answers only requests that name this machine and come from no foreign page.

    All answers carry the protecting headers.

    Plain ASGI, because Starlette's own middleware base buffers streams, and its host check does not read `[::1]:7860`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        headers = Headers(scope=scope)
        if is_loopback(_without_port(headers.get("host", ""))) and _is_from_here(headers):
            await self._app(scope, receive, send_protected)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("Misdirected Request", MISDIRECTED)(scope, receive, send_protected)


def _is_from_here(headers: Headers) -> bool:
    """Whether no page of another machine sends the request; only browsers name an origin."""
    origin = headers.get("origin")
    return origin is None or is_loopback(_without_port(origin.partition("://")[2]))


def _without_port(authority: str) -> str:
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]
