"""The desk's state → what the page shows of it: the header's line, the empty chat, what can be chosen."""

from dataclasses import dataclass

from kbqa.errors import VaultError
from kbqa.serving.desk import Desk, Failed, Preparing, Ready, explain
from kbqa.serving.writers import NOTES
from kbqa.texts import Texts
from kbqa.web.chat import header
from kbqa.web.elements.addresses import asked_note
from kbqa.web.guard.security import may_see_folders


@dataclass(frozen=True, slots=True)
class Face:
    """What the page shows of the desk's state."""

    status: str
    """HTML of the header's line."""
    welcome: str
    """HTML for the empty chat."""
    examples: tuple[str, ...]
    settled: bool
    """Whether nothing will change unless somebody asks for it."""
    places: tuple[tuple[str, str], ...] = ()
    """What a search can be kept within: `note`, `folder` or `tag`, and its name."""
    writers: tuple[tuple[str, str], ...] = ()
    """Who can write the answers: what is shown, and the name that the desk knows it by."""


def face_of(desk: Desk, texts: Texts, note: str = "") -> Face:
    """What the page shows now; `note`: path of one that the visitor came to ask about."""
    state = desk.state
    if isinstance(state, Failed):
        return Face(
            header.status_html("failed", texts("web.status.failed"), texts),
            header.welcome_html(
                texts("web.welcome.failed"),
                explain(state.error, texts),
                choose=texts("setup.begin")
                if isinstance(state.error, VaultError) and may_see_folders(desk.settings)
                else "",
            ),
            (),
            settled=True,
        )
    heading = texts("web.welcome.heading")
    if isinstance(state, Preparing):
        words, share = texts("web.status.opening"), None
        if state.total:
            words = texts("web.status.preparing", done=state.done, total=state.total)
            share = state.done / state.total
        return Face(
            header.status_html("preparing", words, texts, share=share),
            header.welcome_html(heading, texts("web.welcome.preparing")),
            (),
            settled=False,
        )
    return Face(
        _ready_status(state, texts),
        header.welcome_html(heading, texts("web.welcome.body")),
        state.examples or (),
        settled=state.current and not state.updating and state.examples is not None,
        places=(
            *(("note", path) for path in asked_note(state.kb, note)),
            *(("folder", folder) for folder in state.kb.folders()),
            *(("tag", tag) for tag in state.kb.tags()),
        ),
        writers=_writers(desk, texts),
    )


def _writers(desk: Desk, texts: Texts) -> tuple[tuple[str, str], ...]:
    """The notes themselves, the model of the settings, and what was found on this machine."""
    shown = [(texts("web.composer.by_notes"), NOTES)]
    for name, model, place in desk.writers.models():
        shown.append((texts("web.composer.by_model", model=model, place=place), name))
    return tuple(shown)


def _ready_status(state: Ready, texts: Texts) -> str:
    words, share = texts("web.status.ready", notes=state.notes, chunks=state.chunks), None
    if state.updating:
        words = texts("web.status.updating")
        if state.total:
            words = texts("web.status.embedding", done=state.done, total=state.total)
            share = state.done / state.total
    elif state.failure:
        words = texts("web.status.outdated", message=explain(state.failure, texts))
    return header.status_html("ready", words, texts, share=share, problems=len(state.problems))
