"""The door to a language model, over real HTTP: whole replies, and every way in which there is none."""

import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from scripted_endpoint import (
    MODEL,
    Endpoint,
    Script,
    Wire,
    drop_after,
    endless,
    events,
    hang,
    hang_after,
    html,
    reply,
    status,
)

from kbqa.errors import ModelFault
from kbqa.llm import ChatModel, Limits
from kbqa.llm.exchange import converse
from kbqa.settings import Settings

ModelAt = Callable[..., ChatModel]
SHORT = {"first_token_seconds": 0.8, "gap_seconds": 0.4, "total_seconds": 1.6}
QUESTION = (("system", "Отвечай по заметкам."), ("user", "Кто такие спонсоры?"))


def ask(model: ChatModel, **options: Any) -> tuple[list[str], ModelFault | None, float]:
    """The pieces of the reply, the fault that ended it, and the seconds it took."""
    began = time.monotonic()
    pieces: list[str] = []
    fault = None
    try:
        pieces.extend(model.stream(QUESTION, **options))
    except ModelFault as error:
        fault = error
    return pieces, fault, time.monotonic() - began


def fault_key(model: ChatModel) -> str:
    """How the reply failed."""
    fault = ask(model)[1]
    assert fault is not None
    return fault.key


@pytest.fixture(scope="module", autouse=True)
def _libraries_are_loaded() -> None:
    """The tests measure time; loading LlamaIndex is not what they are about."""
    assert converse


@pytest.fixture
def refused() -> Iterator[str]:
    """An address where nobody listens, and nobody else can begin to."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/v1"


def test_a_reply_arrives_in_pieces(endpoint: Endpoint, model_at: ModelAt) -> None:
    """Each piece is handed on when it comes, not when all have come."""
    endpoint.will(reply("Спонсоры ", "платят ", "деньгами [1].", pause=0.2))
    pieces = model_at(endpoint).stream(QUESTION)
    assert [next(pieces), next(pieces)] == ["Спонсоры ", "платят "]
    assert not endpoint.requests[0].ended.is_set()
    assert list(pieces) == ["деньгами [1]."]


def test_the_request_is_what_the_endpoint_expects(endpoint: Endpoint, model_at: ModelAt) -> None:
    """The conversation in order, the model's name, the limits, the extra fields, and nothing else."""
    endpoint.will(reply("да"))
    assert ask(model_at(endpoint, extra={"think": False, "seed": 7}))[0] == ["да"]
    (request,) = endpoint.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.body == {
        "model": MODEL,
        "messages": [{"role": role, "content": text} for role, text in QUESTION],
        "stream": True,
        "temperature": 0,
        "max_tokens": 64,
        "think": False,
        "seed": 7,
    }


def test_a_call_can_ask_for_less(endpoint: Endpoint, model_at: ModelAt) -> None:
    """A short reply is enough to put a question into other words."""
    endpoint.will(reply("да"))
    ask(model_at(endpoint), answer_tokens=20)
    assert endpoint.requests[0].body["max_tokens"] == 20


def test_reasoning_is_a_sign_of_life_and_no_text(endpoint: Endpoint, model_at: ModelAt) -> None:
    """A model may think for longer than the first token may take, as long as it is heard."""
    endpoint.will(reply("да", thinking=("ну", "так", "вот", "же"), pause=0.25))
    pieces, fault, seconds = ask(model_at(endpoint, **SHORT))
    assert (pieces, fault) == (["да"], None)
    assert seconds > 0.8


def test_a_role_alone_does_not_shorten_the_wait(endpoint: Endpoint, model_at: ModelAt) -> None:
    """Some servers say at once who speaks; the first token may still take its time, longer than a gap."""
    endpoint.will(reply("да", pause=0.6))
    assert ask(model_at(endpoint, **SHORT))[:2] == (["да"], None)


