"""Finding models on this machine: real servers on loopback, and all that is none."""

import inspect
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from scripted_endpoint import Endpoint, Script, Wire, hang, html, models, status

from kbqa.llm import DEFAULT_PORTS, FoundModel, find_local_models

Start = Callable[..., Endpoint]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers, each with what it answers."""
    with ExitStack() as running:

        def started(*scripts: Script) -> Endpoint:
            endpoint = running.enter_context(Endpoint())
            endpoint.will(*scripts)
            return endpoint

        yield started


def test_models_are_found(start: Start) -> None:
    """Of every server all models, in order, with the address to ask them at."""
    ollama, studio = start(models("qwen3:8b", "gemma3:4b")), start(models("vikhr-nemo"))
    assert find_local_models({"Ollama": ollama.port, "LM Studio": studio.port}, timeout=5) == (
        FoundModel("Ollama", ollama.url, "qwen3:8b"),
        FoundModel("Ollama", ollama.url, "gemma3:4b"),
        FoundModel("LM Studio", studio.url, "vikhr-nemo"),
    )


def test_the_defaults() -> None:
    """Where the programs listen if not told otherwise, and how long a page waits for them at most."""
    assert inspect.signature(find_local_models).parameters["timeout"].default == 0.5
    assert dict(DEFAULT_PORTS) == {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080}


def test_only_the_list_is_asked_for(start: Start) -> None:
    """One GET to each server, which says nothing of this machine, and goes to loopback."""
    server = start(models("m"))
    find_local_models({"Ollama": server.port}, timeout=5)
    (request,) = server.requests
    assert (request.method, request.path, request.text) == ("GET", "/v1/models", "")
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert "authorization" not in request.headers


def test_models_for_other_uses_are_left_out(start: Start) -> None:
    """Those that embed, rank, listen or speak; a name that merely has such letters in it stays."""
    others = [
        "nomic-embed-text:latest",
        "text-embedding-bge-m3",
        "BGE-reranker-v2",
        "all-minilm",
        "multilingual-e5-small",
        "whisper-large-v3",
        "kokoro-tts",
        "hf.co/x/Speech-1B",
    ]
    chat = ["gemma-3n-e2b", "qwen2.5:7b", "phi4-mini", "type5e5x", "saiga_nemo", "eclipse-7b"]
    server = start(models(*others, *chat))
    assert [found.model for found in find_local_models({"x": server.port}, timeout=5)] == chat


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(html(), id="a page"),
        pytest.param(status(200, '{"models": [{"name": "m"}]}'), id="other JSON"),
        pytest.param(status(200, '["m"]'), id="a list"),
        pytest.param(status(200, '{"data": {"id": "m"}}'), id="no list"),
        pytest.param(status(200, '{"data": ["m"]}'), id="no objects"),
        pytest.param(status(200, '{"data": [{"id": "m"}'), id="broken JSON"),
        pytest.param(status(200, "[" * 50_000), id="deep JSON"),
        pytest.param(status(200, ""), id="nothing"),
        pytest.param(models("m", 5), id="a name that is a number"),
        pytest.param(models("m", None), id="a name that is null"),
        pytest.param(models(""), id="a name that is empty"),
        pytest.param(models("m\x1b[2J"), id="a name with control characters"),
        pytest.param(models("m" * 201), id="a name without end"),
        pytest.param(models(), id="no models"),
        pytest.param(models(*["m" * 100] * 3000), id="a huge list"),
        pytest.param(status(404, '{"data": [{"id": "m"}]}'), id="404"),
        pytest.param(status(500), id="500"),
        pytest.param(lambda _: None, id="closes"),
        pytest.param(lambda wire: wire.reset(), id="breaks off"),
    ],
)
def test_anything_else_is_no_server(start: Start, script: Script) -> None:
    """It offers nothing, and does not hide the server beside it."""
    odd, server = start(script), start(models("m"))
    found = find_local_models({"odd": odd.port, "Ollama": server.port}, timeout=5)
    assert [model.server for model in found] == ["Ollama"]
    assert odd.requests


def test_a_redirect_is_not_followed(start: Start) -> None:
    """Not even to a server of models."""
    other = start(models("m"))
    server = start(status(302, location=f"{other.url}/models"))
    assert find_local_models({"Ollama": server.port}, timeout=5) == ()
    assert other.requests == []


def test_a_body_without_end_is_left(start: Start) -> None:
    """Not much of it is read."""

    def script(wire: Wire) -> None:
        wire.head(content_type="application/json")
        while True:
            wire.send(b" " * 2**16)

    server = start(script)
    assert find_local_models({"Ollama": server.port}, timeout=5) == ()
    assert server.requests[0].left.wait(1)


@pytest.mark.parametrize("script", [hang(), hang(with_head=True)])
def test_what_hangs_is_not_waited_for(start: Start, script: Script) -> None:
    """The time is for all together; who answers in it is found."""
    hanging = [start(script) for _ in range(3)]
    server = start(models("m"))
    began = time.monotonic()
    ports = {f"{number}": other.port for number, other in enumerate(hanging)} | {"x": server.port}
    found = find_local_models(ports, timeout=1)
    assert 1 <= time.monotonic() - began < 2
    assert [model.server for model in found] == ["x"]
    assert all(other.requests[0].left.wait(1) for other in hanging)


def test_nobody_there() -> None:
    """A closed port is told at once."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        began = time.monotonic()
        assert find_local_models({"Ollama": bound.getsockname()[1]}, timeout=5) == ()
        assert time.monotonic() - began < 3


def test_proxies_are_not_asked(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question is for this machine."""
    proxy, server = start(models("p")), start(models("m"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert [model.model for model in find_local_models({"x": server.port}, timeout=5)] == ["m"]
    assert proxy.requests == []


def test_several_may_look_at_once(start: Start) -> None:
    """From different threads, as two open pages do."""
    server = start(models("m"))
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(find_local_models({"x": server.port}, timeout=5))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1, 1, 1, 1]
