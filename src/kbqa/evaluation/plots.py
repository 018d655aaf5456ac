"""The figures as pictures: inline SVG that takes its colours and its type from the page around it.

Each function gives one `<svg>`. Its ids begin with the plot's name, so that several stand on one page, and what is
drawn of a series has an id of its own (`recall-section`). Numbers that are seen are in the label that is read out.
"""

import html
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from kbqa.evaluation.metrics import RECALL
from kbqa.evaluation.record import Family
from kbqa.evaluation.statistics import Estimate
from kbqa.evaluation.summary import RiskCoverage
from kbqa.texts import Texts


@contextmanager
def _away_from_home() -> Iterator[None]:
    """Imported, matplotlib writes a list of all fonts into the home folder; fc-list, which it asks, writes there too.

    Without a PATH it finds neither fc-list nor, on macOS, system_profiler, which takes seconds. The text is set by
    the page; to measure it, the font that comes with matplotlib is enough.
    """
    with TemporaryDirectory(prefix="kbqa-") as folder:
        changed = {"MPLCONFIGDIR": folder, "PATH": ""}
        kept = {name: os.environ[name] for name in changed if name in os.environ}
        os.environ.update(changed)
        try:
            yield
        finally:
            for name in changed:
                del os.environ[name]
            os.environ.update(kept)


with _away_from_home():
    import matplotlib as mpl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _SOFT, _LINE, _FIRST, _SECOND, _THIRD = (f"#00010{digit}" for digit in range(6))
_VARIABLES = {_INK: "ink", _SOFT: "soft", _LINE: "line", _FIRST: "first", _SECOND: "second", _THIRD: "third"}
"""Colours that nothing else has, and the page's CSS variables that take their place."""
_STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": _LINE,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": _SOFT,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "grid.color": _LINE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.labelcolor": _INK,
    "lines.linewidth": 1.8,
    "svg.fonttype": "none",
    "text.color": _INK,
    "text.parse_math": False,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
}
_INCH = 72
_WIDTH = 4.7
"""Inches; narrow, for a picture that is made to fit a phone must not lose its letters."""
_HEIGHT = 3.1
_BINS = 30
_WHISKER = 2.5
"""Half the length of an interval's end, in points."""


def figure_name(name: str, texts: Texts) -> str:
    """A figure's name where its group is not said: with what was searched for in front."""
    level, measured, _ = name.partition(" ")
    said = texts(f"eval.figures.{name}")
    return f"{texts(f'report.plot.{level}')}: {said}" if measured else said


def recall(figures: Mapping[str, Estimate], texts: Texts) -> str:
    """Recall among the first k, of sections and of notes; `figures` as `summarise` gives them."""
    with _drawing() as (figure, axes):
        told = []
        for level, colour, mark in (("section", _FIRST, "o"), ("note", _SECOND, "s")):
            points = {k: figures[name].value for k in RECALL if (name := f"{level} R@{k}") in figures}
            name = texts(f"report.plot.{level}")
            axes.plot(list(points), list(points.values()), color=colour, marker=mark, ms=4, label=name, gid=level)
            told.append(f"{name}: " + ", ".join(f"{k} – {value:.3f}" for k, value in points.items()))
        axes.set(xlabel=texts("report.plot.recall_x"), ylabel=texts("report.plot.recall_y"), xticks=list(RECALL))
        # Both curves lie near the top; from zero they would be one line.
        axes.set_ylim(top=1.01)
        axes.legend(loc="lower right")
        return _svg(figure, "recall", told, texts)


def risk(curve: RiskCoverage, texts: Texts) -> str:
    """How wrong the answers are if only the surest are given."""
    with _drawing() as (figure, axes):
        axes.plot(curve.coverage, curve.risk, color=_FIRST, drawstyle="steps-post", gid="curve")
        axes.set(xlabel=texts("report.plot.risk_x"), ylabel=texts("report.plot.risk_y"), xlim=(0, 1))
        axes.set_ylim(bottom=0, top=max(0.1, *curve.risk) * 1.15 if curve.risk else 1)
        told = []
        if curve.risk:
            end = curve.coverage[-1], curve.risk[-1]
            axes.plot(*end, color=_FIRST, marker="o", ms=5, gid="end")
            told.append(texts("report.plot.risk_label", area=curve.area, coverage=end[0], risk=end[1]))
            axes.set_title(told[0], fontsize="medium", color=_SOFT, loc="left")
        return _svg(figure, "risk", told, texts)


def latency(times: Sequence[float], percentiles: Mapping[int, float], texts: Texts) -> str:
    """How long the answers took, in milliseconds, with the median and the 95th percentile."""
    with _drawing() as (figure, axes):
        counts, edges = np.histogram(times, bins=_BINS)
        axes.stairs(counts, edges, fill=True, color=_FIRST, alpha=0.45, gid="histogram")
        told = []
        for percentile, key, colour, dashes in ((50, "median", _INK, "-"), (95, "p95", _SECOND, "--")):
            told.append(texts(f"report.plot.{key}", milliseconds=percentiles[percentile]))
            axes.axvline(percentiles[percentile], color=colour, linestyle=dashes, label=told[-1], gid=key)
        axes.set(xlabel=texts("report.plot.latency_x"), ylabel=texts("report.plot.latency_y"))
        axes.set_xlim(left=0)
        figure.legend(loc="outside upper left", ncols=2)
        return _svg(figure, "latency", told, texts)


