"""The lexical ranker: BM25 over stems and 4-grams."""

from collections.abc import Callable
from pathlib import Path

import bm25s
import numpy as np
import pytest

from kbqa.index.analysis import letter_ngrams, stem, stems
from kbqa.index.lexical import K1, B, LexicalIndex

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


def test_which_texts_have_words(index: LexicalIndex) -> None:
    """All of them, in whatever form; an unknown word is in none."""
    assert index.having(stem("организация")) == ["консорциум"]
    assert index.having(stem("организация"), stem("хромодинамика")) == []


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


@pytest.mark.parametrize(
    "ids", [["спонсоры"], ["без слов", "новый", "партнёры"], ["новый", *TEXTS], [*reversed(TEXTS)]]
)
def test_grown_or_built_it_is_the_same(index: LexicalIndex, tmp_path: Path, ids: list[str]) -> None:
    """Whatever is taken over, added and left out, in whatever order, from memory or from the disk."""
    texts = TEXTS | {"новый": "Новый раздел о спонсорах и IT."}
    index.save(tmp_path / "lexical")
    built = LexicalIndex.build(ids, [texts[chunk_id] for chunk_id in ids])
    for base in (index, LexicalIndex.load(tmp_path / "lexical")):
        grown = base.updated(ids, {chunk_id: texts[chunk_id] for chunk_id in ids if chunk_id not in TEXTS})
        assert grown.ranks_as(built)
        assert all(grown.holds(place, texts[chunk_id]) for place, chunk_id in enumerate(ids))
        for question in ("партнёры и спонсоры", "новый IT", "консорцеум"):
            np.testing.assert_array_equal(grown.scores(question), built.scores(question))


def test_other_texts_rank_otherwise(index: LexicalIndex) -> None:
    """One word more, once more, or in another chunk is a difference."""
    for text in ("!!! слово", "? спонсор"):
        assert not index.ranks_as(LexicalIndex.build([*TEXTS], [*[*TEXTS.values()][:-1], text]))
        assert not index.holds(3, text)
    assert not index.holds(1, TEXTS["спонсоры"] + " спонсор")


@pytest.mark.parametrize("terms_of", [stems, letter_ngrams])
def test_scores_are_those_of_bm25s(terms_of: Callable[[str], list[str]]) -> None:
    """Its own indexing of the same terms gives the same scores."""
    texts = [*TEXTS.values()][:3]
    ranker = bm25s.BM25(k1=K1, b=B, method="lucene")
    ranker.index([terms_of(text) for text in texts], show_progress=False)
    question = terms_of("партнёры и спонсоры консорциума")
    ours = LexicalIndex.build([*TEXTS][:3], texts)._rankers["stems" if terms_of is stems else "ngrams"]
    np.testing.assert_allclose(ours.get_scores(question), ranker.get_scores(question), rtol=1e-5)
