"""Answers written by the real server of llama.cpp: a tiny model that says what a grammar demands, or nonsense."""

import time
from collections.abc import Callable

import pytest
from llama_server import LlamaServer, grammar_for

from kbqa import KnowledgeBase, Settings
from kbqa.answering.citations import markers
from kbqa.types import Answer, Token, Withdrawn

QUESTION = "Что такое консорциум?"
GOOD = "Консорциумы - это совместные проекты нескольких организаций [1]."
UNCITED = "Консорциумы - это совместные проекты нескольких организаций."
MISCITED = "Консорциумы - это совместные проекты нескольких организаций [2]."
REFUSAL = "НЕТ ОТВЕТА"

Ask = Callable[..., tuple[list[Token], list[Withdrawn], Answer]]


@pytest.fixture
def ask(kb: KnowledgeBase, llama_server: LlamaServer) -> Ask:
    """Asks, with a reply that the grammar demands, or with none."""

    def ask(text: str | None, **settings: object) -> tuple[list[Token], list[Withdrawn], Answer]:
        values: dict[str, object] = {
            "corpus": kb.settings.corpus,
            "index": kb.settings.index,
            "llm_url": llama_server.url,
            "llm_model": llama_server.model,
            "llm_extra": {"seed": 1} if text is None else {"grammar": grammar_for(text)},
            # One token a byte: of 4096, so much is left for the excerpts that cl100k counts with fewer tokens.
            "llm_context_tokens": 1500,
            "llm_answer_tokens": 300,
        }
        configured = KnowledgeBase.open(kb.settings.index, settings=Settings(**values | settings))  # type: ignore[arg-type]
        events = list(configured.stream(QUESTION))
        answer = events[-1]
        assert isinstance(answer, Answer)
        tokens = [event for event in events if isinstance(event, Token)]
        return tokens, [event for event in events if isinstance(event, Withdrawn)], answer

    return ask


def test_a_good_reply_becomes_the_answer(ask: Ask) -> None:
    """Streamed in many pieces, verified, cited to its line."""
    tokens, withdrawn, answer = ask(GOOD)
    assert answer.notice is None
    assert not withdrawn
    assert len(tokens) > 10
    assert "".join(token.text for token in tokens) == answer.text == GOOD
    assert (answer.mode, answer.model) == ("generative", "tiny")
    (citation,) = answer.citations
    assert (citation.note, citation.quote) == (
        "Отраслевые сообщества.md",
        "**Консорциумы**: Совместные проекты нескольких организаций",
    )
    assert [sentence.supported for sentence in answer.sentences] == [True]


@pytest.mark.parametrize("text", [UNCITED, MISCITED], ids=["uncited", "wrongly cited"])
def test_what_is_not_supported_is_withdrawn(ask: Ask, kb: KnowledgeBase, text: str) -> None:
    """The right words do not help without the right source."""
    tokens, withdrawn, answer = ask(text)
    assert len(withdrawn) == 1
    assert (answer.mode, answer.text) == ("extractive", kb.ask(QUESTION, model=None).text)
    assert "подтверждают лишь 0 из 1" in str(answer.notice)
    assert tokens


def test_a_refusal_is_not_shown(ask: Ask) -> None:
    """The agreed words become the status."""
    tokens, withdrawn, answer = ask(REFUSAL)
    assert (answer.status, answer.mode) == ("no_evidence", "generative")
    assert not tokens
    assert not withdrawn


@pytest.mark.parametrize("seed", range(3))
def test_nonsense_ends_in_the_extractive_answer(ask: Ask, kb: KnowledgeBase, seed: int) -> None:
    """Random bytes are no answer, however they end."""
    _, _, answer = ask(None, llm_extra={"seed": seed, "temperature": 1.5})
    assert (answer.mode, answer.text) == ("extractive", kb.ask(QUESTION, model=None).text)
    assert answer.notice is not None
    assert not set(markers(answer.text)) - {citation.number for citation in answer.citations}


def test_a_prompt_that_the_server_cannot_hold_is_told_of(ask: Ask, kb: KnowledgeBase) -> None:
    """Settings that promise more context than the model has cost the model's answer only."""
    _, withdrawn, answer = ask(GOOD, llm_context_tokens=32_000)
    assert not withdrawn
    assert (answer.mode, answer.text) == ("extractive", kb.ask(QUESTION, model=None).text)
    assert "не ответил на запрос (HTTP 400)" in str(answer.notice)


def test_going_away_ends_the_generation(kb: KnowledgeBase, llama_server: LlamaServer) -> None:
    """The server's slot is free again at once."""
    settings = Settings(
        corpus=kb.settings.corpus,
        index=kb.settings.index,
        llm_url=llama_server.url,
        llm_model=llama_server.model,
        llm_extra={"grammar": 'root ::= "слово "*'},
        llm_context_tokens=1500,
        llm_answer_tokens=600,
    )
    stream = KnowledgeBase.open(kb.settings.index, settings=settings).stream(QUESTION)
    assert isinstance(next(stream), Token)
    assert not llama_server.is_idle()
    began = time.monotonic()
    stream.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 1
    assert llama_server.becomes_idle(2)
