"""Damaged questions as they were meant, and sound ones left alone."""

import random

import pytest

from kbqa.evaluation.perturbations import FAMILIES, perturb
from kbqa.index.analysis import folded
from kbqa.retrieval.repair import repaired
from kbqa.retrieval.repair.vocabulary import Vocabulary

SOUND = [
    "Какие бывают виды партнёрства?",
    "Что дает LinkedIn отраслевым сообществам?",
    "Как часто поливать орхидею зимой?",
    "What are the benefits of a partnership?",
    "How do I find a sponsor?",
    "bicycle",
    "Кто такой Ктулху?",
    "Где тут CRM, IT и TenChat?",
    "C++, 2024: 50 %",
    "партнёрство",
]
ALPHABETS = {
    "cyrillic": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "latin": "abcdefghijklmnopqrstuvwxyz'",
    "mixed": "аbвcё4'\"[];,.{}~ -й\u0301\u0306\u00ad",
}


@pytest.mark.parametrize("question", SOUND)
def test_sound_questions_stay_as_they_are(vocabulary: Vocabulary, question: str) -> None:
    """Russian and English, with names, with words that the notes lack, and with such as nobody knows."""
    assert repaired(question, vocabulary) == question


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("RFRBT DBLS GFHNYTHCND E CJJ,OTCND&", "Какие виды партнерств у сообществ?", id="layout, capitals"),
        pytest.param("rfrbt dbls gfhnythcnndf e cjj,otcnd", "какие виды партнерства у сообществ", id="layout, a slip"),
        pytest.param("KAKIE VIDY PARTNERSTVA", "Какие виды партнерства", id="transliteration, capitals"),
        pytest.param("kakie vidy partnestva", "какие виды партнерства", id="transliteration and a slip"),
        pytest.param("КАКИЕ ВИДЫ ПАРТНЁРСТВА", "Какие виды партнёрства", id="capitals"),
        pytest.param("Чем Занят Отдел IT И ФСБ?", "Чем занят отдел IT и ФСБ?", id="each word with a capital"),
    ],
)
def test_several_kinds_of_damage(vocabulary: Vocabulary, typed: str, meant: str) -> None:
    """One step makes a question fit for the next."""
    assert repaired(typed, vocabulary) == meant


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_repaired_twice(vocabulary: Vocabulary, family: str) -> None:
    """A repaired question is sound."""
    for question in SOUND:
        once = repaired(perturb(question, family, seed=1) or question, vocabulary)  # type: ignore[arg-type]
        assert repaired(once, vocabulary) == once


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
def test_any_text_is_taken(vocabulary: Vocabulary, alphabet: str) -> None:
    """Noise gives some text, the same each time."""
    rng = random.Random(alphabet)  # noqa: S311 - to be repeatable, not secret
    for _ in range(100):
        noise = "".join(rng.choices(f"{alphabet} ", k=rng.randint(0, 40)))
        assert repaired(noise, vocabulary) == repaired(noise, vocabulary)


def test_accents_as_letters_of_their_own_are_no_damage(vocabulary: Vocabulary) -> None:
    """«й» may be a letter and a breve, as in file names on a Mac."""
    question = "Какой договор"
    assert folded(repaired(question, vocabulary)) == folded(question)
