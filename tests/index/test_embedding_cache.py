"""The embedding cache: nothing is embedded twice, and damage costs only time."""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kbqa.index.embedding_cache import EmbeddingCache
from kbqa.index.indexer import no_progress

TEXTS = [f"текст {number}" for number in range(300)]


class Embedder:
    """Vectors that depend on the text alone; `batches` holds what was asked for."""

    def __init__(self) -> None:
        self.batches: list[Sequence[str]] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector for each text."""
        self.batches.append(texts)
        return np.array([np.random.default_rng(list(text.encode())).random(8) for text in texts], np.float32)


@pytest.fixture
def embedder() -> Embedder:
    """An embedder that has embedded nothing yet."""
    return Embedder()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the cache lies."""
    return tmp_path / "embeddings.sqlite"


@pytest.fixture
def ask(file: Path, embedder: Embedder) -> Callable[..., int]:
    """Opens the cache, asks for texts, checks the vectors; how many had to be embedded."""

    def asked(texts: Sequence[str] = TEXTS, model: str = "модель") -> int:
        cache = EmbeddingCache(file, model)
        vectors, embedded = cache.vectors(texts, embedder, no_progress)
        cache.close()
        np.testing.assert_array_equal(vectors, Embedder()(texts))
        return embedded

    return asked


@pytest.fixture
def damaged_file(request: pytest.FixtureRequest, file: Path, ask: Callable[..., int]) -> Iterator[Path]:
    """A filled cache with one place overwritten, or cut off there; the parameter decides which."""
    ask()
    chance = random.Random(request.param)  # noqa: S311 - not for secrets
    content = file.read_bytes()
    place = chance.randrange(len(content))
    file.write_bytes(content[:place] + chance.randbytes(200) * (request.param % 3) + content[place + 200 :])
    return file


def test_nothing_is_embedded_twice(ask: Callable[..., int], embedder: Embedder) -> None:
    """A text that was embedded once comes from the cache, in whatever order and company."""
    assert ask(["а", "б"]) == 2
    assert ask(["в", "б", "а"]) == 1
    assert [list(batch) for batch in embedder.batches] == [["а", "б"], ["в"]]


def test_repetitions_are_embedded_once(ask: Callable[..., int], embedder: Embedder) -> None:
    """The same text twice in one call is one text."""
    assert ask(["а", "б", "а", "а"]) == 2
    assert [list(batch) for batch in embedder.batches] == [["а", "б"]]


def test_models_do_not_share_vectors(ask: Callable[..., int]) -> None:
    """Another model has other vectors for the same text."""
    assert [ask(["а"]), ask(["а"], model="другая"), ask(["а"])] == [1, 1, 0]


def test_progress_counts_texts(file: Path, embedder: Embedder) -> None:
    """From what is known already up to all texts, batch by batch."""
    seen: list[tuple[int, int]] = []
    EmbeddingCache(file, "модель").vectors(TEXTS, embedder, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 300), (256, 300), (300, 300)]


def test_what_was_embedded_survives_a_failure(file: Path, ask: Callable[..., int], embedder: Embedder) -> None:
    """A run that breaks off keeps its finished batches."""

    def failing(texts: Sequence[str]) -> NDArray[np.float32]:
        if embedder.batches:
            raise KeyboardInterrupt
        return embedder(texts)

    with pytest.raises(KeyboardInterrupt):
        EmbeddingCache(file, "модель").vectors(TEXTS, failing, no_progress)
    assert ask() == 300 - 256


@pytest.mark.parametrize("damaged_file", range(60), indirect=True)
def test_damage_costs_only_time(damaged_file: Path, ask: Callable[..., int]) -> None:
    """A file that is cut off or overwritten anywhere gives the right vectors, and is whole again afterwards."""
    assert damaged_file.exists()
    assert ask() >= 0
    assert ask() == 0