def types(by_type: Mapping[str, Mapping[str, Estimate]], texts: Texts) -> str:
    """By type of question: the vital facts stated; of a type without an answer in the notes, the refusals."""
    shown = {
        name: {kind: figures[name] for kind, figures in by_type.items() if name in figures}
        for name in ("nuggets_vital", "refusal_recall")
    }
    with _drawing(rows=sum(map(len, shown.values())) + 1) as (figure, axes):
        told, labels = [], list[str]()
        for (name, bars), colour in zip(shown.items(), (_FIRST, _SECOND), strict=True):
            told.append(texts(f"eval.figures.{name}"))
            for kind, estimate in bars.items():
                labels.append(f"{texts(f'eval.types.{kind}')} ({estimate.count})")
                _bar(axes, len(labels) - 1, estimate, colour=colour, gid=kind)
                told.append(f"{labels[-1]}: {estimate.value:.3f}")
            axes.barh(0, 0, color=colour, label=texts(f"eval.figures.{name}"))
        _rows(axes, labels)
        axes.set_xlim(0, 1.02)
        figure.legend(loc="outside upper left")
        return _svg(figure, "types", told, texts)


def robustness(ratios: Mapping[Family, Mapping[str, Estimate]], texts: Texts) -> str:
    """By family of variants: what is left of the result on the questions as they are written; at least one."""
    names = list(dict.fromkeys(name for estimates in ratios.values() for name in estimates))
    colours = dict(zip(names, (_FIRST, _THIRD, _SECOND), strict=False))
    thick = 0.8 / len(names)
    with _drawing(rows=len(ratios) * 2 + len(names)) as (figure, axes):
        told = []
        for row, (family, estimates) in enumerate(ratios.items()):
            for place, name in enumerate(names):
                if name in estimates:
                    at = row + (place - (len(names) - 1) / 2) * thick
                    gid = f"{family}-{place}"
                    _bar(axes, at, estimates[name], colour=colours[name], gid=gid, thick=thick * 0.85)
            values = ", ".join(f"{figure_name(name, texts)} {one.value:.3f}" for name, one in estimates.items())
            told.append(f"{texts(f'eval.families.{family}')}: {values}")
        for name in names:
            axes.barh(0, 0, color=colours[name], label=figure_name(name, texts))
        axes.axvline(1, color=_SOFT, linewidth=0.8, linestyle="--", gid="one")
        _rows(axes, [texts(f"eval.families.{family}") for family in ratios])
        axes.set(xlabel=texts("report.plot.ratio"))
        figure.legend(loc="outside upper left")
        return _svg(figure, "robustness", told, texts)


@contextmanager
def _drawing(rows: int = 0) -> Iterator[tuple[Figure, Axes]]:
    """An empty picture in our style whatever the user's is; high enough for so many rows, if it has rows."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        figure = Figure(figsize=(_WIDTH, 0.8 + rows * 0.24 if rows else _HEIGHT), layout="constrained")
        yield figure, figure.subplots()


def _bar(axes: Axes, at: float, estimate: Estimate, *, colour: str, gid: str, thick: float = 0.62) -> None:
    (bar,) = axes.barh(at, estimate.value, thick, color=colour, alpha=0.75)
    bar.set_gid(gid)
    # A bound can lie inside the value by a rounding error.
    ends = [[max(0, estimate.value - estimate.low)], [max(0, estimate.high - estimate.value)]]
    axes.errorbar(estimate.value, at, xerr=ends, color=_INK, elinewidth=1, capsize=_WHISKER)


def _rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels, color=_INK)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")


def _svg(figure: Figure, name: str, told: Sequence[str], texts: Texts) -> str:
    mpl.rcParams["svg.hashsalt"] = name
    out = StringIO()
    figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    _, _, drawn = out.getvalue().partition("<svg")
    _, _, drawn = drawn.partition(">")
    # Its style sheet would hold for the whole page; the page has the same rule for plots alone.
    drawn = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", drawn, count=1, flags=re.DOTALL)
    drawn = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>{name}-", drawn)
    drawn = re.sub("|".join(_VARIABLES), lambda colour: f"var(--{_VARIABLES[colour[0]]})", drawn)
    drawn = re.sub(r"font-family: [^;\"]*", "font-family: inherit", drawn)
    width, height = (round(side * _INCH, 1) for side in figure.get_size_inches())
    label = html.escape(f"{texts(f'report.plot.{name}')}. {'; '.join(told)}")
    return f'<svg class="plot" viewBox="0 0 {width} {height}" width="100%" role="img" aria-label="{label}">{drawn}'
