"""Two runs: wins, losses, and what a gate stops."""

from collections.abc import Callable

import pytest

from kbqa.errors import ConfigurationError
from kbqa.evaluation.comparison import baseline_of, compare
from kbqa.evaluation.record import Row, Run

MakeRow = Callable[..., Row]
MakeRun = Callable[..., Run]


def test_the_same_run_passes(run: MakeRun, row: MakeRow) -> None:
    """Nothing won, nothing lost."""
    given = run(*(row(f"q{number}", nuggets_vital=number % 2) for number in range(20)))
    comparison = compare(given, given)
    assert (comparison.wins, comparison.losses, comparison.passes) == ((), (), True)


def test_wins_and_losses_question_by_question(run: MakeRun, row: MakeRow) -> None:
    """The greatest first; what is in one run only does not count."""
    before = run(row("q1", score=-1.0), row("q2"), row("q3"), row("q4", score=0.0), row("q9"))
    after = run(row("q1"), row("q2", score=0.0), row("q3", score=-1.0), row("q4"), row("q8"))
    comparison = compare(before, after)
    assert [change.after.id for change in comparison.wins] == ["q1", "q4"]
    assert [change.after.id for change in comparison.losses] == ["q3", "q2"]
    assert comparison.originals["score"].count == 4


def test_a_clear_regression_is_stopped(run: MakeRun, row: MakeRow) -> None:
    """Every other question lost; the same number of wins and losses is chance."""
    before = run(*(row(f"q{number}") for number in range(40)))
    after = run(*(row(f"q{number}", score=float(number % 2)) for number in range(40)))
    comparison = compare(before, after)
    assert comparison.regressions == ("score",)
    assert not comparison.passes
    mixed_before = run(*(row(f"q{number}", score=float(number < 20)) for number in range(40)))
    mixed_after = run(*(row(f"q{number}", score=float(number >= 20)) for number in range(40)))
    assert compare(mixed_before, mixed_after).passes


def test_a_regression_on_variants_alone_is_stopped(run: MakeRun, row: MakeRow) -> None:
    """And said to be one."""
    before = run(*(made for number in range(30) for made in (row(f"q{number}"), row(f"q{number}", "typo"))))
    after = run(*(made for number in range(30) for made in (row(f"q{number}"), row(f"q{number}", "typo", score=-1.0))))
    assert compare(before, after).regressions == ("score (variants)",)


@pytest.mark.parametrize(("was", "now", "lost"), [(1.0, 0.0, ["q1"]), (1.0, 1.0, []), (0.0, 0.0, []), (0.0, 1.0, [])])
def test_a_must_pass_question_may_not_be_lost(
    run: MakeRun, row: MakeRow, was: float, now: float, lost: list[str]
) -> None:
    """One that was never right is no loss; its variants do not count."""

    def given(score: float) -> Run:
        made = run(row("q1", score=score), row("q1", "typo", score=score), *(row(f"q{n}") for n in range(2, 50)))
        questions = tuple(question.model_copy(update={"must_pass": question.id == "q1"}) for question in made.questions)
        return made.model_copy(update={"questions": questions})

    comparison = compare(given(was), given(now))
    assert [change.after.id for change in comparison.lost] == lost
    assert comparison.passes == (not lost)


def test_a_baseline_gates_as_its_run_does(run: MakeRun, row: MakeRow) -> None:
    """Though it holds neither answers nor times nor what differs from machine to machine."""
    before = run(*(row(f"q{number}", nuggets_vital=2 / 3) for number in range(40)))
    after = run(*(row(f"q{number}", nuggets_vital=2 / 3, score=float(number % 2)) for number in range(40)))
    baseline = baseline_of(before)
    assert compare(baseline, before).passes
    assert compare(baseline, after).regressions == ("score",)
    assert (baseline.costs, baseline.rows[0].answer, baseline.questions) == (None, {}, ())
    assert "latency_ms" not in baseline.rows[0].figures


def test_runs_of_different_sets_are_not_compared(run: MakeRun, row: MakeRow) -> None:
    """It would look like success."""
    with pytest.raises(ConfigurationError, match="нет общих вопросов"):
        compare(run(row("q1")), run(row("q2")))
