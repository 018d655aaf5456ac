"""What the tests of the web layer share: an indexed copy of the corpus, and the server as users start it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kbqa import KnowledgeBase
from kbqa.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))  # pytest's importlib mode leaves it out

from browsing import browser

__all__ = ["browser"]

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    process: subprocess.Popen[str]


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
def _running(folder: Path, **settings: object) -> Iterator[Server]:
    """A server that has said where it is; stopped at the end."""
    process = _start(folder, port=0, **settings)
    try:
        yield Server(_url(process), process)
    finally:
        process.terminate()
        process.communicate(timeout=20)


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
    """Runs a server for a while."""
    return _running


@pytest.fixture(scope="session")
def server(kb: KnowledgeBase, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on the copy of the corpus."""
    assert kb.chunk_count
    folder = tmp_path_factory.mktemp("folder")
    with _running(folder, corpus=settings.corpus, index=settings.index, data=settings.data) as server:
        yield server
