"""The embedding cache: nothing is embedded twice, and damage costs only time."""

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kbqa.embedding import Kind
from kbqa.index import embedding_cache
from kbqa.index.embedding_cache import EmbeddingCache, Text
from kbqa.index.indexer import no_progress

TEXTS = [f"текст {number}" for number in range(300)]


class Embedder:
    """Vectors that depend on the text and its kind alone; `batches` holds what was asked for."""

    def __init__(self) -> None:
        self.batches: list[Sequence[str]] = []

    def __call__(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """One vector for each text."""
        self.batches.append(texts)
        return np.array(
            [np.random.default_rng(list(f"{kind}: {text}".encode())).random(8) for text in texts], np.float32
        )


def passages(texts: Sequence[str]) -> list[Text]:
    """As the cache takes them."""
    return [Text(text, "passage") for text in texts]


def vectors_of(
    cache: EmbeddingCache, texts: Sequence[Text], embed: Callable[..., NDArray[np.float32]]
) -> tuple[NDArray[np.float32], int]:
    """What the cache hands over, in the order of the texts, and how many had to be embedded; each comes once."""
    vectors = np.full((len(texts), 8), np.nan, np.float32)

    def take(places: Sequence[int], found: NDArray[np.float32]) -> None:
        assert np.isnan(vectors[places]).all()
        vectors[places] = found

    return vectors, cache.vectors(texts, embed, no_progress, take)


def take_nothing(_places: Sequence[int], _found: NDArray[np.float32]) -> None:
    """For a test that looks at something else."""


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

    def asked(texts: Sequence[str] = TEXTS, model: str = "модель", kind: Kind = "passage") -> int:
        cache = EmbeddingCache(file, model)
        vectors, embedded = vectors_of(cache, [Text(text, kind) for text in texts], embedder)
        cache.close()
        np.testing.assert_array_equal(vectors, Embedder()(texts, kind))
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


def test_kinds_do_not_share_vectors(ask: Callable[..., int]) -> None:
    """A text is embedded otherwise as a query than as a passage."""
    assert [ask(["а"]), ask(["а"], kind="query"), ask(["а"]), ask(["а"], kind="query")] == [1, 1, 0, 0]


def test_kinds_are_embedded_apart(file: Path, embedder: Embedder) -> None:
    """Each batch is of one kind; the vectors come in the order of the texts."""
    texts = [Text("а", "passage"), Text("б", "query"), Text("а", "query"), Text("в", "passage")]
    with closing(EmbeddingCache(file, "модель")) as cache:
        vectors, embedded = vectors_of(cache, texts, embedder)
    assert [sorted(batch) for batch in embedder.batches] == [["а", "в"], ["а", "б"]]
    assert embedded == 4
    np.testing.assert_array_equal(vectors, np.concatenate([Embedder()([text], kind) for text, kind in texts]))


def test_progress_counts_texts(file: Path, embedder: Embedder) -> None:
    """From what is known already up to all texts, batch by batch."""
    seen: list[tuple[int, int]] = []
    with closing(EmbeddingCache(file, "модель")) as cache:
        cache.vectors(passages(TEXTS), embedder, lambda done, total: seen.append((done, total)), take_nothing)
    assert seen == [(0, 300), (256, 300), (300, 300)]


def test_a_batch_is_of_about_one_length(file: Path) -> None:
    """Which the model needs; yet a third of the batches takes a third of the time, so that progress tells it."""
    lengths: list[list[int]] = []

    def embed(texts: Sequence[str], _kind: Kind) -> NDArray[np.float32]:
        lengths.append([len(text) for text in texts])
        return np.ones((len(texts), 8), np.float32)

    texts = [f"{number:05}" + "а" * (number % 300) for number in range(3 * 4096)]
    with closing(EmbeddingCache(file, "модель")) as cache:
        cache.vectors(passages(texts), embed, no_progress, take_nothing)
    assert max(max(batch) - min(batch) for batch in lengths) < 30
    first_third = sum(map(sum, lengths[: len(lengths) // 3]))
    assert first_third == pytest.approx(sum(map(len, texts)) / 3, rel=0.05)


def test_copies_get_the_vector_too(file: Path, embedder: Embedder) -> None:
    """A text that stands in two places is embedded once, and known in both, then and later."""
    for embedded in (2, 0):
        with closing(EmbeddingCache(file, "модель")) as cache:
            vectors, counted = vectors_of(cache, passages(["а", "б", "а", "а"]), embedder)
        assert counted == embedded
        np.testing.assert_array_equal(vectors, Embedder()(["а", "б", "а", "а"], "passage"))


def test_what_was_embedded_survives_a_failure(file: Path, ask: Callable[..., int], embedder: Embedder) -> None:
    """A run that breaks off keeps its finished batches."""

    def failing(texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        if embedder.batches:
            raise KeyboardInterrupt
        return embedder(texts, kind)

    with pytest.raises(KeyboardInterrupt):
        EmbeddingCache(file, "модель").vectors(passages(TEXTS), failing, no_progress, take_nothing)
    assert ask() == 300 - 256


@pytest.mark.parametrize("damaged_file", range(24), indirect=True)
def test_damage_costs_only_time(damaged_file: Path, ask: Callable[..., int]) -> None:
    """A file that is cut off or overwritten anywhere gives the right vectors, and is whole again afterwards."""
    assert damaged_file.exists()
    assert ask() >= 0
    assert ask() == 0


@pytest.mark.parametrize("place", [0, *range(16, 24), 27, 31, 43, 47, 59])
def test_a_damaged_header_costs_only_time(file: Path, ask: Callable[..., int], place: int) -> None:
    """Even where it forbids to write, or tells of a format that does not exist."""
    ask(["а", "б"])
    content = bytearray(file.read_bytes())
    content[place] ^= 0x55
    file.write_bytes(content)
    assert ask(["а", "б"]) in (0, 2)
    assert ask(["а", "б"]) == 0


def test_another_table_costs_only_time(file: Path, ask: Callable[..., int]) -> None:
    """Of another version, say."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE vectors (text TEXT)")
    assert [ask(["а"]), ask(["а"])] == [1, 0]


def test_what_was_thrown_away_is_told(file: Path, ask: Callable[..., int]) -> None:
    """In SQLite's words, on one line."""
    ask()
    content = file.read_bytes()
    for damaged in (b"no database" * 1000, content[:20_000] + bytes(9000) + content[29_000:]):
        file.write_bytes(damaged)
        with closing(EmbeddingCache(file, "модель")) as cache:
            assert cache.damage
            assert "\n" not in cache.damage
    with closing(EmbeddingCache(file, "модель")) as cache:
        assert cache.damage is None


def test_a_lock_keeps_the_vectors(file: Path, ask: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program that has the file for itself is no damage."""
    ask()
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with monkeypatch.context() as patch:
            patch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                EmbeddingCache(file, "модель")
    assert ask() == 0


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only ten vectors are kept in any case."""
    monkeypatch.setattr(embedding_cache, "ALWAYS_KEPT", 10)


@pytest.fixture
def trim(file: Path) -> Callable[[Sequence[str]], None]:
    """The whole index is made from these texts."""

    def trimmed(texts: Sequence[str]) -> None:
        with closing(EmbeddingCache(file, "модель")) as cache:
            cache.trim(passages(texts))

    return trimmed


def _numbered(word: str, count: int) -> list[str]:
    return [f"{word} {number}" for number in range(count)]


@pytest.mark.usefixtures("small")
def test_undone_edits_are_forgotten(ask: Callable[..., int], trim: Callable[[Sequence[str]], None]) -> None:
    """Of more than four times the whole index, what was only ever used by an edit goes first."""
    index, other = _numbered("текст", 10), _numbered("с другими настройками", 10)
    for texts in (other, index):
        ask(texts)
        trim(texts)
    ask(_numbered("правка", 100))
    trim(index)
    assert [ask(index), ask(other)] == [0, 0]
    assert ask(_numbered("правка", 100)) == 80


@pytest.mark.usefixtures("small")
def test_settings_long_unused_are_forgotten(ask: Callable[..., int], trim: Callable[[Sequence[str]], None]) -> None:
    """Those of the last four are kept, in whatever order they were first used."""
    settings = [_numbered(f"настройки {number}", 10) for number in range(5)]
    for number in (0, 1, 2, 3, 0, 4):
        ask(settings[number])
        trim(settings[number])
    assert [ask(settings[number]) for number in (0, 2, 3, 4)] == [0, 0, 0, 0]
    assert ask(settings[1]) == 10


def test_a_small_index_forgets_nothing(ask: Callable[..., int], trim: Callable[[Sequence[str]], None]) -> None:
    """Where most notes are missing for a moment, their vectors are still there when they come back."""
    ask()
    trim(TEXTS[:2])
    assert ask() == 0
