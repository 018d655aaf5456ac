"""The commands: what each prints and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kbqa import KnowledgeBase, Settings

Run = Callable[..., Any]
QUESTION = "Что такое консорциум?"
ANSWER_KEYS = {
    "id",
    "question",
    "understood",
    "status",
    "mode",
    "text",
    "citations",
    "hits",
    "confidence",
    "timings_ms",
    "fingerprint",
    "filters",
    "within",
    "sentences",
    "model",
    "invalid_citations",
    "notice",
}


def objects(out: str) -> list[dict[str, Any]]:
    """One JSON object a line."""
    return [json.loads(line) for line in out.splitlines()]


# index


def test_index_tells_what_it_did(run: Run, coffee: Path) -> None:
    """A line for each note that was added, changed or removed; nothing to do is said, too."""
    assert run("index").out.startswith("+ Кофе.md\nГотово")
    assert run("index").out.startswith("Изменений нет. Заметок: 1")
    (coffee / "Кофе.md").write_text("# Кофе\n\nБодрит.\n", encoding="utf-8")
    (coffee / "Чай.md").write_text("# Чай\n\nСогревает.\n", encoding="utf-8")
    assert run("index").out.startswith("+ Чай.md\n~ Кофе.md\nГотово")
    (coffee / "Кофе.md").unlink()
    assert run("index").out.startswith("- Кофе.md\nГотово")


def test_index_skips_what_is_no_text(run: Run, coffee: Path) -> None:
    """A note in an old encoding is named with the remedy, the rest is indexed, the exit code tells it."""
    (coffee / "Старая.md").write_bytes("# Старая заметка".encode("cp1251"))
    outcome = run("index")
    assert outcome.code == 3
    assert "+ Кофе.md\n" in outcome.out
    assert "пропущено файлов: 1" in outcome.out
    assert outcome.err.startswith("! Старая.md: пропущена: ")
    assert "UTF-8" in outcome.err
    assert run("ask", "Что такое кофе?").out.startswith("Кофе - это напиток")


def test_index_warns_of_broken_front_matter(run: Run, coffee: Path) -> None:
    """The note's text is indexed, so the command succeeds."""
    (coffee / "Чай.md").write_text("---\ntags: [a\n---\n\n# Чай\n\nЧай - это напиток из листьев.\n", encoding="utf-8")
    outcome = run("index")
    assert outcome.code == 0
    assert outcome.err.startswith("? Чай.md: ")
    assert "YAML" in outcome.err
    assert "Traceback" not in outcome.err
    assert run("ask", "Что такое чай?").out.startswith("Чай - это напиток из листьев. [1]")


@pytest.mark.parametrize("words", [("", "Индекс был повреждён"), ("--language", "en", "The index was damaged")])
def test_index_tells_that_it_mended_the_index(run: Run, indexed: Settings, words: tuple[str, ...]) -> None:
    """A line that says what was wrong, beside the usual report; the command succeeds."""
    for file in indexed.index.glob("generations/*/notes.sqlite"):
        file.write_bytes(b"")
    *options, message = words
    outcome = run("index", *filter(None, options))
    assert outcome.code == 0
    assert outcome.err.startswith(f"! {message} (")
    assert outcome.err.count("\n") == 1
    assert outcome.out.startswith("+ Кофе.md\n")


def test_a_sound_index_passes_its_check(run: Run, indexed: Settings) -> None:
    """And one that no longer fits the notes does not: each difference has a line, the exit code says no."""
    outcome = run("index", "--check")
    assert (outcome.code, "Индекс в порядке" in outcome.out) == (0, True)
    (indexed.corpus / "Чай.md").write_text("# Чай\n\nСогревает.\n", encoding="utf-8")
    outcome = run("index", "--check")
    assert outcome.code == 1
    assert outcome.out.startswith("! Чай.md: ")
    assert run("index").code == 0
    assert run("index", "--check").code == 0


@pytest.mark.parametrize(
    ("corpus", "words"),
    [("нет", ("Папки с заметками нет", "нет")), ("пустая", ("нет ни одной заметки",)), ("файл", ("не папка", "файл"))],
)
def test_index_needs_notes(run: Run, tmp_path: Path, corpus: str, words: tuple[str, ...]) -> None:
    """A folder that is missing, empty, or no folder; the option that names another is told."""
    (tmp_path / "пустая").mkdir()
    (tmp_path / "файл").write_text("# Заметка", encoding="utf-8")
    assert run("index", "--corpus", corpus).failed_with(3, *words, "--corpus")


# status


