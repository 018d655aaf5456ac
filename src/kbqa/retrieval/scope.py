"""What a search can be kept within: the notes, folders and tags of one generation."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kbqa.errors import QuestionError
from kbqa.index.analysis import folded
from kbqa.index.generations import Generation
from kbqa.texts import Texts
from kbqa.types import Filters, NoteSummary

_NEAREST = 3
"""How many names are offered for one that is not there."""
_UNKNOWN = {"notes": "filter_note_unknown", "folders": "filter_folder_unknown", "tags": "filter_tag_unknown"}
_NONE = {"notes": "filter_no_notes", "folders": "filter_no_folders", "tags": "filter_no_tags"}

Names = Mapping[str, tuple[str, ...]]
"""What is called so, by the name as `_key` compares it."""


class Scope:
    """Finds notes, folders and tags by their names, and the chunks in them.

    Args:
        summaries: all notes of the generation, in the order of their paths.
        generation: whose chunks are looked for.
    """

    def __init__(self, summaries: Sequence[NoteSummary], generation: Generation) -> None:
        self._summaries = summaries
        self._generation = generation

    def resolved(self, filters: Filters) -> Filters:
        """The same filters with every name as the vault has it; resolving twice changes nothing.

        Raises:
            QuestionError: there is no such note, folder or tag; says which ones have the nearest names.
        """
        return Filters(
            notes=_found(filters.notes, "notes", self.notes),
            folders=_found(filters.folders, "folders", self.folders),
            tags=_found(filters.tags, "tags", self.tags),
        )

    def passing(self, filters: Filters) -> NDArray[np.bool_]:
        """Which chunks pass resolved filters, in the order of the BM25 tables: shape (chunks,)."""
        notes = {summary.path for summary in self._summaries if self.passes(summary.path, filters)}
        return np.array([note in notes for note in self._note_of_chunk])

    def passes(self, path: str, filters: Filters) -> bool:
        """Whether an indexed note passes resolved filters."""
        folders = set(_folders_of(path))
        return (
            (not filters.notes or path in filters.notes)
            and (not filters.folders or not folders.isdisjoint(filters.folders))
            and (not filters.tags or not self._tags_of[path].isdisjoint(map(_key, filters.tags)))
        )

    @cached_property
    def notes(self) -> Names:
        """Paths by themselves, and where no path is written so by their ends, titles and aliases."""
        exact = {_key(note.path).removesuffix(".md"): (note.path,) for note in self._summaries}
        named: dict[str, list[str]] = {}
        for note in self._summaries:
            path = _key(note.path).removesuffix(".md")
            for name in dict.fromkeys((*_ends(path), _key(note.title), *map(_key, note.aliases))):
                named.setdefault(name, []).append(note.path)
        return {name: tuple(paths) for name, paths in named.items()} | exact

    @cached_property
    def folders(self) -> Names:
        """Paths of folders by themselves, and where no path is written so by their ends."""
        folders = dict.fromkeys(folder for note in self._summaries for folder in _folders_of(note.path))
        named: dict[str, list[str]] = {}
        for folder in folders:
            for name in _ends(_key(folder)):
                named.setdefault(name, []).append(folder)
        return {name: tuple(paths) for name, paths in named.items()} | {_key(folder): (folder,) for folder in folders}

    @cached_property
    def tags(self) -> Names:
        """Every tag, and every tag above a nested one, in the spelling of its first mention."""
        written: dict[str, tuple[str, ...]] = {}
        for note in self._summaries:
            for tag in note.tags:
                for above in _above(tag):
                    written.setdefault(_key(above), (above,))
        return written

    @cached_property
    def _tags_of(self) -> Mapping[str, frozenset[str]]:
        """Of each note, its tags with those above them, as they are compared."""
        return {
            note.path: frozenset(_key(above) for tag in note.tags for above in _above(tag)) for note in self._summaries
        }

    @cached_property
    def _note_of_chunk(self) -> tuple[str, ...]:
        """Path of each chunk's note, in the order of the BM25 tables."""
        notes = {chunk_id: path for path, ids in self._generation.catalogue.chunk_ids().items() for chunk_id in ids}
        return tuple(notes[chunk_id] for chunk_id in self._generation.lexical.ids)


def within_words(filters: Filters, names_of: Callable[[str], Sequence[str]], texts: Texts) -> str | None:
    """Where was searched, for the user; None: everywhere.

    Args:
        filters: resolved.
        names_of: title and aliases of a note by its path.
        texts: in the user's language.
    """

    def quoted(name: str) -> str:
        return texts("answers.quoted", name=name)

    kinds = (
        ("answers.within_note", "answers.within_notes", [quoted(names_of(path)[0]) for path in filters.notes]),
        ("answers.within_folder", "answers.within_folders", list(map(quoted, filters.folders))),
        ("answers.within_tag", "answers.within_tags", [f"#{tag}" for tag in filters.tags]),
    )
    told = [texts(many if len(names) > 1 else one, names=", ".join(names)) for one, many, names in kinds if names]
    return texts("answers.within", places=", ".join(told)) if told else None


def key_of(name: str, kind: str) -> str:
    """What a name is found by; `kind`: notes, folders or tags."""
    key = _key(name)
    if kind == "notes":
        return key.removesuffix(".md")
    return key.lstrip("#" if kind == "tags" else "").strip("/")


def _found(names: Iterable[str], kind: str, known: Names) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in names:
        key = key_of(name, kind)
        called = known.get(key)
        if called is None:
            raise _unknown(name, key, kind, known)
        found |= dict.fromkeys(called)
    return tuple(found)


def _unknown(name: str, key: str, kind: str, known: Names) -> QuestionError:
    nearest = get_close_matches(key, known, n=_NEAREST, cutoff=0.0)
    if not nearest:
        return QuestionError(_NONE[kind], name=name)
    offered = dict.fromkeys(written for close in nearest for written in known[close])
    return QuestionError(_UNKNOWN[kind], name=name, nearest=", ".join(list(offered)[:_NEAREST]))


def _key(name: str) -> str:
    """What names are compared by."""
    return folded(unicodedata.normalize("NFC", " ".join(name.split())))


def _folders_of(path: str) -> list[str]:
    """The folders that a note lies in, the outermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _above(tag: str) -> list[str]:
    """A tag and those that it is nested in."""
    return _folders_of(f"{tag}/")


def _ends(path: str) -> list[str]:
    """A path, and what follows each of its slashes."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]
