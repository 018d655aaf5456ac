"""The state of the index as a dialog of the page: its frame, and what it shows each time it is opened.

The frame comes with the page; its content is asked for at `/state`, because it takes reading all notes.
"""

from collections.abc import Iterable, Iterator

from kbqa.index.status import Dangling, IndexStatus, NoteStatus
from kbqa.index.status_words import note_words, outdated_words, published_words, recipe_words
from kbqa.notes.listing import NOTE_SUFFIX
from kbqa.serving.desk import Desk, Failed, Preparing, explain, told
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.web.chat.quality_view import quality_html
from kbqa.web.chat.settings_view import settings_html
from kbqa.web.elements.escaping import escape, inert
from kbqa.web.guard.security import may_see_folders

OPEN = 20
"""A list of at most this many lines is open at first."""
SOURCES = 10
"""Notes that are named beside a note that is not written yet."""


def dialog_html(texts: Texts) -> str:
    """The closed dialog."""
    close = escape(texts("web.state.close"))
    loading, lost = escape(texts("web.state.loading")), escape(texts("web.state.lost"))
    return inert(
        f'<dialog id="kbqa-state" class="kbqa-dialog" aria-labelledby="kbqa-state-title"><div class="kbqa-state-head">'
        f'<h2 id="kbqa-state-title">{escape(texts("web.state.open"))}</h2>'
        f'<button type="button" class="kbqa-state-close" aria-label="{close}" title="{close}"></button></div>'
        f'<div class="kbqa-state-body" data-loading="{loading}" data-lost="{lost}"></div></dialog>'
    )


def state_html(desk: Desk, texts: Texts) -> str:
    """What the dialog shows now."""
    settings = desk.settings
    rest = _deeds(settings, texts) + quality_html(settings, texts) + settings_html(settings, texts)
    return _of_index(desk, texts) + rest


def _of_index(desk: Desk, texts: Texts) -> str:
    state = desk.state
    if isinstance(state, Preparing):
        return _verdict("preparing", texts("web.state.preparing"))
    if isinstance(state, Failed):
        return _verdict("failed", explain(state.error, texts))
    try:
        return status_html(state.kb.status(), texts)
    except Exception as error:  # noqa: BLE001 - the dialog must say whatever it was
        return _verdict("failed", told(error, texts, "the state of the index could not be told"))


def _deeds(settings: Settings, texts: Texts) -> str:
    """Buttons: compare the index with the notes now; take other notes, where the page may do that."""
    kinds = {"kbqa-state-refresh": texts("web.state.refresh")}
    if may_see_folders(settings):
        kinds["kbqa-setup-begin"] = texts("setup.begin")
    buttons = "".join(f'<button type="button" class="{name}">{escape(words)}</button>' for name, words in kinds.items())
    return f'<p class="kbqa-state-deeds">{buttons}</p>'


def status_html(status: IndexStatus, texts: Texts) -> str:
    """The verdict, the figures, and lists of what there is to know, the most urgent first."""
    outdated = ", ".join(outdated_words(status, texts))
    return "".join(
        (
            _verdict("ready", texts("web.state.fresh"))
            if status.fresh
            else _verdict("preparing", texts("web.state.stale")),
            f"<p>{escape(texts('web.state.outdated', recipe=outdated))}</p>" if outdated else "",
            _figures(status, texts),
            _list("problems", _notes(status.of("skipped", "partial"), texts), texts),
            _list("behind", _notes(status.of("changed", "new", "removed"), texts), texts),
            _lacks(status, texts),
            _list("dangling", (_target(dangling, texts) for dangling in status.dangling), texts),
            _list("notes", _notes(status.entries, texts), texts, closed=True),
            _made(status, texts),
        )
    )


def _verdict(kind: str, words: str) -> str:
    """A line with a dot, coloured as the header's."""
    dot = '<span class="kbqa-dot" aria-hidden="true"></span>'
    return f'<p class="kbqa-verdict kbqa-{kind}" role="status">{dot}<span>{escape(words)}</span></p>'


def _figures(status: IndexStatus, texts: Texts) -> str:
    share = texts("web.state.share", covered=status.covered, notes=status.in_vault, percent=status.percent)
    figures = {
        "covered": share,
        "chunks": status.chunks,
        "published": published_words(status, texts),
    }
    rows = (
        f"<div><dt>{escape(texts(f'web.state.{key}'))}</dt><dd>{escape(str(value))}</dd></div>"
        for key, value in figures.items()
    )
    return f'<dl class="kbqa-figures">{"".join(rows)}</dl>'


def _notes(entries: Iterable[NoteStatus], texts: Texts) -> Iterator[str]:
    return (_row(entry.note, note_words(entry, texts)) for entry in entries)


def _target(dangling: Dangling, texts: Texts) -> str:
    ellipsis = ("…",) if len(dangling.notes) > SOURCES else ()
    notes = ", ".join((*(note.removesuffix(NOTE_SUFFIX) for note in dangling.notes[:SOURCES]), *ellipsis))
    return _row(dangling.target, texts("web.state.links", links=dangling.links, notes=notes))


def _lacks(status: IndexStatus, texts: Texts) -> str:
    if status.marks_trouble:
        return f"<p>{escape(texts('web.state.marks', message=status.marks_trouble))}</p>"
    rows = (
        _row(lack.note, texts("web.state.lack", questions=lack.questions, example=lack.example))
        for lack in status.lacks
    )
    return _list("lacks", rows, texts, remark=texts("web.state.lacks_remark"))


def _made(status: IndexStatus, texts: Texts) -> str:
    words = (*recipe_words(status, texts), texts("web.state.generation", generation=status.generation))
    rows = "".join(f"<li>{escape(part)}</li>" for part in words)
    return f"<details><summary>{escape(texts('web.state.made'))}</summary><ul>{rows}</ul></details>"


def _row(name: str, words: str) -> str:
    return f"<li><strong>{escape(name)}</strong> <span>{escape(words)}</span></li>"


def _list(key: str, rows: Iterable[str], texts: Texts, *, remark: str = "", closed: bool = False) -> str:
    """A list under its heading; nothing where there is nothing to list."""
    items = list(rows)
    if not items:
        return ""
    opened = "" if closed or len(items) > OPEN else " open"
    said = f"<p>{escape(remark)}</p>" if remark else ""
    summary = escape(texts(f"web.state.{key}", count=len(items)))
    return f"<details{opened}><summary>{summary}</summary>{said}<ul>{''.join(items)}</ul></details>"
