"""Rows → the figures of a run, each with its interval."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean

import numpy as np

from kbqa.evaluation import statistics
from kbqa.evaluation.metrics import REPORTED_RECALL
from kbqa.evaluation.record import Family, Row, Run
from kbqa.evaluation.statistics import Estimate

RETRIEVAL_FIGURES = tuple(
    f"{level} {measure}"
    for level in ("section", "note")
    for measure in (*(f"R@{k}" for k in REPORTED_RECALL), "RR@10", "nDCG@10", "Success@5")
)
CITATION_FIGURES = ("citation_validity", "citation_precision", "citation_recall", "support_recall", "support_precision")
NUGGET_FIGURES = ("nuggets_vital", "nuggets_all", "forbidden")
REFUSAL_FIGURES = ("refusal_precision", "refusal_recall", "false_refusals", "score", "aurc")
FIGURE_GROUPS = {
    "retrieval_section": tuple(name for name in RETRIEVAL_FIGURES if name.startswith("section")),
    "retrieval_note": tuple(name for name in RETRIEVAL_FIGURES if name.startswith("note")),
    "citations": CITATION_FIGURES + NUGGET_FIGURES,
    "refusals": REFUSAL_FIGURES,
    "model": ("by_model",),
}
"""All of them, in the order of a report, by the group that they are shown in; a group without any is left out."""
ROBUST_FIGURES = ("section R@5", "nuggets_vital")
"""What is compared between a variant and its base question."""

_ONES_AND_ZEROS = frozenset(
    {"section Success@5", "note Success@5", "citation_validity", "forbidden", "refused", "by_model"}
)
LATENCY_PERCENTILES = (50, 95)


def groups_shown(figures: Mapping[str, Estimate]) -> dict[str, tuple[str, ...]]:
    """The groups of figures that a report shows."""
    return {group: names for group, names in FIGURE_GROUPS.items() if not figures.keys().isdisjoint(names)}


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """How wrong the answers are if only the surest are given (El-Yaniv & Wiener 2010)."""

    coverage: tuple[float, ...]
    """Share of all questions that are answered, rising, up to what was answered."""
    risk: tuple[float, ...]
    """Share of those answers that are not right (`score` below 1)."""

    @property
    def area(self) -> float:
        """Mean of the risks, AURC; lower is better; 0 where nothing was answered."""
        return fmean(self.risk) if self.risk else 0.0


def originals(run: Run) -> list[Row]:
    """The rows of the questions as they are written."""
    return [row for row in run.rows if row.family == "original"]


def summarise(rows: Iterable[Row], run: Run) -> dict[str, Estimate]:
    """The figures over some rows of a run; one that is defined for none of them is left out.

    Proportions have Wilson intervals, means have bootstrap intervals over base questions; `aurc` has none.
    """
    rows = list(rows)
    by_name: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for name, value in row.figures.items():
            by_name[name][row.base].append(value)
    figures = {
        name: statistics.proportion([value for values in clusters.values() for value in values])
        if name in _ONES_AND_ZEROS
        else statistics.mean(clusters)
        for name, clusters in by_name.items()
    }
    figures |= _refusals(rows, answerable_ids(run))
    if curve := risk_coverage(rows):
        figures["aurc"] = Estimate(curve.area, curve.area, curve.area, len(rows))
    return figures


def answerable_ids(run: Run) -> frozenset[str]:
    """Ids of the base questions that the notes answer."""
    return frozenset(question.id for question in run.questions if question.answerable)


def risk_coverage(rows: Sequence[Row]) -> RiskCoverage | None:
    """The risk at each coverage, the surest answers first; None without rows."""
    if not rows:
        return None
    answered = [row for row in rows if not row.figures["refused"]]
    answered.sort(key=lambda row: (-row.answer["confidence"], row.id))
    wrong = accumulate(row.figures["score"] < 1 for row in answered)
    return RiskCoverage(
        coverage=tuple(number / len(rows) for number in range(1, len(answered) + 1)),
        risk=tuple(count / number for number, count in enumerate(wrong, start=1)),
    )


def robustness(run: Run) -> dict[Family, dict[str, Estimate]]:
    """By family of variants and by figure: the sum over the variants by the sum over their base questions.

    The figures are those of ROBUST_FIGURES, and `refusal_recall` over the unanswerable questions. A family or figure
    for which the base questions have nothing is left out.
    """
    answerable = answerable_ids(run)
    clean = {row.base: row for row in originals(run)}
    by_family: dict[Family, list[Row]] = defaultdict(list)
    for row in run.rows:
        if row.family != "original":
            by_family[row.family].append(row)
    result: dict[Family, dict[str, Estimate]] = {}
    for family, rows in by_family.items():
        pairs = [(name, name, [row for row in rows if name in row.figures]) for name in ROBUST_FIGURES]
        pairs.append(("refusal_recall", "refused", [row for row in rows if row.base not in answerable]))
        for shown, name, part in pairs:
            under = {row.base: clean[row.base].figures[name] for row in part}
            if any(under.values()):
                over = {base: fmean(values) for base, values in _by_base(part, name).items()}
                result.setdefault(family, {})[shown] = statistics.ratio(over, under)
    return result


def latency(rows: Sequence[Row]) -> dict[int, float]:
    """Percentiles of the time of an answer, in milliseconds, by the percentile."""
    times = [row.figures["latency_ms"] for row in rows]
    return dict(zip(LATENCY_PERCENTILES, map(float, np.percentile(times, LATENCY_PERCENTILES)), strict=True))


def groups(run: Run) -> dict[str, list[Row]]:
    """The original rows by type of question; unanswerable ones by their kind."""
    kinds = {question.id: question.unanswerable_kind or question.type for question in run.questions}
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in originals(run):
        by_kind[kinds[row.base]].append(row)
    return dict(sorted(by_kind.items()))


def _refusals(rows: Sequence[Row], answerable: frozenset[str]) -> dict[str, Estimate]:
    refused_answerable = [row.figures["refused"] for row in rows if row.base in answerable]
    refused_unanswerable = [row.figures["refused"] for row in rows if row.base not in answerable]
    right_refusals = [float(row.base not in answerable) for row in rows if row.figures["refused"]]
    return {
        name: statistics.proportion(values)
        for name, values in (
            ("refusal_precision", right_refusals),
            ("refusal_recall", refused_unanswerable),
            ("false_refusals", refused_answerable),
        )
        if values
    }


def _by_base(rows: Iterable[Row], name: str) -> Mapping[str, list[float]]:
    values: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        values[row.base].append(row.figures[name])
    return values
