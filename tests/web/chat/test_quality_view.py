"""The latest evaluation in the dialog on the index."""

import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from kbqa.evaluation.record import Row, Run
from kbqa.serving.desk import Desk
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.web.chat import quality_view

RU = Texts.load("ru")


def saved(folder: Path, name: str, shares: list[float], when: float) -> None:
    """An evaluation, as `kbqa eval` leaves it."""
    rows = tuple(
        Row(id=str(number), base=str(number), family="original", asked="?", figures={"nuggets_vital": share})
        for number, share in enumerate(shares)
    )
    run = Run(
        name=name,
        started="2026-11-25T10:00:00+00:00",
        commit=None,
        versions={},
        vault_hash="",
        questions_hash="",
        fingerprint="",
        settings={},
        split=None,
        seed=None,
        costs=None,
        questions=(),
        rows=rows,
    )
    run.write(folder / "evaluation" / name / "run.json")
    report = folder / "evaluation" / name / "report.html"
    report.write_text(f"<p>{name}", encoding="utf-8")
    os.utime(report, (when, when))


def test_the_latest_report_is_told_and_served(tmp_path: Path) -> None:
    """Alone in its sandbox, whatever it holds."""
    settings = Settings(index=tmp_path)
    saved(tmp_path, "новый", [1.0, 0.5], 2000)
    saved(tmp_path, "старый", [0.0], 1000)
    told = quality_view.quality_html(settings, RU)
    assert "набор «новый», вопросов: 2; главных фактов в ответах: 75 %" in told
    assert f'href="{quality_view.REPORT}"' in told
    app = FastAPI()
    app.include_router(quality_view.router(Desk(settings), RU))
    answer = TestClient(app).get(quality_view.REPORT)
    assert answer.text == "<p>новый"
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts; default-src 'none'")


def test_without_a_report_it_says_how_to_make_one(tmp_path: Path) -> None:
    """Or what is wrong with the one there is."""
    settings = Settings(index=tmp_path)
    assert "kbqa eval" in quality_view.quality_html(settings, RU)
    app = FastAPI()
    app.include_router(quality_view.router(Desk(settings), RU))
    assert TestClient(app).get(quality_view.REPORT).status_code == 404
    saved(tmp_path, "а", [1.0], 1000)
    (tmp_path / "evaluation" / "а" / "run.json").write_text("{", encoding="utf-8")
    assert "run.json" in quality_view.quality_html(settings, RU)
