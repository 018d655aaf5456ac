"""How much of a question a text speaks of in other words."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from kbqa.embedding import E5Model
from kbqa.index.analysis import stems
from kbqa.index.fixed_point import as_fixed
from kbqa.index.words import WordVectors, words_among
from kbqa.retrieval.matching import Matcher, strength
from kbqa.retrieval.meaning import Meaning

NOTES = """
    Преимущества отраслевых сообществ. Недостатки хакатонов. Стоимость билета, цены. Спонсоры и партнёры. Волонтёры
    встречают гостей. Дешевизна. Погода в порту, лодки и паруса, яблоня, вокзал, поезд. Мебель и доставка, свет, звук,
    расписание докладов, знакомство участников, бейджи, музыка, обед.
"""


@pytest.fixture(scope="session")
def vectors(model: E5Model) -> WordVectors:
    """Of the words of the notes."""
    words = words_among(stems(NOTES))
    return WordVectors.nothing().updated(words, words, as_fixed(model.embed(words, "query")))


@pytest.fixture
def meaning(vectors: WordVectors, model: E5Model) -> Callable[[str], Meaning]:
    """Of a question."""
    return lambda question: Meaning(
        Matcher(question, lambda _: 1.0).words, vectors, lambda words: model.embed(words, "query")
    )


@pytest.mark.parametrize(
    ("word", "text"),
    [
        pytest.param("выгоды", "Преимущества", id="synonym"),
        pytest.param("дешевле", "Дешевизна", id="part of speech"),
        pytest.param("познакомиться", "Знакомство", id="verb"),
        pytest.param("добровольцы", "Волонтёры", id="loan word"),
        pytest.param("benefits", "Преимущества", id="English"),
        pytest.param("price", "Цены", id="English, short"),
        pytest.param("sponsors", "Спонсоры", id="same word in English"),
    ],
)
def test_another_word_for_the_same(meaning: Callable[[str], Meaning], word: str, text: str) -> None:
    """It counts, and for more than any word that has nothing to do with it; the letters alone do not tell."""
    asked = meaning(word)
    (found,) = asked.strengths(text)
    assert found > 0.3
    assert found > strength(word, text)
    assert asked.strengths("погода в порту, лодки, вокзал, мебель, обед").max() < 0.1
    assert asked.strengths(f"лодки, {text}, погода").tolist() == [found]


def test_the_same_word_is_certain(meaning: Callable[[str], Meaning]) -> None:
    """In whatever form."""
    assert meaning("лодка и паруса").strengths("Парус на лодках").tolist() == [1, 1]


def test_one_number_for_each_word(meaning: Callable[[str], Meaning]) -> None:
    """In the order of the question's words; nothing in an empty text."""
    asked = meaning("выгоды лодки")
    assert asked.words == ("выгоды", "лодки")
    assert asked.strengths("").tolist() == [0, 0]
    first, second = asked.strengths("Лодка.")
    assert (first < 0.1, second) == (True, 1)


def test_a_question_without_words(meaning: Callable[[str], Meaning]) -> None:
    """Has no strengths."""
    assert meaning("?!").strengths("Лодка").shape == (0,)


def test_only_words_that_the_notes_lack_are_embedded(vectors: WordVectors, model: E5Model) -> None:
    """The others have a vector in the index."""
    asked: list[str] = []

    def embed(words: Sequence[str]) -> NDArray[np.float32]:
        asked.extend(words)
        return model.embed(words, "query")

    assert Meaning(("лодками", "выгоды"), vectors, embed).strengths("Преимущества лодки").tolist() == pytest.approx(
        [1, 0.7], abs=0.1
    )
    assert asked == ["выгоды"]
