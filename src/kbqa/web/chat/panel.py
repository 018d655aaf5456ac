"""The panel of sources, as HTML: the cited passages of each answer, the notes next to them, notes that were opened.

`messages` says how its ids tie it to the chat.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from kbqa.answering.markdown import NEAREST
from kbqa.knowledge_base import KnowledgeBase
from kbqa.texts import Texts
from kbqa.types import Answer, Hit, Note
from kbqa.web.chat.export import answer_markdown
from kbqa.web.chat.neighbours import Neighbour, Neighbours, NeighboursOf, neighbours_of_kb
from kbqa.web.chat.passages import (
    Line,
    Passage,
    cited_passages,
    exact_citations,
    hit_passage,
    opened_passage,
    unused_hits,
)
from kbqa.web.elements.addresses import note_address, obsidian_address
from kbqa.web.elements.escaping import escape, inert
from kbqa.web.elements.note_lookup import NoteOf, note_of_kb
from kbqa.web.elements.places import CRUMB, breadcrumb, line_range
from kbqa.web.elements.wikilinks import wikilink


class Surroundings(NamedTuple):
    """What the panel shows around passages."""

    note_of: NoteOf
    neighbours_of: NeighboursOf
    obsidian_of: Callable[[str], str | None]
    """The address by which Obsidian opens the note at a path; None where it could not."""


def surroundings_in(kb: KnowledgeBase) -> Surroundings:
    """Of notes as they are now."""
    note_of = note_of_kb(kb)
    return Surroundings(note_of, neighbours_of_kb(kb, note_of), partial(obsidian_address, kb.settings))


def sources_html(answer: Answer, answer_id: str, around: Surroundings, texts: Texts) -> str:
    """The panel's part for one answer: its passages in the notes, each note's links, what was found and not used.

    It also holds the answer as Markdown, for whoever copies it.
    """
    question = escape(texts("web.sources.question", question=answer.question))
    if answer.status == "no_evidence":
        body = _nearest(answer, answer_id, around, texts)
    else:
        cited = cited_passages(exact_citations(answer), around.note_of)
        body = _notes(cited, answer_id, around, texts) + _unused(unused_hits(answer.hits, answer.citations), texts)
    markdown = escape(answer_markdown(answer, texts))
    return (
        f'<section class="kbqa-sources" id="kbqa-{answer_id}" data-markdown="{markdown}">'
        f'<p class="kbqa-for">{question}</p>{body}</section>'
    )


def opened_html(note: Note, line: int, part_id: str, around: Surroundings, texts: Texts) -> str:
    """The panel's part for a note that a reader opened by a link, at the line that it leads to."""
    passage = _passage(opened_passage(note, line), "", texts)
    return _opened(
        f'<article class="kbqa-note" tabindex="-1">{_head(note.path, note.title, line, around, texts)}{passage}'
        f"{_links(around.neighbours_of(note.path), texts)}</article>",
        part_id,
        texts,
    )


def not_opened_html(message: str, part_id: str, texts: Texts) -> str:
    """The same part when the note cannot be shown."""
    return _opened(f'<p class="kbqa-remark" role="alert" tabindex="-1">{escape(message)}</p>', part_id, texts)


def panel_html(sections: Sequence[str], texts: Texts) -> str:
    """The whole panel: every answer's part, of which the page shows one at a time, at first the last."""
    heading = escape(texts("web.sources.heading"))
    close = escape(texts("web.sources.close"))
    head = (
        f'<div class="kbqa-panel-head" data-source="{escape(texts("web.sources.one"))}" '
        f'data-sources="{escape(texts("web.sources.many"))}"><h2>{heading}</h2>'
        f'<button type="button" class="kbqa-close" aria-label="{close}" title="{close}"></button></div>'
    )
    if not sections:
        return inert(f'{head}<p class="kbqa-panel-empty">{escape(texts("web.sources.empty"))}</p>')
    last = sections[-1].replace('class="kbqa-sources"', 'class="kbqa-sources kbqa-current"', 1)
    return inert(head + "".join(sections[:-1]) + last)


def _nearest(answer: Answer, answer_id: str, around: Surroundings, texts: Texts) -> str:
    if not answer.hits:
        return ""
    cards = "".join(
        f'<article class="kbqa-note" tabindex="-1" id="kbqa-{answer_id}-h{hit.rank}">'
        f"{_head(hit.chunk.note, hit.chunk.title, hit.chunk.start_line, around, texts)}"
        f"{_passage(hit_passage(hit), answer_id, texts)}</article>"
        for hit in answer.hits[:NEAREST]
    )
    heading, remark = escape(texts("web.sources.nearest")), escape(texts("web.sources.nearest_note"))
    return f'<p class="kbqa-remark"><strong>{heading}.</strong> {remark}</p>{cards}'


def _notes(passages: Iterable[Passage], answer_id: str, around: Surroundings, texts: Texts) -> str:
    notes = []
    for (path, title), group in groupby(passages, key=lambda passage: (passage.note, passage.title)):
        of_note = list(group)
        line = next((line.number for passage in of_note for line in passage.lines if line.opens), 1)
        notes.append(
            f'<article class="kbqa-note">{_head(path, title, line, around, texts)}'
            + "".join(_passage(passage, answer_id, texts) for passage in of_note)
            + _links(around.neighbours_of(path), texts)
            + "</article>"
        )
    return "".join(notes)


