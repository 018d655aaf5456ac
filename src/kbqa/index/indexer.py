"""The write path: vault → notes → chunks → vectors → a published generation."""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kbqa.embedding import DIMENSION, MODEL_ID, E5Model
from kbqa.errors import BrokenIndexError, MissingIndexError, StaleIndexError, UnwritableIndexError
from kbqa.index.building import build
from kbqa.index.chroma import ChromaError, ServerAddress
from kbqa.index.content import Base, Content, recipe_of, signature_of
from kbqa.index.embedding_cache import EmbeddingCache, Take, Text
from kbqa.index.examination import examine, examine_statements, examine_words
from kbqa.index.fixed_point import as_fixed
from kbqa.index.generations import Generation, IndexFolder
from kbqa.index.manifest import Manifest, Recipe, damage_told
from kbqa.index.server.publishing import publish
from kbqa.notes.vault import Vault
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import IndexReport, Problem

Progress = Callable[[int, int], None]
"""Called with the number of texts embedded so far, chunks, statements, headings and words, and the number in all."""

MOST_CHURN = 1 / 3
"""The vector store only marks what is deleted, and its graph is the worse the more is added later: after this many
changes, as a share of the chunks, it is made from nothing."""

_WRONG = (BrokenIndexError, ValueError, KeyError, TypeError, IndexError)
"""How a generation shows that it is not what it should be. Trouble with the disk shows itself otherwise."""


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
        IndexServerError: the index is made, and cannot be published on the server of the settings; the next run
            goes on with that.
    """
    started = time.perf_counter()
    texts = Texts.load(settings.language)
    vault = Vault(settings.corpus, texts)
    found = list(vault.files())
    recipe, signature = recipe_of(settings), signature_of(found, settings)
    folder = IndexFolder(settings.index)
    with folder.writing():
        repairs = list[str]()
        previous, current = _published(folder, texts, repairs)
        if current and current.manifest.signature == signature:
            folder.collect()
            sent = _send(folder, current.manifest.generation, settings)
            report = _report(current.hashes, current, current.manifest, current.problems, started=started)
            return replace(report, sent=sent)
        base = current if current and current.manifest.recipe == recipe else None
        content = Content.read(vault, found, settings, base)
        if content.churn() > MOST_CHURN * len(content.chunk_ids):
            content = Content.read(vault, found, settings)
        publication = _Publication(folder, model, progress, recipe, signature, previous, texts, repairs)
        try:
            manifest, embedded = publication.publish(content)
        except (*_WRONG, ChromaError, sqlite3.Error) as error:
            repairs.append(texts("check.repaired_update", detail=_detail(error)))
            content = Content.read(vault, found, settings)
            try:
                manifest, embedded = publication.publish(content)
            except _WRONG as failure:
                raise BrokenIndexError("index_rejected", folder=folder.folder, detail=_detail(failure)) from failure
        folder.collect()
        sent = _send(folder, manifest.generation, settings)
    report = _report(content.hashes, current, manifest, content.problems, embedded=embedded, started=started)
    return replace(report, repairs=tuple(repairs), sent=sent)


def _send(folder: IndexFolder, name: str, settings: Settings) -> bool:
    """Publish the current generation on the server of the settings; False: there is none, or it has it."""
    address = ServerAddress.of(settings)
    if address is None:
        return False
    generation = folder.open(name, model=MODEL_ID)
    try:
        return publish(address, settings.chroma_vault, generation, folder.files(name), folder.publisher())
    finally:
        generation.close()


def _detail(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _published(folder: IndexFolder, texts: Texts, repairs: list[str]) -> tuple[str | None, Base | None]:
    """The current generation's id, and it read; None where it cannot be used, so that a new one is built."""
    name = None
    try:
        name = folder.current()
        with damage_told(folder.folder):
            return name, Base.read(folder.files(name))
    except BrokenIndexError as error:
        repairs.append(texts("check.repaired_index", detail=error.values["detail"]))
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
    texts: Texts
    repairs: list[str]
    """Grows by what is found damaged and made anew."""

    def publish(self, content: Content) -> tuple[Manifest, int]:
        """Embed, build, examine, publish; the manifest, and how many texts had to be embedded.

        What fails the examination is not published.
        """
        vectors, statement_vectors, word_vectors, embedded = self._vectors(content)
        with self.folder.new_generation() as files:
            manifest = build(
                files,
                content,
                vectors,
                statement_vectors,
                word_vectors,
                recipe=self.recipe,
                signature=self.signature,
                previous=self.previous,
            )
            generation = Generation(files, manifest)
            try:
                examine(generation, np.load(files.vectors, allow_pickle=False), content.chunks, vectors)
                examine_statements(generation, content.statements, statement_vectors)
                examine_words(generation, content.words, word_vectors)
            finally:
                generation.close()
            self.folder.publish(manifest.generation)
        return manifest, embedded

    def _vectors(self, content: Content) -> tuple[NDArray[np.float32], NDArray[np.int16], NDArray[np.int16], int]:
        """Of the chunks, of the statements and of the words, the latter as they are stored; how many were embedded."""
        passages = (*(chunk.embedding_text for chunk in content.chunks), *content.statements)
        texts = [*(Text(passage, "passage") for passage in passages), *(Text(word, "query") for word in content.words)]
        chunks = len(content.chunks)
        vectors = np.empty((chunks, DIMENSION), np.float32)
        others = np.empty((len(texts) - chunks, DIMENSION), np.int16)

        def take(places: Sequence[int], found: NDArray[np.float32]) -> None:
            at = np.asarray(places)
            is_chunk = at < chunks
            vectors[at[is_chunk]] = found[is_chunk]
            others[at[~is_chunk] - chunks] = as_fixed(found[~is_chunk])

        embedded = self._embed(texts, take, keeps_all=content.base is None) if texts else 0
        return vectors, others[: len(content.statements)], others[len(content.statements) :], embedded

    def _embed(self, texts: Sequence[Text], take: Take, *, keeps_all: bool) -> int:
        """`keeps_all`: the texts are those of the whole index."""
        try:
            with closing(EmbeddingCache(self.folder.cache_file, MODEL_ID)) as cache:
                if cache.damage:
                    self.repairs.append(self.texts("check.repaired_cache", detail=cache.damage))
                embedded = cache.vectors(texts, self.model.embed, self.progress, take)
                if keeps_all:
                    cache.trim(texts)
                return embedded
        except sqlite3.Error as error:
            # No fault of the generation's, so that making it from nothing would not help.
            raise UnwritableIndexError("index_unwritable", folder=self.folder.folder, detail=error) from error


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
