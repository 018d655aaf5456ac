"""How names sound."""

import pytest

from kbqa.retrieval.repair.sounds import read, sound_of


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("линкедин", "linkedin"),
        ("слак", "slack"),
        ("фейсбук", "facebook"),
        ("гитхаб", "github"),
        ("митап", "meetup"),
        ("вотсап", "whatsapp"),
        ("диджитал", "digital"),
        ("хантер", "hunter"),
        ("питчдек", "pitchdeck"),
        ("бриджит", "bridget"),
        ("эксель", "excel"),
        ("квизлет", "quizlet"),
    ],
)
def test_a_name_sounds_as_russians_write_it(heard: str, name: str) -> None:
    """Vowels and doubled letters are not heard, nor what Russian writes in two ways."""
    assert sound_of(heard) == sound_of(name) != ""


@pytest.mark.parametrize(("one", "other"), [("слак", "slick notes"), ("октобер", "kotober"), ("митап", "mittens")])
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    """By their consonants, or by whether a vowel comes first."""
    assert sound_of(one) != sound_of(other)


@pytest.mark.parametrize("word", ["зум", "zoom", "", "ааа"])
def test_of_few_sounds_nothing_is_told(word: str) -> None:
    """Too many words have them."""
    assert sound_of(word) == ""


def test_a_name_read_letter_by_letter() -> None:
    """Groups of letters as one."""
    assert [read(name) for name in ("random", "slack", "chat")] == ["рандом", "слак", "чат"]
