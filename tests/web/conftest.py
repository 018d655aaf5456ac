"""What the tests of the web layer share: an indexed copy of the corpus, and the server as users start it."""

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from kbqa import KnowledgeBase
from kbqa.settings import Settings
from kbqa.web import server as web_server

sys.path.insert(0, str(Path(__file__).parent))  # pytest's importlib mode leaves it out

from browsing import browser

__all__ = ["browser"]

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str


@dataclass(frozen=True, slots=True)
class AppRun(Server):
    """One that is a process of its own."""

    process: subprocess.Popen[str]


class _Thread(threading.Thread):
    """`serve`, whole, in a thread of this process: Gradio is imported once for all servers, not for each."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="tested server", daemon=True)
        self._settings = settings
        self._said = queue.SimpleQueue[str | BaseException]()
        self._servers = list[uvicorn.Server]()

    def run(self) -> None:
        """Serve until it is told to stop."""
        try:
            web_server.serve(self._settings)
        except BaseException as error:  # noqa: BLE001 - raised in the test
            self._said.put(error)

    def begin(self) -> str:
        """Start, and wait until it says where it is and its notes are read."""
        servers = self._servers

        class Kept(web_server._Server):
            def __init__(self, *given: Any) -> None:
                super().__init__(*given)
                servers.append(self)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(web_server, "_Server", Kept)
            patch.setattr(web_server, "_say", self._said.put)
            self.start()
            said = self._said.get(timeout=120)
        if isinstance(said, BaseException):
            raise said
        found = re.search(r"http://\S+", said)
        assert found, said
        for server in servers:  # what it says first may be that it still reads them
            server.config.app.state.desk.settled()
        return found[0]

    def stop(self) -> None:
        """As SIGTERM does."""
        for server in self._servers:
            server.should_exit = True
        self.join(60)
        assert not self.is_alive()


@contextmanager
def _running(folder: Path, **settings: object) -> Iterator[Server]:
    """A server that has read its notes, with `settings`, which are as strings what they would be as variables.

    It runs in a thread; its vault, index and data are in `folder` unless they are named.
    """
    places = {name: folder / name for name in ("corpus", "index", "data")}
    thread = _Thread(Settings.load(**places | {"port": 0} | settings))
    url = thread.begin()
    try:
        yield Server(url)
    finally:
        thread.stop()


def _start(folder: Path, **settings: object) -> subprocess.Popen[str]:
    """Start `app.py` in `folder`, with `KBQA_*` variables from `settings`."""
    names = {f"KBQA_{name.upper()}": str(value) for name, value in settings.items()}
    return subprocess.Popen(
        [sys.executable, ROOT / "app.py"],
        cwd=folder,
        env=os.environ | names,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _running_app(folder: Path, **settings: object) -> Iterator[AppRun]:
    """`app.py` that has said where it is; stopped at the end."""
    process = _start(folder, port=0, **settings)
    try:
        yield AppRun(_url(process), process)
    finally:
        process.terminate()
        process.communicate(timeout=120)


def _url(process: subprocess.Popen[str]) -> str:
    said = ""
    for line in process.stdout or ():
        said += line
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise AssertionError(said + process.communicate()[1])


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the corpus, not to be changed."""
    copy = tmp_path_factory.mktemp("vault") / "corpus"
    shutil.copytree(CORPUS, copy)
    return copy


@pytest.fixture(scope="session")
def settings(vault: Path, corpus_index: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings for the copy, with an index and a data folder of its own."""
    return Settings(corpus=vault, index=corpus_index(), data=tmp_path_factory.mktemp("data"), port=0)


@pytest.fixture(scope="session")
def kb(settings: Settings) -> KnowledgeBase:
    """The copy, indexed."""
    return KnowledgeBase.build(settings.corpus, settings.index, settings=settings)


@pytest.fixture(scope="session")
def start() -> Callable[..., subprocess.Popen[str]]:
    """Starts `app.py`."""
    return _start


@pytest.fixture(scope="session")
def running() -> Callable[..., AbstractContextManager[Server]]:
    """Runs a server for a while, in a thread: `running(folder, **settings)`."""
    return _running


@pytest.fixture(scope="session")
def running_app() -> Callable[..., AbstractContextManager[AppRun]]:
    """Runs `app.py` for a while, where the process is what is tested: seconds each time, mostly of importing Gradio."""
    return _running_app


@pytest.fixture(scope="session")
def server(kb: KnowledgeBase, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on the copy of the corpus."""
    assert kb.chunk_count
    folder = tmp_path_factory.mktemp("folder")
    with _running(folder, corpus=settings.corpus, index=settings.index, data=settings.data) as server:
        yield server
