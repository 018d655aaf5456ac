"""Two runs of one question set: what got better, what got worse, and whether that can be chance."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kbqa.errors import ConfigurationError
from kbqa.evaluation import statistics
from kbqa.evaluation.record import Row, Run
from kbqa.evaluation.statistics import Estimate

GATED = (
    "section nDCG@10",
    "section R@5",
    "note R@5",
    "citation_validity",
    "citation_precision",
    "citation_recall",
    "support_recall",
    "nuggets_vital",
    "nuggets_all",
    "score",
)
"""The figures that a change may not make worse; each is better when higher."""
_RIGHT = 1


@dataclass(frozen=True, slots=True)
class Change:
    """One row in two runs."""

    before: Row
    after: Row

    @property
    def gain(self) -> float:
        """Of the score, then of the vital nuggets and of nDCG: which row counts as a win or a loss."""
        weights = {"score": 1.0, "nuggets_vital": 1.0, "section nDCG@10": 0.5}
        return sum(
            weight * (self.after.figures.get(name, 0.0) - self.before.figures.get(name, 0.0))
            for name, weight in weights.items()
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two runs."""

    wins: tuple[Change, ...]
    """Rows that got better, the greatest gain first."""
    losses: tuple[Change, ...]
    """Rows that got worse, the greatest loss first."""
    originals: Mapping[str, Estimate]
    """By gated figure: after minus before over the questions as they are written, paired."""
    variants: Mapping[str, Estimate]
    """The same over the variants, clustered by base question; empty if either run has none."""
    lost: tuple[Change, ...]
    """Must-pass questions that were right before and are not now."""

    @property
    def regressions(self) -> tuple[str, ...]:
        """The figures whose interval lies wholly below zero."""
        return tuple(
            f"{name}{suffix}"
            for figures, suffix in ((self.originals, ""), (self.variants, " (variants)"))
            for name, estimate in figures.items()
            if estimate.high < 0
        )

    @property
    def passes(self) -> bool:
        """Whether nothing got worse that may not."""
        return not self.regressions and not self.lost


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs, row by row.

    Raises:
        ConfigurationError: they have no question in common.
    """
    earlier = {row.id: row for row in before.rows}
    changes = [Change(earlier[row.id], row) for row in after.rows if row.id in earlier]
    if not changes:
        raise ConfigurationError("runs_unrelated", before=before.name, after=after.name)
    must_pass = {question.id for question in after.questions if question.must_pass}
    originals = [change for change in changes if change.after.family == "original"]
    ranked = sorted(changes, key=lambda change: (change.gain, change.after.id))
    return Comparison(
        wins=tuple(change for change in reversed(ranked) if change.gain > 0),
        losses=tuple(change for change in ranked if change.gain < 0),
        originals=_differences(originals),
        variants=_differences([change for change in changes if change.after.family != "original"]),
        lost=tuple(
            change
            for change in originals
            if change.after.base in must_pass
            and change.before.figures["score"] == _RIGHT
            and change.after.figures["score"] < _RIGHT
        ),
    )


def baseline_of(run: Run) -> Run:
    """What a gate needs of a run, to be committed: the gated figures of every row, without answers and costs."""
    nothing: dict[str, Any] = {"ranks": (), "missed": (), "forbidden": (), "answer": {}}
    rows = tuple(
        # Not rounded: a difference of every row in the last digit would be a clear one.
        row.model_copy(update=nothing | {"figures": {name: row.figures[name] for name in GATED if name in row.figures}})
        for row in run.rows
    )
    return run.model_copy(update={"rows": rows, "questions": (), "costs": None, "settings": {}, "commit": None})


def _differences(changes: list[Change]) -> dict[str, Estimate]:
    differences = {}
    for name in GATED:
        before, after = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
        for change in changes:
            # A refusal has no citations to judge; what it loses is counted by the other figures.
            if name in change.before.figures and name in change.after.figures:
                before[change.after.base].append(change.before.figures[name])
                after[change.after.base].append(change.after.figures[name])
        if before:
            differences[name] = statistics.difference(before, after)
    return differences