def test_status_tells_whether_the_index_is_fresh(run: Run, indexed: Settings) -> None:
    """0 if it agrees with the notes; 1 with what has changed if it does not; 3 if there is none."""
    assert run("status").code == 0
    (indexed.corpus / "Чай.md").write_text("# Чай", encoding="utf-8")
    stale = run("status")
    assert stale.code == 1
    assert "+ Чай.md: ещё не проиндексирована" in stale.out
    assert "kbqa index" in stale.out
    assert run("status", "--index", "нет").failed_with(3, "Индекса ещё нет", "kbqa index")
    assert run("status", "--corpus", "нет").failed_with(3, "Папки с заметками нет")


def test_status_as_json(run: Run, folders: tuple[str, ...]) -> None:
    """The same as one object."""
    (status,) = objects(run("status", "--json", *folders).out)
    assert status["fresh"] is True
    assert (status["notes"], status["added"], status["changed"], status["removed"]) == (2, [], [], [])
    assert [entry["state"] for entry in status["entries"]] == ["indexed", "indexed"]


def test_status_lists_all_notes_if_asked(run: Run, indexed: Settings) -> None:
    """Otherwise those that are indexed as they are on disk are only counted."""
    assert indexed.corpus
    line = "= Кофе.md: фрагментов: 1"
    assert line not in run("status").out
    assert line in run("status", "--notes").out


def test_status_of_a_damaged_index_is_one_message(run: Run, indexed: Settings) -> None:
    """With the command that mends it."""
    (manifest,) = indexed.index.glob("generations/*/manifest.json")
    manifest.write_text("{", encoding="utf-8")
    assert run("status").failed_with(3, "Индекс повреждён", "kbqa index")


# ask and search


def test_ask_prints_the_answer_and_its_sources(run: Run, folders: tuple[str, ...]) -> None:
    """Each source with its file and line."""
    assert run("ask", QUESTION, *folders).out == (
        "**Консорциумы**: Совместные проекты нескольких организаций [1]\n\nИсточники:\n"
        "[1] Отраслевые сообщества.md:30 › Формы организации отраслевых сообществ › Формальные структуры\n"
    )


def test_ask_says_what_it_searches_for(run: Run, folders: tuple[str, ...]) -> None:
    """Where that is not what was typed."""
    meant = run("ask", QUESTION, *folders).out
    assert run("ask", "Xnj nfrjt rjycjhwbev&", *folders).out == f"Ищу: «{QUESTION}»\n\n{meant}"


def test_ask_offers_the_nearest_sections_instead(run: Run, folders: tuple[str, ...]) -> None:
    """Where the notes have no answer, which is no failure."""
    outcome = run("ask", "Как приготовить борщ?", *folders)
    assert outcome.code == 0
    assert outcome.out.startswith("В заметках нет ответа на этот вопрос.\n\nБлижайшие разделы:\n- ")


def test_ask_in_english(run: Run, folders: tuple[str, ...]) -> None:
    """The language of what kbqa says itself."""
    assert run("ask", "Как приготовить борщ?", *folders, "--language", "en").out.startswith("The notes do not answer")


def test_ask_as_json(run: Run, folders: tuple[str, ...]) -> None:
    """One object on one line, Cyrillic readable."""
    outcome = run("ask", "--json", QUESTION, *folders)
    (answer,) = objects(outcome.out)
    assert answer.keys() == ANSWER_KEYS
    assert (answer["id"], answer["question"], answer["status"]) == (None, QUESTION, "answered")
    assert "Консорциумы" in outcome.out


def test_search_prints_hits(run: Run, folders: tuple[str, ...]) -> None:
    """As many as asked for, best first, each with its place and the reason."""
    lines = run("search", "спонсорское партнёрство", "--top-k", "2", *folders).out.splitlines()
    assert lines[0].startswith("1. Партнерство в мероприятиях › Виды партнерства › Спонсорское партнерство (")
    assert lines[1].startswith("   совпали слова: спонсорское, партнерство; близко по смыслу")
    assert [line[:2] for line in lines[::2]] == ["1.", "2."]


@pytest.mark.parametrize("command", ["ask", "search"])
def test_asking_within_a_part_of_the_notes(run: Run, folders: tuple[str, ...], command: str) -> None:
    """An option for each kind, to be repeated; what is not there is one line with the nearest names, exit code 2."""
    options = ("--note", "отраслевые сообщества", "--json")
    (result,) = objects(run(command, "Что такое консорциум?", *options, *folders).out)
    assert {hit["note"] for hit in result["hits"]} == {"Отраслевые сообщества.md"}
    assert run(command, QUESTION, "--note", "сообщество", *folders).failed_with(2, "Похожие: Отраслевые сообщества.md")
    (line,) = objects(run(command, "--jsonl", *folders, stdin='{"question": "Кофе?", "filters": {"tags": ["a"]}}').out)
    assert "Тега «a» нет" in line["error"]


