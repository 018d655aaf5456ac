"""OpenAI's protocol, spoken by OpenAI's own client."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import openai
import pytest
from scripted_endpoint import MODEL, Endpoint, drop_after, hang_after, reply

from kbqa import KnowledgeBase
from kbqa.index.tokens import count_tokens
from kbqa.json_shapes import answer_data
from kbqa.settings import Settings

QUESTION = "Какие бывают виды партнёрства?"
SOURCES = "\n\nИсточники:\n- [1] "
Ask = Callable[..., openai.types.chat.ChatCompletion]


@pytest.fixture
def client(server) -> openai.OpenAI:
    """The client as users make it; the key is not looked at, as there is no password."""
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="any", max_retries=0)


@pytest.fixture
def ask(client: openai.OpenAI) -> Ask:
    """Asks with messages, or one question."""

    def ask(*messages: str | dict[str, object], **options: object):
        roles = [one if isinstance(one, dict) else {"role": "user", "content": one} for one in messages]
        return client.chat.completions.create(**{"model": "kbqa", "messages": roles} | options)

    return ask


def test_models_are_listed(client: openai.OpenAI) -> None:
    """One, where no language model is set."""
    assert [model.id for model in client.models.list()] == ["kbqa"]
    assert client.models.retrieve("kbqa").id == "kbqa"
    with pytest.raises(openai.NotFoundError, match="kbqa-llm"):
        client.models.retrieve("kbqa-llm")


def test_an_answer_has_its_sources_in_text_and_as_data(ask: Ask, kb: KnowledgeBase) -> None:
    """Markers, a list of places at the end, and the citations in a field that other clients ignore."""
    expected = kb.ask(QUESTION)
    completion = ask(QUESTION)
    (choice,) = completion.choices
    assert choice.finish_reason == "stop"
    text, _, sources = choice.message.content.partition(SOURCES)
    assert text == expected.text
    assert sources.count("\n- [") + 1 == len(expected.citations)
    assert sources.startswith(f"{expected.citations[0].note}:{expected.citations[0].start_line} › ")
    assert choice.message.citations == json.loads(json.dumps(answer_data(expected)["citations"]))
    assert completion.usage.prompt_tokens == count_tokens(QUESTION)
    assert completion.usage.completion_tokens == count_tokens(choice.message.content)
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens


def test_a_stream_is_the_same_in_pieces(ask: Ask) -> None:
    """The last piece has the citations; the count of tokens comes where it is wanted."""
    chunks = list(ask(QUESTION, stream=True, stream_options={"include_usage": True}))
    whole = ask(QUESTION)
    assert chunks[0].choices[0].delta.role == "assistant"
    pieces = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert "".join(piece.delta.content or "" for piece in pieces) == whole.choices[0].message.content
    assert [piece.finish_reason for piece in pieces if piece.finish_reason] == ["stop"]
    assert pieces[-1].delta.citations == whole.choices[0].message.citations
    assert chunks[-1].usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.usage is None for chunk in ask(QUESTION, stream=True))


def test_a_refusal_says_so(ask: Ask) -> None:
    """In words, as data, with the nearest places."""
    (choice,) = ask("Какая столица у Франции?").choices
    assert choice.message.content.startswith("В заметках нет ответа")
    assert "\n\nБлижайшие разделы:\n- " in choice.message.content
    assert (choice.message.status, choice.message.citations) == ("no_evidence", [])


def test_earlier_messages_are_the_history(ask: Ask, kb: KnowledgeBase) -> None:
    """What our own answers end with does not count, and system messages are ignored."""
    first = ask("Что такое отраслевые сообщества?").choices[0].message.content
    expected = kb.ask(
        "А какие у них преимущества?", [("Что такое отраслевые сообщества?", first.partition(SOURCES)[0])]
    )
    then = ask(
        {"role": "system", "content": "Отвечай по-английски."},
        {"role": "developer", "content": "Answer in verse."},
        {"role": "user", "content": [{"type": "text", "text": "Что такое отраслевые сообщества?"}]},
        {"role": "assistant", "content": first},
        "А какие у них преимущества?",
    )
    content = then.choices[0].message.content
    assert content.startswith(f"> Ищу: «{expected.understood}»\n\n")
    assert expected.text in content


def test_harmless_wishes_are_ignored(ask: Ask) -> None:
    """Chat clients send many fields."""
    options = {"temperature": 0.2, "max_tokens": 5, "top_p": 1, "stop": ["x"], "seed": 1, "user": "я", "n": 1}
    tools = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    text = {"type": "text"}
    assert ask(QUESTION, **options, tools=tools, response_format=text).choices[0].message.citations


@pytest.mark.parametrize(
    ("options", "kind", "code"),
    [
        ({"model": "gpt-4o"}, openai.NotFoundError, "model_not_found"),
        ({"model": "kbqa-llm"}, openai.NotFoundError, "model_not_found"),
        ({"n": 2}, openai.BadRequestError, "unsupported_parameter"),
        ({"response_format": {"type": "json_object"}}, openai.BadRequestError, "unsupported_parameter"),
        ({"tool_choice": "required"}, openai.BadRequestError, "unsupported_parameter"),
        ({"messages": []}, openai.BadRequestError, "no_question"),
        ({"messages": [{"role": "assistant", "content": "Да."}]}, openai.BadRequestError, "no_question"),
        ({"messages": [{"role": "user", "content": " "}]}, openai.BadRequestError, "question_empty"),
        ({"messages": "привет"}, openai.BadRequestError, "malformed"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]},
            openai.BadRequestError,
            "only_text",
        ),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_done_is_an_error_of_openais_kind(
    ask: Ask, options: dict[str, object], kind: type[openai.APIStatusError], code: str, stream: bool
) -> None:
    """The client raises what its users know."""
    with pytest.raises(kind) as caught:
        ask(QUESTION, **options, stream=stream)
    assert caught.value.code == code
    assert caught.value.message


def test_the_key_is_the_password(running, kb: KnowledgeBase, settings: Settings, tmp_path: Path) -> None:
    """Where there is a password."""
    assert kb.chunk_count
    password = "twelve characters"  # noqa: S105 - the test's own
    with running(tmp_path, corpus=settings.corpus, index=settings.index, password=password) as server:
        client = openai.OpenAI(base_url=f"{server.url}/v1", api_key=password, max_retries=0)
        assert [model.id for model in client.models.list()] == ["kbqa"]
        with pytest.raises(openai.AuthenticationError):
            openai.OpenAI(base_url=f"{server.url}/v1", api_key="wrong", max_retries=0).models.list()


@pytest.fixture(params=["mark"])
def by_model(  # noqa: PLR0917 - each is a fixture
    running,
    kb: KnowledgeBase,
    settings: Settings,
    endpoint: Endpoint,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[openai.OpenAI]:
    """A client of a server whose answers a model may write."""
    assert kb.chunk_count
    places = {"corpus": settings.corpus, "index": settings.index, "data": tmp_path / "data"}
    with running(tmp_path, **places, llm_url=endpoint.url, llm_model=MODEL, unsupported=request.param) as server:
        yield openai.OpenAI(base_url=f"{server.url}/v1", api_key="any", max_retries=0)


WRITTEN = ("- Финансовая поддержка ", "мероприятия [2].\n", "- Взнос партнёра 5000 рублей [2].\n")


def _stream(client: openai.OpenAI, model: str = "kbqa-llm"):
    messages = [{"role": "user", "content": QUESTION}]
    return client.chat.completions.create(model=model, messages=messages, stream=True)


def test_a_model_writes_where_it_is_chosen(by_model: openai.OpenAI, endpoint: Endpoint) -> None:
    """Live, and then it is told what the notes do not support; the other name keeps the model out."""
    assert [model.id for model in by_model.models.list()] == ["kbqa", "kbqa-llm"]
    endpoint.will(reply(*WRITTEN))
    pieces = [chunk.choices[0] for chunk in _stream(by_model)]
    contents = [piece.delta.content for piece in pieces if piece.delta.content]
    assert len(contents) > 1
    text = "".join(contents)
    assert text.startswith("- Финансовая поддержка мероприятия [1].\n- Взнос")
    assert "\n\nНе подтверждено заметками:\n- " in text
    assert "такого числа в источнике нет" in text
    assert SOURCES in text
    assert "Финансовая поддержка мероприятия" in pieces[-1].delta.citations[0]["quote"]
    asked = len(endpoint.requests)
    by_notes = "".join(chunk.choices[0].delta.content or "" for chunk in _stream(by_model, "kbqa"))
    assert "Взнос" not in by_notes
    assert len(endpoint.requests) == asked
    messages = [{"role": "user", "content": QUESTION}]
    whole = by_model.chat.completions.create(model="kbqa-llm", messages=messages).choices[0].message.content
    assert "[не подтверждено заметками: такого числа в источнике нет]" in whole


def test_what_a_failing_model_began_is_parted_from_the_answer(by_model: openai.OpenAI, endpoint: Endpoint) -> None:
    """Nothing that was sent can be taken back, so a line is drawn, and the answer says why it comes from the notes."""
    endpoint.will(drop_after("Партнёрство бывает разным, ", "и вот каким: "))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in _stream(by_model))
    begun, _, answer = text.partition("\n\n---\n\n")
    assert begun.startswith("Партнёрство бывает")
    assert "выписка из заметок" in answer
    assert SOURCES in answer


@pytest.mark.parametrize("by_model", ["remove"], indirect=True)
def test_what_is_to_be_removed_is_never_sent(by_model: openai.OpenAI, endpoint: Endpoint) -> None:
    """Where the settings want unsupported sentences removed, the answer comes once it is checked."""
    endpoint.will(reply(*WRITTEN))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in _stream(by_model))
    assert "Финансовая поддержка мероприятия [1]" in text
    assert "5000" not in text


def test_who_leaves_ends_the_writing(by_model: openai.OpenAI, endpoint: Endpoint) -> None:
    """At the model's server, in mid-stream and while nothing has come."""
    endpoint.will(hang_after("Партнёрство ", "даёт участникам "))
    before = len(endpoint.requests)
    stream = _stream(by_model)
    for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    stream.close()
    assert endpoint.requests[before].left.wait(8)
    messages = [{"role": "user", "content": QUESTION}]
    impatient = by_model.with_options(timeout=2)
    with pytest.raises(openai.APITimeoutError):
        impatient.chat.completions.create(model="kbqa-llm", messages=messages)
    assert endpoint.requests[before + 1].left.wait(8)


def test_many_clients_are_answered_side_by_side(server) -> None:
    """Each gets the whole answer."""
    lengths: list[int] = []

    def ask() -> None:
        body = json.dumps({"model": "kbqa", "messages": [{"role": "user", "content": QUESTION}]}).encode()
        asked = urllib.request.Request(f"{server.url}/v1/chat/completions", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked) as answer:
            lengths.append(len(json.load(answer)["choices"][0]["message"]["content"]))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lengths) == 20
    assert len(set(lengths)) == 1
