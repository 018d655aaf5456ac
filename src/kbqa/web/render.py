"""What the page shows, as HTML: chat messages, the panel of sources, the header.

Ids tie the two columns together: the chips of answer `a3` link to `#kbqa-a3-1` in the panel, where citation 1
stands; the number there leads back to the chip. Chat messages pass Gradio's sanitiser, which drops `aria-*` and
`data-*` attributes; so these carry their meaning in `href`, `id`, `title` and visually hidden words.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from kbqa.texts import Texts
from kbqa.types import Answer, Citation, Hit, Note
from kbqa.web import addresses
from kbqa.web.escaping import escape, inert
from kbqa.web.markup import answer_markdown
from kbqa.web.neighbours import Neighbour, Neighbours, NeighboursOf
from kbqa.web.passages import (
    Line,
    NoteOf,
    Passage,
    cited_passages,
    exact_citations,
    hit_passage,
    opened_passage,
    unused_hits,
)
from kbqa.web.verdicts import with_marks, with_verdicts

CRUMB = " › "
NEAREST = 3
"""How many sections are offered when there is no answer."""


def question_html(question: str) -> str:
    """The user's words."""
    lines = "<br>".join(escape(line) for line in question.strip().split("\n"))
    return inert(f'<div class="kbqa-question">{lines}</div>')


def thinking_html(texts: Texts) -> str:
    """What stands in the answer's place until it comes."""
    return inert(f'<div class="kbqa-thinking" role="status">{escape(texts("web.answer.thinking"))}</div>')


def failure_html(message: str, texts: Texts) -> str:
    """An error, in the answer's place."""
    heading = escape(texts("web.error.heading"))
    return inert(
        f'<div class="kbqa-failure" role="alert"><p class="kbqa-failure-heading">{heading}</p>'
        f"<p>{escape(message)}</p></div>"
    )


def answer_html(answer: Answer, answer_id: str, texts: Texts) -> str:
    """An answer as a chat message."""
    body = _understood(answer, texts) + _notice(answer.notice) + _body(answer, answer_id, texts)
    if answer.status == "no_evidence":
        body += _nearest_links(answer, answer_id, texts)
        deeds = _mark_buttons(answer, answer_id, texts)
        return inert(
            f'<div class="kbqa-answer kbqa-no-evidence">{body}<div class="kbqa-colophon">'
            f'<span class="kbqa-deeds">{deeds}</span></div></div>'
        )
    colophon = _colophon(answer, answer_id, texts)
    return inert(f'<div class="kbqa-answer"><div class="kbqa-answer-body">{body}</div>{colophon}</div>')


def writing_html(text: str, citations: Sequence[Citation], answer_id: str, model: str, texts: Texts) -> str:
    """What a model has written so far, as a chat message; nothing of it is final."""
    chips = {citation.number: _chip(citation, answer_id, texts) for citation in citations}
    remark = escape(texts("web.answer.writing", model=model))
    body = answer_markdown(text, chips, texts, links=False)
    return inert(
        f'<div class="kbqa-answer-draft"><div class="kbqa-answer-body">{body}</div>'
        f'<p class="kbqa-writing" role="status">{remark}</p></div>'
    )


def _body(answer: Answer, answer_id: str, texts: Texts) -> str:
    """The text with its chips, and the verdicts on what a model wrote."""
    chips = {citation.number: _chip(citation, answer_id, texts) for citation in answer.citations}
    by_model = answer.mode == "generative"
    markup = answer_markdown(with_marks(answer), chips, texts, links=not by_model)
    return with_verdicts(markup, answer, texts) if by_model else markup


def _notice(notice: str | None) -> str:
    return f'<p class="kbqa-answer-notice" role="note">{escape(notice)}</p>' if notice else ""


def _understood(answer: Answer, texts: Texts) -> str:
    told = [answer.within] if answer.within else []
    told += [texts("answers.understood", question=answer.understood)] if answer.understood else []
    return "".join(f'<p class="kbqa-understood">{escape(line)}</p>' for line in told)


def notice_html(answer_id: str, verdict: str) -> str:
    """Tells the page, not the reader, which of an answer's buttons is pressed: `right`, `wrong`, or none (empty)."""
    return inert(f'<span hidden data-answer="{escape(answer_id)}" data-verdict="{escape(verdict)}"></span>')


def lost_mark_html(message: str, texts: Texts) -> str:
    """Tells the reader that a mark could not be stored."""
    return inert(f'<p class="kbqa-lost" role="status">{escape(texts("web.mark.lost", message=message))}</p>')


