"""The command line with a language model: `ask`, `--no-model`, `models`, `eval`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripted_endpoint import Endpoint, reply, status

from kbqa.evaluation.record import Run as EvaluationRun
from kbqa.llm import FoundModel, local_servers

Run = Callable[..., Any]
KEY = "s3cret-key"
QUESTION = "Что такое консорциум?"
GOOD = "Консорциумы - это совместные проекты нескольких организаций [1]."
INVENTED = "Членство в консорциуме стоит 5000 рублей [1]."
COMPOSED = "**Консорциумы**: Совместные проекты нескольких организаций [1]"


@pytest.fixture(autouse=True)
def model(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings name the endpoint, with a key."""
    monkeypatch.setenv("KBQA_LLM_URL", endpoint.url)
    monkeypatch.setenv("KBQA_LLM_MODEL", "модель")
    monkeypatch.setenv("KBQA_LLM_KEY", KEY)


def test_ask_prints_what_the_model_wrote(run: Run, folders: tuple[str, ...], endpoint: Endpoint) -> None:
    """With a remark on what the notes do not support, and the sources."""
    endpoint.will(reply(f"{GOOD} {INVENTED}"))
    outcome = run("ask", QUESTION, *folders)
    assert outcome.code == 0
    said, _, sources = outcome.out.partition("\n\nИсточники:\n")
    assert said.startswith(f"{GOOD} {INVENTED} [не подтверждено заметками: ")
    assert sources.startswith("[1] Отраслевые сообщества.md:")
    assert KEY not in outcome.out + outcome.err


def test_ask_without_the_model(run: Run, folders: tuple[str, ...], endpoint: Endpoint) -> None:
    """Nobody is asked."""
    endpoint.will(reply(GOOD))
    assert run("ask", QUESTION, *folders, "--no-model").out.startswith(COMPOSED)
    assert not endpoint.requests


def test_a_fault_is_a_notice_and_no_failure(run: Run, folders: tuple[str, ...], endpoint: Endpoint) -> None:
    """The answer without the model, and why."""
    endpoint.will(status(401, KEY))
    outcome = run("ask", QUESTION, *folders)
    notice, answer = outcome.out.split("\n\n")[:2]
    assert (outcome.code, outcome.err) == (0, "")
    assert notice.startswith(f"Сервер языковой модели {endpoint.url} не принял ключ.")
    assert notice.endswith("Поэтому здесь выписка из заметок.")
    assert answer.startswith(COMPOSED)
    assert KEY not in outcome.out


def test_ask_as_json(run: Run, folders: tuple[str, ...], endpoint: Endpoint) -> None:
    """Who wrote it, sentence by sentence."""
    endpoint.will(reply(f"{GOOD} {INVENTED} [99]"))
    outcome = run("ask", "--json", QUESTION, *folders)
    answer = json.loads(outcome.out)
    assert (answer["mode"], answer["model"], answer["invalid_citations"]) == ("generative", "модель", 1)
    assert [sentence["supported"] for sentence in answer["sentences"]] == [True, False]
    assert [answer["text"][s["start"] : s["end"]] for s in answer["sentences"]] == [GOOD, INVENTED]
    assert KEY not in outcome.out


def test_lines_go_to_the_model_one_after_the_other(run: Run, folders: tuple[str, ...], endpoint: Endpoint) -> None:
    """Each answered by it; `--no-model` holds for all."""
    endpoint.will(reply(GOOD))
    lines = f"{QUESTION}\n{QUESTION}\n"
    answers = [json.loads(line) for line in run("ask", "--jsonl", *folders, stdin=lines).out.splitlines()]
    assert [answer["mode"] for answer in answers] == ["generative"] * 2
    answers = [json.loads(line) for line in run("ask", "--jsonl", "--no-model", *folders, stdin=lines).out.splitlines()]
    assert [answer["mode"] for answer in answers] == ["extractive"] * 2
    assert len(endpoint.requests) == 2


