"""Which note each link leads to, resolved as Obsidian does it, and from where each note is linked.

In this order: the path as written; the shortest path that ends with it, one below the linking note's own folder before
all others; a note with that alias. Only the first two are Obsidian's: it stores `[[Note|alias]]` when one picks an
alias, and leaves `[[alias]]` for a note yet to be written; kbqa takes it for what it says. Letter case and the Unicode
form of accents do not count, nor does `.md`.

Nothing here reads files: a target is looked up among the notes that are given, so `[[../../etc/passwd]]` is a link to
a note that does not exist.

To resolve all links of a vault, no note has to be parsed. Which lines a link's heading or block stands on is looked up
for one link at a time (`place_of`), in the parsed note that it leads to.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Self

from kbqa.types import Link, LinkedNote, Note, ResolvedLink, Section

_NOT_COMPARED = re.compile(r"[#|^:%\[\]\\*_`~=\s]+")
"""What Obsidian leaves out of a link to a heading, and emphasis marks, which the heading's own text may have."""
_NOT_IN_ANCHOR = re.compile(r"[^\w\s-]+|_")


@dataclass(frozen=True, slots=True)
class LinkGraph:
    """The links between the notes of a vault."""

    _outgoing: Mapping[str, tuple[ResolvedLink, ...]]
    _backlinks: Mapping[str, tuple[ResolvedLink, ...]]
    dangling: Mapping[str, tuple[ResolvedLink, ...]]
    """Links to notes that do not exist, by the target's name as first written; spellings that differ by letter case,
    Unicode form or `.md` alone are one target. In the order of the names."""

    @classmethod
    def of(cls, notes: Iterable[Note | LinkedNote]) -> Self:
        """Resolve every link of `notes`, which are all there are."""
        vault = sorted(notes, key=lambda note: note.path)
        names = _Names.of(vault)
        outgoing: dict[str, tuple[ResolvedLink, ...]] = {}
        backlinks: dict[str, list[ResolvedLink]] = {}
        missing: dict[str, list[ResolvedLink]] = {}
        for note in vault:
            resolved = [ResolvedLink(note.path, link, *names.find(link, note.path)) for link in note.links]
            outgoing[note.path] = tuple(resolved)
            for one in resolved:
                if one.path is None:
                    missing.setdefault(_key(one.link.target), []).append(one)
                elif one.path != note.path:
                    backlinks.setdefault(one.path, []).append(one)
        dangling = {_without_suffix(found[0].link.target): tuple(found) for found in missing.values()}
        return cls(
            MappingProxyType(outgoing),
            MappingProxyType({path: tuple(found) for path, found in backlinks.items()}),
            MappingProxyType({name: dangling[name] for name in sorted(dangling, key=lambda name: (_key(name), name))}),
        )

    def outgoing(self, path: str) -> tuple[ResolvedLink, ...]:
        """The links of the note at `path`, in order; none where there is no such note."""
        return self._outgoing.get(path, ())

    def backlinks(self, path: str) -> tuple[ResolvedLink, ...]:
        """The links from other notes to the note at `path`, by the path and line that they stand in."""
        return self._backlinks.get(path, ())


def place_of(link: Link, note: Note) -> tuple[int, int] | None:
    """First and last line of the section or block of `note` that `link`, which leads to this note, names.

    None: it names the whole note, or what it names is not in there.
    """
    if link.block:
        name = link.block.casefold()
        blocks = (block for section in note.sections for block in section.block_ids)
        return next(((block.start_line, block.end_line) for block in blocks if block.name.casefold() == name), None)
    section = _section(link.heading, note) if link.heading else None
    return (section.start_line, section.end_line) if section else None


def _section(heading: str, note: Note) -> Section | None:
    """The first section under `heading`; of `H2#H3`, the first H3 somewhere below an H2."""
    headed = [section for section in note.sections if section.level]
    wanted = [key for part in heading.split("#") if (key := heading_key(part))]
    for section in headed if wanted else ():
        *above, own = map(heading_key, section.heading_path)
        higher = iter(above)
        if own == wanted[-1] and all(key in higher for key in wanted[:-1]):
            return section
    # An anchor as GitHub makes it, `#виды-партнёрства`, or the one that the heading names, `Виды {#kinds}`:
    # Markdown documentation is full of them.
    anchor = _anchor_key(heading)
    return next((section for section in headed if anchor and anchor in _anchors(section)), None)


