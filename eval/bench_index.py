"""Seconds to index a vault of a thousand notes: from nothing, unchanged again, and with one note edited.

    .venv/bin/python eval/bench_index.py [folder]

The vault is made of the notes in eval/vault, each many times under other names and titles, so about 12,000 chunks. The
folder (by default kbqa-bench among the temporary files) keeps it, and the vectors: embedding takes minutes the first
time only, and is told apart. Whatever else runs on the machine is measured along: run it on an idle one, and read the
ratios first.
"""

import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from kbqa import KnowledgeBase, Settings
from kbqa.embedding import E5Model
from kbqa.index.indexer import index_vault
from kbqa.types import IndexReport

SOURCE = Path(__file__).with_name("vault")
NOTES = 1000
TIMES = 5
FACT = "Фиолетовый бегемот номер {number} живёт в Самаре и выпускает вестник."
QUESTION = "Где живёт фиолетовый бегемот номер {number}?"


def make_vault(folder: Path) -> None:
    """Write the notes; the same ones each time."""
    sources = sorted(SOURCE.rglob("*.md"))
    for number in range(NOTES):
        source, copy = sources[number % len(sources)], number // len(sources) + 1
        file = folder / source.relative_to(SOURCE).with_stem(f"{source.stem} {copy}")
        file.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        file.write_text(re.sub(r"^(# .*)$", rf"\1 {copy}", text, count=1, flags=re.MULTILINE), encoding="utf-8")


def main(folder: Path) -> None:
    """Index, index again, edit; print each."""
    settings = Settings(corpus=folder / "vault", index=folder / "index")
    model = E5Model(threads=settings.threads)
    make_vault(settings.corpus)
    print(f"processors: {os.cpu_count()}, load in the last minute: {os.getloadavg()[0]:.1f}")
    if not (settings.index / "embeddings.sqlite").exists():
        report = index_vault(settings, model, _shown)
        print(f"\rfrom nothing, {report.embedded} texts embedded: {report.seconds:.0f} s")
    (settings.index / "CURRENT").unlink()
    first = index_vault(settings, model)
    print(f"from nothing, all vectors known: {first.seconds:.2f} s ({NOTES} notes, {first.chunks} chunks)")
    unchanged = [_checked(index_vault(settings, model), embedded=0) for _ in range(TIMES)]
    _print("unchanged", unchanged, first.seconds)
    kb = KnowledgeBase(settings, model)
    kb.ask(QUESTION.format(number=0), model=None)
    _print("one note edited, until it answers", [_edited(kb, number) for number in range(TIMES)], first.seconds)


def _edited(kb: KnowledgeBase, number: int) -> float:
    """Seconds from saving a note to an answer out of it."""
    # The next note each time, and a text that was never embedded.
    note = kb.notes()[number * 100].path
    fact = FACT.format(number=time.time_ns())
    file = kb.settings.corpus / note
    file.write_text(file.read_text(encoding="utf-8") + f"\n## Вестник\n\n{fact}\n", encoding="utf-8")
    started = time.perf_counter()
    kb.update()
    answer = kb.ask(QUESTION.format(number=fact.split()[3]), model=None)
    seconds = time.perf_counter() - started
    if not any(fact in hit.chunk.text for hit in answer.hits):
        raise SystemExit(f"not found: {fact}")
    return seconds


def _checked(report: IndexReport, embedded: int) -> float:
    if report.embedded != embedded or report.published:
        raise SystemExit(f"something was done: {report}")
    return report.seconds


def _print(name: str, seconds: list[float], whole: float) -> None:
    median = statistics.median(seconds)
    each = ", ".join(f"{value:.2f}" for value in seconds)
    print(f"{name}: median {median:.2f} s, {whole / median:.0f} times faster than from nothing ({each})")


def _shown(done: int, total: int) -> None:
    print(f"\r{done}/{total} texts embedded", end="", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir(), "kbqa-bench"))
