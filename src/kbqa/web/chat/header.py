"""The page's frame, as HTML: its name, the line on the index, what the empty chat shows."""

from kbqa.texts import Texts
from kbqa.web.elements import addresses
from kbqa.web.elements.escaping import escape, inert


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


def welcome_html(heading: str, body: str, *, choose: str = "") -> str:
    """What the empty chat shows; `choose`: words of a button that opens the chooser of a folder, where there is one."""
    button = f'<p><button type="button" class="kbqa-setup-begin">{escape(choose)}</button></p>' if choose else ""
    return inert(
        f'<div class="kbqa-welcome"><p class="kbqa-welcome-heading">{escape(heading)}</p><p>{escape(body)}</p>{button}'
        "</div>"
    )


def _state_button(problems: int | None, texts: Texts) -> str:
    """Opens what `status_view` shows."""
    if problems is None:
        return ""
    remarks = ""
    if problems:
        remarks = f' · <span class="kbqa-remarks">{escape(texts("web.status.problems", count=problems))}</span>'
    name = escape(texts("web.state.open"))
    return f'<button type="button" class="kbqa-state-open" aria-haspopup="dialog">{name}{remarks}</button>'
