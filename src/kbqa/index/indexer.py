"""The write path: vault → notes → chunks → vectors → a published generation."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from kbqa.embedding import DIMENSION, MODEL_ID, E5Model
from kbqa.errors import BrokenIndexError, MissingIndexError, StaleIndexError, VaultError
from kbqa.index.analysis import ANALYSIS_VERSION
from kbqa.index.catalogue import write_catalogue
from kbqa.index.chunk_store import ChunkStore
from kbqa.index.chunking import CHUNKER_VERSION, chunks_of
from kbqa.index.embedding_cache import EmbeddingCache
from kbqa.index.generations import FORMAT, Generation, IndexFolder, Manifest, seals_of, write_manifest
from kbqa.index.lexical import LexicalIndex
from kbqa.notes.vault import NoteFile, Vault
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Chunk, IndexReport, Note, Problem

Progress = Callable[[int, int], None]
"""Called with the number of chunks embedded so far and the number of chunks in all."""


def no_progress(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class _Content:
    """Everything that a generation is made from."""

    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    chunks: tuple[Chunk, ...]


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
    """
    started = time.perf_counter()
    vault = Vault(settings.corpus, Texts.load(settings.language))
    found = list(vault.files())
    signature = signature_of(found, settings)
    folder = IndexFolder(settings.index)
    with folder.writing():
        old_hashes: dict[str, str] = {}
        previous, current = _usable_generation(folder)
        if current:
            old_hashes = current.catalogue.hashes()
            problems, manifest = current.catalogue.problems(), current.manifest
            current.close()
            if manifest.signature == signature:
                return _report(old_hashes, old_hashes, problems, manifest, embedded=0, started=started, published=False)
        content = _read(vault, found, settings)
        cache = EmbeddingCache(folder.cache_file, MODEL_ID)
        try:
            texts = [chunk.embedding_text for chunk in content.chunks]
            vectors, embedded = cache.vectors(texts, lambda batch: model.embed(batch, "passage"), progress)
        finally:
            cache.close()
        with folder.new_generation() as (name, path):
            with ChunkStore(path / "chroma", create=True) as store:
                store.add(content.chunks, vectors)
            LexicalIndex.build([chunk.id for chunk in content.chunks], texts).save(path / "lexical")
            write_catalogue(path / "notes.sqlite", content.notes, content.problems)
            manifest = Manifest(
                format=FORMAT,
                generation=name,
                signature=signature,
                model=MODEL_ID,
                dimension=DIMENSION,
                chunks=len(content.chunks),
                notes=len(content.notes),
                created=time.time(),
                seals=seals_of(path),
            )
            write_manifest(path, manifest)
            # Published only after it has been opened and asked as readers will do it.
            folder.open(name, model=MODEL_ID).close()
            folder.publish(name)
        folder.collect(previous)
    hashes = {note.path: note.content_hash for note in content.notes}
    return _report(hashes, old_hashes, content.problems, manifest, embedded=embedded, started=started, published=True)


def _usable_generation(folder: IndexFolder) -> tuple[str | None, Generation | None]:
    """The current generation's id, and it opened; None where it cannot be read, so that a new one is built."""
    name = None
    try:
        name = folder.current()
        return name, folder.open(name, model=MODEL_ID)
    except (MissingIndexError, StaleIndexError, BrokenIndexError):
        return name, None


def signature_of(found: Sequence[NoteFile | Problem], settings: Settings) -> str:
    """Hash of everything that decides what the index holds."""
    files = [
        (item.path, item.content_hash) if isinstance(item, NoteFile) else (item.note, item.reason) for item in found
    ]
    made_by = [
        FORMAT,
        MODEL_ID,
        ANALYSIS_VERSION,
        CHUNKER_VERSION,
        settings.chunk_tokens,
        settings.min_section_tokens,
        settings.language,
    ]
    return hashlib.sha256(json.dumps([made_by, files], ensure_ascii=False).encode()).hexdigest()


def _read(vault: Vault, found: Sequence[NoteFile | Problem], settings: Settings) -> _Content:
    notes: list[Note] = []
    problems: list[Problem] = []
    for item in found:
        if isinstance(item, Problem):
            problems.append(item)
            continue
        note, problem = vault.parse(item)
        if problem:
            problems.append(problem)
        if note:
            notes.append(note)
    chunks = tuple(
        chunk
        for note in notes
        for chunk in chunks_of(note, limit=settings.chunk_tokens, min_tokens=settings.min_section_tokens)
    )
    if not chunks:
        raise VaultError("vault_empty", folder=vault.folder.absolute())
    return _Content(tuple(notes), tuple(problems), chunks)


def _report(
    new: dict[str, str],
    old: dict[str, str],
    problems: tuple[Problem, ...],
    manifest: Manifest,
    *,
    embedded: int,
    started: float,
    published: bool,
) -> IndexReport:
    difference = Difference.between(old, new)
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
        published=published,
    )
