"""Answers written by a model over real HTTP, and every way in which they end without it."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from pydantic import SecretStr
from scripted_endpoint import (
    MODEL,
    Endpoint,
    Script,
    drop_after,
    endless,
    events,
    hang,
    hang_after,
    html,
    reply,
    status,
)

from kbqa import KnowledgeBase, Settings
from kbqa.answering import query_engine
from kbqa.answering.citations import markers
from kbqa.answering.generative.excerpts import premises_of
from kbqa.answering.generative.prompt import prompt_version, wording_in
from kbqa.answering.generative.verification import Verifier
from kbqa.answering.generative.writer import Writer
from kbqa.json_shapes import answer_data
from kbqa.llm import ChatModel, Limits, ModelAddress
from kbqa.llm.exchange import converse
from kbqa.types import Answer, Token, Withdrawn

Event = Token | Withdrawn | Answer

KEY = "s3cret-key"
QUESTION = "Какие бывают виды партнёрства?"
# The excerpts that it finds: 1 Организационное, 2 Спонсорское, 3 Контентное партнёрство.
SUPPORTED = (
    "- Организационное партнерство: совместная разработка концепции мероприятия [1]\n"
    "- Спонсорское партнерство: техническая поддержка, продвижение мероприятия [2]\n"
    "- Контентное партнерство: привлечение спикеров от партнера [3]"
)
GOOD = f"Виды партнерства:\n\n{SUPPORTED}"
INVENTED = "- Партнёрство стоит 5000 рублей в месяц [2]"


@pytest.fixture(scope="module", autouse=True)
def _libraries_are_loaded(kb: KnowledgeBase) -> None:
    """The tests measure time; loading LlamaIndex and the verifier's words is not what they are about."""
    assert converse
    note = kb.note("Партнерство в мероприятиях.md")
    premises = [premise for section in note.sections for premise in premises_of(note, section)]
    Verifier.of(kb.as_retriever()).align("Партнёры", premises[:1])


def model_at(url: str, **limits: float) -> ChatModel:
    """A model with a key and short limits."""
    values: dict[str, Any] = {
        "first_token_seconds": 3,
        "gap_seconds": 0.5,
        "total_seconds": 4,
        "answer_tokens": 768,
        "context_tokens": 4096,
    } | limits
    return ChatModel(ModelAddress(url, MODEL, SecretStr(KEY)), Limits(**values))


def split(events: Sequence[Event]) -> tuple[str, list[Withdrawn], Answer]:
    """What was streamed and not withdrawn, what was withdrawn, and the answer, which comes last and once."""
    *before, answer = events
    assert isinstance(answer, Answer)
    assert not any(isinstance(event, Answer) for event in before)
    withdrawn = [at for at, event in enumerate(before) if isinstance(event, Withdrawn)]
    shown = before[withdrawn[-1] + 1 :] if withdrawn else before
    text = "".join(event.text for event in shown if isinstance(event, Token))
    return text, [event for event in before if isinstance(event, Withdrawn)], answer


@pytest.fixture
def ask(kb: KnowledgeBase, endpoint: Endpoint) -> Callable[..., tuple[str, list[Withdrawn], Answer]]:
    """Asks, with the model at the endpoint playing these scripts."""

    def ask(*scripts: Script | str, question: str = QUESTION, history: Sequence[tuple[str, str]] = (), **limits: float):  # type: ignore[no-untyped-def]
        endpoint.will(*(reply(*script.split("|")) if isinstance(script, str) else script for script in scripts))
        return split(list(kb.stream(question, history, model=model_at(endpoint.url, **limits))))

    return ask


def composed(kb: KnowledgeBase, question: str = QUESTION) -> Answer:
    """The answer that needs no model."""
    return kb.ask(question, model=None)


def assert_fell_back(kb: KnowledgeBase, text: str, answer: Answer, question: str = QUESTION) -> None:
    """The answer is the extractive one, with a notice in Russian."""
    expected = composed(kb, question)
    assert answer.mode == "extractive"
    assert answer.notice is not None
    assert answer.notice.endswith("Поэтому здесь выписка из заметок.")
    assert answer_data(answer) | {"timings_ms": 0, "notice": 0} == answer_data(expected) | {
        "timings_ms": 0,
        "notice": 0,
    }
    assert text == answer.text


