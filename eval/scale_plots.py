"""Growth curves of `bench_scale.py`: one SVG whose lines and letters are seen on light and on dark pages."""

import re
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

_GREY, _FIRST, _SECOND = "#808080", "#d97706", "#0d9488"
"""Each has enough contrast on white and on black."""
_BARS = {
    "seconds to index from nothing": {10_000: 180, 100_000: 1_800},
    "peak memory, MB": {10_000: 1_500, 100_000: 4_000},
    "ms a warm question": {1_000: 15, 10_000: 20, 100_000: 60},
    "seconds from start to first answer": {10_000: 4, 100_000: 8},
}
"""What was aimed at, by the number of sections."""
_LINES: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "seconds to index from nothing": (("index", "seconds", "all"), ("index", "again seconds", "vectors known")),
    "peak memory, MB": (("index", "peak MB", "indexing"), ("ask", "peak MB", "answering")),
    "ms a warm question": (("ask", "median ms", "median"), ("ask", "p95 ms", "95th percentile")),
    "seconds from start to first answer": (("start", "seconds", "all"), ("start", "import", "imports")),
}
_STYLE = {
    "axes.edgecolor": _GREY,
    "axes.facecolor": "none",
    "axes.labelcolor": _GREY,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": _GREY,
    "axes.titlesize": 10,
    "figure.facecolor": "none",
    "font.size": 9,
    "legend.frameon": False,
    "legend.labelcolor": _GREY,
    "svg.fonttype": "none",
    "svg.hashsalt": "scale",
    "xtick.color": _GREY,
    "ytick.color": _GREY,
}


def draw(results: Mapping[str, Any]) -> str:
    """Four panels, each logarithmic both ways.

    Crosses are what was aimed at; hollow marks are of the stand-in, whose memory at indexing lacks the model's.
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(8.4, 6.2), layout="constrained")
        for axes, (title, lines) in zip(figure.subplots(2, 2).ravel(), _LINES.items(), strict=True):
            axes.set_title(title)
            for scale, axis, steps in ((axes.set_xscale, axes.xaxis, (1,)), (axes.set_yscale, axes.yaxis, (1, 2, 5))):
                scale("log")
                axis.set_major_locator(LogLocator(subs=steps))
                axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
                axis.set_minor_locator(NullLocator())
            for colour, line in zip((_FIRST, _SECOND), lines, strict=True):
                _draw_line(axes, results, line, colour)
            bars = _BARS[title]
            axes.plot(list(bars), list(bars.values()), "x", color=_GREY, markersize=8, markeredgewidth=2, label="aim")
            axes.legend()
            axes.set_xlabel("sections")
        drawn = StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return re.sub(r"[ \t]+$", "", drawn.getvalue(), flags=re.MULTILINE)


def _draw_line(axes: Any, results: Mapping[str, Any], line: tuple[str, str, str], colour: str) -> None:
    """What the model made; and of the stand-in, what does not depend on it where the model has made nothing."""
    part, name, label = line
    results = {name: run for name, run in results.items() if "ask" in run}
    made = {run["sections"]: run[part][name] for run in results.values() if not run["stand_in"]}
    stood_in = {run["sections"]: run[part][name] for run in results.values() if run["stand_in"]}
    hollow = {} if (part, name) == ("index", "seconds") else {at: stood_in[at] for at in stood_in if at not in made}
    points = sorted((made | hollow).items())
    axes.plot(*zip(*points, strict=True), "-", color=colour, label=label)
    for at, value in points:
        axes.plot([at], [value], "o", color=colour, markerfacecolor="none" if at in hollow else colour)
