"""The page's frame."""

import re

import pytest
from hostile import HOSTILE

from kbqa.texts import Texts
from kbqa.web.chat import header

RU = Texts.load("ru")


def everything() -> list[str]:
    """All parts of the frame that carry text from outside."""
    return [header.welcome_html(HOSTILE, HOSTILE), header.status_html("ready", HOSTILE, RU, problems=1)]


@pytest.mark.parametrize("markup", everything())
def test_nothing_from_outside_becomes_markup(markup: str) -> None:
    """Hostile words in any place are shown as words."""
    assert "<script" not in markup
    assert "<img" not in markup
    assert "&lt;script&gt;" in markup
    assert "\n" not in markup


def test_the_state_of_an_index_can_be_opened_where_there_is_one() -> None:
    """The button says how many remarks there are."""
    assert "<button" not in header.status_html("failed", "Нет.", RU)
    button = re.compile(r"<button[^>]*>(.+)</button>")
    [quiet] = button.findall(header.status_html("ready", "Есть.", RU, problems=0))
    assert quiet == "Состояние базы"
    [loud] = button.findall(header.status_html("ready", "Есть.", RU, problems=2))
    assert "замечаний: 2" in loud
