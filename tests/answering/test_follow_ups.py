"""Questions to go on with: on what stands near the cited sections, answered by the notes, never asked before."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from kbqa import Filters, KnowledgeBase

TEA = """# Чай

Чай - это напиток из листьев. См. [[Посуда#Чайник]].

## Заварка

1. Согреть чайник
2. Залить водой

## Преимущества

- бодрит
- греет

## Как хранить

Хранят чай в сухой банке.

## Цены

### На рынке

Сто рублей за пачку чая.

### В магазине

Двести рублей за пачку чая.

## См. также

[[Кофе]], [[Посуда]]
"""
POTS = "# Посуда\n\nПосуда бывает разная.\n\n## Чайник\n\nГлиняный чайник держит тепло.\n"


@pytest.fixture(scope="module")
def tea(kb_of: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    """Two notes."""
    return kb_of({"Чай.md": TEA, "Посуда.md": POTS})


def test_parts_neighbours_and_links_take_turns(tea: KnowledgeBase) -> None:
    """Of a note's beginning, its parts and what it links to."""
    answer = tea.ask("Что такое чай?")
    assert tea.follow_ups(answer) == (
        "Чай, заварка: какие шаги и в каком порядке?",
        "Посуда, чайник: в чём суть?",
        "Чай: каковы преимущества?",
    )


def test_beside_a_section_the_nearest_comes_first(tea: KnowledgeBase) -> None:
    """The one that follows before the one that stands before; links to read on are nothing to ask about."""
    answer = tea.ask("Какие преимущества у чая?")
    assert [citation.heading_path[-1] for citation in answer.citations] == ["Преимущества"] * 2
    assert tea.follow_ups(answer) == (
        "Чай: как хранить?",
        "Чай, заварка: какие шаги и в каком порядке?",
        "Чай: каковы цены?",
    )


def test_where_nothing_is_left_beside_it_the_chapter_s_neighbours_follow(tea: KnowledgeBase) -> None:
    """A section deep in a note leads out of its chapter."""
    answer = tea.ask("Сколько стоит пачка чая на рынке?")
    assert {citation.heading_path[-1] for citation in answer.citations} == {"На рынке"}
    first, *others = tea.follow_ups(answer)
    assert first == "Чай, в магазине: в чём суть?"
    assert others


def test_what_was_asked_does_not_come_back(tea: KnowledgeBase) -> None:
    """In whatever words, now or earlier in the conversation."""
    answer = tea.ask("Что такое чай?")
    asked = ["Заварка чая", "какие у чая преимущества", "Чайник из посуды"]
    following = tea.follow_ups(answer, asked)
    assert following
    assert not [
        question for question in following if "завар" in question or "преим" in question or "чайник" in question
    ]


def test_a_refusal_leads_to_what_was_near(tea: KnowledgeBase) -> None:
    """By the same questions."""
    answer = tea.ask("Какая столица у Франции?")
    assert answer.status == "no_evidence"
    following = tea.follow_ups(answer)
    assert following
    assert all(tea.ask(question).status == "answered" for question in following)


def test_they_keep_within_what_was_searched(tea: KnowledgeBase) -> None:
    """Asked with the same filters, another note's section would be refused."""
    answer = tea.ask("Что такое чай?", filters=Filters(notes=("Чай",)))
    following = tea.follow_ups(answer)
    assert following
    assert not [question for question in following if "Посуда" in question]


def test_an_answer_on_notes_that_are_gone_has_none(tea: KnowledgeBase) -> None:
    """A restored conversation may be about them."""
    answer = tea.ask("Что такое чай?")
    gone = tuple(replace(citation, note="Нет.md") for citation in answer.citations)
    assert tea.follow_ups(replace(answer, citations=gone)) == ()


@pytest.mark.parametrize(
    "question",
    ["Что такое отраслевые сообщества?", "Какие бывают виды спонсорской поддержки?", "Какая столица у Франции?"],
)
def test_the_notes_answer_what_is_suggested(kb: KnowledgeBase, question: str) -> None:
    """Each of three; and nobody waits for them."""
    answer = kb.ask(question)
    kb.follow_ups(answer)  # the links are resolved once
    begun = time.perf_counter()
    following = kb.follow_ups(answer)
    assert time.perf_counter() - begun < 0.1
    assert len(following) == 3
    assert [kb.ask(one).status for one in following] == ["answered"] * 3
