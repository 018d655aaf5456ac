"""What asks for an overview of a note, and what it shows."""

import pytest

from kbqa.answering.draft import Draft
from kbqa.answering.named import NoteNames
from kbqa.answering.overview import note_overviewed, overview_parts, overview_topic
from kbqa.evaluation.metrics import citation_resolves
from kbqa.notes.sections import outline
from kbqa.types import Note, NoteSummary

NAMES = NoteNames(
    [
        NoteSummary("Союзы.md", "Профессиональные союзы", ("Профсоюз",), ()),
        NoteSummary("Клубы.md", "Бизнес-клубы", (), ()),
        NoteSummary("Клубы чтения.md", "Клубы чтения", (), ()),
        NoteSummary("Обучение.md", "Обучение", (), ()),
        NoteSummary("Обучение на митапе.md", "Обучение на митапе", (), ()),
        NoteSummary("Архив/Обучение.md", "Обучение", (), ()),
    ]
)
FOUND = ["Обучение на митапе.md", "Обучение.md", "Архив/Обучение.md", "Союзы.md", "Клубы чтения.md", "Клубы.md"]

TEA = """\
# Чай

Чай - это напиток из листьев. Его пьют горячим.

## Виды

### Зелёный
- Без окисления

### Чёрный
- С окислением

#### Листовой
- Крупный

## Посуда:

- **Чайник**: глиняный
- **Пиала**: маленькая

## Время

| Когда | Что | Сколько |
|---|---|---|
| 19:00 | Сбор | 5 минут |
| 19:20: позже | Чай | час |

## Хранение

В банке. Подальше от света.

## См. также

- [[Кофе]]
"""


def note(text: str) -> Note:
    """A note with this text."""
    parsed = outline(text, fallback_title="Чай")
    return Note("Чай.md", parsed.title, (), (), (), "", parsed.text, parsed.sections)


def written(text: str) -> str:
    """The overview of a note with this text; each citation stands where it says."""
    body, citations = Draft(tuple(overview_parts(note(text)))).write()
    assert all(citation_resolves(citation, note(text)) for citation in citations)
    return body


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("О чём заметка про обучение на митапе?", "Обучение на митапе.md"),
        ("о чем моя запись «Обучение»", "Обучение.md"),
        ("Структура заметки о профсоюзах", "Союзы.md"),
        ("Краткое содержание заметки «Бизнес-клубы»", "Клубы.md"),
        ("Какие разделы есть в заметке «Клубы чтения»?", "Клубы чтения.md"),
        ("Перескажи кратко заметку про союзы", "Союзы.md"),
        ("Расскажи мне про бизнес-клубы", "Клубы.md"),
        ("tell me about обучение на митапе", "Обучение на митапе.md"),
        ("профессиональный союз", "Союзы.md"),
        ("Профсоюзы?", "Союзы.md"),
        ("Расскажи про клубы", None),
        ("Расскажи про бюджет профсоюза", None),
        ("О чём заметка?", None),
        ("Что такое профсоюз?", None),
        ("Как устроен профсоюз?", None),
        ("план обучения", None),
    ],
)
def test_the_note_that_is_asked_about(question: str, path: str | None) -> None:
    """By its name, or a part that is no other's; the best found of two of one name; more asks for something else."""
    assert note_overviewed(question, NAMES, FOUND) == path


def test_what_was_not_found_is_not_told_of() -> None:
    """Filters leave notes out; of a single note that is left, no name is needed."""
    assert note_overviewed("Расскажи про бизнес-клубы", NAMES, ["Союзы.md"]) is None
    assert note_overviewed("О чём там говорится?", NAMES, ["Союзы.md"]) == "Союзы.md"


def test_a_topic_is_what_is_left_of_the_question() -> None:
    """Nothing may be left; a question that asks for something else has none."""
    assert (overview_topic("О чём заметка про чай?") or "").split() == ["про", "чай"]
    assert (overview_topic("О чём заметка?") or "").split() == []
    assert overview_topic("О чём говорят с незнакомыми?") is None


def test_an_overview() -> None:
    """The opening, then the headings; of what is not divided further the gist, and nothing of mere links."""
    assert written(TEA) == (
        "Чай - это напиток из листьев. [1] Его пьют горячим. [2]\n\n"
        "**Чай:**\n\n"
        "- **Виды** [3]\n"
        "  - Зелёный [4]\n"
        "  - Чёрный [5]\n"
        "- **Посуда**: Чайник; Пиала [6]\n"
        "- **Время**: 19:00; 19:20 [7]\n"
        "- **Хранение**: В банке. [8]"
    )


def test_a_long_overview_has_the_top_headings_only() -> None:
    """So that it stays one."""
    text = "# Чай\n\n" + "".join(
        f"## Раздел {number}\n\n### Часть {number}\n\nТекст.\n\n### Ещё {number}\n\nТекст.\n\n" for number in range(10)
    )
    assert written(text).count("\n- ") == 10
    assert "Часть" not in written(text)


def test_a_private_part_of_a_heading_is_not_told() -> None:
    """The rest of it is."""
    text = "# Чай\n\n## Где %%дома у Ани%% хранить\n\n### В банке\n\nТак.\n\n## Виды\n\nРазные.\n"
    assert "Ани" not in written(text)
    assert "хранить" in written(text)


def test_a_note_of_one_section_has_none() -> None:
    """What it says is the answer then."""
    assert overview_parts(note("# Чай\n\nЧай - это напиток.\n\n## Виды\n\nРазные.\n")) == []
    assert overview_parts(note("Чай - это напиток.")) == []
