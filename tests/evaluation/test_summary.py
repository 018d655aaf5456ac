"""Rows → figures, on rows made by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from kbqa.evaluation.questions import EvaluationQuestion
from kbqa.evaluation.record import Row, Run
from kbqa.evaluation.summary import groups, latency, originals, risk_coverage, robustness, summarise

MakeRow = Callable[..., Row]
MakeRun = Callable[..., Run]


def test_figures_of_a_run(run: MakeRun, row: MakeRow) -> None:
    """Means of what is defined, proportions with Wilson's interval, refusals both ways."""
    given = run(
        row("q1", nuggets_vital=1.0, citation_validity=1.0),
        row("q2", nuggets_vital=0.5, citation_validity=0.0),
        row("q3", refused=1.0, score=0.0, nuggets_vital=0.0),
        row("n1", refused=1.0),
        row("n2", score=-1.0),
        row("n3", refused=1.0),
    )
    figures = summarise(originals(given), given)
    assert figures["nuggets_vital"].value == 0.5
    assert (figures["citation_validity"].value, figures["citation_validity"].count) == (0.5, 2)
    assert figures["citation_validity"].low == pytest.approx(0.0945, abs=1e-3)
    assert figures["refusal_precision"].value == pytest.approx(2 / 3)
    assert figures["refusal_recall"].value == pytest.approx(2 / 3)
    assert figures["false_refusals"].value == pytest.approx(1 / 3)
    assert "citation_precision" not in figures


def test_no_rows_no_figures(run: MakeRun, row: MakeRow) -> None:
    """Not an error."""
    assert summarise([], run(row("q1"))) == {}


def test_risk_at_each_coverage(row: MakeRow) -> None:
    """The surest first; refused questions are not covered."""
    curve = risk_coverage(
        [
            row("q1", confidence=0.7, score=0.0),
            row("q2", confidence=0.9),
            row("q3", confidence=0.8, score=-1.0),
            row("q4", confidence=0.95, refused=1.0),
        ]
    )
    assert curve is not None
    assert curve.coverage == (0.25, 0.5, 0.75)
    assert curve.risk == pytest.approx((0.0, 0.5, 2 / 3))
    assert curve.area == pytest.approx((0.5 + 2 / 3) / 3)


def test_confidence_that_tells_right_from_wrong_has_less_area(row: MakeRow) -> None:
    """The same answers, the sure ones right or wrong."""
    scores = [1.0, 1.0, -1.0, -1.0]
    good = [row(f"q{number}", confidence=1 - number / 10, score=score) for number, score in enumerate(scores)]
    bad = [row(f"q{number}", confidence=1 - number / 10, score=-score) for number, score in enumerate(scores)]
    areas = [curve.area for curve in (risk_coverage(good), risk_coverage(bad)) if curve]
    assert areas[0] < areas[1]
    assert risk_coverage([]) is None


def test_robustness_is_a_share_of_the_base_question(run: MakeRun, row: MakeRow) -> None:
    """By family; a base question without the variant does not count."""
    given = run(
        row("q1", nuggets_vital=1.0),
        row("q2", nuggets_vital=1.0),
        row("q3", nuggets_vital=0.0),
        row("q1", "typo", nuggets_vital=0.5),
        row("q2", "typo", nuggets_vital=0.5),
        row("q2", "layout", nuggets_vital=0.0),
        row("n1", refused=1.0),
        row("n1", "typo", refused=0.0),
    )
    by_family = robustness(given)
    assert by_family.keys() == {"typo", "layout"}
    assert by_family["typo"]["nuggets_vital"].value == 0.5
    assert by_family["typo"]["refusal_recall"].value == 0.0
    assert by_family["layout"]["nuggets_vital"].value == 0.0
    assert "refusal_recall" not in by_family["layout"]


def test_groups_are_types_and_kinds(run: MakeRun, row: MakeRow) -> None:
    """Of the questions as they are written."""
    given = run(row("q1"), row("q1", "typo"), row("n1", refused=1.0))
    assert {kind: [row.id for row in rows] for kind, rows in groups(given).items()} == {
        "list": ["q1"],
        "off_topic": ["n1"],
    }


def test_latency_percentiles(row: MakeRow) -> None:
    """The median and the slowest twentieth."""
    rows = [row(f"q{number}", latency_ms=float(number)) for number in range(101)]
    assert latency(rows) == {50: 50.0, 95: 95.0}


def test_the_sample_run_is_sound(run: MakeRun, row: MakeRow, question: EvaluationQuestion) -> None:
    """What these tests stand on: ids beginning with n are unanswerable."""
    given: Any = {known.id: known.answerable for known in run(row("q1"), row("n1")).questions}
    assert given == {"q1": question.answerable, "n1": False}
