"""An answer as Markdown by itself, and its text read back."""

from dataclasses import replace

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.markdown import NEAREST, answer_markdown, answer_text_in, links_displayed
from kbqa.texts import Texts
from kbqa.types import Sentence

RU = Texts.load("ru")
QUESTION = "Какие бывают виды партнёрства?"


def test_the_places_stand_below_the_text(kb: KnowledgeBase) -> None:
    """One for each citation, with its number."""
    answer = kb.ask(QUESTION)
    text, _, places = answer_markdown(answer, RU).partition("\n\nИсточники:\n")
    assert text == links_displayed(answer.text)
    assert [line[: line.index("]") + 1] for line in places.splitlines()] == [
        f"- [{citation.number}]" for citation in answer.citations
    ]


def test_without_an_answer_the_nearest_sections_are_named(kb: KnowledgeBase) -> None:
    """A few of them."""
    answer = kb.ask("Какая столица у Франции?")
    text, _, places = answer_markdown(answer, RU).partition("\n\nБлижайшие разделы:\n")
    assert text == answer.text
    assert places.count("\n") == NEAREST - 1
    assert answer_markdown(replace(answer, hits=()), RU) == answer.text


def test_what_is_to_be_known_stands_first_and_doubts_in_their_place(kb: KnowledgeBase) -> None:
    """As a quotation above the text; a remark behind the sentence."""
    answer = replace(
        kb.ask(QUESTION),
        text="Взнос 5000 [1].\nДругое.",
        sentences=(Sentence(0, 15, supported=False, doubt="number", sources=()),),
        understood="взнос",
        notice="Убрано предложений: 1.",
    )
    assert answer_markdown(answer, RU).startswith(
        "> Ищу: «взнос»\n>\n> Убрано предложений: 1.\n\n"
        "Взнос 5000 [1]. [не подтверждено заметками: такого числа в источнике нет]\nДругое.\n\nИсточники:\n"
    )


@pytest.mark.parametrize("question", [QUESTION, "Какая столица у Франции?", "rfrbt dbls gfhnythcndf"])
def test_the_text_is_read_back(kb: KnowledgeBase, question: str) -> None:
    """A client that sends our own answer as history gives the answer's text, no more."""
    answer = kb.ask(question)
    assert answer_text_in(answer_markdown(answer, RU), RU) == links_displayed(answer.text)


@pytest.mark.parametrize("text", ["Просто ответ.", "", "Источники: много", "Текст > знак\n> цитата"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    """They came from elsewhere."""
    assert answer_text_in(text, RU) == text


def test_wikilinks_are_shown_as_readers_see_them() -> None:
    """But for those in code."""
    assert links_displayed("[[Папка/План|план]], [[Итог]], `[[код]]`") == "план, Итог, `[[код]]`"