def _head(path: str, title: str, line: int, around: Surroundings, texts: Texts) -> str:
    """The note's title, and where else it can be read: its page, at a line, and Obsidian."""
    links = [(note_address(path, line), texts("web.sources.page"), texts("web.sources.page_hint"))]
    if obsidian := around.obsidian_of(path):
        links.append((obsidian, "Obsidian", texts("pages.note.obsidian")))
    elsewhere = "".join(
        f'<a href="{escape(address)}" title="{escape(hint)}">{escape(name)}</a>' for address, name, hint in links
    )
    return f'<div class="kbqa-note-head"><h3>{escape(title)}</h3><span class="kbqa-elsewhere">{elsewhere}</span></div>'


def _opened(body: str, part_id: str, texts: Texts) -> str:
    back = escape(texts("web.links.back"))
    return (
        f'<section class="kbqa-sources" id="kbqa-opened-{part_id}">'
        f'<p class="kbqa-for"><button type="button" class="kbqa-return">{back}</button></p>{body}</section>'
    )


def _links(both: tuple[Neighbours, Neighbours], texts: Texts) -> str:
    lists = "".join(
        f"<h4>{escape(texts(heading))}</h4><ul>{_entries(listed, texts)}</ul>"
        for heading, listed in zip(("web.links.outgoing", "web.links.incoming"), both, strict=True)
        if listed.shown
    )
    return f'<div class="kbqa-links">{lists}</div>' if lists else ""


def _entries(listed: Neighbours, texts: Texts) -> str:
    more = f"<li>{escape(texts('web.links.more', count=listed.more))}</li>" if listed.more else ""
    return "".join(f"<li>{_entry(neighbour, texts)}</li>" for neighbour in listed.shown) + more


def _entry(neighbour: Neighbour, texts: Texts) -> str:
    title = escape(neighbour.title)
    if neighbour.path is None:
        return f"{title} <em>{escape(texts('web.links.unwritten'))}</em>"
    place = f"<span>{escape(CRUMB + neighbour.heading)}</span>" if neighbour.heading else ""
    return (
        f'<button type="button" class="kbqa-open" data-note="{escape(neighbour.path)}" '
        f'data-line="{neighbour.line}">{title}{place}</button>'
    )


def _passage(passage: Passage, answer_id: str, texts: Texts) -> str:
    crumbs = escape(breadcrumb(passage.heading_path[1:]))
    rows = []
    previous: int | None = None
    for line in passage.lines:
        if previous is not None and line.number > previous + 1:
            rows.append('<li class="kbqa-gap" aria-hidden="true"></li>')
        rows.append(_line(line, answer_id, texts))
        previous = line.number
    extent = ""
    if passage.lines:
        extent = escape(line_range(passage.lines[0].number, passage.lines[-1].number, texts))
    lost = f'<p class="kbqa-changed" role="note">{escape(texts(f"talks.{passage.lost}"))}</p>' if passage.lost else ""
    return (
        f'<div class="kbqa-passage">{lost}<p class="kbqa-crumbs"><span>{crumbs}</span>'
        f'<span class="kbqa-extent">{extent}</span>{_link_button(passage, texts)}</p>'
        f'<ol class="kbqa-lines">{"".join(rows)}</ol></div>'
    )


def _link_button(passage: Passage, texts: Texts) -> str:
    """Copies a link to the section, to be put into a note."""
    link = wikilink(passage.note, passage.heading_path)
    name = escape(texts("web.sources.link", link=link))
    return (
        f'<button type="button" class="kbqa-copy-link" data-link="{escape(link)}" title="{name}" aria-label="{name}">'
        "</button>"
    )


def _line(line: Line, answer_id: str, texts: Texts) -> str:
    chips = "".join(
        f'<a class="kbqa-back" id="kbqa-{answer_id}-{number}" href="#kbqa-{answer_id}-{number}" '
        f'title="{escape(texts("web.sources.back", number=number))}">{number}</a>'
        for number in line.opens
    )
    state = "kbqa-line" + " kbqa-marked" * bool(line.marks or line.lit) + " kbqa-lit" * line.lit
    return (
        f'<li class="{state}"><span class="kbqa-margin">{chips}</span>'
        f'<span class="kbqa-number">{line.number}</span><span class="kbqa-text">{_marked(line)}</span></li>'
    )


def _marked(line: Line) -> str:
    parts = []
    done = 0
    for mark in line.marks:
        parts.append(escape(line.text[done : mark.start]))
        parts.append(f'<mark data-citation="{mark.number}">{escape(line.text[mark.start : mark.end])}</mark>')
        done = mark.end
    parts.append(escape(line.text[done:]))
    return "".join(parts)


def _unused(hits: Sequence[Hit], texts: Texts) -> str:
    if not hits:
        return ""
    rows = "".join(
        f'<li><p class="kbqa-hit-place">{escape(breadcrumb(hit.chunk.heading_path))} <span class="kbqa-extent">'
        f"{escape(line_range(hit.chunk.start_line, hit.chunk.end_line, texts))}</span></p>"
        f"{_reasons(hit)}</li>"
        for hit in hits
    )
    summary = escape(texts("web.sources.unused", count=len(hits)))
    return f'<details class="kbqa-unused"><summary>{summary}</summary><ul>{rows}</ul></details>'


def _reasons(hit: Hit) -> str:
    if not hit.reasons:
        return ""
    return f'<p class="kbqa-reasons">{escape("; ".join(hit.reasons))}</p>'