# models


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Programs that listen at these ports of this machine."""

    def found(**ports: int) -> None:
        monkeypatch.setattr(local_servers.find_local_models, "__defaults__", (ports, 0.5))

    return found


def test_models_names_the_one_in_use_and_those_that_run(
    run: Run, endpoint: Endpoint, found: Callable[..., None]
) -> None:
    """And how to take one into use; the key is not shown."""
    body = json.dumps({"object": "list", "data": [{"id": "llama3"}, {"id": "nomic-embed-text"}]})
    endpoint.will(status(200, body))
    found(Ollama=endpoint.port)
    outcome = run("models")
    assert outcome.code == 0
    assert outcome.out.splitlines()[:2] == [
        f"Ответы пишет модель ({endpoint.url}).",
        f"На этом компьютере работает Ollama: llama3 ({endpoint.url})",
    ]
    assert "kbqa.toml" in outcome.out
    assert KEY not in outcome.out
    assert [(request.method, request.path) for request in endpoint.requests] == [("GET", "/v1/models")]
    assert KEY not in str(endpoint.requests[0].headers)


def test_models_without_any(run: Run, found: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """That is an answer, too: exit code 1."""
    for name in ("URL", "MODEL", "KEY"):
        monkeypatch.delenv(f"KBQA_LLM_{name}")
    found()
    outcome = run("models")
    assert outcome.code == 1
    assert "ни одной не найдено" in outcome.out
    assert run("models", "--language", "en").out.startswith("No language model")
    assert FoundModel


# eval


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Two to be answered and one to be refused."""
    place = ["Отраслевые сообщества", "Формы организации отраслевых сообществ", "Формальные структуры"]
    asked = {
        "language": "ru", "type": "definition", "answerable": True, "split": "dev",
        "expected": [{
            "note": "Отраслевые сообщества.md", "heading_path": place, "relevance": 2,
            "evidence": "Совместные проекты нескольких организаций",
        }],
        "nuggets": [{"any_of": ["совместные проекты"]}],
    }  # fmt: skip
    refused = {
        "id": "n1", "question": "Как приготовить борщ?", "language": "ru", "type": "unanswerable", "answerable": False,
        "unanswerable_kind": "off_topic", "split": "test",
    }  # fmt: skip
    file = tmp_path / "вопросы.jsonl"
    lines = [{"id": "d1", "question": QUESTION, **asked}, {"id": "d2", "question": "Консорциумы — это что?", **asked}]
    file.write_text("\n".join(json.dumps(line) for line in [*lines, refused]), encoding="utf-8")
    return file


def test_eval_lets_the_model_write(
    run: Run, folders: tuple[str, ...], endpoint: Endpoint, questions: Path, tmp_path: Path
) -> None:
    """How many answers are its own, and how much of them is supported; the run holds no key."""
    endpoint.will(reply(f"{GOOD} {INVENTED}"), status(500), reply(GOOD))
    outcome = run("eval", *folders, "--questions", questions, "--output", tmp_path / "отчёт")
    assert outcome.code == 0
    assert "ответы, написанные моделью" in outcome.out
    saved = EvaluationRun.read(tmp_path / "отчёт" / "run.json")
    first, second, refused = saved.rows
    assert (first.figures["by_model"], first.figures["support_recall"]) == (1, 0.5)
    assert first.figures["citation_validity"] == 1
    assert first.answer["mode"] == "generative"
    assert second.figures["by_model"] == 1  # the endpoint was asked again
    assert second.figures["support_recall"] == 1
    assert "by_model" not in refused.figures
    written = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "отчёт").iterdir() if file.is_file())
    assert KEY not in written + outcome.out + outcome.err
    assert saved.settings["llm_model"] == "модель"


def test_eval_counts_what_the_model_did_not_write(
    run: Run, folders: tuple[str, ...], endpoint: Endpoint, questions: Path, tmp_path: Path
) -> None:
    """An answer that fell back is an answer, but not the model's."""
    endpoint.will(reply("Выдумка без ссылок."))
    run("eval", *folders, "--questions", questions, "--output", tmp_path / "отчёт")
    rows = EvaluationRun.read(tmp_path / "отчёт" / "run.json").rows
    assert [row.figures.get("by_model") for row in rows] == [0, 0, None]
    assert rows[0].figures["support_recall"] == 1


def test_eval_without_the_model(
    run: Run, folders: tuple[str, ...], endpoint: Endpoint, questions: Path, tmp_path: Path
) -> None:
    """Nobody is asked, and nothing is said of it."""
    outcome = run("eval", *folders, "--questions", questions, "--no-model", "--output", tmp_path / "отчёт")
    assert outcome.code == 0
    assert not endpoint.requests
    assert "Языковая модель" not in outcome.out
    rows = EvaluationRun.read(tmp_path / "отчёт" / "run.json").rows
    assert not any("by_model" in row.figures for row in rows)
