"""REST: what programs get over plain HTTP, and that the description of it is true."""

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import SecretStr
from scripted_endpoint import MODEL, Endpoint, hang_after, reply
from starlette.testclient import TestClient

from kbqa import KnowledgeBase
from kbqa.errors import NotReadyError
from kbqa.json_shapes import answer_data, hits_data, note_data
from kbqa.serving.desk import Failed, Preparing
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.web.server import create_app

QUESTION = "Какие бывают виды партнёрства?"
NOTE = "Партнерство в мероприятиях.md"


def get(url: str) -> Any:
    """The JSON at an address."""
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def request(url: str, body: object) -> urllib.request.Request:
    """A request with JSON."""
    return urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})


def post(url: str, body: object) -> Any:
    """The JSON that comes back for JSON."""
    with urllib.request.urlopen(request(url, body)) as answer:
        return json.load(answer)


def problem(asked: str | urllib.request.Request) -> dict[str, Any]:
    """The problem that a request ends with; its content type and status agree."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked)
    said: dict[str, Any] = json.load(caught.value)
    assert caught.value.headers["Content-Type"] == "application/problem+json"
    assert said["status"] == caught.value.code
    return said


def events(text: str) -> Iterator[tuple[str, Any]]:
    """Names and data of server-sent events."""
    for event in text.strip().split("\n\n"):
        name, data = event.split("\n")
        yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def without_times(answer: Any) -> dict[str, Any]:
    """An answer but for how long it took."""
    return {**answer, "timings_ms": None}


def test_a_question_is_answered_as_everywhere(server, kb: KnowledgeBase) -> None:
    """The same engine, the same JSON."""
    answer = post(f"{server.url}/api/ask", {"question": QUESTION})
    assert without_times(answer) == without_times(answer_data(kb.ask(QUESTION)))


def test_history_and_filters_count(server) -> None:
    """What was said before completes a question; what is searched can be chosen."""
    first = post(f"{server.url}/api/ask", {"question": "Что такое отраслевые сообщества?"})
    history = [[first["question"], first["text"]]]
    then = post(f"{server.url}/api/ask", {"question": "А какие у них преимущества?", "history": history})
    assert "сообществ" in then["understood"]
    within = post(f"{server.url}/api/ask", {"question": QUESTION, "filters": {"notes": [NOTE]}})
    assert within["filters"]["notes"] == [NOTE]


def test_an_answer_comes_as_a_stream(server) -> None:
    """Tokens, then the answer that counts."""
    with urllib.request.urlopen(request(f"{server.url}/api/ask/stream", {"question": QUESTION})) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        *tokens, (name, last) = events(answer.read().decode())
    assert {name for name, _ in tokens} == {"token"}
    assert name == "answer"
    assert "".join(data["text"] for _, data in tokens).strip() == last["text"].strip()


def test_passages_are_found(server, kb: KnowledgeBase) -> None:
    """As many as are wanted, where they are wanted."""
    query = urllib.parse.urlencode({"q": "спонсоры", "limit": 2})
    assert get(f"{server.url}/api/search?{query}") == json.loads(json.dumps(hits_data(kb.search("спонсоры", 2))))
    query = urllib.parse.urlencode({"q": "спонсоры", "note": "Отраслевые сообщества"})
    assert {hit["note"] for hit in get(f"{server.url}/api/search?{query}")} == {"Отраслевые сообщества.md"}


def test_notes_are_listed_and_read(server, kb: KnowledgeBase) -> None:
    """By their paths, however a program composes й."""
    listed = get(f"{server.url}/api/notes")
    assert [note["note"] for note in listed] == [note.path for note in kb.notes()]
    path = urllib.parse.quote(NOTE)
    assert get(f"{server.url}/api/notes/{path}") == json.loads(json.dumps(note_data(kb.note(NOTE))))
    decomposed = urllib.parse.quote(NOTE.replace("й", "и\u0306"))
    assert get(f"{server.url}/api/notes/{decomposed}")["note"] == NOTE


@pytest.mark.parametrize("path", ["nothing.md", "..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "."])
def test_an_unknown_note_is_not_found(server, path: str) -> None:
    """Only what is indexed is read, whatever the path says."""
    said = problem(f"{server.url}/api/notes/{path}")
    assert (said["status"], said["type"]) == (404, "urn:kbqa:note_unknown")


@pytest.mark.parametrize(
    ("body", "status", "key"),
    [
        ({"question": "  "}, 400, "question_empty"),
        ({"question": "я" * 3000}, 400, "question_too_long"),
        ({"question": QUESTION, "filters": {"tags": ["нет такого"]}}, 400, "filter_tag_unknown"),
        ({}, 422, "malformed"),
        ({"question": QUESTION, "histori": []}, 422, "malformed"),
        ({"question": QUESTION, "history": [["только вопрос"]]}, 422, "malformed"),
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
def test_what_is_wrong_is_told_with_a_key(server, path: str, body: object, status: int, key: str) -> None:
    """Before a stream begins, too."""
    said = problem(request(server.url + path, body))
    assert (said["status"], said["type"]) == (status, f"urn:kbqa:{key}")
    assert said["detail"]


def test_the_description_is_true(server) -> None:
    """Everything that comes back fits the OpenAPI document, with no key more or less."""
    document = get(f"{server.url}/api/openapi.json")
    assert set(document["paths"]) == {
        "/health", "/api/ask", "/api/ask/stream", "/api/search", "/api/notes", "/api/notes/{path}",
        "/v1/models", "/v1/models/{name}", "/v1/chat/completions",
    }  # fmt: skip
    query = urllib.parse.urlencode({"q": "спонсоры"})
    for method, path, value in (
        ("post", "/api/ask", post(f"{server.url}/api/ask", {"question": QUESTION})),
        ("get", "/api/search", get(f"{server.url}/api/search?{query}")),
        ("get", "/api/notes", get(f"{server.url}/api/notes")),
        ("get", "/api/notes/{path}", get(f"{server.url}/api/notes/{urllib.parse.quote(NOTE)}")),
    ):
        responses = document["paths"][path][method]["responses"]
        schema = responses["200"]["content"]["application/json"]["schema"]
        validator = jsonschema.Draft202012Validator(_closed(schema, document))
        validator.validate(value)
        with pytest.raises(jsonschema.ValidationError):
            validator.validate([*value, {}] if isinstance(value, list) else {**value, "more": 1})
        for status, response in responses.items():
            assert status == "200" or "application/problem+json" in response["content"]


def _closed(schema: Any, document: dict[str, Any]) -> Any:
    """A schema with its references put in, and no other properties allowed."""
    if isinstance(schema, list):
        return [_closed(item, document) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _closed(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    closed = {key: _closed(value, document) for key, value in schema.items()}
    return closed | {"additionalProperties": False} if "properties" in schema else closed


@pytest.mark.parametrize(
    ("state", "key"),
    [(Preparing(3, 10), "notes_being_read"), (Failed(NotReadyError("notes_being_read", done=0, total=0)), None)],
)
def test_who_comes_too_early_is_told_when_to_come_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, state: Preparing | Failed, key: str | None
) -> None:
    """Programs do not wait for the notes to be read."""
    app = create_app(settings)
    app.state.desk.settled()
    monkeypatch.setattr(app.state.desk, "_state", state)
    client = TestClient(app, base_url="http://127.0.0.1")
    for answer in (
        client.post("/api/ask", json={"question": QUESTION}),
        client.get("/api/notes"),
        client.get("/api/search", params={"q": "спонсоры"}),
        client.post("/v1/chat/completions", json={"model": "kbqa", "messages": [{"role": "user", "content": "?"}]}),
    ):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert key is None or key in answer.text


def test_what_nobody_foresaw_is_told_without_details(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log has them."""
    app = create_app(settings)
    app.state.desk.settled()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(KnowledgeBase, "stream", broken)
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = client.post("/api/ask", json={"question": QUESTION})
    assert answer.status_code == 500
    assert answer.json()["detail"] == Texts.load("ru")("web.error.unexpected")


