"""What all tests share: a clean environment, the corpus, the real model, the corpus indexed, vaults made of text."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock
import pytest

from kbqa import KnowledgeBase, Settings, knowledge_base
from kbqa.embedding import E5Model
from kbqa.index.indexer import index_vault

sys.path.insert(0, str(Path(__file__).parent / "llm"))  # pytest's importlib mode leaves them out
sys.path.insert(0, str(Path(__file__).parent / "index" / "server"))

from chroma_run import chroma_run
from llama_server import llama_server
from scripted_endpoint import endpoint

__all__ = ["chroma_run", "endpoint", "llama_server"]  # fixtures of all folders

WriteVault = Callable[[dict[str, str | bytes]], Path]
"""Makes a vault of {relative path: text}; called again, it adds and overwrites."""

_MODEL = E5Model(threads=2)
_SLOW = {"web", "long"}
_CORPUS = Path(__file__).parents[1] / "corpus"


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """A clock of its own."""
    return Clock()


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A developer's settings and keys reach no test: neither from variables nor from a `kbqa.toml`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.upper().startswith("KBQA_") or name.endswith("_API_KEY"):
                patch.delenv(name)
        patch.chdir(tmp_path_factory.mktemp("cwd"))
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow folders first, so that no process is left alone with one at the end; otherwise the order is random."""
    items.sort(key=lambda item: item.path.relative_to(Path(__file__).parent).parts[0] not in _SLOW)


@pytest.fixture(scope="session", autouse=True)
def _one_model() -> Iterator[None]:
    """All knowledge bases of a process share the real model: loading it takes a second and 200 MB each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(knowledge_base, "E5Model", lambda threads: _MODEL)  # noqa: ARG005
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The repository's notes, not to be changed."""
    return _CORPUS


@pytest.fixture(scope="session")
def model() -> E5Model:
    """The real embedding model, loaded once."""
    return _MODEL


@pytest.fixture
def settings(corpus: Path, tmp_path: Path) -> Settings:
    """The corpus, with an index of the test's own that is not made yet."""
    return Settings(corpus=corpus, index=tmp_path / "index")


@pytest.fixture(scope="session")
def corpus_index(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Copies an index of the corpus, which is made once for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "corpus index"
    with filelock.FileLock(shared.with_suffix(".lock")):
        if not (shared / "CURRENT").exists():
            KnowledgeBase.build(corpus, shared)

    def copied() -> Path:
        index = tmp_path_factory.mktemp("index")
        shutil.copytree(shared, index, dirs_exist_ok=True)
        return index

    return copied


@pytest.fixture(scope="session")
def kb(corpus: Path, corpus_index: Callable[[], Path]) -> KnowledgeBase:
    """The corpus, indexed; not to be indexed anew."""
    return KnowledgeBase.build(corpus, corpus_index())


@pytest.fixture
def vault(tmp_path: Path) -> WriteVault:
    """Writes notes into the folder `vault` of the test's own."""

    def write(notes: dict[str, str | bytes]) -> Path:
        folder = tmp_path / "vault"
        folder.mkdir(exist_ok=True)
        for path, text in notes.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write


@pytest.fixture(scope="session")
def kb_of(model: E5Model, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., KnowledgeBase]:
    """Indexes {relative path: text}, or the text of one note, in a folder of its own."""

    def build(notes: str | dict[str, str]) -> KnowledgeBase:
        folder = tmp_path_factory.mktemp("kb")
        for path, text in ({"Заметка.md": notes} if isinstance(notes, str) else notes).items():
            file = folder / "vault" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        settings = Settings(corpus=folder / "vault", index=folder / "index")
        return KnowledgeBase(settings, model, index_vault(settings, model))

    return build
