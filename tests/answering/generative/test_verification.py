"""A sentence beside the notes that it cites: supported, or why not."""

from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.generative.claims import claims_of
from kbqa.answering.generative.excerpts import Excerpt, excerpts_of
from kbqa.answering.generative.verification import (
    THRESHOLD,
    WEIGHTS,
    Support,
    Verdict,
    Verifier,
    is_contradicted,
    probability,
)
from kbqa.types import Answer, Citation

NOTE = """# Книжный клуб

Книжный клуб собирается по четвергам в семь вечера в библиотеке на Лесной улице.

## Взносы

- Взнос за полугодие: 5000 рублей, студентам — 2000 рублей.
- Гости первый раз приходят бесплатно.
- Некоторые участники платят частями.

## Роли

Фёдор ведёт встречи, Вера готовит вопросы. Список книг голосованием не утверждают.
Программу присылают по ссылке https://example.org/program за неделю.

## Слухи

Говорят, что в мае клуб закроют.
"""
SUPPORTED = {
    "verbatim": "Гости первый раз приходят бесплатно [1].",
    "one part": "Взнос за полугодие — 5000 рублей [1].",
    "another order": "По четвергам в семь вечера в библиотеке на Лесной улице собирается книжный клуб [1].",
    "an address that is there": "Программу присылают по ссылке https://example.org/program за неделю [1].",
    "a denial kept": "Список книг голосованием не утверждают [1].",
    "hearsay told as such": "Говорят, что в мае клуб закроют [1].",
}
DOUBTFUL = {
    "no marker": ("Гости первый раз приходят бесплатно.", "uncited"),
    "a new number": ("Взнос за полугодие — 6000 рублей [1].", "number"),
    "a number left out": ("Взнос за полугодие: рублей, студентам — 2000 рублей [1].", "number"),
    "a new name": ("Встречи ведёт Геннадий [1].", "name"),
    "a new day": ("Книжный клуб собирается по средам в семь вечера в библиотеке на Лесной улице [1].", "name"),
    "another's number": ("Взнос за полугодие студентам — 5000 рублей [1].", "number"),
    "another's part": ("Вера ведёт встречи [1].", "exchanged"),
    "the opposite": ("Гости первый раз приходят платно [1].", "contrary"),
    "a denial dropped": ("Список книг голосованием утверждают [1].", "denied"),
    "a denial added": ("Гости первый раз не приходят бесплатно [1].", "denied"),
    "all for some": ("Все участники платят частями [1].", "too_strong"),
    "an address of its own": ("Программу присылают по ссылке https://evil.example/?q=клуб за неделю [1].", "address"),
    "hearsay told as a fact": ("В мае клуб закроют [1].", "told"),
    "something added": ("Гости первый раз приходят бесплатно, им дарят подборку стихов и пирог [1].", "unsaid"),
    "of nothing in the notes": ("Зимние шины меняют осенью [1].", "unsaid"),
    "the same over and over": ("Клуб клуб клуб клуб клуб клуб клуб клуб [1].", "unsaid"),
}


@pytest.fixture(scope="module")
def kb(kb_of: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    """The note alone."""
    return kb_of({"Клуб.md": NOTE})


@pytest.fixture(scope="module")
def excerpt(kb: KnowledgeBase) -> Excerpt:
    """The whole note."""
    note = kb.note("Клуб.md")
    whole = Citation(1, note.path, note.title, (note.title,), 1, note.text.count("\n") + 1, "")
    answer = Answer("Что?", None, "answered", "", (whole,), (), 1.0, "extractive", {}, "")
    excerpts = excerpts_of(answer, kb.note, 3000)
    first = excerpts[0]
    premises = tuple(premise for excerpt in excerpts for premise in excerpt.premises)
    return Excerpt(first.note, first.title, first.heading_path, 1, whole.end_line, note.text, premises)


@pytest.fixture(scope="module")
def verdict(kb: KnowledgeBase, excerpt: Excerpt) -> Callable[[str], Verdict]:
    """The verdict on the first sentence of a text that cites the note."""
    verifier = Verifier.of(kb.as_retriever())
    return lambda text: verifier.verdict(claims_of(text)[0], (excerpt,))


@pytest.mark.parametrize("sentence", SUPPORTED.values(), ids=SUPPORTED)
def test_what_the_note_says_is_supported(sentence: str, verdict: Callable[[str], Verdict]) -> None:
    """With the very statement that says it."""
    judged = verdict(sentence)
    assert (judged.supported, judged.doubt) == (True, None)
    assert all(number == 1 and premise.text in NOTE for number, premise in judged.grounds)
    assert judged.grounds


@pytest.mark.parametrize(("sentence", "doubt"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_it_does_not_say_is_not(sentence: str, doubt: str, verdict: Callable[[str], Verdict]) -> None:
    """With the reason, and no ground."""
    assert verdict(sentence) == Verdict(supported=False, doubt=doubt, grounds=())


def test_a_marker_of_no_excerpt_cites_nothing(verdict: Callable[[str], Verdict]) -> None:
    """Numbers beyond the excerpts are passed over, the others hold."""
    assert verdict("Гости первый раз приходят бесплатно [7].").doubt == "uncited"
    assert verdict("Гости первый раз приходят бесплатно [1][7].").supported


def test_a_lead_needs_no_nearness_but_all_of_its_words(verdict: Callable[[str], Verdict]) -> None:
    """It says little, so no statement is like it; what it does say must be there."""
    assert verdict("Взносы:\n\n- Гости первый раз приходят бесплатно [1].").supported
    assert not verdict("Зимние шины:\n\n- Гости первый раз приходят бесплатно [1].").supported


def test_more_said_is_likelier() -> None:
    """And what stands against a sentence is made up for by no likeness."""
    nothing = Support(*[0.0] * len(Support._fields))
    verbatim = nothing._replace(said=1, said_exactly=1, in_all=1, near=0.1, statements=1)
    assert 0 < probability(nothing) < THRESHOLD < probability(verbatim) < 1
    assert not is_contradicted(verbatim)
    for name in ("figures", "names", "denials", "contraries", "overstated", "exchanged", "omitted", "crossed"):
        against = verbatim._replace(**{name: 1.0})
        assert is_contradicted(against), name
        assert getattr(WEIGHTS, name) < 0, name
