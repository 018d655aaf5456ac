"""Each figure on a case that is computed by hand."""

import math
from collections.abc import Callable

import pytest

from kbqa.evaluation import metrics
from kbqa.evaluation.metrics import SectionKey
from kbqa.evaluation.questions import EvaluationQuestion
from kbqa.types import Answer, Citation, Note, Sentence, Source

A, B, C, X, Y = (("Кофе.md", ("Кофе", name)) for name in ("Сорта", "Смеси", "История", "Цены", "Вода"))
"""Two sections that answer, one that helps, two others, all of one note."""
TEA = ("Чай.md", ("Чай", "Сорта"))


@pytest.fixture
def figures(question: EvaluationQuestion) -> Callable[..., dict[str, float]]:
    """The retrieval figures of one ranking."""

    def figures(ranking: list[SectionKey], level: metrics.Level = "section") -> dict[str, float]:
        return metrics.retrieval_figures({"r": ranking}, {"r": question}, level)["r"]

    return figures


@pytest.mark.parametrize(
    ("ranking", "recalls"),
    [
        ([A, B], (0.5, 1.0, 1.0)),
        ([X, A], (0.0, 0.5, 0.5)),
        ([X, Y, C, TEA, A, B], (0.0, 0.5, 1.0)),
        ([C], (0.0, 0.0, 0.0)),
        ([], (0.0, 0.0, 0.0)),
    ],
)
def test_recall_is_of_the_answering_sections(
    figures: Callable[..., dict[str, float]], ranking: list[SectionKey], recalls: tuple[float, ...]
) -> None:
    """Among the first 1, 5 and 10; a section that only helps does not count."""
    given = figures(ranking)
    assert tuple(given[f"section R@{k}"] for k in metrics.REPORTED_RECALL) == recalls
    assert given["section Success@5"] == float(recalls[1] > 0)


@pytest.mark.parametrize(
    ("ranking", "value"), [([A], 1.0), ([X, C, A], 0.5), ([X, Y, TEA, B], 0.25), ([X], 0.0), ([], 0.0)]
)
def test_reciprocal_rank(figures: Callable[..., dict[str, float]], ranking: list[SectionKey], value: float) -> None:
    """Of the first section that answers or helps."""
    assert figures(ranking)["section RR@10"] == value


@pytest.mark.parametrize(
    ("ranking", "gain"),
    [
        ([A, B, C], 2 + 2 / math.log2(3) + 1 / 2),
        ([C, X, A], 1 + 2 / 2),
        ([A, A, A], 2),
        ([X, Y], 0.0),
    ],
)
def test_discounted_gain_over_the_ideal(
    figures: Callable[..., dict[str, float]], ranking: list[SectionKey], gain: float
) -> None:
    """The gain is the grade; a section counts once."""
    assert figures(ranking)["section nDCG@10"] == pytest.approx(gain / (2 + 2 / math.log2(3) + 1 / 2))


def test_notes_are_judged_whole(figures: Callable[..., dict[str, float]]) -> None:
    """Any section of an expected note is that note."""
    assert figures([X], "note")["note R@1"] == 1.0
    assert figures([TEA, Y], "note")["note RR@10"] == 0.5
    assert figures([TEA], "note")["note nDCG@10"] == 0.0


def test_a_true_citation_resolves(citation: Callable[..., Citation], note: Note) -> None:
    """The quote stands between its lines, within the section that is named."""
    assert metrics.citation_resolves(citation(), note)


@pytest.mark.parametrize(
    "fault",
    [
        {"line": 5},
        {"line": 7},
        {"line": 700},
        {"quote": "арабика"},
        {"quote": "Либерика"},
        {"quote": " "},
        {"heading_path": ("Кофе", "Смеси")},
    ],
    ids=str,
)
def test_a_false_citation_does_not(citation: Callable[..., Citation], note: Note, fault: dict[str, object]) -> None:
    """One line off, past the end, reworded, invented, empty, in another section than it says."""
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
    ("faults", "figures"),
    [
        ({}, (1.0, 0.5)),
        ({"heading_path": ("Кофе", "Смеси")}, (1.0, 1.0)),
        ({"heading_path": ("Кофе", "История")}, (1.0, 0.5)),
        ({"heading_path": ("Кофе", "Цены")}, (0.5, 0.5)),
        ({"note": "Чай.md"}, (0.5, 0.5)),
    ],
    ids=str,
)
def test_citations_in_expected_sections(
    answer: Callable[..., Answer],
    citation: Callable[..., Citation],
    question: EvaluationQuestion,
    faults: dict[str, object],
    figures: tuple[float, float],
) -> None:
    """Precision counts citations in sections that answer or help; recall the answering sections that are cited."""
    given = answer(citations=(citation(), citation(number=2, **faults)))
    assert (metrics.citation_precision(given, question), metrics.citation_recall(given, question)) == figures


