"""Politeness is no question."""

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.courtesy import asks_of_all, is_courtesy
from kbqa.types import Filters


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо, всё понятно",
        "Привет!",
        "Добрый день",
        "Спасибо большое за помощь",
        "Что ты умеешь?",
        "ок",
        "До свидания",
        "Hello there",
        "Thank you very much!",
    ],
)
def test_greetings_and_thanks_ask_nothing(text: str) -> None:
    """By themselves or together."""
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    [
        "Привет, что такое нетворкинг?",
        "Что было хорошо?",
        "Как поблагодарить за рекомендацию?",
        "Пока готовишься, что делать?",
        "Где упоминается спасибо?",
        "А почему?",
        "Thanks, and what is an incubator?",
        "",
    ],
)
def test_a_question_with_or_about_them_is_a_question(text: str) -> None:
    """One word that asks, or that names something, is enough."""
    assert not is_courtesy(text)


@pytest.mark.parametrize("text", ["Спасибо!", "ghbdtn"])
def test_it_is_answered_with_what_can_be_asked(kb: KnowledgeBase, text: str) -> None:
    """No section is near to it, and none is offered."""
    answer = kb.ask(text, [("Что такое консорциум?", "Консорциумы: Совместные проекты нескольких организаций [1]")])
    assert answer.status == "no_evidence"
    assert answer.text.startswith("Спрашивайте")
    assert not answer.hits


@pytest.mark.parametrize(
    "text",
    [
        "Какие у меня есть заметки?",
        "О чём мои заметки?",
        "сколько у меня заметок",
        "Что есть в моих заметках?",
        "Покажи все заметки",
        "список заметок",
        "What notes do I have?",
        "What are my notes about?",
    ],
)
def test_what_notes_there_are_is_no_question_to_them(text: str) -> None:
    """It is one of the notes as a whole."""
    assert asks_of_all(text)


@pytest.mark.parametrize(
    "text",
    [
        "Какие есть заметки про митапы?",
        "О чём заметка про чай?",
        "Сколько хранить записей?",
        "Какие записи хранить?",
        "Что в заметках сказано о чае?",
        "Какие заметки ссылаются на чай?",
        "What notes mention tea?",
        "",
    ],
)
def test_what_asks_for_something_in_them_is(text: str) -> None:
    """A word more is enough."""
    assert not asks_of_all(text)


def test_notes_are_counted_and_named(kb: KnowledgeBase, kb_of) -> None:
    """A dozen of them; within a folder or a tag the question is another one."""
    answer = kb.ask("Какие у меня есть заметки?")
    assert (answer.status, answer.hits) == ("no_evidence", ())
    assert answer.text.startswith("Заметок: 2: «Отраслевые сообщества», «Партнерство в мероприятиях».")
    many = kb_of({f"{number:02}.md": f"# Тема {number}\n\nТекст.\n" for number in range(13)})
    text = many.ask("О чём мои заметки?").text
    assert text.startswith("Заметок: 13, среди них «Тема 0», ")
    assert "«Тема 11»." in text
    assert not kb.ask("Какие есть заметки?", filters=Filters(tags=("networking",))).text.startswith("Заметок")


def test_a_note_of_that_name_can_be_asked_for(kb_of) -> None:
    """«Привет» may be the name of a project."""
    kb = kb_of({"Привет.md": "# Привет\n\nПривет - это клуб новых сотрудников.\n"})
    assert "клуб новых сотрудников" in kb.ask("Привет").text


def test_what_was_spoken_of_before_thanks_is_still_spoken_of(kb: KnowledgeBase) -> None:
    """A question after thanks may leave out what one before them named."""
    history = [("Что такое отраслевые сообщества?", "…"), ("Спасибо", "…")]
    assert kb.ask("А какие у них преимущества?", history).understood == "Какие преимущества: Отраслевые сообщества"
