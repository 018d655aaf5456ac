"""The dictionary of Russian word forms."""

import pytest

from kbqa.index.dictionary import START, after, analyzer, is_imperative, is_russian, noun_form


@pytest.mark.parametrize(
    "word", ["ёлка", "елка", "партнерство", "еще", "абырвалг", "партнерст", "", "день", "word", "x" * 99]
)
def test_words_are_those_of_pymorphy(word: str) -> None:
    """We walk its automaton ourselves; е may stand for ё."""
    assert is_russian(word) == analyzer().word_is_known(word)


def test_letters_lead_step_by_step() -> None:
    """In one step as in many; where no word begins so, nowhere."""
    assert after(after(START, "парт"), "нерс") == after(START, "партнерс")
    assert after(START, "ъъ") == ()


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("каналами", "канал"),
        ("писем", "письмо"),
        ("партнером", "партнёр"),
        ("людей", "человек"),
        ("нетворкинга", None),
        ("личного", None),
        ("стали", None),
        ("word", None),
        ("", None),
    ],
)
def test_nouns_have_a_dictionary_form(word: str, form: str | None) -> None:
    """Where a word is a known noun, and likelier a noun than anything else."""
    assert noun_form(word) == form


def test_imperatives() -> None:
    """An order is told from a noun in «ь»."""
    assert is_imperative("размерь")
    assert not is_imperative("день")
