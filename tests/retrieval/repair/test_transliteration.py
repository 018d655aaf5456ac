"""Russian in Latin letters."""

import pytest

from kbqa.retrieval.repair.transliteration import in_cyrillic
from kbqa.retrieval.repair.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("Kakie vidy partnyorstva byvayut?", "Какие виды партнерства бывают?", id="BGN/PCGN"),
        pytest.param("kakie vidy` partnyorstva by`vayut", "какие виды партнерства бывают", id="GOST 7.79 B"),
        pytest.param("čto takoe soobŝestva", "что такое сообщества", id="ISO 9"),
        pytest.param("kakije vidy partnjorstva byvajut", "какие виды партнерства бывают", id="j"),
        pytest.param("kakie vidi partnerstva", "какие виды партнерства", id="i for ы"),
        pytest.param("4to takoe preimuwestva", "что такое преимущества", id="chat"),
        pytest.param("zachem xranit' ob'ekt", "зачем хранить объект", id="x for х"),
        pytest.param("chto za zada4a na den", "что за задача на день", id="signs left out"),
        pytest.param("kak reshat, kakoy razmer", "как решать, какой размер", id="verbs and nouns without signs"),
        pytest.param("kak naiti i naity partnerov", "как найти и найти партнеров", id="й as i and y"),
        pytest.param("chto daet LinkedIn v otdele IT", "что дает LinkedIn в отделе IT", id="names of the notes"),
        pytest.param("chto takoe netvorking", "что такое нетворкинг", id="a word that only the notes have"),
        pytest.param("vidy partnerstva", "виды партнерства", id="two words"),
        pytest.param("Что такое partnerstvo?", "Что такое партнерство?", id="one word of a question"),
    ],
)
def test_read_in_cyrillic(vocabulary: Vocabulary, typed: str, meant: str) -> None:
    """By any standard or habit; ё as е."""
    assert in_cyrillic(typed, vocabulary) == meant


@pytest.mark.parametrize(
    "question",
    [
        "How do I plan a format?",
        "What is a partner?",
        "How long is a professional certificate valid?",
        "docker compose volume",
        "Was kostet die Mitgliedschaft?",
        "LinkedIn",
        "Что даёт LinkedIn?",
    ],
)
def test_read_as_it_stands(vocabulary: Vocabulary, question: str) -> None:
    """Other languages are not Russian, whatever their words spell."""
    assert in_cyrillic(question, vocabulary) == question