def test_no_citations_cite_nothing(answer: Callable[..., Answer], question: EvaluationQuestion) -> None:
    """Zero, not an error."""
    assert metrics.citation_precision(answer(citations=()), question) == 0.0
    assert metrics.citation_recall(answer(citations=()), question) == 0.0


@pytest.mark.parametrize(
    ("text", "recall", "precision"),
    [
        ("**Сорта:**\n\n- Арабика [1]\n- Робуста [2]", 1.0, 1.0),
        ("**Сорта**: Арабика [1]\n\n1. Робуста [2]", 1.0, 1.0),
        ("- Робуста [1]\n- Арабика [2]", 0.0, 0.0),
        ("- Не арабика [1]\n- Робуста [2]", 0.5, 0.5),
        ("- Арабика; либерика [1]\n- Робуста [2]", 0.5, 1.0),
        ("Арабика [1] [2]. Робуста [2]", 1.0, 2 / 3),
        ("Арабика [1]. Робуста [2]. И чай.", 2 / 3, 1.0),
        ("Арабика [9]", 0.0, 0.0),
    ],
)
def test_what_is_said_stands_in_what_is_cited(
    answer: Callable[..., Answer], text: str, recall: float, precision: float
) -> None:
    """By statement: in place, labelled, swapped, negated, added to, cited twice, uncited, cited to nothing."""
    support = metrics.support(answer(text=text))
    assert (support.recall, support.precision) == (recall, pytest.approx(precision))


def test_a_refusal_needs_no_support(refusal: Answer) -> None:
    """It states nothing about the notes, and cites nothing."""
    assert metrics.support(refusal).precision == 1.0


@pytest.mark.parametrize(
    ("text", "vital", "all_", "forbidden"),
    [
        ("Арабика и робуста", 1.0, 2 / 3, ()),
        ("Арабики, робусты, мелочь", 1.0, 1.0, ()),
        ("Arabica", 0.5, 1 / 3, ()),
        ("Не робуста, а либерика", 0.0, 0.0, (1,)),
        ("Мелочь", 0.0, 1 / 3, ()),
        ("", 0.0, 0.0, ()),
    ],
)
def test_facts_that_are_stated(
    question: EvaluationQuestion, text: str, vital: float, all_: float, forbidden: tuple[int, ...]
) -> None:
    """In any of their wordings; vital ones alone or all; and what is said that must not be."""
    judgement = metrics.judge_nuggets(text, question)
    assert metrics.nugget_share(judgement, question, vital=True) == vital
    assert metrics.nugget_share(judgement, question, vital=False) == all_
    assert judgement.forbidden == forbidden


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Арабика [1], робуста [2]", 1),
        ("Арабика [1]", 0),
        ("Мелочь [1]", -1),
        ("Арабика [1], робуста [2], либерика [2]", -1),
    ],
)
def test_the_score_of_an_answer(
    answer: Callable[..., Answer], question: EvaluationQuestion, text: str, score: int
) -> None:
    """All vital facts, a part of them, none, or something wrong beside them."""
    given = answer(text=text)
    assert metrics.crag_score(given, question, metrics.judge_nuggets(text, question)) == score


def test_the_score_of_a_refusal(
    answer: Callable[..., Answer], refusal: Answer, question: EvaluationQuestion, unanswerable: EvaluationQuestion
) -> None:
    """Right where there is no answer, worth nothing where there is one; an answer to the unanswerable is wrong."""
    nothing = metrics.judge_nuggets("", question)
    assert metrics.crag_score(refusal, question, nothing) == 0
    assert metrics.crag_score(refusal, unanswerable, metrics.judge_nuggets("", unanswerable)) == 1
    assert metrics.crag_score(answer(), unanswerable, metrics.judge_nuggets("", unanswerable)) == -1


@pytest.mark.parametrize(
    ("text", "verdicts", "recall", "precision"),
    [
        ("Арабика [1]. Робуста [2].", [(0, 12, (1,)), (13, 25, (2,))], 1.0, 1.0),
        ("Арабика [1]. Робуста [2].", [(0, 12, (1,)), (13, 25, ())], 0.5, 0.5),
        ("Арабика [1][2].", [(0, 15, (1,))], 1.0, 0.5),
        ("Арабика [1]. И чай.", [(0, 12, (1,)), (13, 19, ())], 0.5, 1.0),
        ("И чай.", [(0, 6, ())], 0.0, 1.0),
    ],
)
def test_what_a_model_wrote_is_judged_by_the_verdicts(
    answer: Callable[..., Answer],
    text: str,
    verdicts: list[tuple[int, int, tuple[int, ...]]],
    recall: float,
    precision: float,
) -> None:
    """Its words are its own; a marker is of use where its lines say the sentence."""
    sentences = tuple(
        Sentence(
            start,
            end,
            supported=bool(numbers),
            doubt=None if numbers else "unsaid",
            sources=tuple(Source(number, 6, 6, "…") for number in numbers),
        )
        for start, end, numbers in verdicts
    )
    support = metrics.support(answer(text=text, mode="generative", sentences=sentences))
    assert (support.recall, support.precision) == (recall, precision)
