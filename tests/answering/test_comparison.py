"""Answers to questions that compare."""

from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase


@pytest.fixture(scope="module")
def coffee(kb_of: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    """A note with two things in one list."""
    return kb_of(
        "# Кофе\n\nКофе - это напиток из обжаренных зёрен.\n\n## Сорта\n\n"
        "- **Арабика**: мягкий вкус, мало кофеина\n- **Робуста**: горький вкус, много кофеина\n"
        "- **Либерика**: редкий сорт\n\n## Помол\n\nДля турки нужен самый мелкий помол.\n"
    )


@pytest.mark.parametrize(
    "question",
    [
        "Чем арабика отличается от робусты?",
        "В чём разница между арабикой и робустой?",
        "арабика vs робуста",
        "Арабика или робуста?",
        "Чем арабика лучше робусты?",
    ],
)
def test_a_comparison_gives_both_sides(coffee: KnowledgeBase, question: str) -> None:
    """One after the other, and nothing else."""
    quotes = [citation.quote.split("*")[2] for citation in coffee.ask(question).citations]
    assert quotes == ["Арабика", "Робуста"]


def test_sides_that_one_section_speaks_of_are_each_told_under_their_own_heading(kb: KnowledgeBase) -> None:
    """What companies get names specialists, too."""
    answer = kb.ask("Сравни, что сообщества дают специалистам, а что — компаниям")
    assert list(dict.fromkeys(citation.heading_path[-1] for citation in answer.citations)) == [
        "Для отдельных специалистов",
        "Для компаний",
    ]


def test_a_side_that_the_notes_do_not_have_is_said(kb: KnowledgeBase) -> None:
    """Beside the section on the other one."""
    answer = kb.ask("Сравни контентное партнёрство и франшизу")
    assert answer.text.startswith("**Контентное партнерство:**")
    assert answer.notice == "В заметках не нашлось: «франшизу»."


def test_two_sides_need_no_verdict(kb_of: Callable[..., KnowledgeBase]) -> None:
    """«Что лучше?» is answered with both, where both are told; with nothing, where one is not."""
    kb = kb_of(
        "# Цифровые визитки\n\n## Виды\n\n- **QR-код**: ведёт на страницу с контактами\n"
        "- **NFC-карта**: пластик с чипом\n"
    )
    assert len(kb.ask("Что лучше: QR-код или NFC-карта?").citations) == 2
    assert kb.ask("Что лучше: голубь или телеграф?").status == "no_evidence"


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("Чат или канал, где лучше знакомиться?", "Канал и чат"),
        ("Чем чат отличается от бота?", "Бот"),
    ],
)
def test_a_section_that_is_called_by_both_sides_compares_them(
    kb_of: Callable[..., KnowledgeBase], question: str, answered: str
) -> None:
    """It is the answer, whole; one that names a single side is not."""
    kb = kb_of(
        {
            "Чаты.md": "# Чаты\n\nЧат - это комната, где пишут все.\n\n## Канал и чат\n\n"
            "| Признак | Канал | Чат |\n|---|---|---|\n| Кто пишет | один | все |\n| Для чего | имя | знакомства |\n",
            "Каналы.md": "# Каналы\n\nКанал - это лента одного автора.\n",
            "Боты.md": "# Боты\n\n## Бот\n\nБот - это программа, которая отвечает в чате.\n",
        }
    )
    found = [citation.heading_path[-1] for citation in kb.ask(question).citations]
    assert answered in found
    assert (set(found) == {answered}) == (answered == "Канал и чат")


@pytest.mark.parametrize("question", ["Чем союз отличается от клуба?", "Клуб и союз: в чём разница?"])
def test_a_section_on_how_its_note_differs_compares_it(kb_of: Callable[..., KnowledgeBase], question: str) -> None:
    """The title is one side, the heading has the other; what each is, is not shown beside."""
    kb = kb_of(
        {
            "Союз.md": "# Союз\n\nСоюз - это объединение с уставом.\n\n## Чем отличается от клуба\n\n"
            "Союз защищает права, в клубе только встречаются.\n\n## Взносы\n\nВ союзе платят раз в год.\n",
            "Клуб.md": "# Клуб\n\nКлуб - это собрание друзей без устава.\n\n## Взносы\n\nВ клубе не платят.\n",
        }
    )
    assert [citation.heading_path for citation in kb.ask(question).citations] == [("Союз", "Чем отличается от клуба")]
