"""The files of a generation, and the manifest that says what they are and seals them."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from kbqa.errors import BrokenIndexError, StaleIndexError
from kbqa.index.chroma import ChromaError
from kbqa.index.chunk_store import seal_of_store
from kbqa.types import Language

FORMAT = 6
"""Version of the files in a generation; another one cannot be read."""

DAMAGE = (ChromaError, sqlite3.Error, OSError, ValueError, KeyError, TypeError, IndexError)
"""What opening damaged files raises, in Chroma, SQLite, NumPy, bm25s and JSON."""


@contextmanager
def damage_told(folder: Path) -> Iterator[None]:
    """Whatever damaged files raise becomes a BrokenIndexError that names `folder`."""
    try:
        yield
    except DAMAGE as error:
        raise BrokenIndexError("index_broken", folder=folder, detail=f"{type(error).__name__}: {error}") from error


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Write a file or a folder through to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides, besides format and model, how a note becomes chunks, terms and vectors: versions and settings."""

    parser: int
    chunker: int
    analysis: int
    chunk_tokens: int
    min_section_tokens: int
    language: Language
    """Of the reasons that are given for notes with problems."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of; travels with it."""

    format: int
    generation: str
    recipe: Recipe
    signature: str
    """Hash of everything that decides the content: format, model, recipe, each note's path and hash."""
    model: str
    """Id of the embedding model."""
    dimension: int
    chunks: int
    notes: int
    churn: int
    """Chunks added to and deleted from the vector store since it was made from nothing."""
    previous: str | None
    """Id of the generation that was current when this one was made."""
    created: float
    """Seconds since the epoch."""
    seals: dict[str, str]
    """SHA-256 of each part, by its path; a generation whose parts have another one is damaged."""


@dataclass(frozen=True, slots=True)
class GenerationFiles:
    """Where the parts of a generation lie."""

    folder: Path

    @property
    def manifest(self) -> Path:
        """The manifest, written last."""
        return self.folder / "manifest.json"

    @property
    def lock(self) -> Path:
        """Held by everyone who has the generation open."""
        return self.folder / "readers.lock"

    @property
    def store(self) -> Path:
        """Chroma's folder: chunks and vectors."""
        return self.folder / "chroma"

    @property
    def lexical(self) -> Path:
        """The folder of the BM25 tables."""
        return self.folder / "lexical"

    @property
    def catalogue(self) -> Path:
        """The notes."""
        return self.folder / "notes.sqlite"

    @property
    def vectors(self) -> Path:
        """The vectors again, in the order of the BM25 tables.

        The store is tested against them, and grown from them; a search within some of the notes goes through them.
        """
        return self.folder / "vectors.npy"

    @property
    def statements(self) -> Path:
        """The folder of the vectors of statements and headings."""
        return self.folder / "statements"

    @property
    def words(self) -> Path:
        """The vectors of words, in the order of the stems of the BM25 tables."""
        return self.folder / "words.npy"

    def tables(self) -> dict[str, Path]:
        """The parts that are plain files, without the manifest, by their paths in the folder."""
        found = (file for folder in (self.lexical, self.statements) for file in folder.rglob("*") if file.is_file())
        files = (self.catalogue, self.vectors, self.words, *sorted(found))
        return {file.relative_to(self.folder).as_posix(): file for file in files}

    def seals(self, *, store: bool = True) -> dict[str, str]:
        """SHA-256 of the parts, by their paths; without `store`, of the files only."""
        # The store in another thread: to read its rows takes about as long as all files, and those are read and hashed
        # without the interpreter's lock.
        with ThreadPoolExecutor(max_workers=1) as pool:
            of_store = pool.submit(seal_of_store, self.store) if store else None
            seals = {path: _digest(file) for path, file in self.tables().items()}
            return ({self.store.name: of_store.result()} if of_store else {}) | seals

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest, and everything before it through to the disk."""
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2)
        self.manifest.write_text(text + "\n", encoding="utf-8")
        for path in (*self.folder.rglob("*"), self.folder, self.folder.parent):
            sync(path)

    def read_manifest(self, *, model: str, store: bool = True) -> Manifest:
        """The manifest of a generation whose files are those that were written.

        Args:
            model: id of the embedding model that must have made it.
            store: whether the vector store is among the files; of a generation on a server it is not.

        Raises:
            StaleIndexError: another format or embedding model made it.
            BrokenIndexError: files are missing or damaged.
        """
        with damage_told(self.folder):
            values = json.loads(self.manifest.read_text(encoding="utf-8"))
            if values["format"] != FORMAT:
                raise StaleIndexError("index_format", folder=self.folder, found=values["format"], expected=FORMAT)
            if values["model"] != model:
                raise StaleIndexError("index_model", folder=self.folder, found=values["model"], expected=model)
            manifest = Manifest(**values | {"recipe": Recipe(**values["recipe"])})
            seals = {part: seal for part, seal in manifest.seals.items() if store or part != self.store.name}
            if manifest.generation != self.folder.name or seals != self.seals(store=store):
                raise ValueError("the files are not those that were written")
        return manifest
