"""What stands in the chat: what it says, and how it refers to the panel."""

import re

import pytest
from hostile import AROUND, HOSTILE, answer

from kbqa.texts import Texts
from kbqa.web.chat import messages, panel

RU = Texts.load("ru")


def everything() -> list[str]:
    """All messages that carry text from outside."""
    none = answer(status="no_evidence", citations=(), text=HOSTILE)
    return [
        messages.question_html(HOSTILE),
        messages.failure_html(HOSTILE, RU),
        messages.answer_html(answer(), "a1", RU),
        messages.answer_html(none, "a1", RU),
        messages.next_html([HOSTILE], RU),
    ]


@pytest.mark.parametrize("markup", everything())
def test_nothing_from_outside_becomes_markup(markup: str) -> None:
    """Hostile words in any place are shown as words."""
    assert "<script" not in markup
    assert "<img" not in markup
    assert "&lt;script&gt;" in markup
    assert "\n" not in markup


def test_a_chip_leads_to_its_place_in_the_panel() -> None:
    """The chip's address is an id in the panel, and is said in words."""
    [address] = re.findall(r'class="kbqa-cite" href="#([^"]+)"', messages.answer_html(answer(), "a1", RU))
    shown = panel.sources_html(answer(), "a1", AROUND, RU)
    assert f'id="{address}"' in shown
    assert '<span class="kbqa-hidden">Источник </span>1</a>' in messages.answer_html(answer(), "a1", RU)


def test_an_answer_says_what_was_searched_for() -> None:
    """Where that is not what was typed."""
    assert '<p class="kbqa-understood">Ищу: «дни»</p>' in messages.answer_html(answer(understood="дни"), "a1", RU)
    assert "kbqa-understood" not in messages.answer_html(answer(understood=None), "a1", RU)
    within = messages.answer_html(answer(understood=None, within="Ищу в папке «<b>»"), "a1", RU)
    assert '<p class="kbqa-understood">Ищу в папке «&lt;b&gt;»</p>' in within


@pytest.mark.parametrize(("status", "hint"), [("answered", "Ответ верный"), ("no_evidence", "в заметках ответа нет")])
def test_every_answer_can_be_marked(status: str, hint: str) -> None:
    """A refusal, too: that the notes have no answer may be right or wrong."""
    message = messages.answer_html(answer(status=status), "a1", RU)
    assert re.findall(r'<button[^>]* id="(kbqa-a1-\w+)"[^>]*>(\w+)<', message) == [
        ("kbqa-a1-right", "Верно"),
        ("kbqa-a1-wrong", "Неверно"),
        *([("kbqa-a1-markdown", "Markdown")] if status == "answered" else []),
    ]
    assert hint in message


def test_an_error_cannot_be_marked() -> None:
    """There is nothing in it that is right or wrong."""
    assert "<button" not in messages.failure_html("Вопрос пуст.", RU)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    """A comma in Russian, a point in English."""
    assert "0,01 с" in messages.answer_html(answer(), "a1", RU)
    assert "0.01 s" in messages.answer_html(answer(), "a1", Texts.load("en"))


def test_a_question_can_be_changed_and_the_last_one_asked_again() -> None:
    """By buttons that name the turn."""
    assert re.findall(r'id="([^"]+)"', messages.question_deeds("t1", RU, last=True)) == [
        "kbqa-t1-edit",
        "kbqa-t1-again",
    ]
    assert re.findall(r'id="([^"]+)"', messages.question_deeds("t1", RU, last=False)) == ["kbqa-t1-edit"]
    assert "<button" not in messages.question_html("Что?")


def test_without_suggestions_there_is_no_heading_for_them() -> None:
    """Nothing is shown."""
    assert messages.next_html((), RU) == ""
