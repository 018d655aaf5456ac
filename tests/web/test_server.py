"""The server: where it listens, what it says, how it stops."""

import json
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from gradio_client import Client

from kbqa import KnowledgeBase
from kbqa.errors import ConfigurationError, ServerError
from kbqa.feedback import MarkStore
from kbqa.settings import Settings
from kbqa.web.server import serve


def test_health_tells_the_state(server) -> None:
    """Programs learn what the page shows."""
    with urllib.request.urlopen(f"{server.url}/health") as answer:
        health = json.load(answer)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert health["state"] == "ready"
    assert health["notes"] == 2
    assert health["chunks"] > 10


def test_the_state_of_the_index_is_told_to_the_page(server) -> None:
    """As HTML, under the same protection."""
    with urllib.request.urlopen(f"{server.url}/state") as answer:
        assert "2 из 2 (100 %)" in answer.read().decode()
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/health", "/state", "/gradio_api/info", "/config"])
def test_a_foreign_name_is_refused_everywhere(server, path: str) -> None:
    """Gradio's own routes are guarded like ours."""
    request = urllib.request.Request(server.url + path, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 421


def test_programs_ask_through_gradio(server, kb: KnowledgeBase) -> None:
    """One public endpoint, a question in, the answer as plain data out."""
    client = Client(server.url, verbose=False)
    question = "Какие бывают виды спонсорской поддержки?"
    answer = client.predict(question, api_name="/ask")
    expected = kb.ask(question)
    assert set(answer) == {
        "question", "understood", "status", "mode", "text", "citations", "hits", "confidence", "timings_ms",
        "fingerprint", "filters", "within", "sentences", "model", "invalid_citations", "notice",
    }  # fmt: skip
    assert (answer["status"], answer["text"]) == ("answered", expected.text)
    assert answer["citations"][0]["quote"] == expected.citations[0].quote
    assert answer["citations"][0]["heading_path"] == list(expected.citations[0].heading_path)
    assert set(answer["hits"][0]) == {"note", "title", "heading_path", "start_line", "end_line", "score", "reasons"}
    assert list(client.view_api(return_format="dict", print_info=False)["named_endpoints"]) == ["/ask"]


def test_programs_leave_no_marks(server, settings: Settings) -> None:
    """What a program asks is not stored, not even a refusal."""
    question = "Какая столица у программы?"
    answer = Client(server.url, verbose=False).predict(question, api_name="/ask")
    assert answer["status"] == "no_evidence"
    assert question not in [mark.question for mark in MarkStore(settings.data).marks(settings.corpus)]


def test_a_bad_question_is_told_as_such(server) -> None:
    """The program gets the message that the page would show."""
    with pytest.raises(Exception, match="Вопрос пуст"):
        Client(server.url, verbose=False).predict("  ", api_name="/ask")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_quickly_and_quietly_with_an_open_page(
    running, kb: KnowledgeBase, settings: Settings, tmp_path: Path, number: signal.Signals
) -> None:
    """An open stream, as each tab holds one, does not keep the server alive, and is no error."""
    assert kb.chunk_count
    with running(tmp_path, corpus=settings.corpus, index=settings.index) as server:
        Client(server.url, verbose=False).predict("Что такое отраслевые сообщества?", api_name="/ask")
        begun = time.monotonic()
        server.process.send_signal(number)
        _, errors = server.process.communicate(timeout=20)
        assert time.monotonic() - begun < 5
        assert "Traceback" not in errors
        assert server.process.returncode in (0, -number)


def test_a_taken_port_is_an_error_with_a_message(settings: Settings) -> None:
    """It is found before anything is loaded."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError) as caught:
            serve(settings.model_copy(update={"port": port}))
    assert caught.value.key == "port_in_use"
    assert caught.value.values == {"host": "127.0.0.1", "port": port}


def test_other_machines_are_never_served(settings: Settings) -> None:
    """An address that others can reach is refused."""
    with pytest.raises(ConfigurationError):
        serve(settings.model_copy(update={"host": "0.0.0.0"}))  # noqa: S104 - the refused example


def test_app_py_reports_errors_without_a_traceback(start, tmp_path: Path) -> None:
    """A wrong setting ends it with a message and exit code 2."""
    process = start(tmp_path, top_k="много")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "top_k" in errors
    assert "Traceback" not in errors
