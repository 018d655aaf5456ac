"""The web server: one process.

The chat stands at `/`, earlier talks at `/talks`, the notes at `/notes`, their map at `/map`, the state of the index at
`/state`, health at `/health`; programs ask at `/api` and `/v1`. It listens on this machine only, unless there is a
password.
"""

import errno
import logging
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from importlib.metadata import version as package_version

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.routing import BaseRoute

from kbqa.errors import ServerError
from kbqa.serving.desk import Desk, Failed, Preparing, explain
from kbqa.serving.turnstile import Turnstile
from kbqa.settings import Settings
from kbqa.talks import TalkStore
from kbqa.texts import Texts
from kbqa.web.guard.access import PasswordGate
from kbqa.web.guard.problems import answer_problems
from kbqa.web.guard.security import KnownNames, may_see_folders, require_safe
from kbqa.web.guard.surface import Surface
from kbqa.web.quick_imports import quick_imports

SHUTDOWN_SECONDS = 1
"""Patience with open pages when the server is told to stop; each holds a stream that would never end by itself."""


def create_app(settings: Settings) -> FastAPI:
    """The chat as an ASGI application; the index is being opened, or made, when this returns."""
    desk = Desk(settings)
    texts = Texts.load(settings.language)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # Only now: before, it would compete with Gradio's import for the processor.
        stop = threading.Event()
        threading.Thread(target=desk.follow, args=(stop,), name="kbqa-follow", daemon=True).start()
        yield
        stop.set()

    app = FastAPI(
        title="kbqa",
        version=package_version("kbqa"),
        description=texts("doors.about"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.desk = desk
    answer_problems(app, texts)
    turnstile = Turnstile(settings)

    @app.get("/health")
    async def health() -> dict[str, object]:
        return _health(desk, texts)

    with quick_imports():
        # In this order: opening the index is mostly native code, which runs while Gradio's Python is imported.
        import_module("kbqa.knowledge_base")
        desk.open()
        chat = import_module("kbqa.web.chat.page")
        mounting = import_module("kbqa.web.chat.mounting")
        view = import_module("kbqa.web.chat.status_view")
        quality = import_module("kbqa.web.chat.quality_view")
        pages = import_module("kbqa.web.pages.router")
        service = import_module("kbqa.serving.service")
        rest, openai_door = (import_module(f"kbqa.web.api.{name}") for name in ("rest", "openai_door"))

    # Not `async`: reading all notes takes a while, and the others must not wait.
    @app.get("/state", include_in_schema=False)
    def state() -> HTMLResponse:
        return HTMLResponse(view.state_html(desk, texts))

    talks = TalkStore(settings.data, settings.corpus) if settings.history else None
    for_programs = service.Service(desk, turnstile)
    routers = [
        pages.router(desk, texts),
        quality.router(desk, texts),
        rest.router(for_programs),
        openai_door.router(for_programs, texts),
    ]
    if talks:
        routers.append(import_module("kbqa.web.chat.talks_view").router(talks, texts))
    if may_see_folders(settings):
        routers.append(import_module("kbqa.web.setup.router").router(desk, talks, texts))
    ours = [*app.routes, *(route for router in routers for route in router.routes)]
    for router in routers:  # before Gradio, which answers for every address that nobody else does
        app.include_router(router)
    guard(app, ours, settings, texts)
    mounting.mount(chat.Page(desk, texts, turnstile, talks).blocks(), app)
    return app


def guard(app: FastAPI, routes: Iterable[BaseRoute], settings: Settings, texts: Texts) -> None:
    """Put the checks in front of `app`: of the names, of the password, of what is served at all, in this order.

    Args:
        app: what answers.
        routes: ours, all of them.
        settings: name the password and the hosts.
        texts: the catalogue.
    """
    # The last that is added comes first.
    app.add_middleware(Surface, routes=routes, texts=texts)
    if settings.password:
        app.add_middleware(PasswordGate, password=settings.password, texts=texts)
    app.add_middleware(KnownNames, names=(settings.host, *settings.hosts))


def serve(settings: Settings, *, open_browser: bool = False) -> None:
    """Serve the chat until SIGTERM or Ctrl-C; says on standard output when questions are answered, and where.

    Args:
        settings: name the vault, the index, and the address to listen on.
        open_browser: also open the page in the user's browser.

    Raises:
        ConfigurationError: others can reach the host, and there is no password, or a short one.
        ServerError: the port is taken, or cannot be had for another reason.
    """
    require_safe(settings)
    with _listener(settings) as listener:
        app = create_app(settings)
        url = _url(settings.host, listener.getsockname()[1])
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=list(settings.proxies),
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )

        def announce() -> None:
            _announce(app.state.desk, url, Texts.load(settings.language))
            if open_browser:
                webbrowser.open(url)

        server = _Server(config, announce)
        # Ending the streams of open pages is how the server stops; uvicorn reports each as an error.
        logging.getLogger("uvicorn.error").addFilter(lambda _: not server.should_exit)
        with suppress(KeyboardInterrupt):  # uvicorn raises it again once it has shut down
            server.run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        threading.Thread(target=self._announce, name="kbqa-announce", daemon=True).start()


def _announce(desk: Desk, url: str, texts: Texts) -> None:
    if isinstance(desk.state, Preparing):
        _say(texts("web.serve.preparing", url=url))
    state = desk.settled()
    if isinstance(state, Failed):
        _say(texts("web.serve.failed", url=url, message=explain(state.error, texts)))
    else:
        _say(texts("web.serve.ready", url=url))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _health(desk: Desk, texts: Texts) -> dict[str, object]:
    state = desk.state
    if isinstance(state, Preparing):
        return {"state": "preparing", "done": state.done, "total": state.total}
    if isinstance(state, Failed):
        return {"state": "failed", "message": explain(state.error, texts)}
    return {
        "state": "ready",
        "notes": state.notes,
        "chunks": state.chunks,
        "updating": state.updating,
    }


def _listener(settings: Settings) -> socket.socket:
    """A bound socket, so that a taken port is known before anything slow begins."""
    family, kind, protocol, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        where = {"host": settings.host, "port": settings.port}
        if error.errno == errno.EADDRINUSE:
            raise ServerError("port_in_use", **where) from error
        raise ServerError("port_unavailable", **where, detail=error.strerror) from error
    return listener


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
