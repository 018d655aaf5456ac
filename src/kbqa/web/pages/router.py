"""The pages of notes, at `/notes`, and the map of the vault, at `/map`: made here, without Gradio.

They open at once and have addresses of their own. Whatever a note says reaches them through Jinja2's escaping or
`note_markup`; besides the server's own policy they carry a stricter one, by which no script runs but the files that
are served here.
"""

import hashlib
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kbqa.errors import VaultError
from kbqa.knowledge_base import KnowledgeBase
from kbqa.notes.links import place_of
from kbqa.serving.desk import Desk, Failed, Preparing, told
from kbqa.texts import Texts
from kbqa.types import Link, Note, ResolvedLink
from kbqa.web.elements import addresses
from kbqa.web.elements.note_lookup import note_of_kb
from kbqa.web.elements.note_markup import note_html
from kbqa.web.pages.map_data import map_data
from kbqa.web.pages.note_links import linked_notes, linking_notes
from kbqa.web.pages.note_search import found_in_text, list_data
from kbqa.web.pages.note_tree import crumbs
from kbqa.web.pages.shelf import Shelf, Shelves

PREPARING_SECONDS, FAILED_SECONDS = 1, 5
"""After which a page that has nothing to show yet asks again."""
SHOWN_TAGS, SHOWN_NOTES = 60, 24
"""Tags, and notes of each kind, on the page without a note."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
ASSETS = {
    "tokens.css": "text/css",
    "pages.css": "text/css",
    "map.css": "text/css",
    "pages.js": "text/javascript",
    "theme.js": "text/javascript",
    "map.js": "text/javascript",
    "favicon.png": "image/png",
}
"""The files that the pages load, with their types; nothing else is served."""


def router(desk: Desk, texts: Texts) -> APIRouter:
    """The pages, and the files that they load."""
    pages = _Pages(desk, texts)
    router = APIRouter(include_in_schema=False)
    # Not `async`: a note is read and parsed, and the others must not wait.
    router.add_api_route(addresses.NOTES, pages.notes, response_class=HTMLResponse, response_model=None)
    router.add_api_route(addresses.MAP, pages.map, response_class=HTMLResponse, response_model=None)
    router.add_api_route(f"{addresses.NOTES}/search", pages.search, response_model=None)
    router.add_api_route(f"{addresses.NOTES}/generation", pages.generation, response_model=None)
    router.add_api_route("/pages/{name}", asset, response_model=None)
    return router


def asset(name: str) -> Response:
    """A file of `ASSETS`; its address changes with its content."""
    if name not in ASSETS:
        return PlainTextResponse("Not Found", 404)
    keep = {"Cache-Control": "max-age=31536000, immutable"}
    return Response(_content(name), media_type=ASSETS[name], headers=keep)


@cache
def _content(name: str) -> bytes:
    return (files("kbqa.web") / "static" / name).read_bytes()


@cache
def _asset_address(name: str) -> str:
    return f"/pages/{name}?{hashlib.sha256(_content(name)).hexdigest()[:12]}"


class _Pages:
    """What each address answers with. One object serves all visitors."""

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk = desk
        self._texts = texts
        self._shelves = Shelves()

    def notes(  # noqa: PLR0917 - the parameters of the address
        self, path: str = "", line: str = "", heading: str = "", block: str = "", unwritten: str = "", find: str = ""
    ) -> Response:
        """The list of notes, with the note at `path`, one that is not written, or what there is to choose from."""

        def page(kb: KnowledgeBase, shelf: Shelf) -> Response:
            wanted = unicodedata.normalize("NFC", path)
            shown: dict[str, Any] = {"find": find, "path": wanted}
            if wanted:
                return self._note(kb, shelf, shown, line=line, place=_Place(heading, block))
            if unwritten:
                return self._unwritten(kb, shelf, shown, unicodedata.normalize("NFC", unwritten))
            return self._shown("home.html", shelf, **shown, title=self._texts("pages.title.notes"))

        return self._answer(page)

    def map(self, note: str = "") -> Response:
        """The map, with the note at the path `note` in its middle, if one is given."""

        def page(_: KnowledgeBase, shelf: Shelf) -> Response:
            data = map_data(shelf.map, self._texts) | {"chosen": unicodedata.normalize("NFC", note)}
            return self._shown("map.html", shelf, title=self._texts("pages.title.map"), data=data)

        return self._answer(page)

    def search(self, q: str = "") -> Response:
        """Where the text of notes says something like `q`, as JSON; with a message in place of an error."""
        try:
            return JSONResponse({"found": found_in_text(self._desk.knowledge_base(), q), "message": ""})
        except Exception as error:  # noqa: BLE001 - the page says what it was
            return JSONResponse({"found": [], "message": self._told(error)})

    def generation(self) -> Response:
        """Which generation of the index the pages would show now."""
        state = self._desk.state
        return PlainTextResponse("" if isinstance(state, Preparing | Failed) else state.kb.generation)

    def _answer(self, page: Callable[[KnowledgeBase, Shelf], Response]) -> Response:
        """A page; or, in its place, why there is none yet."""
        state, texts = self._desk.state, self._texts
        if isinstance(state, Preparing):
            words = texts("pages.waiting.opening")
            if state.total:
                words = texts("pages.waiting.progress", done=state.done, total=state.total)
            return self._waiting(texts("pages.waiting.heading"), words, texts("pages.waiting.body"), PREPARING_SECONDS)
        if isinstance(state, Failed):
            return self._failed(texts("pages.waiting.failed"), state.error)
        try:
            return page(state.kb, self._shelves.current(state.kb))
        except Exception as error:  # noqa: BLE001 - the page must say whatever it was
            return self._failed(texts("pages.lost.broken"), error)

    def _note(self, kb: KnowledgeBase, shelf: Shelf, shown: dict[str, Any], *, line: str, place: "_Place") -> Response:
        path = shown["path"]
        try:
            note = kb.note(path)
        except VaultError:
            return self._lost(shelf, self._texts("pages.lost.note", path=path), shown)
        outgoing = shelf.links.outgoing(path)
        return self._shown(
            "note.html",
            shelf,
            **shown,
            title=self._texts("pages.title.note", title=note.title),
            note=note,
            crumbs=crumbs(path),
            body=Markup(note_html(note, _leads_to(outgoing), self._texts)),  # noqa: S704 - escaped there
            lit=place.line_in(note) or (int(line) if line.isdecimal() else 0),
            linking=linking_notes(shelf.links.backlinks(path), shelf.notes, note_of_kb(kb)),
            linked=linked_notes(path, outgoing, shelf.notes),
            obsidian=addresses.obsidian_address(kb.settings, path),
        )

    def _unwritten(self, kb: KnowledgeBase, shelf: Shelf, shown: dict[str, Any], name: str) -> Response:
        links = shelf.links.dangling.get(name)
        if links is None:
            return self._lost(shelf, self._texts("pages.lost.unwritten", path=name), shown)
        linking = linking_notes(sorted(links, key=_place_of_link), shelf.notes, note_of_kb(kb))
        title = self._texts("pages.title.note", title=name)
        return self._shown("unwritten.html", shelf, **shown, title=title, name=name, linking=linking)

    def _lost(self, shelf: Shelf, message: str, shown: dict[str, Any]) -> Response:
        title = self._texts("pages.title.lost")
        return self._shown("lost.html", shelf, 404, **shown, title=title, message=message)

    def _shown(self, template: str, shelf: Shelf, status: int = 200, **values: Any) -> Response:
        texts = self._texts
        page = _environment().get_template(template)
        listed = {} if template == "map.html" else {"data": list_data(shelf.summaries, texts)}
        return HTMLResponse(page.render(texts=texts, shelf=shelf, **(listed | values)), status)

    def _waiting(self, heading: str, message: str, remark: str, seconds: int) -> Response:
        page = _environment().get_template("waiting.html")
        words = {"heading": heading, "message": message, "remark": remark, "seconds": seconds}
        return HTMLResponse(page.render(texts=self._texts, title=self._texts("pages.title.waiting"), **words), 503)

    def _failed(self, heading: str, error: Exception) -> Response:
        return self._waiting(heading, self._told(error), self._texts("pages.waiting.again"), FAILED_SECONDS)

    def _told(self, error: Exception) -> str:
        return told(error, self._texts, "a page of notes could not be made")


class _Place:
    """What a link names in a note, as it stands in an address."""

    def __init__(self, heading: str, block: str) -> None:
        self._link = Link("", heading or None, "", 0, block=block or None) if heading or block else None

    def line_in(self, note: Note) -> int:
        """The line that it begins on; 0: nothing is named, or it is not there."""
        place = place_of(self._link, note) if self._link else None
        return place[0] if place else 0


def _leads_to(links: tuple[ResolvedLink, ...]) -> Callable[[Link], str | None]:
    paths = {(one.link.target, one.link.relative): one.path for one in links}
    return lambda link: paths.get((link.target, link.relative))


def _place_of_link(link: ResolvedLink) -> tuple[str, int]:
    return link.source, link.link.line


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kbqa.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {
        "asset": _asset_address,
        "policy": POLICY,
        "to": addresses,
        "SHOWN_TAGS": SHOWN_TAGS,
        "SHOWN_NOTES": SHOWN_NOTES,
    }
    return environment
