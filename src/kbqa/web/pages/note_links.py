"""What links to a note, each with the sentence that it stands in, and where a note leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from kbqa.notes.statements import sentence_spans
from kbqa.types import Note, NoteSummary, ResolvedLink
from kbqa.web.elements.note_lookup import NoteOf

READ = 40
"""Linking notes that are read for their sentences; of more, only the titles are shown."""
PLACES = 3
"""Places shown of one linking note."""
LONGEST = 280
"""Characters shown of a sentence."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that links to a note."""

    line: int
    """1-based, in the linking note."""
    before: str
    shown: str
    """What the link displays."""
    after: str
    """With `before` and `shown`, the sentence as a reader sees it; all empty in the properties."""


@dataclass(frozen=True, slots=True)
class LinkingNote:
    """A note that links to another."""

    path: str
    title: str
    mentions: tuple[Mention, ...]
    more: int
    """How many places are not shown."""


@dataclass(frozen=True, slots=True)
class LinkedNote:
    """Where a note leads."""

    title: str
    """Of a note that is not written yet, its name as in the link."""
    path: str | None
    """None: it is not written yet."""


def linking_notes(
    links: Sequence[ResolvedLink], summaries: Mapping[str, NoteSummary], note_of: NoteOf
) -> list[LinkingNote]:
    """The notes that `links`, which are in the order of their notes, stand in."""
    linking: list[LinkingNote] = []
    for path, group in groupby(links, key=lambda link: link.source):
        places = list({link.link.line: link for link in group}.values())
        note = note_of(path) if len(linking) < READ else None
        shown = tuple(_mention(note, link) for link in places[:PLACES]) if note else ()
        title = summaries[path].title if path in summaries else path
        linking.append(LinkingNote(path, title, shown, len(places) - len(shown)))
    return linking


def linked_notes(path: str, links: Iterable[ResolvedLink], summaries: Mapping[str, NoteSummary]) -> list[LinkedNote]:
    """Where the links in the note at `path` lead, each note once, in order; those that are not written come last."""
    titles: dict[tuple[str | None, str], LinkedNote] = {}
    for link in links:
        if link.path is None:
            titles.setdefault((None, link.link.target.casefold()), LinkedNote(link.link.target, None))
        elif link.path != path and link.path in summaries:
            titles.setdefault((link.path, ""), LinkedNote(summaries[link.path].title, link.path))
    return sorted(titles.values(), key=lambda linked: linked.path is None)


def _mention(note: Note, link: ResolvedLink) -> Mention:
    line, shown = link.link.line, link.link.display
    plain = _text_on(note, line)
    at = plain.find(shown)
    if not plain or at < 0:
        return Mention(line, plain[:LONGEST], "", "")
    start, end = next((span for span in sentence_spans(plain) if span[0] <= at < span[1]), (0, len(plain)))
    before, after = plain[start:at], plain[at + len(shown) : end]
    return Mention(line, _cut_before(before), shown, _cut_after(after))


def _text_on(note: Note, line: int) -> str:
    """The block on a line as a reader sees it; of a heading, itself; nothing in the properties."""
    for section in note.sections_on(line, line):
        if section.level and line == section.start_line:
            return section.heading_path[-1]
        blocks = [block for block in section.blocks if block.start_line <= line <= block.end_line]
        if blocks:
            return blocks[-1].plain
    return ""


def _cut_before(text: str) -> str:
    most = LONGEST // 2
    return text if len(text) <= most else "…" + text[-most:].partition(" ")[2]


def _cut_after(text: str) -> str:
    most = LONGEST // 2
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + "…"
