"""Generations of the index: built beside the old one, tested, published by one atomic swap of a pointer.

    index/CURRENT              the id of the published generation
    index/generations/<id>/    manifest.json, chroma/, lexical/, notes.sqlite; never modified after publishing
    index/embeddings.sqlite    the embedding cache
    index/.lock                held by the one writer

A folder's name is never used twice, because a reader may still hold the old one open: Chroma keeps serving
what it has read of a path, whatever stands there now.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import filelock
import numpy as np
from chromadb.errors import ChromaError

from kbqa.errors import (
    BrokenIndexError,
    BusyIndexError,
    MissingIndexError,
    StaleIndexError,
    UnwritableIndexError,
)
from kbqa.index.catalogue import Catalogue
from kbqa.index.chunk_store import ChunkStore, seal_of_store
from kbqa.index.lexical import LexicalIndex

FORMAT = 1
"""Version of the files in a generation; another one cannot be read."""

_DAMAGE = (ChromaError, sqlite3.Error, OSError, ValueError, KeyError, TypeError, IndexError)
"""What opening damaged files raises, in Chroma, SQLite, NumPy, bm25s and JSON."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of; travels with it."""

    format: int
    generation: str
    signature: str
    """Hash of everything that decides the content: each note's path and hash, the chunker, the model."""
    model: str
    """Id of the embedding model."""
    dimension: int
    chunks: int
    notes: int
    created: float
    """Seconds since the epoch."""
    seals: dict[str, str]
    """SHA-256 of each part, by its path; a generation whose parts have another one is damaged."""


class Generation:
    """One generation, open for reading."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self.catalogue = Catalogue(folder / "notes.sqlite")
        self.lexical = LexicalIndex.load(folder / "lexical")
        self.store = ChunkStore(folder / "chroma")

    @classmethod
    def open(cls, folder: Path, *, model: str) -> Self:
        """Open and probe a generation.

        Raises:
            StaleIndexError: another format or embedding model made it.
            BrokenIndexError: files are missing or damaged.
        """
        try:
            values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            if values["format"] != FORMAT:
                raise StaleIndexError("index_format", folder=folder, found=values["format"], expected=FORMAT)
            if values["model"] != model:
                raise StaleIndexError("index_model", folder=folder, found=values["model"], expected=model)
            manifest = Manifest(**values)
            if manifest.generation != folder.name or manifest.seals != seals_of(folder):
                raise ValueError("the files are not those that were written")
            generation = cls(folder, manifest)
            generation.probe()
        except _DAMAGE as error:
            raise BrokenIndexError("index_broken", folder=folder, detail=f"{type(error).__name__}: {error}") from error
        return generation

    def probe(self) -> None:
        """Ask for the counts and one neighbour.

        Raises:
            ValueError: the parts do not agree; the generation is closed.
        """
        try:
            self._probe()
        except BaseException:
            self.close()
            raise

    def _probe(self) -> None:
        expected = self.manifest.chunks
        counts = (self.store.count(), len(self.lexical.ids), len(self.catalogue.hashes()))
        if counts != (expected, expected, self.manifest.notes):
            raise ValueError(f"{counts[0]} vectors, {counts[1]} texts, {counts[2]} notes; expected {self.manifest}")
        direction = np.full(self.manifest.dimension, self.manifest.dimension**-0.5, dtype=np.float32)
        if self.store.nearest(direction, 1).keys() - set(self.lexical.ids):
            raise ValueError("the vector store returns chunks that the index does not hold")
        self.store.chunks(self.lexical.ids[:1])

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()


class IndexFolder:
    """The folder that holds generations and says which one is current."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache_file = folder / "embeddings.sqlite"
        self._pointer = folder / "CURRENT"
        self._generations = folder / "generations"

    def current(self) -> str:
        """Id of the published generation.

        Raises:
            MissingIndexError: nothing was published yet.
        """
        try:
            # Whatever bytes are in a damaged pointer, they name no generation.
            return self._pointer.read_text(encoding="utf-8", errors="replace").strip()
        except OSError as error:
            raise MissingIndexError("index_missing", folder=self.folder) from error

    def open(self, generation: str, *, model: str) -> Generation:
        """Open a generation by its id; raises as `Generation.open`."""
        return Generation.open(self._generations / generation, model=model)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock.

        Raises:
            BusyIndexError: another process holds it.
            UnwritableIndexError: the disk refuses what is written under the lock.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self.folder / ".lock", timeout=0):
                yield
        except filelock.Timeout as error:
            raise BusyIndexError("index_busy", folder=self.folder) from error
        except (OSError, sqlite3.Error, ChromaError) as error:
            raise UnwritableIndexError("index_unwritable", folder=self.folder, detail=error) from error

    @contextmanager
    def new_generation(self) -> Iterator[tuple[str, Path]]:
        """A new, empty folder for a generation, removed again if the block fails."""
        name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{uuid.uuid4().hex[:8]}"
        folder = self._generations / name
        folder.mkdir(parents=True)
        try:
            yield name, folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def publish(self, generation: str) -> None:
        """Make a generation the current one; a crash leaves the old pointer or the new one, never half of one."""
        new = self._pointer.with_name("CURRENT.new")
        with new.open("w", encoding="utf-8") as file:
            file.write(generation + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._pointer)
        _sync_folder(self.folder)

    def collect(self, previous: str | None) -> None:
        """Remove generations but the current one and `previous`, which readers may still hold."""
        keep = {self.current(), previous}
        for folder in self._generations.iterdir():
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)


def seals_of(folder: Path) -> dict[str, str]:
    """SHA-256 of the parts of a generation, by their paths in it."""
    files = [folder / "notes.sqlite", *sorted(file for file in (folder / "lexical").rglob("*") if file.is_file())]
    seals = {"chroma": seal_of_store(folder / "chroma")}
    for file in files:
        with file.open("rb") as opened:
            seals[file.relative_to(folder).as_posix()] = hashlib.file_digest(opened, "sha256").hexdigest()
    return seals


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, last of all files of a generation."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
