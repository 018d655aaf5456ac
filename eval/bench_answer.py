"""Milliseconds for an answer over all notes of the repository's sets together, about a thousand sections.

    .venv/bin/python eval/bench_answer.py

The dev questions of all sets are asked as written, in one process, one after the other; each once before any is timed,
so that notes are parsed and words known as after some minutes of use. No question is answered from a cache of answers.
"""

import platform
import statistics
import time

from sets import SETS, knowledge_base_of, questions_of


def main() -> None:
    """Index, ask, print."""
    kb = knowledge_base_of("everything")
    sections = sum(len(kb.note(summary.path).sections) for summary in kb.notes())
    questions = [
        question.question for name in SETS if name not in {"everything", "together"} for question in questions_of(name)
    ]
    for question in questions:
        kb.ask(question, model=None)
    times = []
    for question in questions:
        started = time.perf_counter()
        kb.ask(question, model=None)
        times.append((time.perf_counter() - started) * 1000)
    percentiles = statistics.quantiles(times, n=100)
    print(f"{len(kb.notes())} notes, {sections} sections, {len(questions)} questions, {platform.machine()}")
    print(f"median {percentiles[49]:.0f} ms, 95th percentile {percentiles[94]:.0f} ms, 99th {percentiles[98]:.0f} ms")


if __name__ == "__main__":
    main()
