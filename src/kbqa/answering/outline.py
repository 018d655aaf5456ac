"""A section or a note that is divided further, as its parts with the gist of each."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from kbqa.answering.citations import Layout, Quote
from kbqa.answering.passages import Passage, join_quotes, passages_of_section, unbroken
from kbqa.answering.statements import laid_out, statements_of
from kbqa.notes.private import MARK
from kbqa.types import Note, Section

_GIST_ITEMS = 6
_CONTENTS = 24
"""With more lines than this, a table of contents has the top headings only."""


def outline_quotes(
    note: Note, parent: tuple[str, ...], layout: Layout, is_excepted: Callable[[str], bool]
) -> tuple[Quote, ...]:
    """One quote for each subsection of the section with the heading path `parent`, and for what stands above them.

    A list that stands above them is whole. Empty where it has only one of these.

    Args:
        note: the note.
        parent: heading path of the section.
        layout: of each quote.
        is_excepted: whether a subsection of this name is to be left out.
    """
    depth = len(parent)
    sections: dict[tuple[str, ...], list[list[Passage]]] = {}
    for section in note.sections:
        passages = passages_of_section(note, section) if section.heading_path[:depth] == parent else []
        # Where to read on is no part of what is asked for.
        if any(not passage.is_navigation for passage in passages):
            sections.setdefault(section.heading_path[: depth + 1], []).append(passages)
    if len(sections) <= 1:
        return ()
    quotes: list[Quote] = []
    for path, found in sections.items():
        if path == parent and any(passage.is_item for passage in found[0]):
            quotes += laid_out(note, list(statements_of(found[0])))
            # Steps end where the section is divided; what is below them is none of these.
            layout = "bullet"
        elif not is_excepted(path[-1]):
            quotes.append(replace(_gist(note, path[-1] if path != parent else None, found), layout=layout))
    return tuple(quotes)


def contents_quotes(note: Note) -> tuple[Quote, ...]:
    """The note's headings below its title as items, subsections nested; what is not divided further with its gist.

    Empty where there is only one. Headings above nothing but links are left out.
    """
    top: dict[tuple[str, ...], list[Section]] = {}
    for section in note.sections:
        if len(section.heading_path) > 1:
            top.setdefault(section.heading_path[:2], []).append(section)
    quotes = [quote for path, sections in top.items() for quote in _contents(note, path, sections)]
    if len(quotes) > _CONTENTS:
        quotes = [quote for quote in quotes if quote.depth == 0]
    return tuple(quotes) if len(quotes) > 1 else ()


def _contents(note: Note, path: tuple[str, ...], sections: list[Section]) -> Iterator[Quote]:
    """A heading below the title, and those below that."""
    said = [passages_of_section(note, section) for section in sections]
    if all(passage.is_navigation for passages in said for passage in passages):
        return
    divided = [section for section in sections if section.heading_path != path]
    if divided:
        yield replace(_heading(note, sections[0]), shown=_strong(path[-1]))
        below: dict[tuple[str, ...], Section] = {}
        for section in divided:
            below.setdefault(section.heading_path[: len(path) + 1], section)
        yield from (replace(_heading(note, section), depth=1) for section in below.values())
    else:
        yield replace(_gist(note, path[-1], [passages for passages in said if passages]), layout="bullet")


def _heading(note: Note, section: Section) -> Quote:
    """A heading by itself, as the line that it stands on."""
    line, _, _ = section.text.partition("\n")
    return Quote(
        note=note.path,
        title=note.title,
        heading_path=section.heading_path,
        start_line=section.start_line,
        end_line=section.start_line,
        # Where a private comment cuts it in two, the longer part.
        text=max(line.split(MARK), key=len).strip().lstrip("#").lstrip(),
        shown=section.heading_path[-1],
        layout="bullet",
    )


def _gist(note: Note, heading: str | None, sections: list[list[Passage]]) -> Quote:
    """A subsection with what is below it, in one line: its heading and items, or its heading and first sentence."""
    lists = [items for passages in sections if (items := [passage for passage in passages if passage.is_item])]
    if lists:
        # One quote covers what is shown; it would be long if it reached over headings.
        items = unbroken(note, lists[0][:_GIST_ITEMS])
        shown = "; ".join(item.gist for item in items)
        shown += "; …" if len(items) < sum(map(len, lists)) else ""
        quote = join_quotes(note, items, shown)
    else:
        quote = sections[0][0].sentences()[0]
    if heading is None or quote.shown.lower().startswith(heading.lower()):
        return quote
    return replace(quote, shown=f"{_strong(heading)}: {quote.shown}")


def _strong(heading: str) -> str:
    return f"**{heading.rstrip(':')}**"
