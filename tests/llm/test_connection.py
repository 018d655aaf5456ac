"""What goes out, and to whom: the key in one header, no proxy for this machine, nothing for other endpoints."""

import logging
import traceback
from collections.abc import Callable

import pytest
from pydantic import SecretStr
from scripted_endpoint import Endpoint, Script, events, hang_after, html, reply, status

from kbqa.errors import ModelFault
from kbqa.llm import ChatModel, ModelAddress

ModelAt = Callable[..., ChatModel]
QUESTION = (("user", "Кто такие спонсоры?"),)
KEY = "sk-s3cret"
LEAK = '{"error": {"message": "your key sk-s3cret is odd"}}'


def test_the_key_goes_into_its_header_only(endpoint: Endpoint, model_at: ModelAt) -> None:
    """And that header is the only one that has it; the body has not."""
    endpoint.will(reply("да"))
    assert list(model_at(endpoint, key=SecretStr(KEY)).stream(QUESTION)) == ["да"]
    (request,) = endpoint.requests
    assert [name for name, value in request.headers.items() if KEY in value] == ["authorization"]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in request.text + request.path


@pytest.mark.parametrize(
    "script",
    [
        reply("да"),
        status(400, LEAK),
        status(401, LEAK),
        status(404, LEAK),
        status(500, LEAK),
        status(503, LEAK, "text/plain"),
        status(302, LEAK, location=f"http://127.0.0.1:1/?key={KEY}"),
        status(200, LEAK),
        html(),
        events(LEAK),
        events(f'{{"choices": "{KEY}'),
        events({"choices": KEY}),
        events({"choices": [{"delta": {"content": "да"}, "finish_reason": KEY}]}),
        hang_after("да"),
        lambda _: None,
    ],
)
def test_the_key_is_shown_nowhere(
    endpoint: Endpoint, model_at: ModelAt, caplog: pytest.LogCaptureFixture, script: Script
) -> None:
    """Neither by us nor by a server that repeats it: in no message, representation, traceback or log."""
    caplog.set_level(logging.DEBUG)
    endpoint.will(script)
    model = model_at(endpoint, key=SecretStr(KEY), gap_seconds=0.2)
    said = [repr(model), repr(model.address), str(model.address)]
    try:
        list(model.stream(QUESTION))
    except ModelFault as fault:
        said += [str(fault), fault.message("en"), repr(fault), str(fault.values), *traceback.format_exception(fault)]
    # httpcore logs at DEBUG what servers send as it comes.
    records = [record for record in caplog.records if not record.name.startswith("httpcore")]
    logged = [f"{record.getMessage()} {record.exc_text or ''}" for record in records]
    assert logged
    assert endpoint.requests
    assert KEY not in "\n".join(said + logged)


def test_a_key_that_no_header_can_hold_is_a_fault(endpoint: Endpoint, model_at: ModelAt) -> None:
    """The settings refuse it; whoever comes past them learns nothing of it."""
    endpoint.will(reply("да"))
    model = model_at(endpoint, key=SecretStr("s3cretключ"))
    with pytest.raises(ModelFault) as caught:
        list(model.stream(QUESTION))
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
    assert endpoint.requests == []


def test_keys_for_others_are_not_sent(endpoint: Endpoint, model_at: ModelAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment holds for OpenAI itself stays here, and so does what tells of this machine."""
    monkeypatch.setenv("OPENAI_API_KEY", "s3cret-key")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "s3cret-admin")
    monkeypatch.setenv("OPENAI_ORG_ID", "s3cret-organisation")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "s3cret-project")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Mine: s3cret-mine\nAuthorization: Bearer s3cret-other")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:1/v1")
    endpoint.will(reply("да"))
    assert list(model_at(endpoint).stream(QUESTION)) == ["да"]
    (request,) = endpoint.requests
    assert "s3cret" not in f"{request.headers} {request.text}"
    assert request.headers.keys() <= {
        "host",
        "connection",
        "user-agent",
        "accept",
        "content-type",
        "content-length",
    }


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint) -> Endpoint:
    """The endpoint as the environment's proxy."""
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{endpoint.port}")
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return endpoint


def test_this_machine_is_asked_without_a_proxy(proxy: Endpoint, model_at: ModelAt) -> None:
    """Notes for a model here do not leave the machine by way of a proxy."""
    proxy.will(reply("от прокси"))
    with Endpoint() as server:
        server.will(reply("да"))
        assert list(model_at(server).stream(QUESTION)) == ["да"]
    assert proxy.requests == []


def test_other_machines_are_asked_through_the_proxy(proxy: Endpoint, model_at: ModelAt) -> None:
    """Where the environment wants one, there is no other way out."""
    proxy.will(reply("да"))
    assert list(model_at("http://model.invalid/v1").stream(QUESTION)) == ["да"]
    assert proxy.requests[0].path == "http://model.invalid/v1/chat/completions"


@pytest.mark.parametrize("kind", ["socks5", "gopher"])
def test_a_proxy_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint, model_at: ModelAt, kind: str
) -> None:
    """The fault names it; a model on this machine is asked all the same."""
    for name in ("ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"{kind}://127.0.0.1:1")
    with pytest.raises(ModelFault) as caught:
        list(model_at("http://model.invalid/v1").stream(QUESTION))
    assert caught.value.key == "model_proxy"
    endpoint.will(reply("да"))
    assert list(model_at(endpoint).stream(QUESTION)) == ["да"]


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://127.8.8.8/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://LOCALHOST:1/v1", True),
        ("http://192.168.0.7/v1", False),
        ("https://localhost.example.com/v1", False),
        ("https://127.0.0.1.example.com/v1", False),
    ],
)
def test_which_addresses_are_on_this_machine(url: str, here: bool) -> None:
    """Only those that can mean no other."""
    assert ModelAddress(url, "m").is_on_this_machine is here