def test_a_client_that_asks_too_fast_has_to_wait(settings: Settings) -> None:
    """All doors together count; the answer says how long."""
    app = create_app(settings.model_copy(update={"questions_per_minute": 2}))
    app.state.desk.settled()
    client = TestClient(app, base_url="http://127.0.0.1")
    assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200
    assert client.get("/api/search", params={"q": "спонсоры"}).status_code == 200
    body = {"model": "kbqa", "messages": [{"role": "user", "content": QUESTION}]}
    for answer in (
        client.post("/api/ask", json={"question": QUESTION}),
        client.post("/v1/chat/completions", json=body),
    ):
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 30
        assert "asked_too_fast" in answer.text


def test_the_password_opens_the_door(settings: Settings) -> None:
    """A key in a header is enough; the description names the need for it."""
    app = create_app(settings.model_copy(update={"password": SecretStr("двенадцать знаков")}))
    app.state.desk.settled()
    client = TestClient(app, base_url="http://127.0.0.1")
    assert client.post("/api/ask", json={"question": QUESTION}).status_code == 401
    key = {"authorization": "Bearer двенадцать знаков".encode()}
    assert client.post("/api/ask", json={"question": QUESTION}, headers=key).status_code == 200


@contextmanager
def _with_model(running, kb: KnowledgeBase, settings: Settings, endpoint: Endpoint, folder: Path, **more: object):
    """A server whose answers a model may write."""
    assert kb.chunk_count
    places = {"corpus": settings.corpus, "index": settings.index, "data": folder / "data"}
    with running(folder, **places, llm_url=endpoint.url, llm_model=MODEL, **more) as server:
        with urllib.request.urlopen(f"{server.url}/health") as health:
            assert json.load(health)["state"] == "ready"
        yield server


def test_a_model_writes_unless_it_is_not_wanted(
    running, kb: KnowledgeBase, settings: Settings, endpoint: Endpoint, tmp_path: Path
) -> None:
    """And who leaves ends what it writes, at its server, too; the place in the line is free again."""
    with _with_model(running, kb, settings, endpoint, tmp_path) as server:
        endpoint.will(reply("- Спонсорское партнерство: финансовая поддержка мероприятия [2].\n"))
        assert post(f"{server.url}/api/ask", {"question": QUESTION})["mode"] == "generative"
        assert post(f"{server.url}/api/ask", {"question": QUESTION, "model": False})["mode"] == "extractive"
        for path in ("/api/ask", "/api/ask/stream"):
            endpoint.will(hang_after("Партнёрство "))
            before = len(endpoint.requests)
            leaving = threading.Thread(target=_leave, args=(request(server.url + path, {"question": QUESTION}),))
            leaving.start()
            leaving.join(20)
            assert endpoint.requests[before].left.wait(8)


def _leave(asked: urllib.request.Request) -> None:
    """Ask, and go away after two seconds."""
    try:
        with urllib.request.urlopen(asked, timeout=2) as answer:
            answer.read()
    except TimeoutError:
        return
    raise AssertionError("it was answered")
