"""Notes that are linked to and not written yet."""

from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase


@pytest.mark.parametrize("question", ["Что такое лоббирование?", "Как пройти сертификацию?"])
def test_a_missing_note_is_named_in_the_refusal(kb: KnowledgeBase, question: str) -> None:
    """Only where the notes link to it, with the notes that do."""
    answer = kb.ask(question)
    assert answer.status == "no_evidence"
    assert answer.citations == ()
    assert "» ещё нет; на неё ссылаются: «Отраслевые сообщества»." in answer.text


def test_a_note_that_nothing_links_to_is_not_named(kb: KnowledgeBase) -> None:
    """A refusal says no more than is known."""
    assert kb.ask("Как приготовить борщ?").text == "В заметках нет ответа на этот вопрос."


@pytest.mark.parametrize("question", ["Где упоминается лоббирование?", "Есть ли в заметках что-то про лоббирование?"])
def test_mentions_of_what_is_not_written_are_found(kb: KnowledgeBase, question: str) -> None:
    """Where a thing is mentioned can be told without a note on it: the links are the answer."""
    answer = kb.ask(question)
    assert answer.status == "answered"
    assert any("[[Лоббирование" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    "question",
    [
        "Где упоминается лоббирование зимнего футбола в Антарктиде?",
        "Что написано в заметке про лоббирование?",
        "Что у меня написано про лоббирование?",
    ],
)
def test_where_nothing_can_be_quoted_the_links_are_told(kb: KnowledgeBase, question: str) -> None:
    """A refusal does not say that there is no answer and give it in the same breath."""
    text = kb.ask(question).text
    assert text == "Заметки «Лоббирование» ещё нет, но на неё ссылаются: «Отраслевые сообщества»."


def test_a_written_note_is_told_about_whatever_else_the_question_names(kb: KnowledgeBase) -> None:
    """A question on a note that is there."""
    assert kb.ask("Чем отраслевые сообщества полезны для компаний?").status == "answered"


def test_of_many_notes_that_link_some_are_named(kb_of: Callable[..., KnowledgeBase]) -> None:
    """And the others counted."""
    answer = kb_of(
        {f"Район {name}.md": f"# Район {name}\n\nРайон {name} стоит у реки.\n\nСм. [[Лодки]].\n" for name in "АБВГД"}
    ).ask("Что такое лодки?")
    assert answer.status == "no_evidence"
    assert answer.text.endswith("ещё нет; на неё ссылаются: «Район А», «Район Б», «Район В» и ещё 2.")
