"""Words that are put together of the notes' words, and names by first letters."""

import pytest

from kbqa.index.lexical import LexicalIndex
from kbqa.retrieval.repair.shortened import written_out
from kbqa.retrieval.repair.vocabulary import Vocabulary

TEXTS = {
    "0": "Социальные сети: площадки. Создайте юридическое лицо.",
    "1": "Половина города читает технические тексты; нужна поддержка и др.",
    "2": "ДР Рустама 27 мая, ИИ отвечает на письма. Найти числа и описать приёмы.",
    "3": "Соцопрос прошёл, опрос социальный и краткий.",
}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """Of four texts."""
    return Vocabulary(LexicalIndex.build(list(TEXTS), list(TEXTS.values())), TEXTS.__getitem__)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Что писать в соцсетях?", "Что писать в социальных сетях?"),
        ("Соцсети", "Социальные сети"),
        ("Нужно ли юрлицо?", "Нужно ли юридическое лицо?"),
        ("Нужна ли техподдержка?", "Нужна ли техподдержка?"),
        ("Где соцопрос?", "Где соцопрос?"),
        ("Как начислят взнос?", "Как начислят взнос?"),
        ("Когда день рождения Рустама?", "Когда ДР Рустама?"),
        ("Помогает ли искусственный интеллект?", "Помогает ли ИИ?"),
        ("Как дежурить редактору?", "Как дежурить редактору?"),
        ("Имя известного", "Имя известного"),
    ],
)
def test_what_the_notes_write_otherwise(vocabulary: Vocabulary, question: str, meant: str) -> None:
    """Two words side by side for one that they lack; first letters for words that they lack; the rest as it is."""
    assert written_out(question, vocabulary) == meant


def test_small_letters_are_no_name(vocabulary: Vocabulary) -> None:
    """«и др.» stands for no birthday."""
    texts = {"0": "Сорта чая и др."}
    small = Vocabulary(LexicalIndex.build(list(texts), list(texts.values())), texts.__getitem__)
    assert written_out("Когда день рождения?", small) == "Когда день рождения?"
    assert vocabulary.has_capitals("ДР")
