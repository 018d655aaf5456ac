"""Where to read on about something."""

from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.further import asks_for_more, further_reading

NOTE = """\
# Чай

Чай растёт в горах.

## Сорта

- Улун
- Пуэр

См. также: [[Кофе]], [[Какао]]

## Посуда

Чайник глиняный, подробнее - [[Керамика]].

## Связанные темы

- [[Вода]]
- Всё, что горячо
"""


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Что ещё почитать о чае?", True),
        ("на какие заметки ссылается «Чай»", True),
        ("Куда отсылают в конце заметки?", True),
        ("Какие заметки связаны с чаем?", False),
        ("Какие связанные темы у чая?", True),
        ("Какие проблемы связаны с чаем?", False),
        ("What to read next about tea?", True),
    ],
)
def test_what_asks_where_to_read_on(question: str, asks: bool) -> None:
    """No question for what has to do with something otherwise."""
    assert asks_for_more(question) is asks


def test_the_links_that_a_note_gathers(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Not those in its sentences, and nothing else."""
    part = further_reading(kb_of({"Чай.md": NOTE}).note("Чай.md"))
    assert part is not None
    assert [quote.text for quote in part.quotes] == ["См. также: [[Кофе]], [[Какао]]", "[[Вода]]"]
    assert further_reading(kb_of({"Чай.md": NOTE.split("См.", maxsplit=1)[0]}).note("Чай.md")) is None


def test_a_note_that_says_so_is_answered_from(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Under its name; a list after «См. также:» is whole."""
    kb = kb_of({"Мята.md": "# Мята\n\nМята растёт у чая.\n\nСм. также:\n\n- [[Чай]]\n- [[Мелисса]]\n\nКонец.\n"})
    answer = kb.ask("Что ещё почитать про мяту?")
    assert answer.text.startswith("**Мята:**")
    assert [citation.quote for citation in answer.citations] == ["См. также:", "[[Чай]]", "[[Мелисса]]"]
