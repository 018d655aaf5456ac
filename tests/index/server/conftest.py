"""What the tests of published generations share: a vault of its own on the server, and a generation to publish."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from chroma_run import ChromaRun

from kbqa import Settings
from kbqa.embedding import MODEL_ID, E5Model
from kbqa.index.chroma import ServerAddress
from kbqa.index.generations import IndexFolder
from kbqa.index.indexer import index_vault
from kbqa.index.server.connection import ChromaServer
from kbqa.index.server.published import PublishedVault
from kbqa.index.server.publishing import publish

NOTES = {
    "Чай.md": "# Чай\n\n## Заваривание\n\nЗелёный чай заваривают при 80 градусах.\n\n## Хранение\n\nВ банке.\n",
    "Кофе.md": "# Кофе\n\nКофе варят в турке. Зёрна мелют перед варкой.\n",
}


@dataclass(frozen=True)
class Site:
    """An index folder, and where it is published."""

    settings: Settings
    published: PublishedVault
    model: E5Model

    @property
    def address(self) -> ServerAddress:
        """The server."""
        return self.published.server.address

    @property
    def local(self) -> IndexFolder:
        """The index folder."""
        return IndexFolder(self.settings.index)

    def index(self, notes: dict[str, str]) -> str:
        """Change notes and index them, without publishing; the id of the generation."""
        for path, text in notes.items():
            (self.settings.corpus / path).write_text(text, encoding="utf-8")
        return index_vault(self.settings.model_copy(update={"chroma_url": None}), self.model).generation

    def publish(self, owner: str = "this test") -> bool:
        """Publish what is indexed."""
        name = self.local.current()
        generation = self.local.open(name, model=MODEL_ID)
        try:
            return publish(self.address, self.published.vault, generation, self.local.files(name), owner)
        finally:
            generation.close()


@pytest.fixture
def published(chroma_run: ChromaRun) -> Iterator[PublishedVault]:
    """A vault on the server of which there is nothing yet."""
    server = ChromaServer(ServerAddress(chroma_run.url), 20)
    yield PublishedVault(server, f"v{uuid.uuid4().hex[:12]}")
    server.close()


@pytest.fixture
def site(
    published: PublishedVault, vault: Callable[..., Path], tmp_path: Path, model: E5Model, chroma_run: ChromaRun
) -> Site:
    """Two notes, indexed and not published."""
    settings = Settings(
        corpus=vault({}), index=tmp_path / "index", chroma_url=chroma_run.url, chroma_vault=published.vault
    )
    made = Site(settings, published, model)
    made.index(NOTES)
    return made
