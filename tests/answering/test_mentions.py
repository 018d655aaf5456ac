"""Every place where a thing is mentioned, through the front door: `kb.ask` on a small vault."""

from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase

TEA = "# Чай\n\nЧай пьют горячим.\n"


def test_a_heading_is_a_mention(kb_of: Callable[..., KnowledgeBase]) -> None:
    """What stands first under it is shown, if only under a heading of its own."""
    fair = (
        "# Ярмарка\n\nЯрмарка - это торговля под открытым небом.\n\n## Недостатки\n\n"
        "### Погода\n\nДождь распугает гостей.\n\n### Шум\n\nТрудно говорить.\n"
    )
    answer = kb_of(fair).ask("Где упоминаются недостатки?")
    assert [citation.quote for citation in answer.citations] == ["Дождь распугает гостей."]


CITY = {
    "Встречи.md": "# Встречи\n\n## Завтрак\n\nСобираемся в субботу, кофейня «Пенка» на углу.\n\n"
    "## Правила\n\nС незнакомыми пью кофе в «Пенке» по вторникам.\n\n## Кофейни\n\nКофейня у вокзала закрыта.\n",
    "Люди.md": "# Люди\n\n## Алёна\n\nВарит кофе и снимает пенку.\n\n## Борис\n\nПришёл из McKinsey, "
    "любит обмен опытом и знаниями.\n\n## Вера\n\nЗовёт на обмен книгами; книгами и знаниями делится.\n",
}


@pytest.mark.parametrize(
    ("question", "sections", "notice"),
    [
        ("Где упоминается кофейня «Пенка»?", ["Завтрак", "Правила"], False),
        ("Где упоминается кофейня Пенка?", ["Завтрак", "Правила"], False),
        ("Где упоминается кофейня?", ["Завтрак", "Кофейни"], False),
        ("Где упоминается McKinsey или вокзал?", ["Кофейни", "Борис"], False),
        ("Где упоминаются вторники, McKinsey и хоккей?", ["Правила", "Борис"], True),
        ("Где упоминается обмен опытом и знаниями?", ["Борис"], False),
        ("Где упоминается обмен книгами и знаниями?", ["Вера"], False),
    ],
)
def test_things_and_what_they_are_called(
    kb_of: Callable[..., KnowledgeBase], question: str, sections: list[str], notice: bool
) -> None:
    """Of «кофейня „Пенка“» the name is enough; of several things each counts, and what is nowhere is said."""
    answer = kb_of(CITY).ask(question)
    assert sorted(citation.heading_path[-1] for citation in answer.citations) == sorted(sections)
    assert bool(answer.notice) is notice


@pytest.mark.parametrize(
    ("question", "sections"),
    [("вокзал", ["Кофейни"]), ("пенка", ["Завтрак", "Правила", "Алёна"]), ("правила", ["Правила"])],
)
def test_a_word_alone_is_looked_up(kb_of: Callable[..., KnowledgeBase], question: str, sections: list[str]) -> None:
    """Wherever it stands, unless a heading has it: that section is meant."""
    found = [citation.heading_path[-1] for citation in kb_of(CITY).ask(question).citations]
    assert sorted(found) == sorted(sections)


@pytest.mark.parametrize("question", ["Где упоминается он?", "Где это упоминается?", "Где написано про это и про то?"])
def test_who_names_nothing_is_told_nothing(kb_of: Callable[..., KnowledgeBase], question: str) -> None:
    """A pronoun alone means nothing without a question before."""
    assert kb_of(CITY).ask(question).status == "no_evidence"


def test_of_a_long_paragraph_only_the_sentence_that_mentions(kb_of: Callable[..., KnowledgeBase]) -> None:
    """A short one stays whole; one whose heading alone has the word is shown by how it begins."""
    filler = "Погода стояла ясная, и мы долго гуляли по берегу, собирали ракушки и говорили о всяком. "
    diary = (
        "# Дневник\n\n## Июнь\n\n"
        f"{filler}Вечером завели генератор, потому что свет погас. {filler}{filler}\n\n"
        "## Июль\n\nГенератор продали. Стало тихо.\n\n"
        f"## Генератор в августе\n\nПустой месяц. {filler}{filler}{filler}\n"
    )
    answer = kb_of({"Дневник.md": diary, "Чай.md": TEA}).ask("где у меня записано про генератор?")
    assert {citation.quote for citation in answer.citations} == {
        "Вечером завели генератор, потому что свет погас.",
        "Генератор продали. Стало тихо.",
        "Пустой месяц.",
    }
    assert answer.text.startswith("**Дневник › ")


def test_mentions_stand_in_the_order_of_their_note(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Whichever of a note's places fits best."""
    kb = kb_of(
        {
            "Река.md": "# Река\n\nРека течёт мимо.\n\n## Утро\n\nУтром долго и молча смотрели, как баклан ест рыбу.\n\n"
            "## День\n\nДнём спали.\n\n## Вечер\n\nБаклан.\n",
            "Порт.md": "# Порт\n\nВ порту живёт баклан.\n",
        }
    )
    answer = kb.ask("Где упоминается баклан?")
    lines = [citation.start_line for citation in answer.citations if citation.note == "Река.md"]
    assert lines == sorted(lines)
    assert len(lines) == 2
    assert [citation.note for citation in answer.citations] in (
        ["Река.md", "Река.md", "Порт.md"],
        ["Порт.md", "Река.md", "Река.md"],
    )


def test_more_places_than_are_shown_are_counted(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Twelve are shown; whoever wants another one can ask more precisely."""
    kb = kb_of({f"Дневник {day}.md": f"# Дневник {day}\n\nВидел баклана у причала {day}.\n" for day in range(1, 16)})
    answer = kb.ask("Где упоминается баклан?")
    assert len(answer.citations) == 12
    assert answer.notice is not None
    assert "ещё 3" in answer.notice
    assert kb.ask("Где упоминается баклан у причала 7?").notice is None


def test_sections_of_the_same_name_are_kept_apart(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Mentions in two notes of one title are two groups."""
    day = "---\ntitle: Дневник\n---\n\n## Итоги\n\nСегодня обсуждали {} проекта «Маяк» с командой.\n"
    answer = kb_of({"1.md": day.format("бюджет"), "2.md": day.format("сроки")}).ask("Где упоминается «Маяк»?")
    assert {citation.note for citation in answer.citations} == {"1.md", "2.md"}
    assert answer.text.count("**Дневник › Итоги:**") == 2