# What comes of a reply


def test_a_good_reply_becomes_the_answer(ask: Any, kb: KnowledgeBase) -> None:
    """Streamed as it comes; every sentence is supported by the very lines that it is taken from."""
    text, withdrawn, answer = ask(
        "Виды партнерства:\n|\n- Организационное |" + SUPPORTED.removeprefix("- Организационное ")
    )
    assert not withdrawn
    assert (answer.mode, answer.status, answer.model) == ("generative", "answered", MODEL)
    assert answer.text == text == GOOD
    assert answer.notice is None
    assert answer.invalid_citations == 0
    assert [sentence.doubt for sentence in answer.sentences] == [None] * 4
    assert [citation.number for citation in answer.citations] == list(dict.fromkeys(markers(answer.text))) == [1, 2, 3]
    assert answer.fingerprint == f"{composed(kb).fingerprint}-{prompt_version()}"
    assert answer.timings_ms.keys() == {"retrieve", "compose", "write", "verify", "total"}
    assert "Совместная разработка концепции мероприятия" in answer.citations[0].quote
    for sentence in answer.sentences:
        for source in sentence.sources:
            citation = answer.citations[source.number - 1]
            assert citation.start_line <= source.start_line <= source.end_line <= citation.end_line
            assert source.quote in "\n".join(
                kb.note(citation.note).text.split("\n")[source.start_line - 1 : source.end_line]
            )


def test_citations_are_announced_with_their_tokens(kb: KnowledgeBase, endpoint: Endpoint) -> None:
    """A marker is never shown before what it stands for is known."""
    endpoint.will(reply(*(GOOD[at : at + 5] for at in range(0, len(GOOD), 5))))
    known: set[int] = set()
    for event in kb.stream(QUESTION, model=model_at(endpoint.url)):
        if isinstance(event, Token):
            known |= {citation.number for citation in event.citations}
            assert set(markers(event.text)) <= known
    assert known == {1, 2, 3}


def test_a_doubtful_sentence_is_marked(ask: Any) -> None:
    """It stands in the text, with the reason; the others are supported."""
    text, withdrawn, answer = ask(f"{GOOD}\n{INVENTED}")
    assert not withdrawn
    assert answer.text == text
    doubtful = [sentence for sentence in answer.sentences if sentence.doubt]
    assert [answer.text[sentence.start : sentence.end] for sentence in doubtful] == [INVENTED.removeprefix("- ")]
    assert not doubtful[0].sources
    assert answer.notice is None


def test_a_doubtful_sentence_is_removed_if_asked(kb: KnowledgeBase, endpoint: Endpoint) -> None:
    """It is gone from the answer, and how many are gone is told."""
    endpoint.will(reply(f"{GOOD}\n{INVENTED}"))
    settings = kb.settings.model_copy(update={"unsupported": "remove"})
    writer = Writer(kb.as_query_engine(), model_at(endpoint.url), settings)
    _, withdrawn, answer = split(list(writer.stream(QUESTION)))
    assert not withdrawn
    assert answer.text == GOOD
    assert all(sentence.supported for sentence in answer.sentences)
    assert answer.notice == "Убрано предложений, которых нет в заметках: 1."


def test_a_reply_without_markers_is_not_shown(ask: Any, kb: KnowledgeBase) -> None:
    """Nothing could be verified of it, so the extractive answer comes; what was streamed is withdrawn."""
    text, withdrawn, answer = ask("Партнёрство бывает разным. |Есть спонсоры.")
    assert [event.notice for event in withdrawn] == [answer.notice]
    assert_fell_back(kb, text, answer)
    assert "подтверждают лишь 0 из 2" in str(answer.notice)


def test_a_reply_that_cites_the_wrong_excerpts_is_not_shown(ask: Any, kb: KnowledgeBase) -> None:
    """What another excerpt says does not support it."""
    text, withdrawn, answer = ask(SUPPORTED.replace("[1]", "[4]").replace("[2]", "[1]").replace("[3]", "[5]"))
    assert withdrawn
    assert_fell_back(kb, text, answer)


