"""One row a question, then means."""

from collections.abc import Callable, Sequence

import pytest

from kbqa.evaluation.questions import EvaluationQuestion
from kbqa.evaluation.report import table
from kbqa.evaluation.runner import Row, as_dict, run, summary
from kbqa.notes.sections import outline
from kbqa.texts import Texts
from kbqa.types import Answer, Citation, Hit, Note

TEXT = "# Кофе\n\nКофе - это напиток.\n\n## Сорта\n- Арабика\n- Робуста\n"


class ScriptedKnowledgeBase:
    """Gives prepared answers in turn, over one note."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = iter(answers)

    def ask(self, question: str, _history: Sequence[tuple[str, str]] = ()) -> Answer:
        """The next answer."""
        assert question
        return next(self._answers)

    def note(self, path: str) -> Note:
        """The note, which goes by any name."""
        return Note(path, "Кофе", (), (), (), "hash", TEXT, outline(TEXT, "Кофе").sections)


@pytest.fixture
def figures(question: EvaluationQuestion) -> Callable[..., dict[str, float]]:
    """The figures of one answer."""

    def figures(answer: Answer, asked: EvaluationQuestion = question) -> dict[str, float]:
        (row,) = run(ScriptedKnowledgeBase(answer), [asked], lambda _done, _total: None)
        return row.figures

    return figures


@pytest.fixture
def refusal(answer: Callable[..., Answer]) -> Answer:
    """No answer."""
    return answer(status="no_evidence", text="Нет ответа", citations=())


def test_a_good_answer_scores(
    figures: Callable[..., dict[str, float]], answer: Callable[..., Answer], hit: Callable[[str], Hit]
) -> None:
    """All figures of an answerable question; here one of two answering sections is found and cited."""
    assert figures(answer(hits=(hit("Сорта"), hit("Цены")))) == pytest.approx(
        {
            "citation_validity": 1.0,
            "recall@1": 1.0,
            "recall@5": 0.5,
            "recall@10": 0.5,
            "mrr": 1.0,
            "ndcg@10": 2 / (2 + 2 / 1.58496 + 0.5),
            "false_refusals": 0.0,
            "nugget_recall": 1.0,
            "citation_recall": 0.5,
            "citation_precision": 1.0,
        },
        abs=1e-4,
    )


@pytest.mark.parametrize("fault", [{"line": 5}, {"quote": "Либерика"}, {"number": 3}], ids=str)
def test_one_false_citation_invalidates_the_answer(
    figures: Callable[..., dict[str, float]],
    answer: Callable[..., Answer],
    citation: Callable[..., Citation],
    fault: dict[str, object],
) -> None:
    """One line off, invented, misnumbered: however good the rest."""
    second = {"number": 2, "line": 7, "quote": "Робуста"} | fault
    assert figures(answer(citations=(citation(), citation(**second))))["citation_validity"] == 0.0


def test_an_answer_without_citations_is_not_valid(
    figures: Callable[..., dict[str, float]], answer: Callable[..., Answer]
) -> None:
    """Something is stated and nothing supports it."""
    assert figures(answer(text="Арабика и робуста", citations=()))["citation_validity"] == 0.0


def test_a_dropped_fact_and_a_swapped_note_cost(
    figures: Callable[..., dict[str, float]], answer: Callable[..., Answer], citation: Callable[..., Citation]
) -> None:
    """Each its own figure."""
    swapped = figures(answer(text="- Арабика [1]", citations=(citation(note="Чай.md"),)))
    assert (swapped["nugget_recall"], swapped["citation_precision"], swapped["citation_recall"]) == (0.5, 0.0, 0.0)


def test_a_false_refusal_costs_facts_and_sections(figures: Callable[..., dict[str, float]], refusal: Answer) -> None:
    """Precision and validity are not defined for what was not said."""
    refused = figures(refusal)
    assert (refused["false_refusals"], refused["nugget_recall"], refused["citation_recall"]) == (1.0, 0.0, 0.0)
    assert not refused.keys() & {"citation_precision", "citation_validity"}


def test_an_unanswerable_question_is_to_be_refused(
    figures: Callable[..., dict[str, float]],
    answer: Callable[..., Answer],
    refusal: Answer,
    unanswerable: EvaluationQuestion,
) -> None:
    """Refusing it is right, answering it is not, however well cited."""
    assert figures(refusal, unanswerable) == {"refusal_recall": 1.0}
    assert figures(answer(), unanswerable) == {"citation_validity": 1.0, "refusal_recall": 0.0}


def test_every_question_is_asked_once_in_order(question: EvaluationQuestion, answer: Callable[..., Answer]) -> None:
    """And progress is told."""
    told: list[tuple[int, int]] = []
    answers = [answer(fingerprint=str(number)) for number in range(3)]
    rows = run(ScriptedKnowledgeBase(*answers), [question] * 3, lambda *progress: told.append(progress))
    assert [row.answer.fingerprint for row in rows] == ["0", "1", "2"]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_means_are_over_the_questions_that_have_the_figure(
    question: EvaluationQuestion, answer: Callable[..., Answer]
) -> None:
    """The latency is a median; of no rows there is nothing."""
    rows = [
        Row(question, answer(timings_ms={"total": latency}), figures)
        for latency, figures in ((1.0, {"mrr": 1.0}), (2.0, {"mrr": 0.5, "refusal_recall": 1.0}), (90.0, {}))
    ]
    assert summary(rows) == {"mrr": 0.75, "refusal_recall": 1.0, "median_ms": 2.0}
    assert summary([]) == {}


def test_a_row_as_data(question: EvaluationQuestion, answer: Callable[..., Answer]) -> None:
    """What identifies the question, what was answered, the figures."""
    row = as_dict(Row(question, answer(), {"mrr": 1.0}))
    assert row.keys() == {"id", "question", "type", "status", "text", "figures"}
    assert (row["id"], row["status"], row["figures"]) == ("q1", "answered", {"mrr": 1.0})


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_table_has_every_figure(
    question: EvaluationQuestion, unanswerable: EvaluationQuestion, answer: Callable[..., Answer], language: str
) -> None:
    """A line a figure, a line a type, a dash where a figure is not defined."""
    texts = Texts.load("en" if language == "en" else "ru")
    rows = [Row(question, answer(), {"recall@5": 0.25}), Row(unanswerable, answer(), {"refusal_recall": 1.0})]
    shown = table(rows, texts)
    assert texts("eval.questions", count=2, answerable=1) in shown
    named = {
        line.strip().rsplit(maxsplit=1)[0].strip(): line.split()[-1] for line in shown.splitlines() if line.strip()
    }
    assert named[texts("eval.recall_5")] == "0.250"
    assert named[texts("eval.mrr")] == "–"
    assert [line.split()[:2] for line in shown.splitlines()[-2:]] == [["list", "1"], ["off_topic", "1"]]
    assert table([], texts)
