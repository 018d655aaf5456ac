"""What is indexed, and whether the vault has changed since; without the embedding model."""

from dataclasses import asdict, dataclass
from typing import Any

from kbqa.embedding import MODEL_ID
from kbqa.index.content import signature_of
from kbqa.index.generations import IndexFolder
from kbqa.index.indexer import Difference
from kbqa.notes.vault import NoteFile, Vault
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Problem


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The index against the vault; note paths in each tuple are sorted."""

    generation: str
    model: str
    notes: int
    chunks: int
    added: tuple[str, ...]
    """In the vault, not in the index, for no reason that the index knows."""
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    """In the index, not in the vault."""
    problems: tuple[Problem, ...]
    fresh: bool
    """Whether indexing now would change nothing: the same files, and the same settings of the index."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def index_status(settings: Settings) -> IndexStatus:
    """Compare the published index with the vault.

    Raises:
        VaultError: the folder of notes is missing.
        MissingIndexError, StaleIndexError, BrokenIndexError: the index cannot be read.
    """
    found = list(Vault(settings.corpus, Texts.load(settings.language)).files())
    on_disk = {item.path: item.content_hash for item in found if isinstance(item, NoteFile)}
    generation = IndexFolder(settings.index).open_current(model=MODEL_ID)
    try:
        indexed, problems = generation.catalogue.hashes(), generation.catalogue.problems()
    finally:
        generation.close()
    skipped = {problem.note for problem in problems if problem.skipped}
    difference = Difference.between(indexed, {path: on_disk[path] for path in on_disk.keys() - skipped})
    return IndexStatus(
        generation=generation.manifest.generation,
        model=generation.manifest.model,
        notes=generation.manifest.notes,
        chunks=generation.manifest.chunks,
        added=difference.added,
        changed=difference.changed,
        removed=difference.removed,
        problems=problems,
        fresh=generation.manifest.signature == signature_of(found, settings),
    )
