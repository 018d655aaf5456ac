"""The terminal's tables."""

from collections.abc import Callable

import pytest

from kbqa.evaluation.comparison import compare
from kbqa.evaluation.record import Row, Run
from kbqa.evaluation.report import comparison_table, tables, verdict
from kbqa.evaluation.summary import FIGURE_GROUPS
from kbqa.texts import Texts
from kbqa.types import Language

RU = Texts.load("ru")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_figure_has_a_line(run: Callable[..., Run], row: Callable[..., Row], language: Language) -> None:
    """With its interval; a dash where it is not defined, though another of its group is."""
    texts = Texts.load(language)
    found = {"section R@5": 1.0, "note R@5": 1.0, "by_model": 1.0}
    rows = (row("q1", nuggets_vital=0.25, **found), row("q1", "typo", nuggets_vital=0.25), row("n1", refused=1.0))
    lines = tables(run(*rows), texts).splitlines()
    shown = {line.strip(): line for line in lines}
    for name in (name for names in FIGURE_GROUPS.values() for name in names):
        assert any(texts(f"eval.figures.{name}") in line for line in lines), name
    vital = next(line for line in shown if line.startswith(texts("eval.figures.nuggets_vital")))
    assert vital.split()[-3:] == ["0.250", "0.250", "0.250"]
    recall = next(line for line in shown if line.startswith(texts("eval.figures.section R@1")))
    assert recall.endswith("–")
    for word in ("eval.types.list", "eval.types.off_topic", "eval.families.typo"):
        assert any(line.startswith(texts(word)) for line in lines), word


@pytest.mark.parametrize("by_model", [{}, {"by_model": 0.0}], ids=["nobody", "a model"])
def test_a_group_without_a_figure_is_left_out(
    run: Callable[..., Run], row: Callable[..., Row], by_model: dict[str, float]
) -> None:
    """Who has no model is not told of one; of a model that wrote nothing, it is told that it did."""
    shown = tables(run(row("q1", **by_model)), RU)
    assert (RU("eval.groups.model") in shown) is bool(by_model)
    assert (RU("eval.figures.by_model") in shown) is bool(by_model)


def test_failures_are_counted(run: Callable[..., Run], row: Callable[..., Row]) -> None:
    """By class, the most frequent first."""
    failed = [row(f"q{number}").model_copy(update={"failure": "not_extracted"}) for number in range(3)]
    shown = tables(run(*failed, row("n1").model_copy(update={"failure": "missed_refusal"})), RU).splitlines()
    start = shown.index(RU("eval.failures"))
    assert [line.split()[-1] for line in shown[start + 1 : start + 3]] == ["3", "1"]


def test_a_comparison_shows_what_changed(run: Callable[..., Run], row: Callable[..., Row]) -> None:
    """The difference, the questions won and lost, and the verdict."""
    before = run(*(row(f"q{number}") for number in range(30)))
    after = run(*(row(f"q{number}", score=0.0) for number in range(30)))
    comparison = compare(before, after)
    shown = comparison_table(comparison, before, after, RU)
    assert "-1.000" in shown
    assert "Хуже: 30" in shown
    assert "Вопрос q1?" in shown
    assert shown.endswith(verdict(comparison, RU))
    assert "score" in verdict(comparison, RU)
    assert verdict(compare(before, before), RU) == RU("eval.passed")
