"""What is indexed, whether it is what the vault holds now, and what the vault lacks; without the embedding model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Literal

from kbqa.embedding import MODEL_ID
from kbqa.errors import DataError
from kbqa.feedback import MarkStore
from kbqa.index.chroma import ServerAddress
from kbqa.index.content import recipe_of, signature_of
from kbqa.index.generations import Generation, IndexFolder
from kbqa.index.lacks import Lack, lacks_of
from kbqa.index.manifest import Recipe
from kbqa.index.server.reading import ServerIndex
from kbqa.notes.links import LinkGraph
from kbqa.notes.vault import NoteFile, Vault
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import LinkedNote, Problem

State = Literal["skipped", "partial", "changed", "new", "removed", "indexed"]
"""Of a note:

- `skipped`: cannot be read; nothing of it is indexed.
- `partial`: indexed as it is on disk, but for what the reason names.
- `changed`: the index holds it as it was before; with a reason, where it cannot be read now.
- `new`: not indexed yet.
- `removed`: the index knows it, and it is not in the vault any more.
- `indexed`: as it is on disk.
"""


@dataclass(frozen=True, slots=True)
class NoteStatus:
    """One note: what the index holds of it."""

    note: str
    """Its path."""
    state: State
    reason: str = ""
    """Why it is not indexed, or not all of it, and what to do, in words for the user; else empty."""
    chunks: int = 0
    """In the index."""


@dataclass(frozen=True, slots=True)
class Dangling:
    """A note that is linked to and not written yet."""

    target: str
    """Its name, as first written in a link."""
    links: int
    notes: tuple[str, ...]
    """Paths of the notes that the links stand in, sorted."""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The index against the vault, as both are now."""

    generation: str
    model: str
    """Id of the embedding model; an index of another one cannot be opened."""
    published: datetime
    """When the generation was made, in UTC."""
    recipe: Recipe
    """The versions and settings that it was made with."""
    expected: Recipe
    """Those that indexing now would use."""
    notes: int
    """In the index."""
    chunks: int
    """In the index."""
    entries: tuple[NoteStatus, ...]
    """Every note that the vault or the index knows, sorted by path. Hidden files and attachments are no notes."""
    dangling: tuple[Dangling, ...]
    """The most linked first. By the links of the notes as indexed; a note that is written and not indexed is none."""
    lacks: tuple[Lack, ...]
    """Notes that most often lack an answer, at most ten, by the marks that were left in the chat."""
    marks_trouble: str
    """Why the marks cannot be read, in words for the user; empty: they can."""
    fresh: bool
    """Whether indexing now would change nothing: the same files, and the same settings of the index.

    Who reads the index from a server and has no notes compares the settings alone."""

    def of(self, *states: State) -> tuple[NoteStatus, ...]:
        """The notes in these states."""
        return tuple(entry for entry in self.entries if entry.state in states)

    @property
    def covered(self) -> int:
        """Notes of the vault that are indexed as they are on disk, if only in part."""
        return len(self.of("indexed", "partial"))

    @property
    def in_vault(self) -> int:
        """Notes in the vault, readable or not."""
        return len(self.entries) - len(self.of("removed"))

    @property
    def coverage(self) -> float:
        """`covered` as a share of `in_vault`; 0 where there are no notes."""
        return self.covered / self.in_vault if self.in_vault else 0.0

    @property
    def percent(self) -> int:
        """The coverage in percent, rounded down: 999 notes of 1,000 are not all."""
        return 100 * self.covered // self.in_vault if self.in_vault else 0

    @property
    def outdated(self) -> tuple[str, ...]:
        """Names of the recipe's parts that indexing now would do otherwise."""
        names = (field.name for field in fields(Recipe))
        return tuple(name for name in names if getattr(self.recipe, name) != getattr(self.expected, name))

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON. The shape is stable: a change is a new key."""

        def paths(state: State) -> list[str]:
            return [entry.note for entry in self.of(state)]

        return {
            "generation": self.generation,
            "model": self.model,
            "notes": self.notes,
            "chunks": self.chunks,
            "added": paths("new"),
            "changed": paths("changed"),
            "removed": paths("removed"),
            "problems": [
                {"note": entry.note, "reason": entry.reason, "skipped": entry.state == "skipped"}
                for entry in self.of("skipped", "partial")
            ],
            "fresh": self.fresh,
            "published": self.published.isoformat(timespec="seconds"),
            "covered": self.covered,
            "in_vault": self.in_vault,
            "coverage": round(self.coverage, 4),
            "recipe": asdict(self.recipe),
            "expected": asdict(self.expected),
            "outdated": list(self.outdated),
            "entries": [asdict(entry) for entry in self.entries],
            "dangling": [asdict(dangling) for dangling in self.dangling],
            "lacks": [asdict(lack) for lack in self.lacks],
            "marks_trouble": self.marks_trouble,
        }


def index_status(settings: Settings) -> IndexStatus:
    """Compare the published index with the vault.

    Raises:
        VaultError: the folder of notes is missing.
        MissingIndexError, StaleIndexError, BrokenIndexError: the index cannot be read.
        IndexServerError: the server of the settings does not answer.
    """
    vault, address = _vault(settings), ServerAddress.of(settings)
    source = ServerIndex(address, settings.chroma_vault) if address else IndexFolder(settings.index)
    try:
        generation = source.open_current(model=MODEL_ID)
        try:
            return _compared(generation, vault, settings)
        finally:
            generation.close()
    finally:
        source.close()


def status_of(generation: Generation, settings: Settings) -> IndexStatus:
    """Compare an open generation with the vault.

    Raises:
        VaultError: the folder of notes is missing.
    """
    return _compared(generation, _vault(settings), settings)


def _vault(settings: Settings) -> Vault | None:
    """The notes; None: who reads the index from a server need not have them."""
    if settings.chroma_url and not settings.corpus.exists():
        return None
    return Vault(settings.corpus, Texts.load(settings.language))


def _compared(generation: Generation, vault: Vault | None, settings: Settings) -> IndexStatus:
    manifest, expected = generation.manifest, recipe_of(settings)
    if vault:
        found = list(vault.files())
        described, fresh = _entries(generation, vault, found), manifest.signature == signature_of(found, settings)
    else:
        described, fresh = _as_indexed(generation), manifest.recipe == expected
    entries = tuple(sorted(described, key=lambda entry: entry.note))
    lacks, marks_trouble = _lacks(entries, settings)
    return IndexStatus(
        generation=manifest.generation,
        model=manifest.model,
        published=datetime.fromtimestamp(manifest.created, UTC),
        recipe=manifest.recipe,
        expected=expected,
        notes=manifest.notes,
        chunks=manifest.chunks,
        entries=entries,
        dangling=_dangling(generation, entries),
        lacks=lacks,
        marks_trouble=marks_trouble,
        fresh=fresh,
    )


def _as_indexed(generation: Generation) -> Iterator[NoteStatus]:
    """Every note that the index knows, where there are no notes to compare it with."""
    problems = generation.catalogue.problems()
    partial = {problem.note: problem.reason for problem in problems if not problem.skipped}
    for path, ids in generation.catalogue.chunk_ids().items():
        yield NoteStatus(path, "partial" if path in partial else "indexed", partial.get(path, ""), len(ids))
    for problem in problems:
        if problem.skipped:
            yield NoteStatus(problem.note, "skipped", problem.reason)


def _entries(generation: Generation, vault: Vault, found: Sequence[NoteFile | Problem]) -> Iterator[NoteStatus]:
    """What became of every file that was found, then what the index knows besides."""
    hashes = generation.catalogue.hashes()
    chunks = {path: len(ids) for path, ids in generation.catalogue.chunk_ids().items()}
    problems = generation.catalogue.problems()
    skipped = {problem.note for problem in problems if problem.skipped}
    partial = {problem.note: problem.reason for problem in problems if not problem.skipped}
    readable = {item.path for item in found if isinstance(item, NoteFile)}
    unreadable = {item.note: item.reason for item in found if isinstance(item, Problem)}
    for item in found:
        if isinstance(item, Problem):
            # What is indexed under the same path is another file, or this one as it was when it could be read.
            if item.note in readable or item.note not in hashes:
                yield NoteStatus(item.note, "skipped", item.reason)
        elif hashes.get(item.path) == item.content_hash:
            reason = partial.get(item.path, "")
            yield NoteStatus(item.path, "partial" if reason else "indexed", reason, chunks[item.path])
        elif item.path in hashes:
            yield NoteStatus(item.path, "changed", "", chunks[item.path])
        elif item.path in skipped and (trouble := _trouble_with(item, vault)):
            yield NoteStatus(item.path, "skipped", trouble)
        else:
            yield NoteStatus(item.path, "new")
    for path in hashes.keys() - readable:
        reason = _why_unreadable(path, unreadable)
        yield NoteStatus(path, "changed" if reason else "removed", reason, chunks[path])
    for path in skipped - hashes.keys() - readable - unreadable.keys():
        yield NoteStatus(path, "removed")


def _trouble_with(file: NoteFile, vault: Vault) -> str:
    """Why a file that was skipped would be skipped again; empty: it would not. What it was like is not recorded."""
    _, problem = vault.parse(file)
    return problem.reason if problem and problem.skipped else ""


def _why_unreadable(path: str, unreadable: Mapping[str, str]) -> str:
    """Why a note, or a folder above it, cannot be read; empty: it is not there."""
    places = (path, *map(str, PurePosixPath(path).parents))
    return next((unreadable[place] for place in places if place in unreadable), "")


def _dangling(generation: Generation, entries: Sequence[NoteStatus]) -> tuple[Dangling, ...]:
    links = generation.links
    unindexed = [LinkedNote(entry.note, (), ()) for entry in entries if entry.state in ("new", "skipped")]
    if unindexed:
        links = LinkGraph.of((*generation.catalogue.linked_notes(), *unindexed))
    dangling = (
        Dangling(target, len(found), tuple(sorted({link.source for link in found})))
        for target, found in links.dangling.items()
    )
    return tuple(sorted(dangling, key=lambda one: -one.links))  # stable: by name otherwise


def _lacks(entries: Sequence[NoteStatus], settings: Settings) -> tuple[tuple[Lack, ...], str]:
    """The notes that lack answers, and why that cannot be told."""
    try:
        marks = MarkStore(settings.data).marks(settings.corpus)
    except DataError as error:
        # No reason to be silent on the index.
        return (), error.message(settings.language)
    return lacks_of(marks, {entry.note for entry in entries if entry.state != "removed"}), ""
