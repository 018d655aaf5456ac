"""Questions made from headings: in Russian that nobody has to be ashamed of, without inflecting anything."""

import pytest

from kbqa.answering.examples import chapter_question, questions_on, told_by
from kbqa.notes.sections import outline
from kbqa.texts import Texts
from kbqa.types import Note

RU, EN = Texts.load("ru"), Texts.load("en")
LIST, STEPS, TEXT = "- раз\n- два", "1. Раз\n2. Два", "Раз, два и три."


def asked(heading: str, text: str, texts: Texts = RU) -> str | None:
    """The best question on a section of a note on tea."""
    source = f"# Чай\n\n## {heading}\n\n{text}\n"
    note = Note("Чай.md", "Чай", (), (), (), "", source, outline(source, fallback_title="Чай").sections)
    section = next(one for one in note.sections if one.heading_path == ("Чай", heading))
    says = told_by(note, section)
    return next(questions_on(says, texts)) if says else chapter_question(note, section, texts)


@pytest.mark.parametrize(
    ("heading", "text", "question"),
    [
        ("Виды", LIST, "Чай: каковы виды?"),
        ("Преимущества", LIST, "Чай: каковы преимущества?"),
        ("Виды чая", LIST, "Каковы виды чая?"),
        ("Частые ошибки", LIST, "Чай: каковы частые ошибки?"),
        ("Этапы", STEPS, "Чай: каковы этапы?"),
        ("Заварка", STEPS, "Чай, заварка: какие шаги и в каком порядке?"),
        ("Заварка", LIST, "Чай, заварка: что сюда входит?"),
        ("Если остыл чайник", STEPS, "Чай, если остыл чайник: какие шаги и в каком порядке?"),
        ("Дома", LIST, "Чай, дома: что сюда входит?"),
        ("CRM для чая", TEXT, "CRM для чая: в чём суть?"),
        ("Хранение", TEXT, "Чай, хранение: в чём суть?"),
        ("Как хранить?", TEXT, "Чай: как хранить?"),
        ("С чего начать", LIST, "Чай: с чего начать?"),
        ("Чемпионат", TEXT, "Чай, чемпионат: в чём суть?"),
        ("Цены", "### Опт\n\nСто.", "Чай: каковы цены?"),
        ("Как хранить?", "### Дома\n\nВ банке.", "Чай: как хранить?"),
        ("Хранение", "### Дома\n\nВ банке.", "Чай, хранение: что сюда входит?"),
        ("Пусто", "", None),
    ],
)
def test_a_section_s_question(heading: str, text: str, question: str | None) -> None:
    """By its heading and by what it holds."""
    assert asked(heading, text) == question


def test_in_english() -> None:
    """With English headings."""
    assert asked("Kinds of tea", LIST, EN) == "Чай: what are kinds of tea?"