def test_half_of_a_character_is_replaced(endpoint: Endpoint, model_at: ModelAt) -> None:
    """Every piece can be written to a file or a page."""
    choice = {"delta": {"content": "да \ud83d"}, "finish_reason": "stop"}
    endpoint.will(events({"choices": [choice]}))
    assert ask(model_at(endpoint))[0] == ["да \N{REPLACEMENT CHARACTER}"]


def test_a_reply_that_has_ended_is_not_waited_for(endpoint: Endpoint, model_at: ModelAt) -> None:
    """A server that leaves the connection open after the last token keeps nobody waiting."""

    def script(wire: Wire) -> None:
        wire.head()
        wire.delta(content="да", finish="stop")
        wire.pause(60)

    endpoint.will(script)
    pieces, fault, seconds = ask(model_at(endpoint))
    assert (pieces, fault) == (["да"], None)
    assert seconds < 2


FAULTS: list[tuple[str, Script, str, list[str]]] = [
    ("400", status(400), "model_failed", []),
    ("401", status(401), "model_key", []),
    ("403", status(403), "model_key", []),
    ("404", status(404), "model_unknown", []),
    ("404 page", html(404), "model_unknown", []),
    ("413", status(413), "model_failed", []),
    ("429", status(429), "model_busy", []),
    ("500", status(500), "model_failed", []),
    ("502 page", html(502), "model_failed", []),
    ("503", status(503), "model_failed", []),
    ("a page", html(), "model_garbled", []),
    ("plain text", status(200, "ready", "text/plain"), "model_garbled", []),
    ("no type", status(200, "{}", None), "model_garbled", []),
    ("nothing", status(204, "", None), "model_garbled", []),
    ("an error with status 200", status(200, '{"error": {"message": "no"}}'), "model_garbled", []),
    ("a reply that is no stream", status(200, '{"choices": [{"message": {}}]}'), "model_garbled", []),
    ("broken JSON", events('{"choices": [', {"choices": []}), "model_garbled", []),
    ("an error in the stream", events({"error": {"message": "no", "code": 500}}), "model_garbled", []),
    ("a list", events([]), "model_garbled", []),
    ("a number", events(5), "model_garbled", []),
    ("null", events(None), "model_garbled", []),
    ("other JSON", events({"message": {"content": "да"}}), "model_garbled", []),
    ("choices of another kind", events({"choices": "да"}), "model_garbled", []),
    ("text of another kind", events({"choices": [{"delta": {"content": ["да"]}}]}), "model_garbled", []),
    ("an end of another kind", events({"choices": [{"delta": {}, "finish_reason": 1}]}), "model_garbled", []),
    ("deep JSON", events("[" * 50_000), "model_garbled", []),
    ("closed amid the reply", drop_after("да"), "model_dropped", ["да"]),
    ("closed amid a chunked reply", drop_after("да", chunked=True), "model_dropped", ["да"]),
    ("broken off amid the reply", drop_after("да", reset=True), "model_dropped", ["да"]),
    ("closed before the reply", drop_after(), "model_dropped", []),
    ("closed before the headers", lambda _: None, "model_dropped", []),
    ("[DONE] without a reason", events({"choices": [{"delta": {"content": "да"}}]}), "model_dropped", ["да"]),
    ("an empty reply", reply(), "model_empty", []),
    ("blanks", reply(" ", "\n"), "model_empty", [" ", "\n"]),
    ("only the end", events({"choices": [{"delta": {}, "finish_reason": "stop"}]}), "model_empty", []),
    ("only reasoning", reply(thinking=("ну",)), "model_empty", []),
    ("cut", reply("да", finish="length"), "model_cut", ["да"]),
    ("filtered", reply("да", finish="content_filter"), "model_failed", ["да"]),
    ("a tool", reply("да", finish="tool_calls"), "model_failed", ["да"]),
    ("a reason of its own", reply("да", finish="s3cret"), "model_failed", ["да"]),
    ("too long", endless("слово " * 10), "model_endless", ["слово " * 10]),
]


