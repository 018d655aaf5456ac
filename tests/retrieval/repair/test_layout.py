"""Questions typed with the wrong keyboard layout."""

import pytest

from kbqa.retrieval.repair.layout import in_right_layout
from kbqa.retrieval.repair.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rfrbt dbls gfhnythcndf", "какие виды партнерства"),
        ("Rfrbt e cjj,otcnd ghtbveotcndf&", "Какие у сообществ преимущества?"),
        ("rfrbt e cjj,otcnd ghtbveotcndf?", "какие у сообществ преимущества?"),
        ("Dbls? ljujdjh", "Виды, договор"),
        ("Ghbvtyznm LinkedIn d CRM-pflfxf[", "Применять LinkedIn в CRM-задачах"),
        ("какие виды gfhnythcndf бывают", "какие виды партнерства бывают"),
        ("рщц ещ штеукмшуц", "how to interview"),
        ("Что даёт ДштлувШт?", "Что даёт LinkedIn?"),
    ],
)
def test_read_in_the_other_layout(vocabulary: Vocabulary, typed: str, meant: str) -> None:
    """Whole questions, but for names; and single words, if the notes have them. Some keys of letters are signs."""
    assert in_right_layout(typed, vocabulary) == meant


@pytest.mark.parametrize(
    "question",
    [
        "csv",
        "next",
        "What is the rent?",
        "C++, C",
        "her den",
        "Kto pomogaet?",
        "нетворкинг",
        "asdfghjkl",
        "What does it give?",
    ],
)
def test_read_as_it_stands(vocabulary: Vocabulary, question: str) -> None:
    """A word or two that chance to be words in the other layout prove nothing."""
    assert in_right_layout(question, vocabulary) == question
