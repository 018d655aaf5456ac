"""Generations of the index: built beside the old one, tested, published by one atomic swap of a pointer.

    index/CURRENT              the id of the published generation
    index/generations/<id>/    manifest.json, chroma/, lexical/, statements/, notes.sqlite, vectors.npy, words.npy,
                               readers.lock
    index/embeddings.sqlite    the embedding cache
    index/publisher            who this folder is for a Chroma server, if it is published there
    index/.lock                held by the one writer

A generation is never modified after publishing. A folder's name is never used twice, because a reader may still hold
the old one open: Chroma keeps serving what it has read of a path, whatever stands there now.
"""

import json
import os
import shutil
import sqlite3
import time
import uuid
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Self

import filelock
import numpy as np
from numpy.typing import NDArray

from kbqa.errors import BrokenIndexError, BusyIndexError, MissingIndexError, UnwritableIndexError
from kbqa.index.catalogue import Catalogue
from kbqa.index.chroma import ChromaError
from kbqa.index.chunk_store import ChunkReader, ChunkStore
from kbqa.index.lexical import LexicalIndex
from kbqa.index.locks import hold, remove_unless_held
from kbqa.index.manifest import DAMAGE, GenerationFiles, Manifest, damage_told, sync
from kbqa.index.statements import StatementVectors
from kbqa.index.words import WordVectors
from kbqa.notes.links import LinkGraph

OpenStore = Callable[[Sequence[str], NDArray[np.float32]], ChunkReader]


class Generation:
    """One generation, open for reading; its files stay until it is closed, or nobody refers to it any more."""

    def __init__(
        self,
        files: GenerationFiles,
        manifest: Manifest,
        let_go: Callable[[], None] = lambda: None,
        open_store: OpenStore | None = None,
    ) -> None:
        self.manifest = manifest
        self.catalogue = Catalogue(files.catalogue)
        self.lexical = LexicalIndex.load(files.lexical)
        self.vectors: NDArray[np.float32] = np.load(files.vectors, mmap_mode="r", allow_pickle=False)
        """Of all chunks, in the order of `lexical`, on disk."""
        self.store: ChunkReader = (
            open_store(self.lexical.ids, self.vectors) if open_store else ChunkStore.for_reading(files.store)
        )
        self.statements = StatementVectors.load(files.statements)
        """Of what the chunks state, in the order of `lexical`."""
        self.words = WordVectors.load(files.words, self.lexical.stems())
        """Of the words of the chunks."""
        self._closing = weakref.finalize(self, _release, self.store, self.catalogue, let_go)
        # The system closes what is open at the end of a process.
        self._closing.atexit = False

    @classmethod
    def open(cls, folder: Path, *, model: str) -> Self:
        """Open and probe a generation.

        Raises:
            StaleIndexError: another format or embedding model made it.
            BrokenIndexError: files are missing or damaged.
        """
        files = GenerationFiles(folder)
        with damage_told(folder):
            let_go = hold(files.lock)
            try:
                generation = cls(files, files.read_manifest(model=model), let_go)
            except BaseException:
                let_go()
                raise
            generation.probe()
        return generation

    @classmethod
    def fetched(cls, folder: Path, open_store: OpenStore, let_go: Callable[[], None], *, model: str) -> Self:
        """Open and probe a generation whose chunks lie elsewhere; raises as `open`.

        Args:
            folder: holds everything else.
            open_store: opens the chunks; given the ids of all, and their vectors.
            let_go: called when the generation is closed, or cannot be opened.
            model: id of the embedding model.
        """
        files = GenerationFiles(folder)
        with damage_told(folder):
            try:
                generation = cls(files, files.read_manifest(model=model, store=False), let_go, open_store)
            except BaseException:
                let_go()
                raise
            generation.probe()
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
        direction = np.full(self.manifest.dimension, self.manifest.dimension**-0.5, dtype=np.float32)
        # The question first: Chroma then loads the graph while other threads run; to count, it would stop them.
        nearest = self.store.nearest(direction, 1)
        counts = (self.store.count(), len(self.lexical.ids), len(self.catalogue.hashes()))
        if counts != (expected, expected, self.manifest.notes):
            raise ValueError(f"{counts[0]} vectors, {counts[1]} texts, {counts[2]} notes; expected {self.manifest}")
        if len(self.statements) != expected:
            raise ValueError(f"statements of {len(self.statements)} chunks; expected {self.manifest}")
        if not set(nearest) <= set(self.lexical.ids):
            raise ValueError("the vector store returns chunks that the index does not hold")
        self.store.chunks(self.lexical.ids[:1])

    @cached_property
    def links(self) -> LinkGraph:
        """The links between the notes: resolved when somebody first asks, then kept.

        Threads that ask at the same time may each make it; they make the same.
        """
        return LinkGraph.of(self.catalogue.linked_notes())

    def close(self) -> None:
        """Let go of the files."""
        self._closing()


