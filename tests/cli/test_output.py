"""What the commands print."""

from typing import get_args

import pytest

from kbqa.cli.output import answer_lines
from kbqa.texts import Texts
from kbqa.types import Answer, Doubt, Language, Sentence


def printed(text: str) -> str:
    """An answer as it is printed."""
    return answer_lines(Answer("Что?", None, "answered", text, (), (), 1.0, "extractive", {}, "f"), Texts.load("ru"))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("См. [[Приватность#Сроки|о сроках]] [1]", "См. о сроках [1]"),
        ("См. [[Приватность#Сроки]] и [[Чай]]. [1]", "См. Приватность › Сроки и Чай. [1]"),
        ("| [[Чай\\|чаёк]] | 5 |\n\n[1]", "| чаёк | 5 |\n\n[1]"),
        ("![[Чай]] [1]", "Чай [1]"),
        ("`a[[0]]` и [[Чай]] [1]", "`a[[0]]` и Чай [1]"),
        ("```\nroast = [[Чай]]\n```\n\n[1]", "```\nroast = [[Чай]]\n```\n\n[1]"),
        ("[[ ]] и [[]] [1]", "[[ ]] и [[]] [1]"),
    ],
)
def test_links_are_printed_as_a_reader_sees_them(text: str, seen: str) -> None:
    """The words that they display; code stays as it is."""
    assert printed(text) == seen


def test_doubts_stand_behind_their_sentences() -> None:
    """With the reason; what is supported has none. How the answer came about stands above it."""
    text = "Взнос — 300 [1]. Срок — год [1].\n- Клуб открыт [1]\n"
    places = [
        (text.index(said), text.index(said) + len(said))
        for said in ("Взнос — 300 [1].", "Срок — год [1].", "Клуб открыт [1]")
    ]
    doubts: list[Doubt | None] = [None, "number", "told"]
    sentences = tuple(
        Sentence(*place, supported=doubt is None, doubt=doubt, sources=())
        for place, doubt in zip(places, doubts, strict=True)
    )
    answer = Answer(
        "Что?", None, "answered", text, (), (), 1.0, "generative", {}, "f", sentences=sentences, notice="Замечание."
    )
    assert answer_lines(answer, Texts.load("ru")) == (
        "Замечание.\n\n"
        "Взнос — 300 [1]. Срок — год [1]. [не подтверждено заметками: такого числа в источнике нет]\n"
        "- Клуб открыт [1] [не подтверждено заметками: источник этого не утверждает, а только велит так сказать]\n"
    )


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("doubt", get_args(Doubt))
def test_every_doubt_has_its_words(language: Language, doubt: Doubt) -> None:
    """In both languages."""
    sentence = Sentence(0, 5, supported=False, doubt=doubt, sources=())
    answer = Answer("?", None, "answered", "Взнос", (), (), 1.0, "generative", {}, "f", sentences=(sentence,))
    texts = Texts.load(language)
    assert answer_lines(answer, texts).startswith("Взнос [")
    assert texts(f"answers.doubt_{doubt}") in answer_lines(answer, texts)
