"""The chooser of a folder, as HTML for the dialog of the page."""

from collections.abc import Iterable
from pathlib import Path

from kbqa.texts import Texts
from kbqa.web.elements.escaping import escape, inert
from kbqa.web.setup.folders import Count, count_notes, folders_in, vaults_below


def dialog_html(texts: Texts) -> str:
    """The closed dialog; what it shows is asked for at `/setup`."""
    close, title = escape(texts("setup.close")), escape(texts("setup.title"))
    return inert(
        f'<dialog id="kbqa-setup" class="kbqa-dialog" aria-labelledby="kbqa-setup-title"><div class="kbqa-state-head">'
        f'<h2 id="kbqa-setup-title">{title}</h2><button type="button" class="kbqa-state-close" aria-label="{close}" '
        f'title="{close}"></button></div><div class="kbqa-setup-body" data-lost="{escape(texts("web.state.lost"))}">'
        "</div></dialog>"
    )


def chooser_html(wanted: str, corpus: Path, texts: Texts) -> str:
    """One folder: how many notes it has, and where one can go from it.

    Args:
        wanted: the folder, as it was typed or chosen; empty: where the vaults of this machine are named, too.
        corpus: where the notes are read from now.
        texts: the catalogue.
    """
    home = Path.home()
    try:
        folder = (Path(wanted).expanduser() if wanted else home).resolve(strict=True)
        inner = folders_in(folder)
    except (OSError, RuntimeError, ValueError):
        message = escape(texts("setup.unreadable", folder=wanted))
        return _form(wanted, texts) + f'<p class="kbqa-setup-trouble" role="alert">{message}</p>'
    vaults = [] if wanted else vaults_below(home)
    up = [] if folder.parent == folder else [folder.parent]
    return "".join(
        (
            f"<p>{escape(texts('setup.now', folder=corpus.absolute()))}</p>" if not wanted else "",
            _list(texts("setup.vaults"), ((vault, str(vault)) for vault in vaults)) if vaults else "",
            _form(str(folder), texts),
            _choice(folder, count_notes(folder), texts),
            _list(texts("setup.folders"), [*((place, "↑ ..") for place in up), *((each, each.name) for each in inner)]),
        )
    )


def _form(folder: str, texts: Texts) -> str:
    label = escape(texts("setup.folder"))
    return (
        f'<form class="kbqa-setup-form"><label>{label}<input name="folder" value="{escape(folder)}" '
        f'autocomplete="off" spellcheck="false"></label><button>{escape(texts("setup.look"))}</button></form>'
    )


def _choice(folder: Path, count: Count, texts: Texts) -> str:
    if not count.notes:
        return f'<p class="kbqa-setup-none" role="status">{escape(texts("setup.none"))}</p>'
    words = texts("setup.take" if count.is_whole else "setup.take_many", count=count.notes)
    return (
        f'<p role="status"><button type="button" class="kbqa-setup-take" data-folder="{escape(str(folder))}">'
        f"{escape(words)}</button></p>"
    )


def _list(heading: str, places: Iterable[tuple[Path, str]]) -> str:
    entries = "".join(
        f'<li><button type="button" class="kbqa-setup-open" data-folder="{escape(str(path))}">{escape(name)}</button>'
        "</li>"
        for path, name in places
    )
    return f"<h3>{escape(heading)}</h3><ul>{entries}</ul>" if entries else ""
