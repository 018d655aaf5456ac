"""What a question names and excepts."""

import pytest

from kbqa.answering.named import NoteNames, side_by_side, split_exception
from kbqa.types import NoteSummary

NOTES = [
    NoteSummary("Митапы.md", "Митапы", (), ()),
    NoteSummary("Союзы.md", "Профессиональные союзы", ("Профсоюз",), ()),
    NoteSummary("Клубы.md", "Бизнес-клубы", (), ()),
    NoteSummary("Обучение.md", "Обучение", (), ()),
    NoteSummary("Обучение на митапе.md", "Обучение на митапе", (), ()),
]
NAMES = NoteNames(NOTES)


@pytest.mark.parametrize(
    ("question", "paths"),
    [
        ("Где дешевле: в профсоюзе или на митапе?", ("Союзы.md", "Митапы.md")),
        ("Кто помогает в профсоюзе, бизнес-клубе и на митапе?", ("Союзы.md", "Клубы.md", "Митапы.md")),
        ("Сколько стоят митапы", ()),
        ("Какие митапы бывают у профсоюза?", ()),
        ("Зачем обучение на митапе и бизнес-клубы?", ("Обучение на митапе.md", "Клубы.md")),
        ("Какие клубы и союзы есть?", ()),
    ],
)
def test_notes_named_in_full_beside_each_other(question: str, paths: tuple[str, ...]) -> None:
    """By title or alias, joined by «и», «или» or a comma; the longest name at a place; one alone is none."""
    assert side_by_side(question, NAMES, comparing=False) == paths


def test_a_comparison_joins_by_other_words() -> None:
    """«Митап от клуба» is two things there, and one thing elsewhere."""
    question = "Чем митап отличен от бизнес-клуба?"
    assert side_by_side("митап от бизнес-клуба", NAMES, comparing=True) == ("Митапы.md", "Клубы.md")
    assert side_by_side("митап от бизнес-клуба", NAMES, comparing=False) == ()
    assert side_by_side(question, NAMES, comparing=True) == ()


@pytest.mark.parametrize(
    ("question", "rest", "excepted"),
    [
        ("Какие виды есть, кроме спонсорского?", "Какие виды есть?", "спонсорского"),
        ("Какие, помимо чая, есть напитки?", "Какие есть напитки?", "чая"),
        ("What kinds are there besides tea?", "What kinds are there?", "tea"),
        ("Что есть кроме того?", "Что есть кроме того?", ""),
        ("Какие есть виды?", "Какие есть виды?", ""),
    ],
)
def test_an_exception_is_no_part_of_what_is_asked_for(question: str, rest: str, excepted: str) -> None:
    """It is taken out of the question."""
    assert split_exception(question) == (rest, excepted)