def _anchors(section: Section) -> tuple[str, str]:
    text, _, name = section.heading_path[-1].removesuffix("}").partition("{#")
    return _anchor_key(text), _anchor_key(name)


@dataclass(frozen=True, slots=True)
class _Names:
    """Notes by everything that a link can call them."""

    by_path: Mapping[str, tuple[str, ...]]
    """Paths that differ by letter case only, by their common key."""
    by_ending: Mapping[str, str]
    """The shortest path that ends with these folders and name."""
    by_alias: Mapping[tuple[str | None, str], str]
    """By folder and alias, and by None and alias for the whole vault."""

    @classmethod
    def of(cls, notes: Iterable[Note | LinkedNote]) -> Self:
        """Every name of `notes`."""
        by_path: dict[str, tuple[str, ...]] = {}
        by_ending: dict[str, str] = {}
        by_alias: dict[tuple[str | None, str], str] = {}
        for note in sorted(notes, key=lambda note: _length(note.path)):
            key = _key(note.path)
            by_path[key] = (*by_path.get(key, ()), note.path)
            ending = key
            while ending:
                by_ending.setdefault(ending, note.path)
                ending = ending.partition("/")[2]
            for alias in note.aliases:
                # In each folder, and over all, the shortest path has the name.
                by_alias.setdefault((note.path.rpartition("/")[0], _key(alias)), note.path)
                by_alias.setdefault((None, _key(alias)), note.path)
        return cls(by_path, by_ending, by_alias)

    def find(self, link: Link, source: str) -> tuple[str | None, bool]:
        """The path of the note that `link`, which stands in `source`, leads to, and whether only an alias says so."""
        target = unicodedata.normalize("NFC", link.target.replace("\\", "/"))
        if not target:
            return source, False
        folder = source.rpartition("/")[0]
        climbs = target.startswith(("./", "../")) or target in {".", ".."}
        if (climbs or link.relative) and not target.startswith("/"):
            below = _joined(folder, target)
            if below is not None and (found := self._at(below)):
                return found, False
        if climbs:
            return None, False
        rooted = _joined("", target)
        if rooted is None:
            return None, False
        found = self._at(rooted)
        if not found and not target.startswith("/"):
            found = self._at(f"{folder}/{rooted}") or self.by_ending.get(_key(rooted))
        if found:
            return found, False
        named = self.by_alias.get((folder, _key(target))) or self.by_alias.get((None, _key(target)))
        return named, named is not None

    def _at(self, path: str) -> str | None:
        """The note at `path`; of some that differ by letter case only, the one written so, else the first."""
        paths = self.by_path.get(_key(path), ())
        return path + ".md" if path + ".md" in paths else path if path in paths else next(iter(paths), None)


def _joined(folder: str, target: str) -> str | None:
    """`target` counted from `folder`, both within the vault; None where it leads out."""
    parts = folder.split("/") if folder else []
    for part in target.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _length(path: str) -> tuple[int, int, str]:
    """Shortest first: by folders, by characters, by name."""
    return path.count("/"), len(path), path


@lru_cache(maxsize=100_000)
def _key(path: str) -> str:
    """What paths and names are compared by."""
    return _without_suffix(unicodedata.normalize("NFC", " ".join(path.split())).casefold())


def _without_suffix(path: str) -> str:
    return path[:-3] if path.lower().endswith(".md") else path


@lru_cache(maxsize=10_000)
def heading_key(heading: str) -> str:
    """What headings, and links to them, are compared by."""
    return _NOT_COMPARED.sub(" ", unicodedata.normalize("NFC", heading)).strip().casefold()


def _anchor_key(heading: str) -> str:
    return re.sub(r"[\s-]+", "-", _NOT_IN_ANCHOR.sub("", unicodedata.normalize("NFC", heading)).strip().casefold())