@pytest.mark.parametrize(
    ("script", "key", "pieces"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_a_reply_that_fails(endpoint: Endpoint, model_at: ModelAt, script: Script, key: str, pieces: list[str]) -> None:
    """Each kind of failure has its key, and comes after what was said before it."""
    endpoint.will(script)
    said, fault, _ = ask(model_at(endpoint))
    assert fault is not None
    assert fault.key == key
    assert said[: len(pieces)] == pieces
    assert (fault.values["model"], fault.values["url"]) == (MODEL, endpoint.url)
    assert "s3cret" not in fault.message("ru") + fault.message("en") + repr(fault)
    assert fault.__cause__ is fault.__context__ is None


@pytest.mark.parametrize(
    ("script", "key", "least"),
    [
        pytest.param(hang(), "model_slow", 0.8, id="nothing"),
        pytest.param(hang(with_head=True), "model_slow", 0.8, id="headers"),
        pytest.param(hang_after(), "model_stalled", 0.8, id="role"),
        pytest.param(hang_after("да"), "model_stalled", 0.4, id="text"),
        pytest.param(endless("да", pause=0.2), "model_endless", 1.6, id="trickle"),
    ],
)
def test_time_limits(endpoint: Endpoint, model_at: ModelAt, script: Script, key: str, least: float) -> None:
    """Each limit ends the reply when its time is up, and the connection with it."""
    endpoint.will(script)
    _, fault, seconds = ask(model_at(endpoint, **SHORT))
    assert fault is not None
    assert fault.key == key
    assert least <= seconds < least + 2
    assert endpoint.requests[0].left.wait(1)


def test_a_reply_that_does_not_end_is_ended_by_its_length(endpoint: Endpoint, model_at: ModelAt) -> None:
    """A server that ignores `max_tokens` is left long before the time is up; none that heeds it is."""
    endpoint.will(endless("слово " * 10))
    pieces = ask(model_at(endpoint))[0]
    assert 64 * 5 < sum(map(len, pieces)) <= 64 * 8 + 256
    assert endpoint.requests[0].left.wait(1)


def test_a_line_that_does_not_end_is_ended_by_its_size(endpoint: Endpoint, model_at: ModelAt) -> None:
    """The memory that a reply can take is limited, too."""

    def script(wire: Wire) -> None:
        wire.head()
        wire.send("data: ")
        while True:
            wire.send(b"x" * 2**20)

    endpoint.will(script)
    assert fault_key(model_at(endpoint)) == "model_endless"
    assert endpoint.requests[0].left.wait(1)


def test_a_redirect_is_not_followed(endpoint: Endpoint, model_at: ModelAt) -> None:
    """Notes go to the address in the settings, and to no other that a server names."""
    with Endpoint() as other:
        other.will(reply("да"))
        for code in (301, 302, 307, 308):
            endpoint.will(status(code, location=f"{other.url}/chat/completions"))
            fault = ask(model_at(endpoint))[1]
            assert fault is not None
            assert (fault.key, fault.values["reason"]) == ("model_failed", f"HTTP {code}")
        assert other.requests == []


def test_a_refused_connection_is_told_at_once(refused: str, model_at: ModelAt) -> None:
    """With all attempts it takes less than a second."""
    model = model_at(refused, first_token_seconds=15, total_seconds=28)
    asked = [ask(model) for _ in range(3)]
    assert [fault.key for _, fault, _ in asked if fault] == ["model_unreachable"] * 3
    assert 0.15 + 0.3 <= min(seconds for _, _, seconds in asked) < 1  # the least, as tests may run side by side


def test_a_server_that_comes_up_is_found(model_at: ModelAt) -> None:
    """A refused connection is tried again: the server may be starting."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))

        def come_up() -> None:
            time.sleep(0.1)
            server.listen()
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
                connection.sendall(b'data: {"choices": [{"delta": {"content": "ok"}, "finish_reason": "stop"}]}\n\n')

        coming = threading.Thread(target=come_up)
        coming.start()
        assert ask(model_at(f"http://127.0.0.1:{server.getsockname()[1]}/v1"))[:2] == (["ok"], None)
        coming.join()


@pytest.mark.parametrize("failure", [OSError(-2, "Name or service not known"), None], ids=["unknown", "hanging"])
def test_a_name_that_is_not_found(monkeypatch: pytest.MonkeyPatch, model_at: ModelAt, failure: OSError | None) -> None:
    """A host name without an address, and a name server that does not answer, hold nobody up."""
    answered = threading.Event()

    def look_up(*_: object, **__: object) -> None:
        if failure is None:
            answered.wait(5)
        raise socket.gaierror(*(failure.args if failure else (-3, "Temporary failure")))

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    _, fault, seconds = ask(model_at("http://model.invalid/v1", connect_seconds=0.3))
    answered.set()
    assert fault is not None
    assert fault.key == "model_unreachable"
    assert seconds < 3


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_a_server_in_trouble_is_asked_again(endpoint: Endpoint, model_at: ModelAt, code: int) -> None:
    """Two more attempts, and the reply of the one that succeeds."""
    endpoint.will(status(code), status(code), reply("да"))
    assert ask(model_at(endpoint))[:2] == (["да"], None)
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize("code", [429, 503])
def test_two_more_attempts_are_all(endpoint: Endpoint, model_at: ModelAt, code: int) -> None:
    """A server that stays in trouble is asked three times."""
    endpoint.will(status(code))
    assert ask(model_at(endpoint))[1] is not None
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize(
    "script",
    [status(400), status(401), status(404), html(), hang(), hang_after("да"), drop_after("да"), drop_after(), reply()],
)
def test_other_failures_are_not_tried_again(endpoint: Endpoint, model_at: ModelAt, script: Script) -> None:
    """Least of all a reply that has begun: it would be said twice."""
    endpoint.will(script, reply("снова"))
    assert ask(model_at(endpoint, **SHORT))[1] is not None
    assert len(endpoint.requests) == 1


def test_the_server_says_when_to_try_again(endpoint: Endpoint, model_at: ModelAt) -> None:
    """Retry-After is kept, to the second."""
    endpoint.will(status(429, retry_after="1"), reply("да"))
    pieces, _, seconds = ask(model_at(endpoint))
    assert pieces == ["да"]
    assert 1 <= seconds < 3


def test_a_long_wait_is_not_waited(endpoint: Endpoint, model_at: ModelAt) -> None:
    """If the server asks for more time than a first token may take, the fault comes at once."""
    endpoint.will(status(503, retry_after="3600"), reply("да"))
    _, fault, seconds = ask(model_at(endpoint))
    assert fault is not None
    assert fault.key == "model_failed"
    assert seconds < 2


def test_all_attempts_share_the_first_tokens_time(endpoint: Endpoint, model_at: ModelAt) -> None:
    """A hanging second attempt has only what the first one left."""
    endpoint.will(status(503), hang())
    _, fault, seconds = ask(model_at(endpoint, **SHORT))
    assert fault is not None
    assert fault.key == "model_slow"
    assert 0.8 <= seconds < 3


@pytest.mark.parametrize("script", [hang(), hang(with_head=True), hang_after("да"), endless("д", pause=0.01)])
def test_stop_ends_the_reply(endpoint: Endpoint, model_at: ModelAt, script: Script) -> None:
    """Whatever is being waited for: the fault comes in a moment, and the server sees that nobody listens."""
    endpoint.will(script)
    stop = threading.Event()
    timer = threading.Timer(0.2, stop.set)
    timer.start()
    _, fault, seconds = ask(model_at(endpoint, answer_tokens=10_000), stop=stop)
    timer.join()
    assert fault is not None
    assert fault.key == "model_stopped"
    assert 0.1 < seconds < 2
    assert endpoint.requests[0].left.wait(1)


def test_stop_before_the_start_asks_nobody(endpoint: Endpoint, model_at: ModelAt) -> None:
    """A question that was taken back is not sent to the model's end."""
    endpoint.will(hang())
    stop = threading.Event()
    stop.set()
    _, fault, seconds = ask(model_at(endpoint), stop=stop)
    assert fault is not None
    assert fault.key == "model_stopped"
    assert seconds < 2
    assert all(request.left.wait(1) for request in endpoint.requests)


def test_closing_the_iterator_ends_the_reply(endpoint: Endpoint, model_at: ModelAt) -> None:
    """Whoever has read enough closes it; the server sees that nobody listens."""
    endpoint.will(endless("да ", pause=0.01))
    pieces = model_at(endpoint, answer_tokens=10_000).stream(QUESTION)
    assert next(pieces) == "да "
    pieces.close()  # type: ignore[attr-defined]
    assert endpoint.requests[0].left.wait(1)


def test_an_iterator_that_is_forgotten_ends_by_its_limits(endpoint: Endpoint, model_at: ModelAt) -> None:
    """A reader that goes to sleep does not keep the server busy for longer than a reply may take."""
    endpoint.will(endless("д", pause=0.05))
    pieces = model_at(endpoint, **SHORT).stream(QUESTION)
    next(pieces)
    assert endpoint.requests[0].left.wait(1.6 + 1)
    with pytest.raises(ModelFault):
        list(pieces)


def test_replies_do_not_wait_for_each_other(endpoint: Endpoint, model_at: ModelAt) -> None:
    """Several conversations at once, over one model."""
    together = threading.Barrier(4)

    def script(wire: Wire) -> None:
        together.wait(4)
        reply("да")(wire)

    endpoint.will(script)
    model = model_at(endpoint)
    with ThreadPoolExecutor(4) as pool:
        assert [said for said, _, _ in pool.map(ask, [model] * 4)] == [["да"]] * 4


def test_a_model_that_keeps_failing_is_left_in_peace(endpoint: Endpoint, model_at: ModelAt) -> None:
    """After three faults in a row the fourth question is not sent; the fault says for how long."""
    endpoint.will(status(404))
    model = model_at(endpoint)
    assert [fault_key(model) for _ in range(3)] == ["model_unknown"] * 3
    _, fault, seconds = ask(model)
    assert fault is not None
    assert fault.key == "model_resting"
    assert 25 < fault.values["seconds"] <= 30  # type: ignore[operator]
    assert seconds < 2
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize("script", [reply("да", finish="length"), reply(), endless("слово " * 10)])
def test_a_model_that_is_there_is_asked_again(endpoint: Endpoint, model_at: ModelAt, script: Script) -> None:
    """A reply cut, empty or too long is no reason not to ask the next question."""
    endpoint.will(script)
    model = model_at(endpoint)
    assert "model_resting" not in [fault_key(model) for _ in range(5)]


def test_libraries_are_loaded_with_the_first_question() -> None:
    """Whoever uses no model, or none yet, does not wait for them."""
    code = """
        import sys
        from kbqa import KnowledgeBase, Settings
        assert KnowledgeBase
        from kbqa.llm import ChatModel
        model = ChatModel.from_settings(Settings(llm_url="http://127.0.0.1:1/v1", llm_model="m"))
        print([name for name in ("openai", "llama_index.llms.openai_like") if name in sys.modules])
        next(model.stream([("user", "да")]), None)
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.stdout == "[]\n"
    assert "kbqa.errors.ModelFault" in run.stderr


def test_no_model_without_a_url() -> None:
    """A knowledge base without a model has none to ask."""
    assert ChatModel.from_settings(Settings()) is None


def test_the_model_of_the_settings() -> None:
    """Each setting reaches its place; the defaults are those of the settings."""
    settings = Settings(llm_url="http://127.0.0.1:1/v1", llm_model="m", llm_key="k", llm_extra={"think": False})
    model = ChatModel.from_settings(settings)
    assert model is not None
    assert (model.address.url, model.address.model) == ("http://127.0.0.1:1/v1", "m")
    assert (model.address.key, model.address.extra) == (settings.llm_key, {"think": False})
    assert model.limits == Limits(
        connect_seconds=5,
        first_token_seconds=15,
        gap_seconds=10,
        total_seconds=28,
        answer_tokens=768,
        context_tokens=4096,
    )