def _release(store: ChunkReader, catalogue: Catalogue, let_go: Callable[[], None]) -> None:
    with ExitStack() as closing:
        closing.callback(let_go)
        closing.callback(catalogue.close)
        closing.callback(store.close)


class IndexFolder:
    """The folder that holds generations and says which one is current."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache_file = folder / "embeddings.sqlite"
        self._pointer = folder / "CURRENT"
        self._new_pointer = folder / "CURRENT.new"
        self._generations = folder / "generations"

    def current(self) -> str:
        """Id of the published generation.

        Raises:
            MissingIndexError: nothing was published yet.
        """
        name = self._named()
        if name is None:
            raise MissingIndexError("index_missing", folder=self.folder)
        return name

    def _named(self) -> str | None:
        try:
            # Whatever bytes are in a damaged pointer, they name no generation.
            return self._pointer.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return None

    def close(self) -> None:
        """Nothing is open; as for a server's index."""

    def publisher(self) -> str:
        """Who this folder is for a server that generations are published on; told apart from other folders."""
        file = self.folder / "publisher"
        with suppress(OSError):
            if name := file.read_text(encoding="utf-8", errors="replace").strip():
                return name
        name = uuid.uuid4().hex
        file.write_text(name + "\n", encoding="utf-8")
        return name

    def files(self, generation: str) -> GenerationFiles:
        """Where a generation's parts lie."""
        return GenerationFiles(self._generations / generation)

    def open(self, generation: str, *, model: str) -> Generation:
        """Open a generation by its id; raises as `Generation.open`."""
        return Generation.open(self._generations / generation, model=model)

    def open_current(self, *, model: str) -> Generation:
        """Open the published generation; raises as `current` and `Generation.open`."""
        while True:
            name = self.current()
            try:
                return self.open(name, model=model)
            except BrokenIndexError:
                # Between reading its name and opening it, it may have been followed by another and removed.
                if self.current() == name:
                    raise

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
    def new_generation(self) -> Iterator[GenerationFiles]:
        """A new folder for a generation, holding its lock file; removed if the block fails before publishing it."""
        name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{uuid.uuid4().hex[:8]}"
        files = self.files(name)
        files.folder.mkdir(parents=True)
        try:
            files.lock.touch()
            yield files
        except BaseException:
            if self._named() != name:
                shutil.rmtree(files.folder, ignore_errors=True)
            raise

    def publish(self, generation: str) -> None:
        """Make a generation the current one; a crash leaves the old pointer or the new one, never half of one."""
        try:
            with self._new_pointer.open("w", encoding="utf-8") as file:
                file.write(generation + "\n")
                file.flush()
                os.fsync(file.fileno())
            self._new_pointer.replace(self._pointer)
        except OSError:
            with suppress(OSError):
                self._new_pointer.unlink(missing_ok=True)
            raise
        # It is published, whatever happens now.
        with suppress(OSError):
            sync(self.folder)

    def collect(self) -> None:
        """Remove what killed runs left, and generations but the current one, the one before it, and those held open.

        The one before is kept for readers that could not lock it. What cannot be removed stays until the next time.
        """
        with suppress(OSError):
            self._new_pointer.unlink(missing_ok=True)
            keep = {self._named(), self._before_current()}
            for folder in self._generations.iterdir():
                if folder.name not in keep:
                    remove_unless_held(folder, GenerationFiles(folder).lock)

    def _before_current(self) -> str | None:
        try:
            previous: str | None = json.loads(self.files(self.current()).manifest.read_bytes())["previous"]
        except DAMAGE:
            return None
        return previous
