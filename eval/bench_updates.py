"""Milliseconds for an answer while notes are edited and indexed behind it, beside the same with nothing else at work.

    .venv/bin/python eval/bench_updates.py [--edits 20]

The dev questions of the evaluation vault are asked in one process by one thread; another one edits a note and brings
the index up to date, as the chat does, and waits; in turn, because other work of the machine comes and goes. What is
asked while nothing is indexed is the measure for the rest: read the ratio first. It ends with code 1 when the 95th
percentile beside indexing is more than twice that of the same questions alone.
"""

import argparse
import itertools
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sets import VAULT, questions_of

from kbqa import KnowledgeBase, Settings
from kbqa.serving.desk import step_back

PAUSE = 0.05
"""Seconds between an answer and the next question: somebody reads."""
LIMIT = 2
"""How many times as long the slow questions may take beside indexing."""


def _ask_while(work: Callable[[], None], kb: KnowledgeBase, questions: Iterator[str]) -> list[float]:
    """Milliseconds of the questions that were begun while the work went on in a thread of its own."""
    times: list[float] = []
    with ThreadPoolExecutor(max_workers=1) as thread:
        working = thread.submit(work)
        while not working.done():
            begun = time.perf_counter()
            kb.ask(next(questions), model=None)
            times.append(1000 * (time.perf_counter() - begun))
            time.sleep(PAUSE)
    working.result()  # What went wrong there ends the benchmark.
    return times


def _edit_and_index(kb: KnowledgeBase, note: Path, number: int) -> None:
    step_back()
    with note.open("a", encoding="utf-8") as file:
        file.write(f"\n## Правка {number}\n\nПравка номер {number} сделана сегодня.\n")
    if not kb.update().published:
        raise SystemExit(f"an edit was not seen: {note}")


def _percentile_95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def main(edits: int) -> None:
    """Ask and edit; print."""
    with tempfile.TemporaryDirectory() as folder:
        vault, index = Path(folder, "vault"), Path(folder, "index")
        shutil.copytree(VAULT, vault)
        kb = KnowledgeBase.build(vault, index, settings=Settings.load(corpus=vault, index=index))
        texts = [question.question for question in questions_of("vault")]
        for text in texts:
            kb.ask(text, model=None)
        questions = itertools.cycle(texts)
        notes = itertools.cycle(sorted(vault.rglob("*.md")))
        beside, idle, seconds = list[float](), list[float](), list[float]()
        for number in range(edits):
            begun = time.perf_counter()
            beside += _ask_while(lambda number=number: _edit_and_index(kb, next(notes), number), kb, questions)
            seconds.append(time.perf_counter() - begun)
            idle += _ask_while(lambda: time.sleep(seconds[-1]), kb, questions)
    print(f"processors: {os.cpu_count()}, load in the last minute: {os.getloadavg()[0]:.1f}")
    print(f"{edits} edits, each live after {statistics.median(seconds):.2f} s in the median")
    for name, times in {"nothing else": idle, "beside indexing": beside}.items():
        print(
            f"{name}: {len(times)} questions, median {statistics.median(times):.0f} ms, "
            f"95th percentile {_percentile_95(times):.0f}, longest {max(times):.0f}"
        )
    ratio = _percentile_95(beside) / _percentile_95(idle)
    print(f"ratio: median {statistics.median(beside) / statistics.median(idle):.2f}, 95th percentile {ratio:.2f}")
    if ratio > LIMIT:
        raise SystemExit(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=20)
    main(parser.parse_args().edits)
