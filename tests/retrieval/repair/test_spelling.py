"""Slips of the keyboard."""

import pytest

from kbqa.retrieval.repair.spelling import spelt
from kbqa.retrieval.repair.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("Виды партнерсвта", "Виды партнерства", id="two letters swapped"),
        pytest.param("Виды партнеррства", "Виды партнерства", id="a letter doubled"),
        pytest.param("отраслвые СООБЩСТВА", "отраслевые СООБЩЕСТВА", id="a letter missed, once in capitals"),
        pytest.param("Кауие сообщества", "Какие сообщества", id="the next key; a word that only asks"),
        pytest.param("нетврокинг", "нетворкинг", id="a word that only the notes have"),
        pytest.param("велосиепд", "велосипед", id="a swap in a word that only the dictionary has"),
        pytest.param("рартнерство", "партнерство", id="the first letter"),
        pytest.param("ошибки в линкедине", "ошибки в LinkedIn", id="a name that the notes have in Latin letters"),
    ],
)
def test_corrected(vocabulary: Vocabulary, typed: str, meant: str) -> None:
    """The nearest word that the notes, or else the dictionary, have."""
    assert spelt(typed, vocabulary) == meant


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("объединения вокруг криптовалют", id="another form of a word of the notes"),
        pytest.param("спонсоры и споры", id="words of the dictionary"),
        pytest.param("хедлайн учётки", id="words that nobody knows"),
        pytest.param("дни Колково", id="a name"),
        pytest.param("дгвр", id="two slips"),
        pytest.param("встреча с менти", id="a short word of jargon"),
        pytest.param("linkedn ден", id="Latin, and short"),
    ],
)
def test_left_alone(vocabulary: Vocabulary, text: str) -> None:
    """What may be meant as it stands."""
    assert spelt(text, vocabulary) == text