def test_ask_says_where_it_searched(run: Run, folders: tuple[str, ...]) -> None:
    """Above the answer."""
    outcome = run("ask", QUESTION, "--note", "Отраслевые сообщества.md", *folders)
    assert outcome.out.startswith("Ищу в заметке «Отраслевые сообщества»\n\n")


@pytest.mark.parametrize(("option", "stdin"), [("--json", ""), ("--jsonl", "спонсоры\n")])
def test_search_as_json(run: Run, folders: tuple[str, ...], option: str, stdin: str) -> None:
    """Hits alone, under the same keys as an answer's."""
    question = ("спонсоры",) if option == "--json" else ()
    (found,) = objects(run("search", option, "--top-k", "3", *question, *folders, stdin=stdin).out)
    assert found.keys() == {"id", "question", "hits"}
    assert len(found["hits"]) == 3


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize("question", [(), ("",), ("  ",), ("?!",)])
def test_an_empty_question_is_an_error(
    run: Run, folders: tuple[str, ...], command: str, question: tuple[str, ...]
) -> None:
    """None at all, or nothing but marks."""
    assert run(command, *question, *folders).failed_with(2, "Вопрос пуст")


@pytest.mark.parametrize("command", [("ask", "вопрос"), ("search", "вопрос"), ("ask", "--jsonl")])
def test_asking_needs_an_index(run: Run, command: tuple[str, ...]) -> None:
    """The error says how to make one; it does not wait for standard input."""
    assert run(*command).failed_with(3, "Индекса ещё нет", "kbqa index")


def test_an_index_by_another_model_is_an_error(run: Run, indexed: Settings) -> None:
    """Found, expected, and what to run."""
    (manifest,) = indexed.index.glob("generations/*/manifest.json")
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"model": "другая-модель"}), encoding="utf-8")
    for command in (("ask", "кофе"), ("status",)):
        assert run(*command).failed_with(3, "другая-модель", "multilingual-e5-small", "kbqa index")


# lines on standard input


def test_lines_are_answered_in_order(run: Run, folders: tuple[str, ...]) -> None:
    """Objects and bare questions, blank lines passed over; bad lines get an error and stop nothing."""
    lines = [
        json.dumps({"id": "q1", "question": QUESTION}),
        "",
        "Какие бывают виды партнёрства?",
        "{не json",
        "?!",
        json.dumps({"id": "q6", "question": "А зачем его создают?", "history": [[QUESTION, "Совместные проекты"]]}),
    ]
    outcome = run("ask", "--jsonl", *folders, stdin="\n".join(lines))
    answers = objects(outcome.out)
    assert outcome.code == 2
    assert outcome.err == ""
    assert [answer["id"] for answer in answers] == ["q1", "3", "4", "5", "q6"]
    assert [answer.get("status") for answer in answers] == ["answered", "answered", None, None, "answered"]
    assert "Строка 4" in answers[2]["error"]
    assert "Вопрос пуст" in answers[3]["error"]
    assert "Консорциумы" in answers[4]["text"]
    assert answers[0].keys() == ANSWER_KEYS


def test_good_lines_alone_are_a_success(run: Run, folders: tuple[str, ...]) -> None:
    """An answer for each, and none for no lines."""
    assert run("ask", "--jsonl", *folders, stdin="борщ\r\n").code == 0
    assert run("ask", "--jsonl", *folders, stdin="\n \n").out == ""


def test_a_million_characters_are_too_many(run: Run, folders: tuple[str, ...]) -> None:
    """Told in the line's place."""
    outcome = run("ask", "--jsonl", *folders, stdin="а" * 1_000_000 + f"\n{QUESTION}\n")
    too_long, answer = objects(outcome.out)
    assert "1000000 знаков" in too_long["error"]
    assert answer["status"] == "answered"


# eval


def test_settings_rise_from_variable_to_file_to_flag(
    run: Run, kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later source wins."""

    def hits(*options: str) -> int:
        (found,) = objects(run("search", "--json", "спонсоры", "--index", str(kb.settings.index), *options).out)
        return len(found["hits"])

    monkeypatch.setenv("KBQA_TOP_K", "2")
    assert hits() == 2
    (tmp_path / "kbqa.toml").write_text("top_k = 3\n", encoding="utf-8")
    assert hits() == 3
    assert hits("--top-k", "4") == 4
