"""A run, or two, as tables for the terminal."""

from collections import Counter
from collections.abc import Iterable, Sequence

from kbqa.evaluation.comparison import Change, Comparison
from kbqa.evaluation.record import Run
from kbqa.evaluation.statistics import Estimate
from kbqa.evaluation.summary import (
    groups,
    groups_shown,
    latency,
    originals,
    robustness,
    summarise,
)
from kbqa.texts import Texts

_LABEL = 56
_TYPE_FIGURES = ("section R@5", "section nDCG@10", "nuggets_vital", "citation_precision", "score", "refused")
_SHOWN_CHANGES = 20


def tables(run: Run, texts: Texts) -> str:
    """All figures with their intervals, then by type, robustness, failures, time; a dash where one is not defined."""
    rows = originals(run)
    figures = summarise(rows, run)
    answerable = sum(question.answerable for question in run.questions)
    lines = [
        texts("eval.title", name=run.name),
        texts("eval.asked", count=len(run.questions), answerable=answerable, rows=len(run.rows)),
    ]
    for group, names in groups_shown(figures).items():
        lines += ["", f"{texts(f'eval.groups.{group}'):<{_LABEL}}{'':>7}  {texts('eval.interval'):^13}"]
        lines += [f"  {texts(f'eval.figures.{name}'):<{_LABEL - 2}}{_with_interval(figures, name)}" for name in names]
    lines += ["", *_by_type(run, texts)]
    lines += _robustness(run, texts)
    failures = Counter(row.failure for row in rows if row.failure)
    lines += ["", texts("eval.failures")]
    lines += [
        f"  {texts(f'eval.failure.{failure}'):<{_LABEL - 2}}{count:>7}" for failure, count in failures.most_common()
    ]
    return "\n".join([*lines, "", *_costs(run, texts)])


def comparison_table(comparison: Comparison, before: Run, after: Run, texts: Texts) -> str:
    """The differences with their intervals, then the wins and losses, the greatest first."""
    lines = [texts("eval.compared", before=before.commit, after=after.commit, count=len(comparison.originals)), ""]
    lines.append(f"{texts('eval.difference'):<{_LABEL}}{'':>7}  {texts('eval.interval'):^15}")
    for figures, suffix in ((comparison.originals, ""), (comparison.variants, f" ({texts('eval.variants')})")):
        for name, estimate in figures.items():
            label = f"{texts(f'eval.figures.{name}')}{suffix}"
            lines.append(f"  {label:<{_LABEL - 2}}{estimate.value:>+7.3f}  {estimate.low:+.3f} {estimate.high:+.3f}")
    for key, changes in (("wins", comparison.wins), ("losses", comparison.losses)):
        lines += ["", texts(f"eval.{key}", count=len(changes)), *_changes(changes)]
    return "\n".join([*lines, "", verdict(comparison, texts)])


def verdict(comparison: Comparison, texts: Texts) -> str:
    """One line, or two: what got worse that may not, or that nothing did."""
    lines = []
    if comparison.lost:
        lines.append(texts("eval.lost", questions=", ".join(change.after.id for change in comparison.lost)))
    if comparison.regressions:
        lines.append(texts("eval.regressions", figures=", ".join(comparison.regressions)))
    return "\n".join(lines) or texts("eval.passed")


def _by_type(run: Run, texts: Texts) -> Iterable[str]:
    # Short names, as the table is wide; the long ones stand above.
    yield f"{texts('eval.type'):<22}{texts('eval.count'):>9}" + "".join(f"{name:>19}" for name in _TYPE_FIGURES)
    for kind, rows in groups(run).items():
        figures = summarise(rows, run)
        values = "".join(f"{_value(figures, name):>19}" for name in _TYPE_FIGURES)
        yield f"{texts(f'eval.types.{kind}'):<22}{len(rows):>9}{values}"


def _robustness(run: Run, texts: Texts) -> list[str]:
    by_family = robustness(run)
    if not by_family:
        return []
    names = list(dict.fromkeys(name for figures in by_family.values() for name in figures))
    lines = ["", texts("eval.robustness")]
    lines.append(f"{texts('eval.family'):<28}" + "".join(f"{name:>28}" for name in names))
    for family, figures in by_family.items():
        cells = "".join(f"{_with_interval(figures, name):>28}" for name in names)
        lines.append(f"{texts(f'eval.families.{family}'):<28}{cells}")
    return lines


def _costs(run: Run, texts: Texts) -> list[str]:
    percentiles = latency(originals(run))
    lines = [texts("eval.costs"), "  " + texts("eval.latency", p50=percentiles[50], p95=percentiles[95])]
    if run.costs:
        lines += [
            "  " + texts("eval.first_answer", milliseconds=run.costs.cold_ms),
            "  " + texts("eval.index_time", seconds=run.costs.index_seconds, embedded=run.costs.embedded),
            "  " + texts("eval.memory", megabytes=run.costs.peak_memory_mb),
        ]
    return lines


def _changes(changes: Sequence[Change]) -> Iterable[str]:
    for change in changes[:_SHOWN_CHANGES]:
        before, after = (f"{row.figures['score']:+.0f}" for row in (change.before, change.after))
        yield f"  {change.after.id:<28} {before} → {after}  {change.after.asked}"
    if len(changes) > _SHOWN_CHANGES:
        yield f"  … {len(changes) - _SHOWN_CHANGES}"


def _with_interval(figures: dict[str, Estimate], name: str) -> str:
    if name not in figures:
        return f"{'–':>7}"
    estimate = figures[name]
    return f"{estimate.value:>7.3f}  {estimate.low:.3f} {estimate.high:.3f}"


def _value(figures: dict[str, Estimate], name: str) -> str:
    return f"{figures[name].value:.3f}" if name in figures else "–"