def test_a_wrong_marker_costs_its_sentence_its_support(ask: Any) -> None:
    """Only that one."""
    _, _, answer = ask(GOOD.replace("[2]", "[1]"))
    assert answer.mode == "generative"
    supported = {answer.text[sentence.start :].split(" ")[0]: sentence.supported for sentence in answer.sentences}
    assert supported == {
        "Виды": supported["Виды"],
        "Организационное": True,
        "Спонсорское": False,
        "Контентное": True,
    }


def test_markers_of_no_excerpt_are_dropped_and_counted(ask: Any, kb: KnowledgeBase) -> None:
    """None of them is shown; with nothing else cited, the reply is not shown either."""
    text, withdrawn, answer = ask(GOOD.replace("[1]", "[1][77]").replace("[3]", "[3, 99]"))
    assert not withdrawn
    assert answer.text == text == GOOD
    assert answer.invalid_citations == 2
    text, withdrawn, answer = ask(SUPPORTED.replace("[1]", "[77]").replace("[2]", "[88]").replace("[3]", "[99]"))
    assert withdrawn
    assert_fell_back(kb, text, answer)


@pytest.mark.parametrize("text", ["НЕТ ОТВЕТА", "**Нет ответа.**", "NO ANSWER"])
def test_the_model_may_find_no_answer(ask: Any, text: str) -> None:
    """The status says so; nothing was shown, nothing is cited, what was found stays."""
    shown, withdrawn, answer = ask(text)
    assert not withdrawn
    assert not shown
    assert (answer.status, answer.mode, answer.model) == ("no_evidence", "generative", MODEL)
    assert answer.text == "В заметках нет ответа на этот вопрос."
    assert answer.notice == f"Модель {MODEL} прочла найденные разделы и не нашла в них ответа."
    assert answer.citations == answer.sentences == ()
    assert answer.hits


def test_a_fault_does_not_hide_what_the_answer_lacks(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told after the fault; an answer that a model wrote has its own remarks."""
    monkeypatch.setattr(query_engine, "UNSURE", 1.0)
    _, _, answer = ask(status(500))
    assert "выписка из заметок. Возможно, прямого ответа в заметках нет" in str(answer.notice)
    _, _, written = ask(GOOD)
    assert (written.mode, written.notice) == ("generative", None)


def test_a_question_without_evidence_reaches_no_model(ask: Any, endpoint: Endpoint, kb: KnowledgeBase) -> None:
    """There is nothing that a model could answer from."""
    text, withdrawn, answer = ask(GOOD, question="Как приготовить борщ?")
    assert not endpoint.requests
    assert not withdrawn
    assert (answer.status, answer.mode, answer.notice) == ("no_evidence", "extractive", None)
    assert text == answer.text == composed(kb, "Как приготовить борщ?").text


# What goes out


def test_only_excerpts_of_the_vault_go_out(ask: Any, endpoint: Endpoint, kb: KnowledgeBase) -> None:
    """To the endpoint alone: the rules, the question, and lines of notes that were found."""
    ask(GOOD)
    (request,) = endpoint.requests
    assert request.path == "/v1/chat/completions"
    system, user = request.body["messages"]
    assert system["content"] == wording_in("ru").system
    *blocks, asked = user["content"].split("\n======\n\n")
    assert asked == f"Вопрос: {QUESTION}"
    found = {hit.chunk.note for hit in composed(kb).hits}
    lines = {line.strip() for note in found for line in kb.note(note).text.split("\n")}
    for block in blocks:
        place, text = block.split("\n======\n")
        assert place.startswith("Выписка ")
        assert {line.strip() for line in text.split("\n")} <= lines


def test_nothing_else_is_asked(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other address is connected to, nor looked up."""
    asked: list[object] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo
    monkeypatch.setattr(socket.socket, "connect", lambda self, to: (asked.append(to), connect(self, to))[1])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *to, **more: (asked.append(to[:2]), look_up(*to, **more))[1])
    _, _, answer = ask(GOOD)
    assert answer.mode == "generative"
    assert all(to[0] in {"127.0.0.1", b"127.0.0.1"} for to in asked if isinstance(to, tuple))


