"""The answerer as LlamaIndex and the facade use it."""

import asyncio
import time
from pathlib import Path

import pytest
from llama_index.core.base.response.schema import Response

from kbqa import KnowledgeBase
from kbqa.answering import query_engine
from kbqa.answering.confidence import UNSURE
from kbqa.answering.query_engine import NotesQueryEngine
from kbqa.errors import QuestionError
from kbqa.evaluation.questions import read_questions
from kbqa.types import Answer

QUESTIONS = Path(__file__).parents[2] / "eval" / "questions" / "corpus.jsonl"
QUESTION = "Какие бывают виды партнёрства?"
CONSORTIUM = ("Что такое консорциум?", "Совместные проекты нескольких организаций [1]")


@pytest.fixture(scope="module")
def engine(kb: KnowledgeBase) -> NotesQueryEngine:
    """The corpus's query engine."""
    return kb.as_query_engine()


def content(answer: Answer) -> tuple[object, ...]:
    """All of an answer but for its timings."""
    return (answer.status, answer.text, answer.citations, answer.hits, answer.fingerprint)


@pytest.mark.parametrize("question", [QUESTION, "Как приготовить борщ?"])
def test_llamaindex_gets_the_same_answer(engine: NotesQueryEngine, kb: KnowledgeBase, question: str) -> None:
    """A Response with the text, what was found as nodes, and the whole answer in its metadata."""
    response = engine.query(question)
    answer = kb.ask(question)
    assert isinstance(response, Response)
    assert str(response) == answer.text
    assert response.metadata is not None
    assert content(response.metadata["answer"]) == content(answer)
    assert [node.node_id for node in response.source_nodes] == [hit.chunk.id for hit in answer.hits]


def test_asking_asynchronously_gives_the_same(engine: NotesQueryEngine) -> None:
    """`aquery` is `query` without blocking."""
    assert str(asyncio.run(engine.aquery(QUESTION))) == str(engine.query(QUESTION))


def test_an_answer_says_what_it_depends_on(engine: NotesQueryEngine) -> None:
    """The question without white space, the mode, the time of each step, the fingerprint."""
    answer = engine.answer(f"  {QUESTION}\n")
    assert answer.question == QUESTION
    assert answer.mode == "extractive"
    assert answer.timings_ms.keys() == {"retrieve", "compose", "total"}
    assert answer.timings_ms["total"] >= max(answer.timings_ms["retrieve"], answer.timings_ms["compose"]) >= 0
    assert answer.fingerprint == engine.answer("другой вопрос").fingerprint


UNSURE_NOTICE = "Возможно, прямого ответа в заметках нет: это самое близкое, что в них нашлось."


def test_an_answer_of_little_confidence_says_so(engine: NotesQueryEngine) -> None:
    """And no other answer, and no refusal."""
    questions = [each for each in read_questions(QUESTIONS, "dev") if each.type in {"fact", "unanswerable"}]
    answers = [engine.answer(each.question) for each in questions]
    unsure = [answer.status == "answered" and answer.confidence < UNSURE for answer in answers]
    assert 0 < sum(unsure) < len(answers) / 4
    assert [answer.notice for answer in answers] == [UNSURE_NOTICE if each else None for each in unsure]


@pytest.mark.parametrize(
    ("question", "certain"),
    [
        ("Где говорится о симпозиумах?", True),
        ("Где упоминаются крупные конференции?", True),
        ("Где говорится о коллоквиумах?", False),
        ("Что такое симпозиум?", False),
    ],
)
def test_a_word_that_stands_there_is_no_matter_of_likelihood(
    engine: NotesQueryEngine, monkeypatch: pytest.MonkeyPatch, question: str, *, certain: bool
) -> None:
    """Where mentions are asked for."""
    monkeypatch.setattr(query_engine, "THRESHOLD", 1.0)
    answer = engine.answer(question)
    assert (answer.status == "answered", answer.confidence == 1) == (certain, certain)
    assert not certain or any("симпозиумов" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("question", ["А зачем его создают?", "а чем он занимается?", "Расскажи о нём подробнее"])
def test_a_question_that_points_back_is_read_with_the_one_before(engine: NotesQueryEngine, question: str) -> None:
    """With history it finds what the earlier question was about; without, it cannot."""
    with_history = engine.answer(question, [("Что такое инкубация?", "…"), CONSORTIUM])
    assert any("Консорциумы" in citation.quote for citation in with_history.citations)
    assert with_history.question == question
    assert not any("Консорциумы" in citation.quote for citation in engine.answer(question).citations)


@pytest.mark.parametrize("question", ["Что такое инкубация?", QUESTION])
def test_a_question_that_stands_alone_ignores_the_history(engine: NotesQueryEngine, question: str) -> None:
    """History changes nothing where nothing points back."""
    assert content(engine.answer(question, [CONSORTIUM])) == content(engine.answer(question))


@pytest.mark.parametrize("question", ["", "   \n\t", "?!…", "\x00", "🙂", "\ud800"])
def test_no_question_is_refused(engine: NotesQueryEngine, question: str) -> None:
    """Nothing, white space, punctuation: an error that says so, by both ways of asking."""
    for ask in (engine.answer, engine.query):
        with pytest.raises(QuestionError, match="Вопрос пуст"):
            ask(question)


def test_a_question_may_be_as_long_as_the_setting(engine: NotesQueryEngine, kb: KnowledgeBase) -> None:
    """The limit itself is allowed, one character more is not."""
    limit = kb.settings.max_question_chars
    assert engine.answer("а" * limit).status == "no_evidence"
    with pytest.raises(QuestionError, match=f"{limit + 1} знаков, можно не больше {limit}"):
        engine.answer("а" * (limit + 1))


def test_a_million_characters_are_refused_at_once(engine: NotesQueryEngine) -> None:
    """Without reading them."""
    started = time.perf_counter()
    with pytest.raises(QuestionError):
        engine.answer("слово " * 200_000)
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize("noise", ["\ud83d", "\x00", "\u202e", "\ufeff", "\u0301"])
def test_broken_characters_do_no_harm(engine: NotesQueryEngine, noise: str) -> None:
    """Half an emoji, a NUL, a direction mark: the words around it are still answered."""
    answer = engine.answer(f"Что такое {noise} консорциум?")
    assert "Консорциумы" in answer.text
    answer.text.encode()
    answer.question.encode()


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("Rfrbt ,sdf.n dbls gfhnythcndf&", "Какие бывают виды партнерства?"),
        ("kakie byvayut vidy partnerstva?", "какие бывают виды партнерства?"),
        ("Какие быавют виды партнрства?", "Какие бывают виды партнерства?"),
        ("КАКИЕ БЫВАЮТ ВИДЫ ПАРТНЁРСТВА?", None),
        (QUESTION, None),
    ],
)
def test_a_damaged_question_is_answered_as_it_was_meant(kb: KnowledgeBase, typed: str, understood: str | None) -> None:
    """The answer says what was searched for, where that is in other letters than what was typed."""
    answer = kb.ask(typed)
    assert (answer.question, answer.understood) == (typed, understood)
    assert answer.text == kb.ask(QUESTION).text
    assert kb.search(typed)[0].chunk == kb.search(QUESTION)[0].chunk


def test_a_follow_up_reads_a_damaged_question_as_it_was_meant(kb: KnowledgeBase) -> None:
    """What it points back to was typed in the wrong layout."""
    damaged = kb.ask("Кто в них участвует?", [("Xnj nfrjt rjycjhwbev&", "")])
    assert damaged.text == kb.ask("Кто в них участвует?", [("Что такое консорциум?", "")]).text
