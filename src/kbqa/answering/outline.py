"""A section that is divided further, as its subsections with the gist of each."""

from collections.abc import Callable
from dataclasses import replace

from kbqa.answering.citations import Layout, Quote
from kbqa.answering.passages import Passage, join_quotes, passages_of_section, unbroken
from kbqa.types import Note

_GIST_ITEMS = 6


def outline_quotes(
    note: Note, parent: tuple[str, ...], layout: Layout, is_excepted: Callable[[str], bool]
) -> tuple[Quote, ...]:
    """One quote for each subsection of the section with the heading path `parent`, and for what stands above them.

    Empty where it has only one of these.

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
    return tuple(
        replace(_gist(note, path[-1] if len(path) > depth else None, found), layout=layout)
        for path, found in sections.items()
        if not is_excepted(path[-1])
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
    return replace(quote, shown=f"**{heading.rstrip(':')}**: {quote.shown}")
