"""The dictionary of Russian word forms."""

import pytest

from kbqa.index.dictionary import START, after, is_imperative, is_name, is_nominal, is_russian, noun_form


@pytest.mark.parametrize("word", ["ёлка", "елка", "партнерство", "партнёрство", "еще", "день"])
def test_russian_words(word: str) -> None:
    """In any form; е may stand for ё."""
    assert is_russian(word)


@pytest.mark.parametrize("word", ["абырвалг", "партнерст", "", "word", "x" * 99])
def test_what_is_no_russian_word(word: str) -> None:
    """The beginning of one is none either."""
    assert not is_russian(word)


def test_either_spelling_begins_a_word() -> None:
    """Further letters choose between them."""
    assert after(START, "пчел") == ("пчел", "пчёл")
    assert after(START, "пчелк") == ("пчёлк",)


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


@pytest.mark.parametrize("word", ["спонсор", "спонсорами", "золотой", "coffee", "2026"])
def test_what_names_a_thing(word: str) -> None:
    """Nouns, adjectives, numbers, and what is not Russian."""
    assert is_nominal(word)


@pytest.mark.parametrize("word", ["платить", "платил", "быстро", "после", "сколько"])
def test_what_names_none(word: str) -> None:
    """Verbs, adverbs and the like."""
    assert not is_nominal(word)


@pytest.mark.parametrize("word", ["Анна", "Вера", "Белова", "Казань", "Дигитал"])
def test_what_may_be_a_proper_name(word: str) -> None:
    """A first name, a family name, a town, or a word that the dictionary lacks."""
    assert is_name(word)


@pytest.mark.parametrize("word", ["Председатель", "Ассоциация", "Московская", "Роль"])
def test_what_is_capitalised_only_where_it_stands(word: str) -> None:
    """A reading as a name that is seldom meant («Московская») is not enough."""
    assert not is_name(word)
