"""Hybrid search over a real index."""

from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest

from kbqa import KnowledgeBase
from kbqa.retrieval.retriever import HybridRetriever, _highest
from kbqa.types import Hit

SPONSORS = ("Партнерство в мероприятиях", "Виды партнерства", "Спонсорское партнерство")
SPONSORS_QUESTION = "Что входит в спонсорское партнёрство?"


@pytest.fixture(scope="module")
def retriever(kb: KnowledgeBase) -> HybridRetriever:
    """The corpus's retriever."""
    return kb.as_retriever()


@pytest.fixture(scope="module")
def hits(retriever: HybridRetriever) -> tuple[Hit, ...]:
    """What is found for a plain question."""
    return retriever.find(SPONSORS_QUESTION)


def test_hits_come_best_first_with_ranks_from_one(hits: tuple[Hit, ...]) -> None:
    """Scores never rise, ranks count, no chunk comes twice."""
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert len({hit.chunk.id for hit in hits}) == len(hits)


@pytest.mark.parametrize(
    ("question", "heading_path"),
    [
        (SPONSORS_QUESTION, SPONSORS),
        ("Что входит в спонсрское партнерсво?", SPONSORS),
        ("СПОНСОРЫ", SPONSORS),
        ("What does sponsorship partnership include?", SPONSORS),
        (
            "Какие есть общества врачей?",
            ("Отраслевые сообщества", "Примеры отраслевых сообществ", "Медицинская отрасль"),
        ),
        (
            "измерение успеха партнёрства",
            ("Партнерство в мероприятиях", "Измерение успеха партнерства"),
        ),
    ],
    ids=["plain", "typos", "capitals", "english", "paraphrase", "ё"],
)
def test_the_section_is_found_first(retriever: HybridRetriever, question: str, heading_path: tuple[str, ...]) -> None:
    """However the question is worded, its section comes first."""
    assert retriever.find(question)[0].chunk.heading_path == heading_path


def test_a_question_with_or_without_yo_is_the_same(retriever: HybridRetriever) -> None:
    """The same hits, with the same scores."""
    with_yo, without = retriever.find("Чём живёт партнёрство?"), retriever.find("Чем живет партнерство?")
    assert [(hit.chunk.id, hit.score) for hit in with_yo] == [(hit.chunk.id, hit.score) for hit in without]


@pytest.mark.parametrize("top_k", [1, 3, 100])
def test_top_k_limits_the_hits(retriever: HybridRetriever, kb: KnowledgeBase, top_k: int) -> None:
    """As many hits as asked for, or as there are; the first ones are the same for every limit."""
    found = retriever.find(SPONSORS_QUESTION, top_k)
    assert len(found) == min(top_k, kb.chunk_count)
    assert found[0].chunk.heading_path == SPONSORS


def test_the_setting_limits_the_hits_otherwise(hits: tuple[Hit, ...], kb: KnowledgeBase) -> None:
    """Without `top_k` the setting decides."""
    assert len(hits) == kb.settings.top_k


def test_nearness_is_that_of_the_nearest_chunk_and_of_the_best_hits_statement(
    retriever: HybridRetriever, hits: tuple[Hit, ...]
) -> None:
    """Whatever the order of the others, the nearest counts; of statements those of the first hit."""
    nearness = retriever.nearness(SPONSORS_QUESTION, hits)
    assert nearness.chunk == max(retriever.nearness(SPONSORS_QUESTION, [hit]).chunk for hit in hits)
    assert nearness.statement == retriever.nearness(SPONSORS_QUESTION, hits[:1]).statement
    assert all(-1 <= cosine <= 1.0001 for cosine in nearness)


def test_a_question_within_a_note_is_nearer_with_its_title(retriever: HybridRetriever, hits: tuple[Hit, ...]) -> None:
    """Who asks within a note does not name it, and its chunks are embedded with its title."""
    note = hits[0].chunk.note
    question = "Кто платит?"
    assert retriever.nearness(question, hits, note).chunk > retriever.nearness(question, hits).chunk
    assert retriever.nearness(question, hits, note).statement > retriever.nearness(question, hits).statement


def test_searching_twice_finds_the_same(retriever: HybridRetriever, hits: tuple[Hit, ...]) -> None:
    """Search has no memory and no chance in it."""
    assert list(map(astuple, retriever.find(SPONSORS_QUESTION))) == list(map(astuple, hits))


def test_llamaindex_gets_nodes_with_their_place(retriever: HybridRetriever, hits: tuple[Hit, ...]) -> None:
    """As a LlamaIndex retriever it gives the same hits, verbatim, with metadata that cites them."""
    nodes = retriever.retrieve(SPONSORS_QUESTION)
    assert [node.node_id for node in nodes] == [hit.chunk.id for hit in hits]
    best = hits[0].chunk
    assert nodes[0].text == best.text
    assert nodes[0].score == hits[0].score
    assert nodes[0].metadata == {
        "note": best.note,
        "title": best.title,
        "heading_path": list(best.heading_path),
        "start_line": best.start_line,
        "end_line": best.end_line,
    }


@pytest.mark.parametrize("question", ["", "?!", "\x00", "12345", "🙂"])
def test_a_search_without_words_is_no_error(retriever: HybridRetriever, question: str) -> None:
    """The retriever ranks by meaning alone what has no words."""
    assert retriever.find(question, 3)


def test_a_vault_of_one_chunk(kb_of: Callable[..., KnowledgeBase]) -> None:
    """The only chunk is the only hit."""
    (hit,) = kb_of("# Кофе\n\nКофе - это напиток.\n").search("Что такое кофе?")
    assert (hit.rank, hit.chunk.start_line, hit.chunk.end_line) == (1, 1, 3)


def test_the_same_section_in_two_notes_is_two_hits(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Equal text in two notes stays two chunks, each cited from its own note; the tie is broken by id."""
    section = "# Кофе\n\nКофе - это напиток из обжаренных зёрен.\n"
    kb = kb_of({"а/Кофе.md": section, "б/Кофе.md": "\n\n" + section})
    first, second = kb.search("Что такое кофе?")
    assert {(hit.chunk.note, hit.chunk.start_line) for hit in (first, second)} == {("а/Кофе.md", 1), ("б/Кофе.md", 3)}
    assert first.score == second.score
    assert first.chunk.id < second.chunk.id


@pytest.mark.parametrize("count", [1, 3, 10, 50, 500])
def test_the_highest_scores_are_those_of_a_whole_sort(count: int) -> None:
    """Equal ones in their order, zeros left out, whatever is asked for."""
    chance = np.random.default_rng(count)
    for scores in (
        chance.integers(0, 8, 200).astype(np.float32),
        chance.random(200).astype(np.float32),
        np.zeros(200, np.float32),
        np.ones(200, np.float32),
    ):
        whole = [place for place in np.argsort(-scores, kind="stable")[:count] if scores[place] > 0]
        assert _highest(scores, count).tolist() == whole
