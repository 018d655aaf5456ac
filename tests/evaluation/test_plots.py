"""The plots: every series is drawn and told, and nothing of them leaks into the page or the home folder."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kbqa.evaluation import plots
from kbqa.evaluation.statistics import Estimate
from kbqa.evaluation.summary import RiskCoverage
from kbqa.texts import Texts

TEXTS = Texts.load("en")
XLINK = ' xmlns:xlink="x"'


def estimate(value: float) -> Estimate:
    """A figure over ten questions."""
    return Estimate(value, max(0, value - 0.1), min(1, value + 0.1), 10)


def drawn(name: str) -> str:
    """Each plot of some figures."""
    recalls = {f"{level} R@{k}": estimate(k / 10) for level in ("section", "note") for k in range(1, 11)}
    by_type = {"list": {"nuggets_vital": estimate(0.8)}, "off_topic": {"refusal_recall": estimate(0.9)}}
    ratios = {"typo": {"section R@5": estimate(0.7), "refusal_recall": estimate(1.2)}}
    plot: dict[str, Callable[[], str]] = {
        "recall": lambda: plots.recall(recalls, TEXTS),
        "risk": lambda: plots.risk(RiskCoverage((0.25, 0.5), (0.0, 0.5)), TEXTS),
        "latency": lambda: plots.latency([10, 12, 50], {50: 12.0, 95: 46.2}, TEXTS),
        "types": lambda: plots.types(by_type, TEXTS),
        "robustness": lambda: plots.robustness(ratios, TEXTS),
    }
    return plot[name]()


SERIES = {
    "recall": ["section", "note"],
    "risk": ["curve", "end"],
    "latency": ["histogram", "median", "p95"],
    "types": ["list", "off_topic"],
    "robustness": ["typo-0", "typo-1", "one"],
}
TOLD = {
    "recall": ["sections: 1 – 0.100, 2 – 0.200", "notes: 1 – 0.100", "10 – 1.000"],
    "risk": ["AURC 0.250", "coverage 0.500", "risk 0.500"],
    "latency": ["12.0 ms", "46.2 ms"],
    "types": ["list (10): 0.800", "off topic (10): 0.900"],
    "robustness": ["typos: sections: ", "0.700", "1.200"],
}


@pytest.mark.parametrize("name", SERIES)
def test_every_series_is_drawn_and_told(name: str) -> None:
    """Each series has its id, and its numbers are in the label that is read out."""
    svg = ET.fromstring(drawn(name).replace("<svg", f"<svg{XLINK}", 1))  # noqa: S314 - our own
    ids = [element.get("id") for element in svg.iter() if element.get("id")]
    assert {f"{name}-{series}" for series in SERIES[name]} <= set(ids)
    assert len(ids) == len(set(ids))
    assert svg.get("role") == "img"
    assert [said for said in TOLD[name] if said not in svg.get("aria-label", "")] == []


@pytest.mark.parametrize("name", SERIES)
def test_a_plot_keeps_to_itself(name: str) -> None:
    """All ids and references have the plot's name in front; no style sheet, no colour and no font of its own."""
    svg = drawn(name)
    names = re.findall(r'(?:\bid="|href="#|url\(#)([^")]*)', svg)
    assert [one for one in names if not one.startswith(f"{name}-")] == []
    assert "<style" not in svg
    assert "http" not in svg
    assert re.findall(r"#[0-9a-f]{6}\b|DejaVu", svg) == []
    assert "var(--first)" in svg


@pytest.mark.parametrize("name", SERIES)
def test_a_plot_is_the_same_each_time(name: str) -> None:
    """The same figures give the same bytes."""
    assert drawn(name) == drawn(name)


def test_a_user_s_style_changes_nothing() -> None:
    """What matplotlib is set to is neither used nor changed."""
    plain = drawn("recall")
    with plots.mpl.rc_context({"lines.linewidth": 7, "svg.fonttype": "path", "svg.hashsalt": "theirs"}):
        assert drawn("recall") == plain
        assert plots.mpl.rcParams["svg.hashsalt"] == "theirs"


def test_no_answer_has_no_curve() -> None:
    """Where everything is refused, the axes are empty."""
    assert "risk-curve" in plots.risk(RiskCoverage((), ()), TEXTS)


def test_nothing_is_written_home(tmp_path: Path) -> None:
    """Importing and drawing leave a fresh home empty, and the environment as it was."""
    program = (
        "import os; before = dict(os.environ)\n"
        "from kbqa.evaluation import plots; from kbqa.texts import Texts\n"
        "plots.latency([1.0, 2.0], {50: 1.5, 95: 2.0}, Texts.load('ru'))\n"
        "assert dict(os.environ) == before"
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XDG_", "MPL")) and name not in ("HOME", "TMPDIR")
    }
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    folders = {"HOME": str(home), "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", program], env=environment | folders, check=True, cwd=tmp_path)
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []
