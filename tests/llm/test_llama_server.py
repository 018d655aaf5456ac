"""The door against the real server of llama.cpp, which is what stands behind most models on one's own machine."""

import threading
import time
from collections.abc import Callable

import pytest
from llama_server import LlamaServer, grammar_for

from kbqa.errors import ModelFault
from kbqa.llm import ChatModel, find_local_models

ModelAt = Callable[..., ChatModel]
QUESTION = (("system", "Отвечай по заметкам."), ("user", "Кто такие спонсоры?"))
TEXTS = [
    "Спонсоры платят деньгами [1]. Партнёры — услугами и площадкой [2].",
    '- Первое [1]\n- Второе «с кавычками» и "прямыми" \\ [2]\n\n**Итог:** 100 % 🙂',
]


def ask(model: ChatModel) -> tuple[str, str | None]:
    """What the model said, and the key of the fault that ended it."""
    said: list[str] = []
    try:
        said.extend(model.stream(QUESTION))
    except ModelFault as fault:
        return "".join(said), fault.key
    return "".join(said), None


@pytest.fixture
def server_model(llama_server: LlamaServer, model_at: ModelAt) -> Callable[..., ChatModel]:
    """The tiny model, with these extra fields and limits."""
    return lambda **changes: model_at(llama_server.url, model=llama_server.model, **changes)


@pytest.mark.parametrize("text", TEXTS, ids=["prose", "Markdown"])
def test_a_scripted_reply_arrives_whole(server_model: Callable[..., ChatModel], text: str) -> None:
    """Cyrillic of two bytes, a character of four, signs of Markdown: all as they were said, in several pieces."""
    pieces = list(server_model(answer_tokens=512, extra={"grammar": grammar_for(text)}).stream(QUESTION))
    assert "".join(pieces) == text
    assert len(pieces) > 10


def test_a_reply_that_does_not_fit_is_cut(server_model: Callable[..., ChatModel]) -> None:
    """The server heeds the limit, and says that it did."""
    said, key = ask(server_model(answer_tokens=20, extra={"grammar": grammar_for(TEXTS[0])}))
    assert key == "model_cut"
    assert said
    assert TEXTS[0].startswith(said.rstrip("\N{REPLACEMENT CHARACTER}"))


def test_nonsense_does_no_harm(server_model: Callable[..., ChatModel]) -> None:
    """Random bytes, which are no UTF-8 either, end by the limit or by chance, and never otherwise."""
    said, key = ask(server_model(extra={"seed": 1}))
    assert key in {None, "model_cut", "model_endless", "model_empty"}
    assert said.encode()


def test_stop_ends_the_generation(llama_server: LlamaServer, server_model: Callable[..., ChatModel]) -> None:
    """A minute's reply that nobody waits for does not keep the processor busy."""
    stop = threading.Event()
    model = server_model(answer_tokens=3000, extra={"grammar": 'root ::= "слово "*'})
    pieces = model.stream(QUESTION, stop=stop)
    next(pieces)
    assert not llama_server.is_idle()
    stop.set()
    began = time.monotonic()
    with pytest.raises(ModelFault) as caught:
        list(pieces)
    assert caught.value.key == "model_stopped"
    assert time.monotonic() - began < 1
    assert llama_server.becomes_idle(1)


def test_closing_ends_the_generation(llama_server: LlamaServer, server_model: Callable[..., ChatModel]) -> None:
    """So does closing the iterator."""
    pieces = server_model(answer_tokens=3000, extra={"grammar": 'root ::= "слово "*'}).stream(QUESTION)
    next(pieces)
    assert not llama_server.is_idle()
    pieces.close()  # type: ignore[attr-defined]
    assert llama_server.becomes_idle(1)


def test_a_wrong_grammar_is_a_fault(server_model: Callable[..., ChatModel]) -> None:
    """The server refuses the request; what it says of it stays with it."""
    with pytest.raises(ModelFault) as caught:
        list(server_model(extra={"grammar": "s3cret"}).stream(QUESTION))
    assert (caught.value.key, caught.value.values["reason"]) == ("model_failed", "HTTP 400")


def test_a_prompt_beyond_the_context_is_a_fault(server_model: Callable[..., ChatModel]) -> None:
    """A conversation that the model cannot hold is refused, not cut."""
    with pytest.raises(ModelFault) as caught:
        list(server_model().stream((("user", "слово " * 2000),)))
    assert caught.value.key == "model_failed"


def test_it_is_found(llama_server: LlamaServer) -> None:
    """Its list of models is understood."""
    port = int(llama_server.url.removesuffix("/v1").rpartition(":")[2])
    (found,) = find_local_models({"llama.cpp": port}, timeout=5)
    assert (found.server, found.url, found.model) == ("llama.cpp", llama_server.url, llama_server.model)
