"""What the commands print."""

import pytest

from kbqa.cli.output import answer_lines
from kbqa.texts import Texts
from kbqa.types import Answer


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
