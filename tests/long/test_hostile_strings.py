"""A hundred thousand strings that break tokenizers, none of which breaks the embedder.

Each block of a thousand goes through a process of its own: one that dies is seen, and its block can be told.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from hostile_strings import faults_of
from worlds import seeds

BLOCK = 1_000


@pytest.mark.parametrize("seed", seeds(sample=1, full=102))
def test_no_string_breaks_the_embedder(seed: int, request: pytest.FixtureRequest) -> None:
    """One vector each, finite and of length 1; the process lives on."""
    in_full = request.node.get_closest_marker("long") is not None
    # A new process: what is forked has none of its parent's threads.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(faults_of, seed, BLOCK if in_full else BLOCK // 5).result() == []
