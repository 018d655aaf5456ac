"""`kbqa eval`: measure, compare, draft questions.

Its exit codes are its own: 1 says that the assistant got worse, and nothing else may say it.
"""

import sys
import traceback
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from kbqa.cli.output import say, shown_on
from kbqa.errors import KbqaError
from kbqa.settings import Settings
from kbqa.texts import Texts

PASS, REGRESSION, BROKEN = 0, 1, 2


def run_eval(given: Namespace, settings: Settings) -> int:
    """Measure, compare two saved runs, or draft questions."""
    texts = Texts.load(settings.language)
    try:
        if given.action == "draft":
            return _draft(given, settings, texts)
        if given.compare:
            return _compare(given.compare, texts)
        return _measure(given, settings, texts)
    except KbqaError as error:
        sys.stderr.write(f"kbqa: {error.message(settings.language)}\n")
    except Exception:  # noqa: BLE001 - Python's own exit code for an error is 1, which here means a regression
        traceback.print_exc()
    return BROKEN


def _measure(given: Namespace, settings: Settings, texts: Texts) -> int:
    from kbqa.evaluation.comparison import baseline_of, compare
    from kbqa.evaluation.html_report import html_report
    from kbqa.evaluation.record import Run
    from kbqa.evaluation.report import tables, verdict
    from kbqa.evaluation.runner import evaluate

    # Read first: a missing file should not cost a run.
    baseline = Run.read(given.gate) if given.gate else None
    with tqdm(desc=texts("cli.evaluating"), leave=False, disable=None) as bar:
        run = evaluate(
            settings,
            given.questions,
            split=given.split,
            seed=given.variants,
            by_model=not given.no_model,
            progress=shown_on(bar),
        )
    say(tables(run, texts))
    folder = given.output or settings.index / "evaluation" / f"{run.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    run.write(folder / "run.json")
    (folder / "report.html").write_text(html_report(run, texts), encoding="utf-8")
    say("\n" + texts("eval.saved", report=folder / "report.html", run=folder / "run.json"))
    if given.save_baseline:
        baseline_of(run).write(given.save_baseline)
        say(texts("eval.baseline_saved", file=given.save_baseline))
    if baseline is None:
        return PASS
    comparison = compare(baseline, run)
    say("\n" + verdict(comparison, texts))
    return PASS if comparison.passes else REGRESSION


def _compare(files: list[Path], texts: Texts) -> int:
    from kbqa.evaluation.comparison import compare
    from kbqa.evaluation.record import Run
    from kbqa.evaluation.report import comparison_table

    before, after = map(Run.read, files)
    comparison = compare(before, after)
    say(comparison_table(comparison, before, after, texts))
    return PASS if comparison.passes else REGRESSION


def _draft(given: Namespace, settings: Settings, texts: Texts) -> int:
    from kbqa.evaluation.drafts import draft_questions, write_drafts

    file = given.output or given.questions.with_suffix(".drafts.jsonl")
    added = write_drafts(draft_questions(settings, given.questions, texts), file)
    say(texts("eval.drafted", count=added, file=file) if added else texts("eval.nothing_to_draft"))
    return PASS