def sources_html(answer: Answer, answer_id: str, note_of: NoteOf, neighbours_of: NeighboursOf, texts: Texts) -> str:
    """The panel's part for one answer: its passages in the notes, each note's links, what was found and not used."""
    question = escape(texts("web.sources.question", question=answer.question))
    if answer.status == "no_evidence":
        body = _nearest(answer, answer_id, texts)
    else:
        cited = cited_passages(exact_citations(answer), note_of)
        body = _notes(cited, answer_id, neighbours_of, texts) + _unused(
            unused_hits(answer.hits, answer.citations), texts
        )
    return f'<section class="kbqa-sources" id="kbqa-{answer_id}"><p class="kbqa-for">{question}</p>{body}</section>'


def opened_html(note: Note, line: int, part_id: str, neighbours_of: NeighboursOf, texts: Texts) -> str:
    """The panel's part for a note that a reader opened by a link, at the line that it leads to."""
    passage = _passage(opened_passage(note, line), "", texts)
    return _opened(
        f'<article class="kbqa-note" tabindex="-1"><h3>{escape(note.title)}</h3>{passage}'
        f"{_links(neighbours_of(note.path), texts)}</article>",
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
        f'<div class="kbqa-panel-head"><h2>{heading}</h2>'
        f'<button type="button" class="kbqa-close" aria-label="{close}" title="{close}"></button></div>'
    )
    if not sections:
        return inert(f'{head}<p class="kbqa-panel-empty">{escape(texts("web.sources.empty"))}</p>')
    last = sections[-1].replace('class="kbqa-sources"', 'class="kbqa-sources kbqa-current"', 1)
    return inert(head + "".join(sections[:-1]) + last)


def brand_html(texts: Texts) -> str:
    """The header's left half."""
    return inert(
        f'<div class="kbqa-brand" lang="{texts.language}"><span class="kbqa-logo" aria-hidden="true"></span>'
        f'<h1>kbqa</h1><span class="kbqa-tagline">{escape(texts("web.page.tagline"))}</span>'
        f'<nav class="kbqa-pages" aria-label="{escape(texts("pages.head.pages"))}">'
        f'<a href="{addresses.NOTES}">{escape(texts("pages.head.notes"))}</a>'
        f'<a href="{addresses.MAP}">{escape(texts("pages.head.map"))}</a></nav></div>'
    )


def status_html(kind: str, words: str, texts: Texts, *, share: float | None = None, problems: int | None = None) -> str:
    """The header's line on the index.

    Args:
        kind: `preparing`, `ready` or `failed`; gives the line its colour.
        words: the line itself.
        texts: the catalogue.
        share: progress from 0 to 1, shown as a bar.
        problems: how many notes were skipped or read in part; None: there is no index to tell of.
    """
    bar = "" if share is None else f'<progress max="1" value="{share:.3f}"></progress>'
    return inert(
        f'<div class="kbqa-status kbqa-{kind}"><span class="kbqa-dot" aria-hidden="true"></span>'
        f'<span role="status">{escape(words)}</span>{bar}{_state_button(problems, texts)}</div>'
    )


def welcome_html(heading: str, body: str) -> str:
    """What the empty chat shows."""
    return inert(
        f'<div class="kbqa-welcome"><p class="kbqa-welcome-heading">{escape(heading)}</p><p>{escape(body)}</p></div>'
    )


def place(heading_path: Sequence[str]) -> str:
    """A section's place, as a breadcrumb."""
    return CRUMB.join(heading_path)


def _chip(citation: Citation, answer_id: str, texts: Texts) -> str:
    title = texts(
        "web.answer.source",
        number=citation.number,
        place=place(citation.heading_path),
        lines=_line_range(citation.start_line, citation.end_line, texts),
    )
    return (
        f'<a class="kbqa-cite" href="#kbqa-{answer_id}-{citation.number}" title="{escape(title)}">'
        f'<span class="kbqa-hidden">{escape(texts("web.answer.source_short"))} </span>{citation.number}</a>'
    )


def _line_range(start: int, end: int, texts: Texts) -> str:
    if start == end:
        return texts("web.sources.line", start=start)
    return texts("web.sources.lines", start=start, end=end)


def _colophon(answer: Answer, answer_id: str, texts: Texts) -> str:
    facts = [_written_by(answer, texts), texts("web.answer.sources", count=len(answer.citations))]
    if "total" in answer.timings_ms:
        facts.append(texts("web.answer.seconds", seconds=_decimal(answer.timings_ms["total"] / 1000, texts)))
    copy = escape(texts("web.answer.copy"))
    return (
        f'<div class="kbqa-colophon"><span>{escape(" · ".join(facts))}</span>'
        f'<span class="kbqa-deeds">{_mark_buttons(answer, answer_id, texts)}'
        f'<button type="button" class="kbqa-copy">{copy}</button></span></div>'
    )


def _written_by(answer: Answer, texts: Texts) -> str:
    if answer.mode == "extractive":
        return texts("web.answer.extractive")
    supported = sum(sentence.supported for sentence in answer.sentences)
    return texts("web.answer.generative", model=answer.model, supported=supported, sentences=len(answer.sentences))


def _mark_buttons(answer: Answer, answer_id: str, texts: Texts) -> str:
    """Two buttons, of which the script presses one."""
    refused = answer.status == "no_evidence"
    buttons = (
        ("right", texts("web.mark.right"), texts("web.mark.right_refusal" if refused else "web.mark.right_answer")),
        ("wrong", texts("web.mark.wrong"), texts("web.mark.wrong_refusal" if refused else "web.mark.wrong_answer")),
    )
    return "".join(
        f'<button type="button" class="kbqa-mark kbqa-{verdict}" id="kbqa-{answer_id}-{verdict}" '
        f'title="{escape(title)}">{escape(name)}</button>'
        for verdict, name, title in buttons
    )


def _decimal(number: float, texts: Texts) -> str:
    written = f"{number:.2f}"
    return written.replace(".", ",") if texts.language == "ru" else written


def _nearest_links(answer: Answer, answer_id: str, texts: Texts) -> str:
    links = "".join(
        f'<li><a class="kbqa-cite kbqa-cite-wide" href="#kbqa-{answer_id}-h{hit.rank}">'
        f"{escape(place(hit.chunk.heading_path))}</a></li>"
        for hit in answer.hits[:NEAREST]
    )
    if not links:
        return ""
    return (
        f'<p class="kbqa-nearest">{escape(texts("web.answer.nearest"))}</p><ul class="kbqa-nearest-list">{links}</ul>'
    )


def _nearest(answer: Answer, answer_id: str, texts: Texts) -> str:
    if not answer.hits:
        return ""
    cards = "".join(
        f'<article class="kbqa-note" tabindex="-1" id="kbqa-{answer_id}-h{hit.rank}">'
        f"<h3>{escape(hit.chunk.title)}</h3>{_passage(hit_passage(hit), answer_id, texts)}</article>"
        for hit in answer.hits[:NEAREST]
    )
    heading, remark = escape(texts("web.sources.nearest")), escape(texts("web.sources.nearest_note"))
    return f'<p class="kbqa-remark"><strong>{heading}.</strong> {remark}</p>{cards}'


def _notes(passages: Iterable[Passage], answer_id: str, neighbours_of: NeighboursOf, texts: Texts) -> str:
    return "".join(
        f'<article class="kbqa-note"><h3>{escape(title)}</h3>'
        + "".join(_passage(passage, answer_id, texts) for passage in group)
        + _links(neighbours_of(path), texts)
        + "</article>"
        for (path, title), group in groupby(passages, key=lambda passage: (passage.note, passage.title))
    )


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
    crumbs = escape(place(passage.heading_path[1:]))
    rows = []
    previous: int | None = None
    for line in passage.lines:
        if previous is not None and line.number > previous + 1:
            rows.append('<li class="kbqa-gap" aria-hidden="true"></li>')
        rows.append(_line(line, answer_id, texts))
        previous = line.number
    extent = ""
    if passage.lines:
        extent = escape(_line_range(passage.lines[0].number, passage.lines[-1].number, texts))
    return (
        f'<div class="kbqa-passage"><p class="kbqa-crumbs"><span>{crumbs}</span>'
        f'<span class="kbqa-extent">{extent}</span></p>'
        f'<ol class="kbqa-lines">{"".join(rows)}</ol></div>'
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
        f'<li><p class="kbqa-hit-place">{escape(place(hit.chunk.heading_path))} <span class="kbqa-extent">'
        f"{escape(_line_range(hit.chunk.start_line, hit.chunk.end_line, texts))}</span></p>"
        f"{_reasons(hit)}</li>"
        for hit in hits
    )
    summary = escape(texts("web.sources.unused", count=len(hits)))
    return f'<details class="kbqa-unused"><summary>{summary}</summary><ul>{rows}</ul></details>'


def _reasons(hit: Hit) -> str:
    if not hit.reasons:
        return ""
    return f'<p class="kbqa-reasons">{escape("; ".join(hit.reasons))}</p>'


def _state_button(problems: int | None, texts: Texts) -> str:
    """Opens what `status_view` shows."""
    if problems is None:
        return ""
    remarks = ""
    if problems:
        remarks = f' · <span class="kbqa-remarks">{escape(texts("web.status.problems", count=problems))}</span>'
    name = escape(texts("web.state.open"))
    return f'<button type="button" class="kbqa-state-open" aria-haspopup="dialog">{name}{remarks}</button>'
