"""The history of talks as a drawer of the page: its frame, the list in it, and what can be done with a talk.

The frame comes with the page; the list is asked for at `/talks` whenever it is opened or searched.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from kbqa.errors import DataError
from kbqa.serving.desk import explain
from kbqa.talks import TITLE_CHARS, TalkHead, TalkStore
from kbqa.texts import Texts
from kbqa.web.chat.export import file_name, talk_markdown
from kbqa.web.elements.escaping import escape, inert
from kbqa.web.guard.security import require_own_page

_NOT_FOUND = 404
_UNREADABLE = 500


def drawer_html(texts: Texts) -> str:
    """The closed drawer."""
    close, search = escape(texts("talks.close")), escape(texts("talks.search"))
    loading, lost = escape(texts("talks.loading")), escape(texts("talks.lost"))
    clear, sure = escape(texts("talks.clear")), escape(texts("talks.clear_sure"))
    return inert(
        f'<dialog id="kbqa-talks" aria-labelledby="kbqa-talks-title"><div class="kbqa-talks-head">'
        f'<h2 id="kbqa-talks-title">{escape(texts("talks.title"))}</h2>'
        f'<button type="button" class="kbqa-talks-close" aria-label="{close}" title="{close}"></button></div>'
        f'<input type="search" class="kbqa-talks-search" aria-label="{search}" placeholder="{search}" '
        f'autocomplete="off" spellcheck="false">'
        f'<div class="kbqa-talks-body" aria-live="polite" data-loading="{loading}" data-lost="{lost}" '
        f'data-removed="{escape(texts("talks.removed"))}" data-renamed="{escape(texts("talks.renamed"))}" '
        f'data-label="{escape(texts("talks.rename_label"))}" data-longest="{TITLE_CHARS}"></div>'
        f'<div class="kbqa-talks-foot"><span class="kbqa-talks-said" role="status"></span>'
        f'<button type="button" class="kbqa-talks-clear" data-sure="{sure}">{clear}</button></div></dialog>'
    )


def list_html(store: TalkStore, wanted: str, today: date, texts: Texts) -> str:
    """The talks that have the wanted words, by day, the latest first; or why there are none.

    Args:
        store: the history.
        wanted: words to look for; empty: everything.
        today: the day that it is here.
        texts: the catalogue.
    """
    heads, count = store.find(wanted)
    if not heads:
        words = texts("talks.nothing", wanted=wanted.strip()) if wanted.strip() else texts("talks.none")
        return f'<p class="kbqa-talks-none">{escape(words)}</p>'
    days = "".join(
        f"<section><h3>{escape(_day(day, today, texts))}</h3><ul>{''.join(_row(head, texts) for head in group)}</ul>"
        "</section>"
        for day, group in groupby(heads, key=lambda head: _local(head.changed).date())
    )
    more = texts("talks.more", shown=len(heads), count=count) if count > len(heads) else ""
    return days + (f'<p class="kbqa-talks-none">{escape(more)}</p>' if more else "")


def router(store: TalkStore, texts: Texts) -> APIRouter:
    """The list, the export, and what changes the history, for the page alone."""
    router = APIRouter(include_in_schema=False)
    own_page = [Depends(require_own_page)]

    @router.get("/talks")
    def talks(q: str = "") -> Response:
        return _answered(lambda: HTMLResponse(list_html(store, q, _local().date(), texts)), texts)

    @router.get("/talks/{talk}.md")
    def export(talk: str) -> Response:
        return _answered(lambda: _exported(store, talk, texts), texts)

    @router.post("/talks/{talk}", dependencies=own_page)
    def rename(talk: str, title: Annotated[str, Body(embed=True)]) -> Response:
        return _answered(lambda: Response(status_code=204 if store.rename(talk, title) else _NOT_FOUND), texts)

    @router.delete("/talks/{talk}", dependencies=own_page)
    def remove(talk: str) -> Response:
        return _answered(lambda: Response(status_code=204 if store.remove(talk) else _NOT_FOUND), texts)

    @router.delete("/talks", dependencies=own_page)
    def clear() -> Response:
        def cleared() -> Response:
            store.clear()
            return Response(status_code=204)

        return _answered(cleared, texts)

    return router


def _answered(make: Callable[[], Response], texts: Texts) -> Response:
    """What `make` gives, or what is wrong with the history, in words."""
    try:
        return make()
    except DataError as error:
        return PlainTextResponse(explain(error, texts), _UNREADABLE)


def _exported(store: TalkStore, talk: str, texts: Texts) -> Response:
    stored = store.talk(talk)
    if stored is None:
        return PlainTextResponse(texts("talks.unknown"), _NOT_FOUND)
    try:
        markdown = talk_markdown(stored, texts)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError("data_damaged", file=store.file, detail=repr(error)) from error
    name = quote(file_name(stored.head.title))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(markdown, media_type="text/markdown; charset=utf-8", headers=headers)


def _row(head: TalkHead, texts: Texts) -> str:
    name, title = escape(head.id), escape(head.title)
    facts = texts("talks.row", time=_local(head.changed).strftime("%H:%M"), turns=head.turns)
    # What the title says already is not said twice.
    is_new = head.found not in {"", head.title}
    found = f'<span class="kbqa-talk-found">{escape(head.found)}</span>' if is_new else ""
    return (
        f'<li data-talk="{name}"><a class="kbqa-talk-open" href="/?talk={name}"><strong>{title}</strong>{found}'
        f'<span class="kbqa-talk-facts">{escape(facts)}</span></a><span class="kbqa-talk-deeds">'
        f"{_deed('rename', title, texts)}"
        f'<a class="kbqa-talk-export" href="/talks/{name}.md" download {_named("export", title, texts)}></a>'
        f"{_deed('remove', title, texts)}</span></li>"
    )


def _deed(kind: str, title: str, texts: Texts) -> str:
    sure = f' data-sure="{escape(texts("talks.remove_sure"))}"' if kind == "remove" else ""
    return f'<button type="button" class="kbqa-talk-{kind}" {_named(kind, title, texts)}{sure}></button>'


def _named(kind: str, title: str, texts: Texts) -> str:
    words = escape(texts(f"talks.{kind}"))
    return f'title="{words}" aria-label="{words}: {title}"'


def _day(day: date, today: date, texts: Texts) -> str:
    if day == today:
        return texts("talks.today")
    if day == today - timedelta(days=1):
        return texts("talks.yesterday")
    return texts("talks.date", day=day.day, month=day.month, year=day.year)


def _local(when: str | None = None) -> datetime:
    """A stored time, or now, by the clock of this machine."""
    return (datetime.fromisoformat(when) if when else datetime.now().astimezone()).astimezone()
