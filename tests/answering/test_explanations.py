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


def test_a_section_that_is_called_so_goes_before_an_item_with_some_of_the_words(
    kb_of: Callable[..., KnowledgeBase],
) -> None:
    """«Проверка конфликта интересов» does not say what such a conflict is."""
    kb = kb_of(
        "# Советы\n\nСовет собирает экспертов.\n\n## Отбор\n\n- **Проверка конфликта интересов**: комиссия, 30 дней\n\n"
        "## Конфликт интересов\n\nИм считается выгода эксперта или его родни от заключения.\n"
    )
    assert "выгода эксперта" in kb.ask("Что такое конфликт интересов у эксперта?").text
