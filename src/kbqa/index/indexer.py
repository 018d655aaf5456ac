"""The write path: vault → notes → chunks → vectors → a published generation."""

import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from chromadb.errors import ChromaError
from numpy.typing import NDArray

from kbqa.embedding import MODEL_ID, E5Model
from kbqa.errors import BrokenIndexError, MissingIndexError, StaleIndexError
from kbqa.index.building import build
from kbqa.index.content import Base, Content, recipe_of, signature_of
from kbqa.index.embedding_cache import EmbeddingCache
from kbqa.index.examination import examine
from kbqa.index.generations import Generation, IndexFolder
from kbqa.index.manifest import Manifest, Recipe, damage_told
from kbqa.notes.vault import Vault
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import IndexReport, Problem

Progress = Callable[[int, int], None]
"""Called with the number of chunks embedded so far and the number of chunks in all."""

MOST_CHURN = 1 / 3
"""The vector store only marks what is deleted, and its graph is the worse the more is added later: after this many
changes, as a share of the chunks, it is made from nothing."""

_WRONG = (BrokenIndexError, ValueError, KeyError, TypeError, IndexError)
"""How a generation shows that it is not what it should be. Trouble with the disk shows itself otherwise."""

_log = logging.getLogger(__name__)


def no_progress(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How two states of a vault differ; note paths in each tuple are sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @classmethod
    def between(cls, old: Mapping[str, str], new: Mapping[str, str]) -> Self:
        """Compare the content hashes of notes by their paths."""
        both = sorted(old.keys() & new.keys())
        return cls(
            added=tuple(sorted(new.keys() - old.keys())),
            changed=tuple(path for path in both if new[path] != old[path]),
            removed=tuple(sorted(old.keys() - new.keys())),
            unchanged=tuple(path for path in both if new[path] == old[path]),
        )


def index_vault(settings: Settings, model: E5Model, progress: Progress = no_progress) -> IndexReport:
    """Bring the index up to date with the vault; the old index answers until the new one is published.

    Raises:
        VaultError: the folder of notes is missing or holds no readable note; the index is left as it was.
        BusyIndexError: another process is indexing into the same folder.
        UnwritableIndexError: the disk is full, or the index folder may not be written to; the index is left as it was.
        BrokenIndexError: what was built, twice, does not find what was put into it; the index is left as it was.
    """
    started = time.perf_counter()
    vault = Vault(settings.corpus, Texts.load(settings.language))
    found = list(vault.files())
    recipe, signature = recipe_of(settings), signature_of(found, settings)
    folder = IndexFolder(settings.index)
    with folder.writing():
        previous, current = _published(folder)
        if current and current.manifest.signature == signature:
            folder.collect()
            return _report(current.hashes, current, current.manifest, current.problems, started=started)
        base = current if current and current.manifest.recipe == recipe else None
        content = Content.read(vault, found, settings, base)
        if content.churn() > MOST_CHURN * len(content.chunk_ids):
            content = Content.read(vault, found, settings)
        publication = _Publication(folder, model, progress, recipe, signature, previous)
        try:
            manifest, embedded = publication.publish(content)
        except (*_WRONG, ChromaError, sqlite3.Error) as error:
            content = Content.read(vault, found, settings)
            try:
                manifest, embedded = publication.publish(content)
            except _WRONG as failure:
                detail = f"{type(failure).__name__}: {failure}"
                raise BrokenIndexError("index_rejected", folder=folder.folder, detail=detail) from failure
            _log.warning("made from nothing, because at first: %s: %s", type(error).__name__, error)
        folder.collect()
    return _report(content.hashes, current, manifest, content.problems, embedded=embedded, started=started)


def _published(folder: IndexFolder) -> tuple[str | None, Base | None]:
    """The current generation's id, and it read; None where it cannot be used, so that a new one is built."""
    name = None
    try:
        name = folder.current()
        with damage_told(folder.folder):
            return name, Base.read(folder.files(name))
    except BrokenIndexError as error:
        _log.warning("made from nothing, because the index was damaged: %s", error.values["detail"])
    except (MissingIndexError, StaleIndexError):
        pass
    return name, None


@dataclass(frozen=True, slots=True)
class _Publication:
    """Content → a published generation."""

    folder: IndexFolder
    model: E5Model
    progress: Progress
    recipe: Recipe
    signature: str
    previous: str | None

    def publish(self, content: Content) -> tuple[Manifest, int]:
        """Embed, build, examine, publish; the manifest, and how many texts had to be embedded.

        What fails the examination is not published.
        """
        vectors, embedded = self._vectors(content)
        with self.folder.new_generation() as files:
            manifest = build(
                files, content, vectors, recipe=self.recipe, signature=self.signature, previous=self.previous
            )
            generation = Generation(files, manifest)
            try:
                examine(generation, np.load(files.vectors, allow_pickle=False), content.chunks, vectors)
            finally:
                generation.close()
            self.folder.publish(manifest.generation)
        return manifest, embedded

    def _vectors(self, content: Content) -> tuple[NDArray[np.float32], int]:
        cache = EmbeddingCache(self.folder.cache_file, MODEL_ID)
        try:
            texts = [chunk.embedding_text for chunk in content.chunks]
            return cache.vectors(texts, lambda batch: self.model.embed(batch, "passage"), self.progress)
        finally:
            cache.close()


def _report(
    hashes: Mapping[str, str],
    old: Base | None,
    manifest: Manifest,
    problems: tuple[Problem, ...],
    *,
    started: float,
    embedded: int = 0,
) -> IndexReport:
    difference = Difference.between(old.hashes if old else {}, hashes)
    return IndexReport(
        added=difference.added,
        changed=difference.changed,
        removed=difference.removed,
        unchanged=difference.unchanged,
        problems=problems,
        chunks=manifest.chunks,
        embedded=embedded,
        seconds=time.perf_counter() - started,
        generation=manifest.generation,
        published=old is None or manifest.generation != old.manifest.generation,
    )
