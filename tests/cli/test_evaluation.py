"""`kbqa eval`: what it prints and writes, and its exit codes: 0 pass, 1 got worse, 2 the run is broken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kbqa import KnowledgeBase
from kbqa.evaluation.record import Run as EvaluationRun

Run = Callable[..., Any]
QUESTION = "Что такое консорциум?"


def questions() -> list[dict[str, Any]]:
    """One to be answered and one to be refused."""
    answered = {
        "id": "d1", "question": QUESTION, "language": "ru", "type": "definition", "answerable": True,
        "expected": [{
            "note": "Отраслевые сообщества.md",
            "heading_path": ["Отраслевые сообщества", "Формы организации отраслевых сообществ", "Формальные структуры"],
            "relevance": 2, "evidence": "Совместные проекты нескольких организаций",
        }],
        "nuggets": [{"any_of": ["совместные проекты"]}], "split": "dev", "must_pass": True,
    }  # fmt: skip
    refused = {
        "id": "n1", "question": "Как приготовить борщ?", "language": "ru", "type": "unanswerable", "answerable": False,
        "unanswerable_kind": "off_topic", "split": "test",
    }  # fmt: skip
    return [answered, refused]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Their set."""
    return written(tmp_path / "вопросы.jsonl", questions())


def written(file: Path, lines: list[dict[str, Any]]) -> Path:
    """A question set."""
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file


def test_a_run_prints_its_figures_and_leaves_a_report(
    run: Run, folders: tuple[str, ...], file: Path, tmp_path: Path
) -> None:
    """Data for programs, a page for people."""
    outcome = run("eval", *folders, "--questions", file, "--output", tmp_path / "отчёт")
    assert outcome.code == 0
    assert "Вопросов: 2, из них с ответом в заметках: 1" in outcome.out
    for name in ("R@5", "nDCG@10", "отказы на вопросы без ответа", "не по теме", "медиана"):
        assert name in outcome.out
    saved = EvaluationRun.read(tmp_path / "отчёт" / "run.json")
    assert [row.figures["score"] for row in saved.rows] == [1.0, 1.0]
    assert QUESTION in (tmp_path / "отчёт" / "report.html").read_text(encoding="utf-8")


def test_reports_are_kept_beside_the_index(run: Run, kb: KnowledgeBase, folders: tuple[str, ...], file: Path) -> None:
    """Unless another folder is named."""
    assert run("eval", *folders, "--questions", file).code == 0
    assert list(kb.settings.index.glob("evaluation/вопросы-*/run.json"))


def test_one_half_and_its_variants(run: Run, folders: tuple[str, ...], file: Path, tmp_path: Path) -> None:
    """As asked for."""
    run("eval", *folders, "--questions", file, "--split", "dev", "--variants", "--output", tmp_path / "a")
    saved = EvaluationRun.read(tmp_path / "a" / "run.json")
    assert {row.base for row in saved.rows} == {"d1"}
    assert {"original", "typo", "layout"} <= {row.family for row in saved.rows}
    assert saved.seed == 1


def test_the_gate_passes_what_did_not_get_worse(run: Run, folders: tuple[str, ...], file: Path, tmp_path: Path) -> None:
    """A baseline is written once, and compared with from then on."""
    common = ("eval", *folders, "--questions", file, "--output", tmp_path / "a")
    assert run(*common, "--save-baseline", tmp_path / "baseline.json").code == 0
    outcome = run(*common, "--gate", tmp_path / "baseline.json")
    assert (outcome.code, "Ухудшений нет." in outcome.out) == (0, True)


def test_the_gate_stops_a_lost_question(run: Run, folders: tuple[str, ...], file: Path, tmp_path: Path) -> None:
    """Here the expectation is changed instead of the assistant; exit code 1, and which question it is."""
    common = ("eval", *folders, "--questions", file, "--output", tmp_path / "a")
    run(*common, "--save-baseline", tmp_path / "baseline.json")
    answered, refused = questions()
    answered["nuggets"] = [{"any_of": ["чего в заметке нет"]}]
    written(file, [answered, refused])
    outcome = run(*common, "--gate", tmp_path / "baseline.json")
    assert (outcome.code, "d1" in outcome.out) == (1, True)
    compared = run("eval", "--compare", tmp_path / "baseline.json", tmp_path / "a" / "run.json")
    assert (compared.code, "Хуже: 1" in compared.out, QUESTION in compared.out) == (1, True, True)


@pytest.mark.parametrize(("content", "words"), [(None, ("не читается",)), ("{}\n", ("строка 1", "id"))])
def test_a_broken_question_set_is_a_broken_run(
    run: Run, folders: tuple[str, ...], tmp_path: Path, content: str | None, words: tuple[str, ...]
) -> None:
    """A missing file, or a line that is no question, is told in one line."""
    if content is not None:
        (tmp_path / "вопросы.jsonl").write_text(content, encoding="utf-8")
    assert run("eval", *folders, "--questions", "вопросы.jsonl").failed_with(2, "вопросы.jsonl", *words)


def test_what_else_breaks_a_run_is_no_regression_either(
    run: Run, folders: tuple[str, ...], file: Path, tmp_path: Path
) -> None:
    """No vault, no baseline, no run to compare with: 2, never 1."""
    assert run("eval", "--corpus", "нет", "--index", tmp_path / "i", "--questions", file).failed_with(2, "нет")
    assert run("eval", *folders, "--questions", file, "--gate", "нет.json").failed_with(2, "нет.json")
    assert run("eval", "--compare", "нет.json", "нет.json").failed_with(2, "нет.json")


def test_a_report_that_cannot_be_written_costs_no_figures(run: Run, folders: tuple[str, ...], file: Path) -> None:
    """They are printed all the same."""
    outcome = run("eval", *folders, "--questions", file, "--output", file / "папка")
    assert (outcome.code, "nDCG@10" in outcome.out, str(file) in outcome.err) == (2, True, True)


def test_drafts_are_written_for_a_person(run: Run, folders: tuple[str, ...], file: Path, tmp_path: Path) -> None:
    """On the sections that the set does not ask about."""
    outcome = run("eval", "draft", *folders, "--questions", file, "--output", tmp_path / "черновики.jsonl")
    assert outcome.code == 0
    drafts = [json.loads(line) for line in (tmp_path / "черновики.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(drafts) > 10
    assert all(draft["draft"] for draft in drafts)
    assert "черновики.jsonl" in outcome.out
