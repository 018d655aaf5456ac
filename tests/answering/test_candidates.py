"""The sections that may answer a question, best first."""

from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("Деловые связи", ["**Деловые связи:**"]),
        ("Сравни деловые связи и личные связи", ["**Деловые связи:**", "**Личные связи:**"]),
    ],
)
def test_a_section_that_is_called_what_is_asked_for_goes_first(
    kb_of: Callable[..., KnowledgeBase], question: str, labels: list[str]
) -> None:
    """Another note may say more about the words."""
    kb = kb_of(
        {
            "Деловой союз.md": "# Деловой союз\n\nДеловой союз заводит связи.\n\n## Что даёт\n\n"
            "- **Связи**: деловые и личные связи по вертикали\n- **Дела**: связи деловых людей\n",
            "Клуб.md": "# Клуб\n\nКлуб собирает людей.\n\n## Деловые связи\n\n- Заказчики\n- Поставщики\n\n"
            "## Личные связи\n\n- Друзья\n- Соседи\n",
        }
    )
    assert [line for line in kb.ask(question).text.splitlines() if line.startswith("**")] == labels


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("Какие сюжеты ссор бывают в чате?", "Четыре сюжета"),
        ("Какие роли в чате?", "Кто отвечает"),
        ("Как завести чат?", "Запуск чата"),
        ("Что такое чат?", "Чат"),
    ],
)
def test_what_only_opens_a_note_does_not_go_before_what_tells(
    kb_of: Callable[..., KnowledgeBase], question: str, heading: str
) -> None:
    """A list is told where the heading has what it is of, or a word for what is asked for; steps by no opening."""
    kb = kb_of(
        "# Чат\n\nЧат - это разговор, в котором чат заводят все, роли в чате меняются, а почти все ссоры в чате "
        "повторяют четыре сюжета.\n\n## Запуск чата\n\n1. Позвать троих\n2. Задать тему\n\n"
        "## Кто отвечает\n\n- **Модератор**: гасит споры\n- **Хозяин**: зовёт людей\n\n"
        "## Четыре сюжета\n\n- Обида новичка\n- Реклама\n"
    )
    assert kb.ask(question).citations[0].heading_path[-1] == heading


_RETRO = (
    "# Ретро весны\n\nЧто сработало и что не сработало на митапе, обсудили в марте.\n\n"
    "## Что сработало\n\n- Цветные точки на бейджах\n- Волонтёры в жилетах\n\n"
    "## Что не сработало\n\n- Микрофон умер на вопросах\n- Пирожки кончились\n\n"
    "## Чего не просить\n\n- Денег в долг\n\n## О чём просить\n\n- Попросить совета\n"
)


@pytest.mark.parametrize(
    ("question", "told", "untold"),
    [
        ("Что не сработало на митапе?", "Микрофон", "бейджах"),
        ("Что сработало на митапе?", "бейджах", "Микрофон"),
        ("Что сработало на мартовском ретро?", "бейджах", "Микрофон"),
        ("Чего не стоит просить?", "Денег", "совета"),
        ("О чём просить?", "совета", "Денег"),
    ],
)
def test_a_heading_that_denies_what_is_asked_is_another_matter(
    kb_of: Callable[..., KnowledgeBase], question: str, told: str, untold: str
) -> None:
    """«Что не сработало» differs from «Что сработало» by a word that only asks or denies."""
    text = kb_of(_RETRO).ask(question).text
    assert told in text
    assert untold not in text


def test_words_that_name_the_note_need_not_stand_in_the_heading(kb_of: Callable[..., KnowledgeBase]) -> None:
    """By its title or another name, that of its file, too; another note says more about the rest."""
    kb = kb_of(
        {
            "План митапа 14 марта.md": "# Портфолио без боли\n\nМитап 14 марта: гости, программа, чай.\n",
            "Ретро митапа 14 марта.md": "# Ретро портфолио\n\n## Гости\n\n- Пришли сорок человек\n",
        }
    )
    assert kb.ask("Гости на ретро митапа 14 марта").citations[0].heading_path[-1] == "Гости"
