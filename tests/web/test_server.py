"""The server: where it listens, what it says, how it stops."""

import http.client
import json
import re
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError

from kbqa import KnowledgeBase
from kbqa.errors import ConfigurationError, ServerError
from kbqa.feedback import MarkStore
from kbqa.settings import Settings
from kbqa.talks import TalkStore
from kbqa.web.server import serve


def test_health_tells_the_state(server) -> None:
    """Programs learn what the page shows."""
    with urllib.request.urlopen(f"{server.url}/health") as answer:
        health = json.load(answer)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert health["state"] == "ready"
    assert health["notes"] == 2
    assert health["chunks"] > 10


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts how often a thread wakes")
def test_a_server_that_nobody_asks_rests(server) -> None:
    """Its loop wakes a few dozen times a second; left to itself, Gradio wakes it a thousand times."""
    assert server.url
    loops = [thread.native_id for thread in threading.enumerate() if thread.name == "tested server"]

    def wakes() -> int:
        states = (Path(f"/proc/self/task/{loop}/status").read_text(encoding="utf-8") for loop in loops)
        return sum(int(count) for state in states for count in re.findall(r"\nvoluntary_ctxt_switches:\s*(\d+)", state))

    before, began = wakes(), time.monotonic()
    time.sleep(2)
    assert 0 < (wakes() - before) / (time.monotonic() - began) < 200 * len(loops)


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


def test_programs_leave_no_marks_and_no_talks(server, settings: Settings) -> None:
    """What a program asks is not stored, not even a refusal."""
    question = "Какая столица у программы?"
    answer = Client(server.url, verbose=False).predict(question, api_name="/ask")
    assert answer["status"] == "no_evidence"
    assert question not in [mark.question for mark in MarkStore(settings.data).marks(settings.corpus)]
    assert TalkStore(settings.data, settings.corpus).find(question) == ((), 0)


def test_a_bad_question_is_told_as_such(server) -> None:
    """The program gets the message that the page would show."""
    with pytest.raises(Exception, match="Вопрос пуст"):
        Client(server.url, verbose=False).predict("  ", api_name="/ask")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_quickly_and_quietly_with_an_open_page(
    running_app, kb: KnowledgeBase, settings: Settings, tmp_path: Path, number: signal.Signals
) -> None:
    """An open stream, as each tab holds one, does not keep the server alive, and is no error."""
    assert kb.chunk_count
    with running_app(tmp_path, corpus=settings.corpus, index=settings.index) as server:
        Client(server.url, verbose=False).predict("Что такое отраслевые сообщества?", api_name="/ask")
        server.process.send_signal(number)
        # Left to itself, uvicorn would wait for the open stream as long as the page is open.
        _, errors = server.process.communicate(timeout=120)
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
    """Without a password, an address that others can reach is refused before anything is loaded."""
    with pytest.raises(ConfigurationError, match="KBQA_PASSWORD"):
        serve(settings.model_copy(update={"host": "0.0.0.0"}))  # noqa: S104 - the refused example


def test_app_py_reports_errors_without_a_traceback(start, tmp_path: Path) -> None:
    """A wrong setting ends it with a message and exit code 2."""
    process = start(tmp_path, top_k="много")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "top_k" in errors
    assert "Traceback" not in errors


PASSWORD = "twelve characters"  # noqa: S105 - the test's own


@pytest.fixture(scope="module")
def guarded(running, kb: KnowledgeBase, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server as it stands behind a reverse proxy on this machine."""
    assert kb.chunk_count
    folder = tmp_path_factory.mktemp("guarded")
    places = {"corpus": settings.corpus, "index": settings.index, "data": folder / "data"}
    behind = {"password": PASSWORD, "hosts": "notes.example.org", "proxies": "127.0.0.1"}
    with running(folder, **places, **behind) as server:
        yield server


def sent(server: Any, method: str, path: str, body: str | None = None, **headers: str) -> http.client.HTTPResponse:
    """What the server says to a request, the path as it is and nothing followed."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Host": "notes.example.org"} | named)
    return connection.getresponse()


def test_gradios_client_gives_the_password_in_a_header(guarded) -> None:
    """With it all works as without a password; without it nothing does."""
    client = Client(guarded.url, headers={"Authorization": f"Bearer {PASSWORD}"}, verbose=False)
    assert client.predict("Что такое консорциум?", api_name="/ask")["status"] == "answered"
    with pytest.raises(AuthenticationError):
        Client(guarded.url, verbose=False)


def test_a_proxy_is_believed_that_it_speaks_https_and_for_whom(guarded) -> None:
    """The cookie is for https only; guessing locks out who guesses, not everybody behind the proxy."""
    form = {"Content_Type": "application/x-www-form-urlencoded", "X_Forwarded_Proto": "https"}
    login = sent(guarded, "POST", "/login", "password=twelve+characters", X_Forwarded_For="192.0.2.1", **form)
    assert login.status == 303
    assert "Secure" in login.headers["Set-Cookie"]
    cookie = login.headers["Set-Cookie"].partition(";")[0]
    page = sent(guarded, "GET", "/", Cookie=cookie, X_Forwarded_Proto="https")
    assert page.status == 200
    assert b"https://notes.example.org" in page.read()
    for _ in range(5):
        assert sent(guarded, "POST", "/login", "password=x", X_Forwarded_For="192.0.2.2", **form).status == 401
    assert sent(guarded, "POST", "/login", "password=x", X_Forwarded_For="192.0.2.2", **form).status == 429
    assert sent(guarded, "POST", "/login", "password=x", X_Forwarded_For="192.0.2.3", **form).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../config",
        "/assets/..%2fconfig",
        "//config",
        "/%2e%2e/config",
        "/login/../config",
        "/login/",
        "/LOGIN",
        "/login%00",
        "http://127.0.0.1/config",
    ],
)
def test_no_spelling_of_a_path_leads_around_the_password(guarded, path: str) -> None:
    """As it stands on the wire."""
    answer = sent(guarded, "GET", path)
    assert answer.status in (400, 401)
    assert b"components" not in answer.read()


@pytest.mark.parametrize("path", ["/assets/../../../../etc/passwd", "/static/%2e%2e/%2e%2e/%2e%2e/__init__.py"])
def test_no_file_is_served_but_the_pages_own(guarded, path: str) -> None:
    """Not even to those who are logged in."""
    answer = sent(guarded, "GET", path, Authorization=f"Bearer {PASSWORD}")
    assert answer.status in (403, 404)
    body = answer.read()
    assert b"root:" not in body
    assert b"import" not in body


def test_the_password_is_shown_nowhere(running_app, kb: KnowledgeBase, settings: Settings, tmp_path: Path) -> None:
    """Neither in what the server says nor in its page; a short one keeps it from starting, unnamed."""
    assert kb.chunk_count
    with running_app(tmp_path, corpus=settings.corpus, index=settings.index, password=PASSWORD) as server:
        page = sent(server, "GET", "/", Host="127.0.0.1", Authorization=f"Bearer {PASSWORD}").read().decode()
        assert "kbqa" in page
        assert PASSWORD not in page
        server.process.terminate()
        out, errors = server.process.communicate(timeout=120)
    assert PASSWORD not in out + errors
    short = running_app(tmp_path, password="sh0rt")  # noqa: S106
    with pytest.raises(AssertionError, match="Пароль слишком короткий") as caught, short:
        pass
    assert "sh0rt" not in str(caught.value)
