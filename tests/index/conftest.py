"""What the tests of the index share: a model that remembers its work, vaults indexed with it, copies of an index."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kbqa import KnowledgeBase, Settings
from kbqa.embedding import E5Model, Kind
from kbqa.index.indexer import index_vault
from kbqa.notes.sections import outline
from kbqa.types import IndexReport, Note


class RememberingModel(E5Model):
    """The real model; `texts` holds everything that it embedded."""

    def __init__(self) -> None:
        super().__init__(threads=2)
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Embed and remember."""
        self.texts += texts
        return super().embed(texts, kind)


@pytest.fixture(scope="session")
def _remembering() -> RememberingModel:
    return RememberingModel()


@pytest.fixture
def remembering(_remembering: RememberingModel) -> RememberingModel:
    """The real model, which remembers what this test embeds."""
    _remembering.texts.clear()
    return _remembering


@pytest.fixture
def index_notes(
    vault: Callable[..., Path], tmp_path: Path, remembering: RememberingModel
) -> Callable[..., IndexReport]:
    """Writes notes into the test's vault and indexes it into the folder `index`, with settings as named."""

    def index(notes: dict[str, str] | None = None, **settings: object) -> IndexReport:
        folder = vault(notes or {})
        return index_vault(Settings(corpus=folder, index=tmp_path / "index", **settings), remembering)  # type: ignore[arg-type]

    return index


@pytest.fixture
def index_copy(kb: KnowledgeBase, tmp_path: Path) -> Path:
    """A copy of the corpus's index, to be damaged."""
    return shutil.copytree(kb.settings.index, tmp_path / "index")


@pytest.fixture(scope="session")
def note_of() -> Callable[..., Note]:
    """A note parsed from its text."""

    def parse(text: str, path: str = "Заметка.md") -> Note:
        parsed = outline(text, fallback_title=Path(path).stem)
        aliases = parsed.aliases
        return Note(path, parsed.title, aliases, (), parsed.links, "", parsed.text, parsed.sections)

    return parse
