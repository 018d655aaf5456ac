"""The notes next to one in the panel: where its links lead, and which notes link to it."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from kbqa.errors import KbqaError
from kbqa.knowledge_base import KnowledgeBase
from kbqa.notes.links import place_of
from kbqa.types import Note, ResolvedLink
from kbqa.web.elements.note_lookup import NoteOf

MOST = 8
"""Entries in a list; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entry of a list of links."""

    title: str
    """Of the note; of one that is not written yet, its name as in the link."""
    heading: str = ""
    """Of the section that the link leads to or stands in; empty: the note as a whole."""
    path: str | None = None
    """The note to open; None: it is not written yet."""
    line: int = 1
    """Where to open it."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A list of links, cut to what is shown."""

    shown: tuple[Neighbour, ...] = ()
    more: int = 0
    """How many are not shown."""


NeighboursOf = Callable[[str], tuple[Neighbours, Neighbours]]
"""Of a note by its path: what it links to, what links to it."""


def neighbours_of_kb(kb: KnowledgeBase, note_of: NoteOf) -> NeighboursOf:
    """The links from a note and to it."""

    def neighbours_of(path: str) -> tuple[Neighbours, Neighbours]:
        try:
            return linked_from(path, kb.links(path), note_of), linking_to(kb.backlinks(path), note_of)
        except KbqaError:  # the note was removed and the rest indexed anew since the answer
            return Neighbours(), Neighbours()

    return neighbours_of


def linked_from(path: str, links: Iterable[ResolvedLink], note_of: NoteOf) -> Neighbours:
    """Where the `links` in the note at `path` lead, each place once, in the order of the note; not to itself.

    Notes that are not written yet come last: they cannot be opened.
    """
    away = _first_of_each((link for link in links if link.path != path), _destination)
    return _listed(sorted(away, key=lambda link: link.path is None), lambda link: _led_to(link, note_of))


def linking_to(backlinks: Iterable[ResolvedLink], note_of: NoteOf) -> Neighbours:
    """The notes that `backlinks` stand in, each once, where it first links."""
    return _listed(_first_of_each(backlinks, lambda link: link.source), lambda link: _led_from(link, note_of))


def _first_of_each(links: Iterable[ResolvedLink], key: Callable[[ResolvedLink], Hashable]) -> list[ResolvedLink]:
    firsts: dict[Hashable, ResolvedLink] = {}
    for link in links:
        firsts.setdefault(key(link), link)
    return list(firsts.values())


def _listed(links: Sequence[ResolvedLink], entry: Callable[[ResolvedLink], Neighbour | None]) -> Neighbours:
    # Only notes that are shown are read: one that the whole vault links to costs no more than another.
    shown: dict[Hashable, Neighbour] = {}
    for done, link in enumerate(links):
        if len(shown) == MOST:
            return Neighbours(tuple(shown.values()), len(links) - done)
        if found := entry(link):
            # Two blocks of one section would look the same.
            shown.setdefault((found.path, found.title, found.heading), found)
    return Neighbours(tuple(shown.values()))


def _destination(link: ResolvedLink) -> Hashable:
    if link.path is None:
        return None, link.link.target.casefold()
    return link.path, (link.link.heading or "").casefold(), (link.link.block or "").casefold()


def _led_to(link: ResolvedLink, note_of: NoteOf) -> Neighbour | None:
    if link.path is None:
        return Neighbour(link.link.target)
    note = note_of(link.path)
    if note is None:
        return None
    place = place_of(link.link, note)
    if place is None:
        return Neighbour(note.title, "", note.path, note.sections[0].start_line if note.sections else 1)
    return Neighbour(note.title, _heading(note, place[0]), note.path, place[0])


def _led_from(link: ResolvedLink, note_of: NoteOf) -> Neighbour | None:
    note = note_of(link.source)
    return Neighbour(note.title, _heading(note, link.link.line), note.path, link.link.line) if note else None


def _heading(note: Note, line: int) -> str:
    """The heading above a line; none where only the note's title stands above it."""
    return next(("".join(section.heading_path[1:][-1:]) for section in note.sections_on(line, line)), "")
