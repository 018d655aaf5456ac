"""What the commands print."""

import json
import sys
from collections.abc import Callable
from typing import Any

from tqdm import tqdm

from kbqa.answering.markdown import NEAREST, links_displayed, place_text, with_doubts
from kbqa.index.time_left import TimeLeft
from kbqa.texts import Texts
from kbqa.types import Answer, Hit, IndexReport, Problem

_BAR = "{desc}: {percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt}{postfix}"
"""As tqdm writes it; its own estimate of the time left is in English only, and in numbers that jump."""


def report_lines(report: IndexReport, texts: Texts) -> str:
    """What an index run did: a line for each note that it touched, then the totals."""
    lines = [texts("cli.index_added", note=path) for path in report.added]
    lines += [texts("cli.index_changed", note=path) for path in report.changed]
    lines += [texts("cli.index_removed", note=path) for path in report.removed]
    skipped = sum(problem.skipped for problem in report.problems)
    unchanged = len(report.unchanged)
    if report.published:
        total = texts(
            "cli.index_done",
            notes=len(report.added) + len(report.changed) + unchanged,
            chunks=report.chunks,
            embedded=report.embedded,
            unchanged=unchanged,
            skipped=skipped,
            seconds=f"{report.seconds:.1f}",
        )
    else:
        total = texts("cli.index_unchanged", notes=unchanged, chunks=report.chunks, skipped=skipped)
    return "\n".join([*lines, total])


def say_report(report: IndexReport, texts: Texts) -> None:
    """Print what an index run did; what was wrong goes to the error stream."""
    say(report_lines(report, texts))
    for repair in report.repairs:
        sys.stderr.write(f"! {repair}\n")
    for problem in report.problems:
        sys.stderr.write(problem_line(problem, texts) + "\n")


def problem_line(problem: Problem, texts: Texts) -> str:
    """A note that was skipped or read in part, and why."""
    return texts("cli.skipped" if problem.skipped else "cli.warning", note=problem.note, reason=problem.reason)


def answer_lines(answer: Answer, texts: Texts) -> str:
    """The answer and its sources, or the nearest sections where there is no answer."""
    lines = [answer.within] if answer.within else []
    lines += [texts("answers.understood", question=answer.understood)] if answer.understood else []
    lines += [answer.notice] if answer.notice else []
    text = links_displayed(with_doubts(answer, texts))
    lines += ["", text] if lines else [text]
    if answer.citations:
        lines += ["", texts("cli.sources")]
        lines += [
            f"[{citation.number}] {place_text(citation.note, citation.start_line, citation.heading_path)}"
            for citation in answer.citations
        ]
    elif answer.hits:
        lines += ["", texts("cli.nearest")]
        lines += [
            f"- {place_text(hit.chunk.note, hit.chunk.start_line, hit.chunk.heading_path)}"
            for hit in answer.hits[:NEAREST]
        ]
    return "\n".join(lines)


def hit_lines(hit: Hit, texts: Texts) -> str:
    """A hit: where it stands, its score, and why it was found."""
    chunk = hit.chunk
    place = " › ".join(chunk.heading_path)
    lines = texts("cli.lines", start=chunk.start_line, end=chunk.end_line)
    return f"{hit.rank}. {place} ({chunk.note}, {lines}; {hit.score:.3f})\n   {'; '.join(hit.reasons)}"


def as_line(value: dict[str, Any]) -> str:
    """JSON on one line, Cyrillic as it is."""
    return json.dumps(value, ensure_ascii=False)


def say_json(value: dict[str, Any]) -> None:
    """Print a JSON object as one line."""
    say(as_line(value))


def say(text: str) -> None:
    """Print, and flush, so that a program at the other end of a pipe can answer."""
    # A file name may hold bytes that are no text; the line is printed all the same.
    sys.stdout.buffer.write((text + "\n").encode("utf-8", "replace"))
    sys.stdout.flush()


def progress_bar(texts: Texts) -> "tqdm[Any]":
    """A bar for what is indexed; nothing where nobody watches."""
    return tqdm(desc=texts("cli.indexing"), leave=False, disable=None, bar_format=_BAR)


def shown_on(bar: Any) -> Callable[[int, int], None]:
    """Progress, called with what is done and all there is, as a tqdm bar shows it."""

    def progress(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return progress


def indexing_shown_on(bar: Any, texts: Texts) -> Callable[[int, int], None]:
    """The same of an index run, with about how long is left."""
    left, show = TimeLeft(), shown_on(bar)

    def progress(done: int, total: int) -> None:
        bar.set_postfix_str(left.words(done, total, texts), refresh=False)
        show(done, total)
        if done >= total:
            # Nothing moves the bar any more, while the index is put together.
            bar.refresh()

    return progress
