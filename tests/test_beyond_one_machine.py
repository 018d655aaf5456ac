"""One indexer, a Chroma server, many apps: the same answers as on one machine, whatever is killed meanwhile."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chroma_run import ChromaRun

from kbqa import KnowledgeBase, Settings
from kbqa.embedding import E5Model
from kbqa.index.indexer import index_vault
from kbqa.json_shapes import answer_data
from kbqa.types import Filters

QUESTIONS = Path(__file__).parents[1] / "eval" / "questions" / "corpus.jsonl"
TEA = "# Чай\n\n## Заваривание\n\nЗелёный чай заваривают при {} градусах.\n"
_KBQA = "import sys; from kbqa.cli import main; sys.exit(main())"
ASKED = "При скольких градусах заваривают зелёный чай?"


def said(answer: Mapping[str, Any]) -> bytes:
    """An answer as JSON, without how long it took and under which id it was asked."""
    return json.dumps({k: v for k, v in answer.items() if k not in {"timings_ms", "id"}}, ensure_ascii=False).encode()


@pytest.fixture
def remote(chroma_run: ChromaRun, tmp_path: Path) -> Settings:
    """An app that has neither notes nor an index, and a name for the notes on the server."""
    return Settings(
        corpus=tmp_path / "no notes",
        index=tmp_path / "no index",
        chroma_url=chroma_run.url,
        chroma_vault=f"v{uuid.uuid4().hex[:12]}",
    )


def test_answers_are_the_same_byte_for_byte(
    kb: KnowledgeBase, model: E5Model, corpus: Path, corpus_index: Callable[[], Path], remote: Settings
) -> None:
    """Every third question over the corpus, with their hits, scores and citations; and searches within a note."""
    report = index_vault(remote.model_copy(update={"corpus": corpus, "index": corpus_index()}), model)
    assert (report.published, report.sent) == (False, True)
    app = KnowledgeBase(remote, model)
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()][::3]
    assert len(questions) > 20
    for question in questions:
        assert said(answer_data(app.ask(question))) == said(answer_data(kb.ask(question)))
    for summary in kb.notes():
        within = Filters(notes=(summary.path,))
        assert app.search(questions[0], filters=within) == kb.search(questions[0], filters=within)
        assert app.note(summary.path) == kb.note(summary.path)
        assert app.backlinks(summary.path) == kb.backlinks(summary.path)
    assert app.status().fresh
    assert app.status().covered == len(kb.notes())


class App:
    """A process that answers a question a line."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def ask(self) -> dict[str, Any]:
        """What it says to the question."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(ASKED.encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def hears_of(self, fact: str) -> None:
        """Waits until it answers with this."""
        deadline = time.monotonic() + 90
        while fact not in self.ask()["text"]:
            assert time.monotonic() < deadline, fact
            time.sleep(0.2)


@contextmanager
def kbqa(settings: Settings, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of kbqa's, killed in the end."""
    variables = {f"KBQA_{name.upper()}": str(getattr(settings, name)) for name in ("corpus", "index", "chroma_vault")}
    process = subprocess.Popen(
        [sys.executable, "-c", _KBQA, *arguments],
        env=os.environ | variables | {"KBQA_CHROMA_URL": str(settings.chroma_url)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_two_apps_and_an_indexer_outlive_the_server(
    chroma_run: ChromaRun, remote: Settings, vault: Callable[..., Path], tmp_path: Path
) -> None:
    """Both hear of an edit, answer while the server is away, and hear of what was edited meanwhile when it is back."""
    own = {"corpus": vault({"Чай.md": TEA.format("восьмидесяти")}), "index": tmp_path / "index"}
    indexing = remote.model_copy(update=own)
    alone = KnowledgeBase.build(own["corpus"], own["index"], settings=indexing.model_copy(update={"chroma_url": None}))
    with kbqa(indexing, "index") as first:
        told, _ = first.communicate(timeout=60)
    assert (first.returncode, f"Опубликовано на сервере {chroma_run.url}" in told.decode()) == (0, True)
    with (
        kbqa(indexing, "index", "--watch") as indexer,
        kbqa(remote, "ask", "--jsonl") as one,
        kbqa(remote, "ask", "--jsonl") as other,
    ):
        apps = App(one), App(other)
        for app in apps:
            assert said(app.ask()) == said(answer_data(alone.ask(ASKED)))
        vault({"Чай.md": TEA.format("семидесяти")})
        for app in apps:
            app.hears_of("семидесяти")

        chroma_run.kill()
        try:
            vault({"Чай.md": TEA.format("девяноста")})
            with kbqa(remote, "ask", ASKED) as late:
                _, error = late.communicate(timeout=60)
            assert (late.returncode, error.decode().count("\n")) == (3, 1)
            assert f"Сервер Chroma {chroma_run.url} не отвечает" in error.decode()
            for app in apps:
                assert "семидесяти" in app.ask()["text"]
        finally:
            chroma_run.start()
        for app in apps:
            app.hears_of("девяноста")
        assert indexer.poll() is None
        assert said(apps[0].ask()) == said(apps[1].ask())
