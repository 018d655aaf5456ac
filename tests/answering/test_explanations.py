"""Statements that explain a term."""

from collections.abc import Callable

from kbqa import KnowledgeBase


def test_where_a_term_belongs_may_be_another_name_of_the_note(kb_of: Callable[..., KnowledgeBase]) -> None:
    """«торг» is one of the note's names, and not what is asked for."""
    kb = kb_of(
        "---\naliases: [Торг]\n---\n# Переговоры об условиях\n\nПереговоры решают, кто сколько платит.\n\n"
        "## Подготовка\n\n**Якорь** — это первое названное число.\n"
    )
    assert kb.ask("Что такое якорь в торге?").text == "**Якорь** — это первое названное число. [1]"
