"""`/setup`: look through the folders of this machine, and take one as the folder of notes.

Only the page of a server that nobody else reaches may do it: what is listed are names of folders.
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Body, Depends
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from kbqa.errors import ConfigurationError
from kbqa.serving.desk import Desk, explain
from kbqa.settings_file import keep
from kbqa.talks import TalkStore
from kbqa.texts import Texts
from kbqa.web.guard.security import require_own_page
from kbqa.web.setup.chooser import chooser_html
from kbqa.web.setup.folders import count_notes

_NO_FOLDER = 422
_UNWRITABLE = 500


def router(desk: Desk, talks: TalkStore | None, texts: Texts) -> APIRouter:
    """The list of folders, and the choice."""
    router = APIRouter(include_in_schema=False)

    # Neither is `async`: a disk may take its time.
    @router.get("/setup")
    def folders(at: str = "") -> HTMLResponse:
        return HTMLResponse(chooser_html(at, desk.settings.corpus, texts))

    @router.post("/setup", dependencies=[Depends(require_own_page)])
    def choose(folder: Annotated[str, Body(embed=True)]) -> Response:
        corpus = Path(folder)
        if not corpus.is_absolute() or not corpus.is_dir():
            return PlainTextResponse(texts("setup.unreadable", folder=folder), _NO_FOLDER)
        if not count_notes(corpus).notes:
            return PlainTextResponse(texts("setup.none"), _NO_FOLDER)
        try:
            file = keep("corpus", str(corpus))
        except ConfigurationError as error:
            return PlainTextResponse(explain(error, texts), _UNWRITABLE)
        desk.move(corpus)
        if talks:
            talks.move(corpus)
        return PlainTextResponse(texts("setup.taken", folder=corpus, file=file))

    return router
