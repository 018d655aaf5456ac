"""What a new generation holds: all of it as hashes and ids, and of what the old one has not, the notes and chunks."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Self

from kbqa.embedding import MODEL_ID
from kbqa.errors import VaultError
from kbqa.index.analysis import ANALYSIS_VERSION, stems
from kbqa.index.catalogue import Catalogue, ChunkedNote
from kbqa.index.chunking import CHUNKER_VERSION, chunks_of
from kbqa.index.manifest import FORMAT, GenerationFiles, Manifest, Recipe
from kbqa.index.statements import Place, StatementVectors, places_of, texts_of
from kbqa.index.words import words_among
from kbqa.notes.sections import PARSER_VERSION
from kbqa.notes.vault import NoteFile, Vault
from kbqa.settings import Settings
from kbqa.types import Chunk, Problem


def recipe_of(settings: Settings) -> Recipe:
    """How this program makes an index with these settings."""
    return Recipe(
        parser=PARSER_VERSION,
        chunker=CHUNKER_VERSION,
        analysis=ANALYSIS_VERSION,
        chunk_tokens=settings.chunk_tokens,
        min_section_tokens=settings.min_section_tokens,
        language=settings.language,
    )


def signature_of(found: Sequence[NoteFile | Problem], settings: Settings) -> str:
    """Hash of everything that decides what the index holds."""
    files = [
        (item.path, item.content_hash) if isinstance(item, NoteFile) else (item.note, item.reason) for item in found
    ]
    decisive = [FORMAT, MODEL_ID, asdict(recipe_of(settings)), files]
    return hashlib.sha256(json.dumps(decisive, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Base:
    """A whole generation, as one that follows it sees it."""

    files: GenerationFiles
    manifest: Manifest
    hashes: dict[str, str]
    """Content hash of every note by its path."""
    chunk_ids: dict[str, tuple[str, ...]]
    """Of every note by its path."""
    problems: tuple[Problem, ...]

    @classmethod
    def read(cls, files: GenerationFiles) -> Self:
        """Read a generation, the seals of its files checked.

        Raises:
            StaleIndexError, BrokenIndexError: it cannot be used.
        """
        manifest = files.read_manifest(model=MODEL_ID)
        with closing(Catalogue(files.catalogue)) as catalogue:
            return cls(files, manifest, catalogue.hashes(), catalogue.chunk_ids(), catalogue.problems())


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a generation is made from."""

    hashes: dict[str, str]
    """Content hash of every note by its path, in the order of the paths."""
    chunk_ids: tuple[str, ...]
    """Of all chunks, in the order of notes and lines."""
    problems: tuple[Problem, ...]
    notes: tuple[ChunkedNote, ...]
    """Notes that the base does not hold as they are now."""
    chunks: tuple[Chunk, ...]
    """Chunks that the base does not hold, in the order of `chunk_ids`."""
    places: dict[str, tuple[Place, ...]]
    """What stands in the chunks of `notes`, by their ids. Of a chunk that the base holds, too, it may be something
    else: a sentence that begins there can go on in another way."""
    statements: tuple[str, ...]
    """Statements and heading paths of `places` of which the base has no vectors, each once."""
    words: tuple[str, ...]
    """Stems of `chunks` that have a letter; the base may have vectors of some."""
    base: Base | None
    """The generation from which the rest is taken."""

    @classmethod
    def read(
        cls, vault: Vault, found: Sequence[NoteFile | Problem], settings: Settings, base: Base | None = None
    ) -> Self:
        """Parse and chunk the notes that `base`, which was made by the same recipe, does not hold.

        Raises:
            VaultError: there is nothing to index.
        """
        old_problems = {problem.note: problem for problem in base.problems} if base else {}
        hashes: dict[str, str] = {}
        ids: list[str] = []
        problems: list[Problem] = []
        notes: list[ChunkedNote] = []
        chunks: list[Chunk] = []
        places: dict[str, tuple[Place, ...]] = {}
        held = _ids_of(base)
        for item in found:
            if isinstance(item, Problem):
                problems.append(item)
                continue
            problem = None
            if base and base.hashes.get(item.path) == item.content_hash:
                problem = old_problems.get(item.path)
                hashes[item.path] = item.content_hash
                ids += base.chunk_ids[item.path]
            else:
                note, problem = vault.parse(item)
                if note:
                    cut = list(chunks_of(note, limit=settings.chunk_tokens, min_tokens=settings.min_section_tokens))
                    notes.append(ChunkedNote.of(note, cut))
                    hashes[note.path] = note.content_hash
                    ids += notes[-1].chunk_ids
                    chunks += (chunk for chunk in cut if chunk.id not in held)
                    places |= zip(notes[-1].chunk_ids, places_of(note, cut), strict=True)
            if problem:
                problems.append(problem)
        if not ids:
            raise VaultError("vault_empty", folder=vault.folder.absolute())
        known = StatementVectors.load(base.files.statements) if base else StatementVectors.nothing()
        statements = tuple(known.unknown(texts_of(place for found in places.values() for place in found)))
        words = words_among(stem for chunk in chunks for stem in stems(chunk.embedding_text))
        return cls(hashes, tuple(ids), tuple(problems), tuple(notes), tuple(chunks), places, statements, words, base)

    def gone_notes(self) -> tuple[str, ...]:
        """Paths of notes of the base that are not kept."""
        return tuple(path for path in self.base.hashes if path not in self.hashes) if self.base else ()

    def gone_chunks(self) -> tuple[str, ...]:
        """Ids of chunks of the base that are not kept."""
        return tuple(sorted(_ids_of(self.base) - set(self.chunk_ids)))

    def churn(self) -> int:
        """How many chunks were added and deleted since the vector store was made from nothing, this time included."""
        return self.base.manifest.churn + len(self.chunks) + len(self.gone_chunks()) if self.base else 0


def _ids_of(base: Base | None) -> set[str]:
    return {chunk_id for ids in base.chunk_ids.values() for chunk_id in ids} if base else set()
