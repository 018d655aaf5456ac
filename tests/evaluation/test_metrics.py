"""Each figure on a case that is computed by hand, and with a fault planted."""

import math
from collections.abc import Callable

import pytest

from kbqa.evaluation import metrics
from kbqa.evaluation.questions import EvaluationQuestion
from kbqa.notes.sections import outline
from kbqa.types import Answer, Citation, Hit, Note

TEXT = "# Кофе\n\nКофе - это напиток.\n\n## Сорта\n- Арабика\n- Робуста\n"
A, B, C, X, Y = (("Кофе.md", ("Кофе", name)) for name in ("Сорта", "Смеси", "История", "Цены", "Вода"))
RELEVANCE = {A: 2, B: 2, C: 1}


@pytest.fixture
def note() -> Note:
    """The note that is cited."""
    return Note("Кофе.md", "Кофе", (), (), (), "hash", TEXT, outline(TEXT, "Кофе").sections)


def test_relevance_of_expected_sections(question: EvaluationQuestion) -> None:
    """By note and heading path."""
    assert metrics.qrels(question) == RELEVANCE


def test_a_section_counts_once_in_a_ranking(hit: Callable[..., Hit]) -> None:
    """Further chunks of it neither help nor push others down."""
    assert metrics.ranked_sections([hit("Цены"), hit("Сорта"), hit("Цены", 9), hit("Смеси")]) == [X, A, B]


@pytest.mark.parametrize(
    ("k", "ranking", "recall"),
    [
        (1, [A, B], 1.0),
        (1, [X, A], 0.0),
        (5, [A, X, B], 1.0),
        (5, [A, X], 0.5),
        (2, [X, Y, A, B], 0.0),
        (5, [C], 0.0),
        (5, [], 0.0),
    ],
)
def test_recall(k: int, ranking: list[metrics.SectionKey], recall: float) -> None:
    """Of the two answering sections; a helping one does not count; one place can hold one section only."""
    assert metrics.recall_at(k, ranking, RELEVANCE) == recall


@pytest.mark.parametrize(
    ("ranking", "value"), [([A], 1.0), ([X, C, A], 0.5), ([X, Y, X, B], 0.25), ([X], 0.0), ([], 0.0)]
)
def test_reciprocal_rank(ranking: list[metrics.SectionKey], value: float) -> None:
    """Of the first section that answers or helps."""
    assert metrics.reciprocal_rank(ranking, RELEVANCE) == value


@pytest.mark.parametrize(
    ("k", "ranking", "gain"),
    [
        (10, [A, B, C], 2 + 2 / math.log2(3) + 1 / 2),
        (10, [C, X, A], 1 + 2 / 2),
        (2, [X, A, B], 2 / math.log2(3)),
        (10, [X, Y], 0.0),
    ],
)
def test_discounted_gain_over_the_ideal(k: int, ranking: list[metrics.SectionKey], gain: float) -> None:
    """The ideal ranking has the same number of places."""
    ideal = 2 + 2 / math.log2(3) + (1 / 2 if k > 2 else 0)
    assert metrics.ndcg_at(k, ranking, RELEVANCE) == pytest.approx(gain / ideal)


def test_a_true_citation_resolves(citation: Callable[..., Citation], note: Note) -> None:
    """The quote stands between its lines."""
    assert metrics.citation_resolves(citation(), note)


@pytest.mark.parametrize(
    "fault",
    [{"line": 5}, {"line": 7}, {"line": 700}, {"quote": "арабика"}, {"quote": "Либерика"}, {"quote": " "}],
    ids=str,
)
def test_a_false_citation_does_not(citation: Callable[..., Citation], note: Note, fault: dict[str, object]) -> None:
    """One line off, past the end, reworded, invented, empty."""
    assert not metrics.citation_resolves(citation(**fault), note)


def test_markers_that_are_the_citations(answer: Callable[..., Answer]) -> None:
    """Both count from one; a repeated marker is no fault; a refusal has neither."""
    assert metrics.markers_agree(answer())
    assert metrics.markers_agree(answer(text="Арабика [1], робуста [2], и ещё раз [1]"))
    assert metrics.markers_agree(answer(text="Нет ответа", citations=()))


@pytest.mark.parametrize("text", ["Арабика [1]", "Робуста [2], арабика [1]", "[1] [2] [3]", "без ссылок", "[1] [3]"])
def test_markers_that_are_not(answer: Callable[..., Answer], text: str) -> None:
    """One missing, out of order, one too many, none, a gap."""
    assert not metrics.markers_agree(answer(text=text))


@pytest.mark.parametrize(
    ("faults", "precision", "recall"),
    [
        ({}, 1.0, 0.5),
        ({"heading_path": ("Кофе", "Смеси")}, 1.0, 1.0),
        ({"heading_path": ("Кофе", "История")}, 1.0, 0.5),
        ({"heading_path": ("Кофе", "Цены")}, 0.5, 0.5),
        ({"note": "Чай.md"}, 0.5, 0.5),
    ],
    ids=str,
)
def test_citations_in_expected_sections(
    answer: Callable[..., Answer],
    citation: Callable[..., Citation],
    faults: dict[str, object],
    precision: float,
    recall: float,
) -> None:
    """Precision counts citations in sections that answer or help; recall the answering sections that are cited."""
    given = answer(citations=(citation(), citation(number=2, **faults)))
    assert metrics.citation_precision(given, RELEVANCE) == precision
    assert metrics.citation_recall(given, RELEVANCE) == recall


def test_no_citations_cite_nothing(answer: Callable[..., Answer]) -> None:
    """Zero, not an error."""
    assert metrics.citation_precision(answer(citations=()), RELEVANCE) == 0.0
    assert metrics.citation_recall(answer(citations=()), RELEVANCE) == 0.0


@pytest.mark.parametrize(
    ("text", "recall"),
    [
        ("Арабика и робуста", 1.0),
        ("АRABICA, РОБУСТА", 0.5),
        ("Arabica и робуста", 1.0),
        ("Только робуста", 0.5),
        ("Мелочь", 0.0),
        ("", 0.0),
    ],
)
def test_vital_facts_that_are_stated(
    answer: Callable[..., Answer], question: EvaluationQuestion, text: str, recall: float
) -> None:
    """In any of their wordings, whatever the case; facts that are not vital do not count."""
    assert metrics.nugget_recall(answer(text=text), question) == recall


def test_facts_are_matched_however_yo_is_written(answer: Callable[..., Answer], question: EvaluationQuestion) -> None:
    """In the answer or in the question set."""
    with_yo = question.model_copy(update={"nuggets": (question.nuggets[0].model_copy(update={"any_of": ("тёмная",)}),)})
    assert metrics.nugget_recall(answer(text="Темная обжарка"), with_yo) == 1.0
    assert metrics.nugget_recall(answer(text="Тёмная обжарка"), with_yo) == 1.0