def test_an_english_question_gets_english_rules(ask: Any, endpoint: Endpoint) -> None:
    """The language of the answer follows the question."""
    ask("NO ANSWER", question="What kinds of partnership are there?")
    assert endpoint.requests[0].body["messages"][0]["content"] == wording_in("en").system


# Every way in which a reply fails


@pytest.fixture
def refused() -> Iterator[str]:
    """An address where nobody listens, and nobody else can begin to."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/v1"


def test_a_refused_connection_costs_less_than_a_second(kb: KnowledgeBase, refused: str) -> None:
    """All attempts together."""
    began = time.monotonic()
    text, withdrawn, answer = split(list(kb.stream(QUESTION, model=model_at(refused))))
    assert time.monotonic() - began < 5
    assert not withdrawn
    assert_fell_back(kb, text, answer)
    assert "никого нет" in str(answer.notice)


BEGUN = "Партнёрство бывает организационным [1]"
FAULTS: dict[str, tuple[Script, str, bool]] = {
    "silence": (hang(), "не начала отвечать вовремя", False),
    "silence after the headers": (hang(with_head=True), "не начала отвечать вовремя", False),
    "401": (status(401, json.dumps({"error": KEY})), "не принял ключ", False),
    "403": (status(403), "не принял ключ", False),
    "404": (status(404), "не знает языковую модель", False),
    "429": (status(429), "сейчас занята", False),
    "429 for long": (status(429, retry_after="60"), "сейчас занята", False),
    "500": (status(500, KEY), "не ответил на запрос", False),
    "503 page": (html(503), "не ответил на запрос", False),
    "a page": (html(), "не ответ языковой модели", False),
    "broken JSON": (events('{"choices": ['), "не ответ языковой модели", False),
    "broken JSON in mid-reply": (
        events({"choices": [{"delta": {"content": BEGUN + "."}}]}, '{"choices": ['),
        "не ответ языковой модели",
        True,
    ),
    "an empty reply": (reply(), "ничего не ответила", False),
    "blanks": (reply(" ", "\n"), "ничего не ответила", False),
    "a hang in mid-reply": (hang_after(BEGUN, ". И "), "замолчала посреди ответа", True),
    "a connection that closes": (drop_after(BEGUN, ". И "), "прервалась", True),
    "a connection that breaks": (drop_after(BEGUN, ". И ", reset=True), "прервалась", True),
    "a connection that closes at once": (drop_after(), "прервалась", False),
    "a reply that is cut": (reply(GOOD, finish="length"), "не уместился", True),
    "a reply that is filtered": (reply(GOOD, finish="content_filter"), "не ответил на запрос", True),
    "a reply without end": (endless("Спонсоры платят [1]. "), "не кончается", True),
    "a refusal without end": (endless("НЕТ ОТВЕТА "), "не кончается", False),
    "a slow reply without end": (endless("Да [1]. ", pause=0.2), "не кончается", True),
    "garbage": (reply("}{ ]] ## \x00\x1b ��� 🙂"), "подтверждают лишь 0", True),
    "words that mean nothing": (reply("Абв где жзи [1]. Клм ноп [2]."), "подтверждают лишь 0", True),
    "nothing but a marker": (reply("[1][2]"), "подтверждают лишь 0", True),
    "thoughts without a reply": (reply("<think>Надо подумать. "), "подтверждают лишь 0", False),
}


@pytest.mark.parametrize(("script", "reason", "streamed"), FAULTS.values(), ids=FAULTS)
def test_a_fault_ends_in_the_extractive_answer(
    ask: Any, kb: KnowledgeBase, script: Script, reason: str, streamed: bool
) -> None:
    """With a notice that says why; what was streamed is withdrawn, and nothing of it is in the answer."""
    began = time.monotonic()
    text, withdrawn, answer = ask(script, first_token_seconds=0.8, total_seconds=2)
    assert time.monotonic() - began < 5
    assert reason in str(answer.notice)
    assert [event.notice for event in withdrawn] == ([answer.notice] if streamed else [])
    assert_fell_back(kb, text, answer)
    assert KEY not in repr(answer) + repr(withdrawn)


def test_a_busy_model_is_asked_again(ask: Any, endpoint: Endpoint) -> None:
    """As soon as it asks for, if that is soon."""
    _, withdrawn, answer = ask(status(429, retry_after="0"), reply(GOOD))
    assert answer.mode == "generative"
    assert not withdrawn
    assert len(endpoint.requests) == 2


def test_the_notice_speaks_the_language_of_the_settings(kb: KnowledgeBase, refused: str) -> None:
    """English, if these say so."""
    settings = kb.settings.model_copy(update={"language": "en"})
    writer = Writer(kb.as_query_engine(), model_at(refused), settings)
    _, _, answer = split(list(writer.stream(QUESTION)))
    assert str(answer.notice).startswith("The language model does not answer")
    assert str(answer.notice).endswith("Here are the notes' own words instead.")


def test_a_context_without_room_is_told_of(kb: KnowledgeBase, endpoint: Endpoint) -> None:
    """Rather than sending what the model would cut."""
    settings = kb.settings.model_copy(update={"llm_context_tokens": 1024, "llm_answer_tokens": 500})
    writer = Writer(kb.as_query_engine(), model_at(endpoint.url), settings)
    text, withdrawn, answer = split(list(writer.stream(QUESTION + " " + "подробно " * 100)))
    assert not endpoint.requests
    assert not withdrawn
    assert text == answer.text
    if answer.status == "answered":
        assert "Увеличьте llm_context_tokens" in str(answer.notice)


# Stopping


def test_stop_ends_the_generation(kb: KnowledgeBase, endpoint: Endpoint) -> None:
    """The connection closes at once, and the extractive answer follows."""
    endpoint.will(endless("Спонсоры платят [1]. ", pause=0.05))
    stop = threading.Event()
    seen: list[Event] = []
    for event in kb.stream(QUESTION, model=model_at(endpoint.url, total_seconds=20), stop=stop):
        seen.append(event)
        if len(seen) == 3:
            stop.set()
            began = time.monotonic()
    assert time.monotonic() - began < 5
    text, withdrawn, answer = split(seen)
    assert withdrawn
    assert_fell_back(kb, text, answer)
    assert "остановлен" in str(answer.notice)
    assert endpoint.requests[0].left.wait(10)


def test_stop_before_the_first_token(kb: KnowledgeBase, endpoint: Endpoint) -> None:
    """Nothing was shown, so nothing is withdrawn."""
    endpoint.will(hang())
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    text, withdrawn, answer = split(list(kb.stream(QUESTION, model=model_at(endpoint.url), stop=stop)))
    assert not withdrawn
    assert_fell_back(kb, text, answer)


def test_closing_the_iterator_ends_the_generation(kb: KnowledgeBase, endpoint: Endpoint) -> None:
    """So does going away."""
    endpoint.will(endless("Спонсоры платят [1]. ", pause=0.05))
    stream = kb.stream(QUESTION, model=model_at(endpoint.url, total_seconds=20))
    assert isinstance(next(stream), Token)
    stream.close()  # type: ignore[attr-defined]
    assert endpoint.requests[0].left.wait(10)


# Conversations

HISTORY = [("С чего начать?", "Бывают разные виды партнёрства: спонсорское партнерство, контентное [1].")]
FOLLOW_UP = "А какие они бывают?"
"""Rules find no subject for it in that history."""


def test_rules_do_not_make_the_follow_up_whole(kb: KnowledgeBase) -> None:
    """What the tests below rest on: without a model it stays as it is, and has no answer."""
    answer = kb.ask(FOLLOW_UP, HISTORY, model=None)
    assert (answer.understood, answer.status) == (None, "no_evidence")


def test_a_follow_up_is_made_whole_by_the_model(ask: Any, endpoint: Endpoint) -> None:
    """What was understood is shown, and the excerpts are those for it."""
    _, _, answer = ask(f"«{QUESTION}»", GOOD, question=FOLLOW_UP, history=HISTORY)
    assert (answer.question, answer.understood) == (FOLLOW_UP, QUESTION)
    assert (answer.mode, answer.text) == ("generative", GOOD)
    rewriting, writing = (request.body["messages"] for request in endpoint.requests)
    assert rewriting[0]["content"] == wording_in("ru").rewrite
    assert rewriting[-1]["content"] == f"Вопрос: {FOLLOW_UP}"
    assert endpoint.requests[0].body["max_tokens"] == 96
    assert writing[-1]["content"].endswith(f"Вопрос: {QUESTION}")
    for messages in (rewriting, writing):
        assert [message["content"] for message in messages[1:3]] == [HISTORY[0][0], HISTORY[0][1].replace("[1]", "")]


@pytest.mark.parametrize(
    "rewritten",
    [
        "Сколько стоит абонемент в бассейн?",
        "Какие бывают виды хакатонов?",
        "",
        "Виды партнёрства?\nСпонсорское партнерство.",
        "партнерство " * 300,
    ],
    ids=["a subject of its own", "a subject of other notes", "nothing", "two lines", "too long"],
)
def test_a_rewriting_that_invents_is_ignored(ask: Any, endpoint: Endpoint, kb: KnowledgeBase, rewritten: str) -> None:
    """The question is answered as it was asked."""
    _, _, answer = ask(reply(rewritten), question=FOLLOW_UP, history=HISTORY)
    assert len(endpoint.requests) == 1
    expected = kb.ask(FOLLOW_UP, HISTORY, model=None)
    assert answer_data(answer) | {"timings_ms": 0, "notice": 0} == answer_data(expected) | {
        "timings_ms": 0,
        "notice": 0,
    }


def test_a_model_that_is_not_there_is_not_asked_twice(kb: KnowledgeBase, endpoint: Endpoint) -> None:
    """One wait is enough; the notice tells of it."""
    endpoint.will(hang())
    began = time.monotonic()
    events = list(kb.stream(FOLLOW_UP, HISTORY, model=model_at(endpoint.url, first_token_seconds=0.5)))
    assert time.monotonic() - began < 2
    _, withdrawn, answer = split(events)
    assert len(endpoint.requests) == 1
    assert not withdrawn
    assert "не начала отвечать вовремя" in str(answer.notice)


def test_a_question_that_stands_alone_is_asked_once(ask: Any, endpoint: Endpoint) -> None:
    """The history goes along, but nobody rewrites."""
    _, _, answer = ask(GOOD, history=HISTORY)
    assert (answer.understood, answer.mode) == (None, "generative")
    assert len(endpoint.requests) == 1


# The facade


def test_the_settings_name_the_model(kb: KnowledgeBase, endpoint: Endpoint) -> None:
    """`ask` uses it unless told otherwise; nothing returned holds the key."""
    endpoint.will(reply(GOOD))
    settings = Settings(
        corpus=kb.settings.corpus, index=kb.settings.index, llm_url=endpoint.url, llm_model=MODEL, llm_key=KEY
    )
    configured = KnowledgeBase.open(settings.index, settings=settings)
    assert configured.chat_model is not None
    answer = configured.ask(QUESTION)
    assert (answer.mode, answer.text) == ("generative", GOOD)
    assert endpoint.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert configured.ask(QUESTION, model=None).mode == "extractive"
    assert len(endpoint.requests) == 1
    assert KEY not in json.dumps(answer_data(answer)) + repr(answer) + repr(configured.settings)
    assert configured.examples(2)
    assert len(endpoint.requests) == 1


def test_threads_get_their_own_answers(kb: KnowledgeBase, endpoint: Endpoint) -> None:
    """Several at a time through one model."""
    endpoint.will(reply(*(GOOD[at : at + 5] for at in range(0, len(GOOD), 5)), pause=0.002))
    model = model_at(endpoint.url, gap_seconds=10, total_seconds=20)
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(kb.ask(QUESTION, model=model))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 6
    assert [answer.notice for answer in answers] == [None] * 6
    assert {answer.mode for answer in answers} == {"generative"}
    assert len({answer.text for answer in answers}) == 1
