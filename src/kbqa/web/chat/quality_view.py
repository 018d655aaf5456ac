"""The latest evaluation in the dialog on the index: what it says in a line, and its report."""

from datetime import datetime
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, PlainTextResponse, Response

from kbqa.errors import ConfigurationError
from kbqa.serving.desk import Desk
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.web.elements.escaping import escape

REPORT = "/evaluation"
POLICY = "; ".join(
    (
        "sandbox allow-scripts",
        "default-src 'none'",
        "script-src 'unsafe-inline'",
        "style-src 'unsafe-inline'",
        "img-src data:",
    )
)
"""The report is a page of its own, with all that it needs in itself; it is given nothing of this server's."""
_FACTS = "nuggets_vital"
_NOT_FOUND = 404


def quality_html(settings: Settings, texts: Texts) -> str:
    """When the answers were last measured, on what, and how they did; or how to measure them."""
    heading = f"<summary>{escape(texts('web.quality.heading'))}</summary>"
    report = _latest(settings)
    if report is None:
        return f"<details>{heading}<p>{escape(texts('web.quality.none'))}</p></details>"
    link = f'<a href="{REPORT}" target="_blank" rel="noopener">{escape(texts("web.quality.open"))}</a>'
    return f"<details>{heading}<p>{escape(_said(report, texts))}</p><p>{link}</p></details>"


def router(desk: Desk, texts: Texts) -> APIRouter:
    """The report of the latest evaluation, as it was saved."""
    router = APIRouter(include_in_schema=False)

    @router.get(REPORT)
    def report() -> Response:
        file = _latest(desk.settings)
        if file is None:
            return PlainTextResponse(texts("web.quality.none"), _NOT_FOUND)
        return FileResponse(file, media_type="text/html", headers={"Content-Security-Policy": POLICY})

    return router


def _latest(settings: Settings) -> Path | None:
    reports = (settings.index / "evaluation").glob("*/report.html")
    return max(reports, key=lambda report: report.stat().st_mtime, default=None)


def _said(report: Path, texts: Texts) -> str:
    # Here, as hardly anybody asks for it and the libraries of the evaluation take a second.
    from kbqa.evaluation.record import Run  # noqa: PLC0415

    try:
        run = Run.read(report.with_name("run.json"))
    except ConfigurationError as error:
        return error.message(texts.language)
    asked = [row for row in run.rows if row.family == "original"]
    stated = [row.figures[_FACTS] for row in asked if _FACTS in row.figures]
    when = datetime.fromisoformat(run.started).astimezone()
    return texts(
        "web.quality.said",
        when=when.strftime("%d.%m.%Y %H:%M"),
        name=run.name,
        questions=len(asked),
        percent=round(100 * sum(stated) / len(stated)) if stated else 0,
    )
