"""What a question is about."""

import pytest

from kbqa.answering.subjects import is_governed, nominative, own_words, things_of


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Расскажи подробнее о личном бренде", ["личном", "бренде"]),
        ("А какие у него минусы?", []),
        ("Что ещё?", []),
        ("Нужен ли НКО устав?", ["НКО", "устав"]),
    ],
)
def test_own_words_neither_ask_nor_point_back(question: str, words: list[str]) -> None:
    """What is left says what the question is about."""
    assert own_words(question) == words


@pytest.mark.parametrize(
    ("words", "governed", "expected"),
    [
        (["отраслевых", "сообществ"], True, "отраслевые сообщества"),
        (["Личного", "бренда"], True, "Личный бренд"),
        (["выставки"], True, "выставка"),
        (["выставки"], False, "выставки"),
        (["PR"], True, "PR"),
    ],
)
def test_a_subject_stands_in_the_nominative(words: list[str], governed: bool, expected: str) -> None:
    """As a title would; what may be one already is changed only where another word governs it."""
    assert nominative(words, governed=governed) == expected


def test_things_need_a_noun() -> None:
    """A verb alone is nothing to ask further about; prepositions between nouns stay."""
    assert things_of("Как написать?", ["написать"]) == []
    assert things_of("Обучение в компании", ["Обучение", "компании"]) == ["Обучение", "в", "компании"]


def test_what_governs_a_word() -> None:
    """The preposition or noun before it."""
    assert is_governed("виды партнёрства", "партнёрства")
    assert is_governed("о партнёрстве", "партнёрстве")
    assert not is_governed("партнёрство", "партнёрство")
