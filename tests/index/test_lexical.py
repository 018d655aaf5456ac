"""The lexical ranker: BM25 over stems and 4-grams."""

from pathlib import Path

import numpy as np
import pytest

from kbqa.index.analysis import stem
from kbqa.index.lexical import LexicalIndex

TEXTS = {
    "партнёры": "Партнёрство в мероприятиях. Виды партнёрства и партнёры.",
    "спонсоры": "Спонсорская поддержка: финансы от спонсора.",
    "консорциум": "Консорциум объединяет организации, отдел IT.",
    "без слов": "!!!",
}


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    """Three short texts, and one without words."""
    return LexicalIndex.build(list(TEXTS), list(TEXTS.values()))


@pytest.mark.parametrize(
    ("question", "best"),
    [
        pytest.param("какие бывают партнеры?", "партнёры", id="е for ё"),
        pytest.param("помощь спонсоров", "спонсоры", id="another ending"),
        pytest.param("что такое консорцеум", "консорциум", id="typo"),
        pytest.param("IT", "консорциум", id="acronym"),
    ],
)
def test_the_best_match_scores_one(index: LexicalIndex, question: str, best: str) -> None:
    """Words, their forms and their misspellings are found."""
    scores = index.scores(question)
    assert index.ids[int(scores.argmax())] == best
    assert 0.4 < scores.max() <= 1 + 1e-6
    assert scores.min() >= 0


@pytest.mark.parametrize("question", ["", "?!", "квантовая хромодинамика"])
def test_nothing_matches(index: LexicalIndex, question: str) -> None:
    """A question without words, or with unknown ones, scores nothing."""
    assert not index.scores(question).any()


@pytest.mark.parametrize("texts", [["!!!"], ["", "…"]])
def test_texts_without_words_can_be_indexed(texts: list[str]) -> None:
    """A vault may hold nothing but signs."""
    index = LexicalIndex.build([str(place) for place in range(len(texts))], texts)
    assert not index.scores("спонсоры").any()


def test_saved_and_loaded_it_is_the_same(index: LexicalIndex, tmp_path: Path) -> None:
    """Ids, scores and idf survive the disk."""
    index.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    assert loaded.ids == index.ids
    assert loaded.idf(stem("спонсор")) == index.idf(stem("спонсор"))
    for question in ("партнёры и спонсоры", "консорцеум", ""):
        np.testing.assert_array_equal(loaded.scores(question), index.scores(question))


@pytest.mark.parametrize(("word", "containing"), [("партнёр", 1), ("спонсор", 1), ("хромодинамика", 0)])
def test_idf_is_lucenes(index: LexicalIndex, word: str, containing: int) -> None:
    """ln(1 + (N - n + .5) / (n + .5))."""
    expected = np.log(1 + (len(TEXTS) - containing + 0.5) / (containing + 0.5))
    assert index.idf(stem(word.replace("ё", "е"))) == pytest.approx(expected)
