"""What the page is told beside the messages."""

import re

import pytest
from hostile import HOSTILE, answer

from kbqa.texts import Texts
from kbqa.web.chat import notices

RU = Texts.load("ru")


@pytest.mark.parametrize(
    "markup",
    [
        notices.marks_html({HOSTILE: HOSTILE}),
        notices.reasons_html(answer(), HOSTILE, RU),
        notices.said_html(HOSTILE),
        notices.talk_html(HOSTILE, RU, message=HOSTILE, editing=True),
    ],
)
def test_nothing_from_outside_becomes_markup(markup: str) -> None:
    """Hostile words in any place are shown as words."""
    assert "<script" not in markup
    assert "<img" not in markup
    assert "&lt;script&gt;" in markup
    assert "\n" not in markup


def test_a_wrong_refusal_has_no_reasons_to_choose_from() -> None:
    """It said nothing that could be wrong; but the user may know where the answer is."""
    of_answer = notices.reasons_html(answer(), "a1", RU)
    assert re.findall(r'data-reason="(\w+)"', of_answer) == ["off_topic", "incomplete", "wrong", "unsupported"]
    of_refusal = notices.reasons_html(answer(status="no_evidence"), "a1", RU)
    assert "data-reason" not in of_refusal
    assert 'maxlength="500"' in of_refusal


def test_the_talk_is_named_even_when_there_is_nothing_to_say() -> None:
    """The address follows it."""
    assert notices.talk_html("", RU) == '<span hidden data-talk=""></span>'
