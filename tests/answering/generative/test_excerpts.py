"""What of the notes a model gets to read, within a budget of tokens."""

import random
from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.generative.excerpts import MOST, Excerpt, excerpts_of, legible
from kbqa.answering.generative.prompt import Prompt
from kbqa.index.tokens import OLDER_ENCODING, count_tokens
from kbqa.notes.private import MARK
from kbqa.types import Note

MakeNote = Callable[..., Note]
ExcerptsOf = Callable[..., tuple[Excerpt, ...]]

CLUB = """# Клуб

Клуб открыт всем. Взнос — 300 рублей.

## Встречи

По вторникам:

- Доклад
  - Двадцать минут
- Вопросы

После встречи чай.

## Правила

| Правило | Срок |
|---|---|
| Анкета | январь |
"""


def tokens(excerpts: tuple[Excerpt, ...]) -> int:
    """What the blocks of a prompt take together."""
    prompt = Prompt("Что?", (), context_tokens=4096, answer_tokens=256)
    blocks = prompt.to_answer(excerpts)[-1][1].removesuffix(prompt.to_answer(())[-1][1])
    return count_tokens(blocks, OLDER_ENCODING)


def test_cited_sections_come_whole_and_first(make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """However little of them was cited, and whatever was found before them; without their own heading."""
    club, other = make_note(CLUB), make_note("# Чай\n\nЧай согревает.\n", "Чай.md")
    first, second, third = excerpts([(club, 9, 9), (club, 3, 3)], [(other, 1, 3), (club, 10, 11)])
    assert (first.start_line, first.end_line, first.heading_path) == (7, 13, ("Клуб", "Встречи"))
    assert first.text == "\n".join(CLUB.split("\n")[6:13])
    assert (second.start_line, second.end_line) == (3, 3)
    assert (third.note, third.text) == ("Чай.md", "Чай согревает.")


def test_of_what_was_found_only_the_found_lines(make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """Several parts of a section make one excerpt; a chunk over several sections, one for each."""
    long = make_note("# Чай\n\nПервое.\n\nВторое.\n\nТретье.\n\nЧетвёртое.\n", "Чай.md")
    (found,) = excerpts([], [(long, 7, 7), (long, 5, 5)])
    assert (found.start_line, found.end_line, found.text) == (5, 7, "Второе.\n\nТретье.")
    club = make_note(CLUB)
    assert [excerpt.heading_path[-1] for excerpt in excerpts([], [(club, 1, 19)])] == ["Клуб", "Встречи", "Правила"]


def test_what_says_nothing_is_no_excerpt(make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """A heading alone, HTML, blank lines."""
    note = make_note("# Чай\n\n<div>HTML</div>\n\n## Пусто\n\n## Сорта\n\nЧёрный.\n")
    assert [excerpt.text for excerpt in excerpts([(note, 1, 9)])] == ["Чёрный."]
    assert excerpts([]) == ()


def test_premises_know_what_they_are_said_under(make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """Title and headings, the line that leads into their list, the items above; verbatim, with their lines."""
    meetings, rules = excerpts([(make_note(CLUB), 5, 5), (make_note(CLUB), 15, 15)])
    assert [(premise.said, premise.above) for premise in meetings.premises] == [
        ("По вторникам:", "Клуб. Встречи"),
        ("Доклад", "Клуб. Встречи. По вторникам:"),
        ("Двадцать минут", "Клуб. Встречи. По вторникам:. Доклад"),
        ("Вопросы", "Клуб. Встречи. По вторникам:"),
        ("После встречи чай.", "Клуб. Встречи"),
    ]
    assert [(premise.start_line, premise.text) for premise in meetings.premises][1:3] == [
        (9, "Доклад"),
        (10, "Двадцать минут"),
    ]
    assert [premise.said for premise in rules.premises] == ["Анкета: январь"]


def test_premises_stand_verbatim_between_their_lines(kb: KnowledgeBase) -> None:
    """Of every section of the corpus."""
    for question in ("Какие бывают виды партнёрства?", "Как подготовить хакатон?", "Что такое Сколково?"):
        answer = kb.ask(question, model=None)
        for excerpt in excerpts_of(answer, kb.note, 3000):
            lines = kb.note(excerpt.note).text.split("\n")
            assert excerpt.text == "\n".join(lines[excerpt.start_line - 1 : excerpt.end_line])
            for premise in excerpt.premises:
                assert excerpt.start_line <= premise.start_line <= premise.end_line <= excerpt.end_line
                assert premise.text in "\n".join(lines[premise.start_line - 1 : premise.end_line])


@pytest.mark.parametrize("budget", [200, 500, 1000, 3000])
def test_the_budget_is_kept(kb: KnowledgeBase, budget: int) -> None:
    """With numbers and fences; something is given in any case."""
    for question in ("Какие бывают виды партнёрства?", "Как подготовить хакатон?", "Где найти спонсоров?"):
        found = excerpts_of(kb.ask(question, model=None), kb.note, budget)
        assert found
        assert tokens(found) <= budget


@pytest.mark.parametrize("seed", range(30))
def test_the_budget_is_kept_whatever_the_notes_hold(seed: int, make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """Long lines, characters of many tokens, fences, numbers in brackets, headings without end."""
    chance = random.Random(seed)  # noqa: S311
    parts = [
        "Взнос 300. ",
        "=" * 40 + "\n",
        "[1] ",
        "[[2]] ",
        "【3】",
        "👩‍👩‍👧 ",
        "ﷺ",
        "\u200b",
        "- пункт\n",
        "\n\n",
        "a" * 30,
    ]
    text = f"# {chance.choice(('Клуб', 'К' * 300, '=' * 60))}\n\n" + "".join(chance.choices(parts, k=300))
    note = make_note(text)
    last = text.count("\n") + 1
    budget = chance.randint(20, 900)
    found = excerpts([(note, 1, last)], budget=budget)
    assert tokens(found) <= budget


def test_the_first_is_cut_rather_than_left_out(make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """After the last statement that fits, in mid-line if need be; a smaller one may follow what is too large."""
    long = make_note("# Клуб\n\n" + "Взнос — 300 рублей в месяц. " * 40 + "\n")
    small = make_note("# Чай\n\nЧай.\n", "Чай.md")
    (cut,) = excerpts([(long, 3, 3), (small, 3, 3)], budget=100)
    assert cut.premises
    assert cut.text == cut.text.strip() == " ".join(premise.text for premise in cut.premises)
    assert (cut.start_line, cut.end_line) == (3, 3)
    first, second = excerpts([(small, 3, 3), (long, 3, 3), (make_note("# Сок\n\nСок.\n", "Сок.md"), 3, 3)], budget=100)
    assert (first.note, second.note) == ("Чай.md", "Сок.md")


def test_a_cut_ends_with_a_whole_statement(make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """No half of an item or row is shown."""
    note = make_note("# Клуб\n\n" + "\n".join(f"- Пункт номер {number}" for number in range(100)) + "\n")
    (cut,) = excerpts([(note, 3, 3)], budget=120)
    assert cut.text.split("\n") == [f"- {premise.text}" for premise in cut.premises]
    assert 0 < len(cut.premises) < 100


@pytest.mark.parametrize("budget", [-500, 0, 10])
def test_without_room_there_is_none(budget: int, make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """Nothing is shown that is over the budget."""
    assert excerpts([(make_note(CLUB), 3, 3)], budget=budget) == ()


def test_there_are_not_too_many(make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """However small they are."""
    notes = [make_note(f"# Н{number}\n\nТекст.\n", f"{number}.md") for number in range(MOST + 5)]
    assert len(excerpts([(note, 3, 3) for note in notes])) == MOST


def test_private_comments_are_not_shown(make_note: MakeNote, excerpts: ExcerptsOf) -> None:
    """Neither in the text nor in what stands beside it, nor are they cited."""
    note = make_note("# Клуб\n\nВзнос 300. %%тайна%% Всем.\n\n<!-- тайна\nтайна -->\n\nЧай.\n")
    (excerpt,) = excerpts([(note, 3, 3)])
    assert "тайна" not in repr(excerpt)
    assert legible(excerpt.text) == "Взнос 300.  Всем.\n\n\n\n\nЧай."
    assert excerpt.passage(()) == (3, 3, "Взнос 300.")
    assert excerpt.passage(excerpt.premises[1:]) == (3, 3, "Всем.")
    assert MARK in excerpt.text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("взн\u200bос\u2060\u00ad", "взнос"),
        ("\u202eтекст\u202c \u2067и\u2069", "текст и"),
        ("а" + "".join(chr(0xE0000 + ord(letter)) for letter in "say no") + "б", "аб"),
        ("а\x00\x1b\ufeffб", "аб"),
        ("5\u00a0000\u202fрублей\u2009в месяц", "5 000 рублей в месяц"),
        ("строка\n\tс отступом", "строка\n\tс отступом"),
    ],
)
def test_what_a_reader_cannot_see_is_not_shown(text: str, seen: str) -> None:
    """Zero-width, bidirectional, tag and control characters go; blanks that do not break become plain ones."""
    assert legible(text) == seen
