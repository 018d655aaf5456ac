"""Vectors of words: which words there are, what they are compared with, and how they are kept."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kbqa.embedding import E5Model
from kbqa.index.fixed_point import as_fixed
from kbqa.index.words import WordVectors, words_among

TERMS = ("2024", "бейдж", "билет", "волонтер", "дешевизн", "кофе", "лодк", "погод", "преимуществ", "цен", "яблон")


@pytest.fixture(scope="session")
def embedded(model: E5Model) -> NDArray[np.float32]:
    """Of all terms but the number."""
    return model.embed(TERMS[1:], "query")


@pytest.fixture
def vectors(embedded: NDArray[np.float32]) -> WordVectors:
    """Of all terms."""
    return WordVectors.nothing().updated(TERMS, TERMS[1:], as_fixed(embedded))


def strengths_of(vectors: WordVectors, asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """How near each word of the question is to each of the vocabulary."""
    return vectors.compared(asked).strengths(np.arange(len(vectors.stems))).T


def test_words_have_a_letter() -> None:
    """In whatever alphabet; each comes once, in the order of the BM25 tables."""
    assert words_among(["чай", "2024", "3d", "чай", " ", "tea", "10х"]) == ("10х", "3d", "tea", "чай")


def test_strengths_follow_the_cosines(vectors: WordVectors, embedded: NDArray[np.float32], model: E5Model) -> None:
    """Of the vectors without what all words have in common: 0 up to .3, 1 from .7 on, in proportion between."""
    asked = model.embed(["выгоды", "price", "погода", "кофе"], "query")
    mean = embedded.mean(axis=0)
    own, stored = (part / np.linalg.norm(part, axis=1, keepdims=True) for part in (asked - mean, embedded - mean))
    strengths = strengths_of(vectors, asked)
    assert strengths.dtype == np.float32
    np.testing.assert_allclose(strengths, np.clip((own @ stored.T - 0.3) / 0.4, 0, 1), atol=1e-3)
    assert 0 < strengths.mean() < 0.5


def test_no_words_no_strengths(vectors: WordVectors, embedded: NDArray[np.float32]) -> None:
    """Neither in the question nor in the notes."""
    assert strengths_of(vectors, embedded[:0]).shape == (0, len(TERMS) - 1)
    assert strengths_of(WordVectors.nothing(), embedded[:2]).shape == (2, 0)


def test_words_asked_for_in_parts() -> None:
    """Have the same strengths, bit for bit, as all at once; however many there are, and some of them twice."""
    chance = np.random.default_rng(1)
    words = [f"слово{number:04}" for number in range(700)]
    many = chance.standard_normal((700, 384)).astype(np.float32) + 1
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    vectors = WordVectors.nothing().updated(words, words, as_fixed(many))
    whole, parts = vectors.compared(many[:3]), vectors.compared(many[:3])
    expected = whole.strengths(np.arange(700))
    for rows in np.array_split(chance.permutation(np.concatenate([np.arange(700), np.arange(50)])), 9):
        np.testing.assert_array_equal(parts.strengths(rows), expected[rows])
    assert expected.max() == 1


def test_a_single_word_means_nothing(embedded: NDArray[np.float32]) -> None:
    """It is all that the words have in common."""
    alone = WordVectors.nothing().updated(["бейдж"], ["бейдж"], as_fixed(embedded[:1]))
    assert strengths_of(alone, embedded).max() == 0


def test_rows_of_known_stems(vectors: WordVectors) -> None:
    """In the order of the vocabulary; what it has not is left out."""
    assert vectors.stems == TERMS[1:]
    assert vectors.rows(["яблон", "чай", "2024", "бейдж"]).tolist() == [9, 0]
    assert vectors.rows([]).tolist() == []


def test_vectors_are_the_models(vectors: WordVectors, embedded: NDArray[np.float32]) -> None:
    """As exact as they are stored."""
    np.testing.assert_allclose(vectors.vectors(["билет", "бейдж"]), embedded[[1, 0]], atol=2e-5)
    with pytest.raises(KeyError):
        vectors.vectors(["чай"])


def test_saved_and_loaded_it_is_the_same(vectors: WordVectors, embedded: NDArray[np.float32], tmp_path: Path) -> None:
    """But not for other notes."""
    vectors.save(tmp_path / "words.npy")
    loaded = WordVectors.load(tmp_path / "words.npy", TERMS)
    loaded.check()
    assert loaded.stems == vectors.stems
    np.testing.assert_array_equal(strengths_of(loaded, embedded), strengths_of(vectors, embedded))
    with pytest.raises(ValueError, match="vectors of 10 words; expected 9"):
        WordVectors.load(tmp_path / "words.npy", TERMS[:-1])


@pytest.mark.parametrize("fresh", [[2, 5], [2, 5, 6, 8]])
def test_grown_or_made_it_is_the_same(
    vectors: WordVectors, embedded: NDArray[np.float32], tmp_path: Path, fresh: list[int]
) -> None:
    """Byte for byte, whether only what is new is embedded or more."""
    words = TERMS[1:]
    others = [word for row, word in enumerate(words) if row not in (2, 5)]
    old = WordVectors.nothing().updated(
        [*others, "чай"], [*others, "чай"], as_fixed(embedded[[0, 1, 3, 4, *range(6, len(words)), 0]])
    )
    grown = old.updated(TERMS, [words[row] for row in fresh], as_fixed(embedded[fresh]))
    for name, made in (("grown", grown), ("made", vectors)):
        made.save(tmp_path / name)
    assert (tmp_path / "grown.npy").read_bytes() == (tmp_path / "made.npy").read_bytes()


def test_a_word_without_a_vector_is_refused(vectors: WordVectors, embedded: NDArray[np.float32]) -> None:
    """Rather than given another's."""
    with pytest.raises(KeyError):
        vectors.updated([*TERMS, "чай"], ["кофе"], as_fixed(embedded[:1]))


@pytest.mark.parametrize("row", [0, 3])
def test_a_table_that_does_not_agree(vectors: WordVectors, tmp_path: Path, row: int) -> None:
    """Whether another mean was written or another vector."""
    vectors.save(tmp_path / "words.npy")
    table = np.load(tmp_path / "words.npy")
    table["vector"][row] = table["vector"][row, ::-1]
    np.save(tmp_path / "words.npy", table)
    with pytest.raises(ValueError, match="do not agree"):
        WordVectors.load(tmp_path / "words.npy", TERMS).check()
