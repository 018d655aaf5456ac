"""How answers are composed, through the front door: `kb.ask` on a small vault."""

import re
from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase
from kbqa.evaluation.metrics import citation_resolves, markers_agree
from kbqa.types import Answer

COFFEE = """\
---
aliases: [Кофеёк]
---

# Кофе

Кофе - это напиток из обжаренных зёрен кофейного дерева. Его пьют горячим и холодным.

## Способы заваривания

### Френч-пресс
1. Насыпать крупный помол
2. Залить горячей водой
3. Подождать четыре минуты
4. Опустить поршень

### Турка
Для турки нужно:
- Мелкий помол
- Медленный огонь

## Сорта

- **Арабика**: мягкий вкус, мало кофеина
- **Робуста**: горький вкус,
  много кофеина
  - Растёт на низких склонах
- **Либерика**: редкий сорт [1]

## Хранение

Зёрна хранят в плотно закрытой банке. Свет и воздух портят вкус. Молотый кофе теряет аромат за неделю. \
В холодильнике зёрна впитывают запахи.

## Цены

| Сорт | Цена |
|---|---|
| Арабика | 900 |

## Скрипт обжарки

```python
roast = levels[1]
```

## Ошибки бариста [7]

- Перегретое молоко в капучино
- Недожатая таблетка в рожке

## См. также

- [[Чай]]
- [[Вода]]
"""
TEA = "# Чай\n\nЧай - это напиток из листьев.\n\n## Посуда\n\nДля чая нужен чайник с ситом.\n"


@pytest.fixture(scope="module")
def cafe(kb_of: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    """Two notes about drinks."""
    return kb_of({"Кофе.md": COFFEE, "Чай.md": TEA})


@pytest.fixture(scope="module")
def ask(cafe: KnowledgeBase) -> Callable[[str], Answer]:
    """Asks, and holds every answer to the contract of citations."""

    def asked(question: str) -> Answer:
        answer = cafe.ask(question)
        assert markers_agree(answer)
        assert all(citation_resolves(citation, cafe.note(citation.note)) for citation in answer.citations)
        return answer

    return asked


def test_a_list_question_gives_the_whole_list_in_order(ask: Callable[[str], Answer]) -> None:
    """Every item, nested ones as such, each cited; a long item verbatim in its citation and on one line in the text."""
    answer = ask("Какие бывают сорта?")
    assert answer.text == (
        "**Сорта:**\n\n"
        "- **Арабика**: мягкий вкус, мало кофеина [1]\n"
        "- **Робуста**: горький вкус, много кофеина [2]\n"
        "  - Растёт на низких склонах [3]\n"
        "- **Либерика**: редкий сорт \\[1\\] [4]"
    )
    assert [(citation.start_line, citation.end_line, citation.quote) for citation in answer.citations[1:3]] == [
        (25, 26, "**Робуста**: горький вкус,\n  много кофеина"),
        (27, 27, "Растёт на низких склонах"),
    ]


@pytest.mark.parametrize("question", ["Что такое кофе?", "Что такое кофеёк?"])
def test_a_definition_is_what_opens_the_note(ask: Callable[[str], Answer], question: str) -> None:
    """The sentence that defines, and the short rest of its paragraph, for the title and for another name."""
    assert ask(question).text == (
        "Кофе - это напиток из обжаренных зёрен кофейного дерева. [1] Его пьют горячим и холодным. [2]"
    )


@pytest.mark.parametrize("question", ["О чём заметка про кофе?", "Расскажи про кофеёк", "Кофе", "rjat"])
def test_an_overview_is_the_opening_and_the_headings(ask: Callable[[str], Answer], question: str) -> None:
    """Of the note that is named, in the wrong layout, too; there is nothing to be unsure of."""
    answer = ask(question)
    assert answer.text.startswith("Кофе - это напиток из обжаренных зёрен кофейного дерева. [1]")
    assert "- **Способы заваривания** [3]\n  - Френч-пресс [4]\n  - Турка [5]\n" in answer.text
    assert "См. также" not in answer.text
    assert answer.confidence == 1


@pytest.mark.parametrize("question", ["Что значит арабика?", "Что такое арабика?", "что такое «АРАБИКА»"])
def test_a_definition_may_be_a_bullet(ask: Callable[[str], Answer], question: str) -> None:
    """The item that explains the term."""
    assert ask(question).text == "**Арабика**: мягкий вкус, мало кофеина [1]"


def test_how_to_do_something_no_opening_tells(kb: KnowledgeBase) -> None:
    """The opening says what communities are, in the question's words; what begins one stands further down."""
    answer = kb.ask("Как создать отраслевое сообщество?")
    assert "**Привлечение первых участников**: Создание ядра сообщества [2]" in answer.text
    assert "это объединения" not in answer.text


@pytest.mark.parametrize(
    ("question", "citations"),
    [
        ("Опиши весь путь от поиска партнёра до реализации проекта, все шаги по порядку", 12),
        ("Распиши весь путь партнёрства, от поиска партнёра до подведения итогов", 12),
        ("Преимущества участия в отраслевых сообществах для всех: людей, компаний и отрасли", 15),
        ("Какие шаги в реализации партнёрства?", 8),
    ],
)
def test_the_whole_is_given_where_it_is_asked_for(kb: KnowledgeBase, question: str, citations: int) -> None:
    """All sections beside those that fit best; otherwise only these."""
    assert len(kb.ask(question).citations) == citations


def test_a_how_to_question_gives_numbered_steps(ask: Callable[[str], Answer]) -> None:
    """In the order of the note."""
    assert ask("Как заварить кофе во френч-прессе?").text == (
        "**Френч-пресс:**\n\n"
        "1. Насыпать крупный помол [1]\n"
        "2. Залить горячей водой [2]\n"
        "3. Подождать четыре минуты [3]\n"
        "4. Опустить поршень [4]"
    )


def test_a_lead_in_is_the_label_of_its_list(ask: Callable[[str], Answer]) -> None:
    """Its colon is not doubled."""
    assert ask("Что нужно для турки?").text.startswith("**Для турки нужно:**\n\n- Мелкий помол [1]\n")


def test_of_benefits_and_drawbacks_both_are_told_or_one_is_missing(kb: KnowledgeBase) -> None:
    """Whatever else fits the question; and where drawbacks alone are asked for, benefits are no answer."""
    both = kb.ask("Какие преимущества и недостатки у сообществ?")
    assert both.text.startswith("**Преимущества участия в отраслевых сообществах:**")
    assert "\n\n**Современные вызовы:**" in both.text
    assert both.notice is None
    one = kb.ask("Какие плюсы и минусы у партнерства?")
    assert one.text.startswith("**Преимущества партнерства:**")
    assert one.notice == "В заметках не нашлось: «минусы»."
    assert kb.ask("Какие риски у партнерства?").status == "no_evidence"
    after = kb.ask("Что даёт компании участие в отраслевом сообществе и какие у этого минусы?")
    assert after.text.startswith("**Преимущества участия в отраслевых сообществах › Для компаний:**")
    assert after.notice == "В заметках не нашлось: «какие у этого минусы»."
    priced = kb.ask("Как найти партнёра и сколько это стоит?")
    assert priced.text.startswith("**Поиск потенциальных партнеров:**")
    assert priced.notice == "В заметках не нашлось: «сколько это стоит»."


def test_questions_may_share_the_subject_that_the_last_one_names(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Each is asked of it; what one section answers is shown once."""
    kb = kb_of(
        "# Акселераторы\n\nАкселератор готовит команды к инвестициям.\n\n"
        "## Условия\n\n- **Срок**: 12 недель\n- **Деньги**: 4 миллиона рублей на команду\n\n"
        "## Недостатки\n\n- Режим без выходных\n\n## Виды\n\n- Городские\n- Отраслевые\n"
    )
    answer = kb.ask("Сколько стоит и сколько длится акселератор?")
    assert answer.text.startswith("**Акселераторы › Условия:**")
    assert answer.text.count("12 недель") == answer.text.count("4 миллиона") == 1
    assert re.findall(r"\*\*([^*]+):\*\*", kb.ask("Какие виды и какие недостатки у акселераторов?").text) == [
        "Акселераторы › Виды",
        "Акселераторы › Недостатки",
    ]


def test_somebody_is_who_the_notes_say_by_name(kb_of) -> None:
    """Every place that has the name, where none explains it; whom no note names is not known."""
    kb = kb_of(
        "# Кофейня\n\nЗёрна обжаривают по вторникам.\n\n## Кухня\n\n"
        "Варить суп меня научила Лусия, с которой мы переписываемся. Тарелки глубокие.\n\n## Зал\n\nСтолов восемь.\n"
    )
    answer = kb.ask("Кто такая Лусия?")
    assert [citation.quote for citation in answer.citations] == [
        "Варить суп меня научила Лусия, с которой мы переписываемся. Тарелки глубокие."
    ]
    assert kb.ask("Кто такая Марта?").status == "no_evidence"


@pytest.mark.parametrize(
    ("question", "quotes", "notice"),
    [
        ("Что такое чай и какая посуда нужна для чая?", ["Чай - это", "Для чая нужен"], None),
        ("Что такое чай и сколько он стоит?", ["Чай - это"], "В заметках не нашлось: «сколько он стоит»."),
    ],
)
def test_of_several_questions_each_is_answered_or_its_price_is_missing(
    ask: Callable[[str], Answer], question: str, quotes: list[str], notice: str | None
) -> None:
    """A later one is understood by the one before."""
    answer = ask(question)
    assert answer.status == "answered"
    starts = [citation.quote for citation in answer.citations]
    assert all(any(quote.startswith(start) for quote in starts) for start in quotes)
    assert answer.notice == notice


def test_a_mention_question_gives_every_place(ask: Callable[[str], Answer]) -> None:
    """All blocks that have the word, whatever their section, each section under its name and its note's."""
    answer = ask("Где упоминается помол?")
    assert {citation.quote for citation in answer.citations} == {"Насыпать крупный помол", "Мелкий помол"}
    assert "**Кофе › Способы заваривания › Турка:**" in answer.text
    assert "**Кофе › Способы заваривания › Френч-пресс:**" in answer.text


def test_a_parent_question_gives_all_children(ask: Callable[[str], Answer]) -> None:
    """Each subsection by its name with what is in it."""
    answer = ask("Какие есть способы заваривания?")
    assert answer.text == (
        "**Способы заваривания:**\n\n"
        "- **Френч-пресс**: Насыпать крупный помол; Залить горячей водой; Подождать четыре минуты; "
        "Опустить поршень [1]\n"
        "- **Турка**: Мелкий помол; Медленный огонь [2]"
    )


def test_prose_gives_the_sentences_that_answer(ask: Callable[[str], Answer]) -> None:
    """Of a longer text not all of it."""
    assert ask("Почему молотый кофе теряет аромат?").text == "Молотый кофе теряет аромат за неделю. [1]"


def test_the_item_that_stands_out_answers_a_fact_question(ask: Callable[[str], Answer]) -> None:
    """It is among what is given of a short list; where a term is asked about, alone."""
    assert "**Либерика**: редкий сорт [1]" in [
        citation.quote for citation in ask("У кого редкий вкус, у либерики?").citations
    ]
    assert [citation.quote for citation in ask("Что такое либерика?").citations] == ["**Либерика**: редкий сорт [1]"]


@pytest.mark.parametrize(
    ("question", "quoted"), [("Какая цена арабики?", "| Арабика | 900 |"), ("Скрипт обжарки", "roast = levels[1]")]
)
def test_tables_and_code_are_quoted_whole(ask: Callable[[str], Answer], question: str, quoted: str) -> None:
    """Verbatim, their lines counted."""
    assert any(quoted in citation.quote for citation in ask(question).citations)


def test_a_row_is_shown_and_cited_with_the_names_of_its_columns(ask: Callable[[str], Answer]) -> None:
    """A table in the answer, and one quote from its head to the row."""
    answer = ask("Какая цена арабики?")
    assert "| Сорт | Цена |\n|---|---|\n| Арабика | 900 |\n\n[1]" in answer.text
    assert answer.citations[0].quote == "| Сорт | Цена |\n|---|---|\n| Арабика | 900 |"


def test_a_number_in_brackets_in_a_heading_is_no_marker(ask: Callable[[str], Answer]) -> None:
    """A label is escaped as a quote is."""
    assert ask("Какие бывают ошибки бариста?").text.startswith(r"**Ошибки бариста \[7\]:**")


def test_a_list_of_links_answers_only_what_asks_for_it(ask: Callable[[str], Answer]) -> None:
    """Navigation is no statement about its targets."""
    assert not any("[[" in citation.quote for citation in ask("Из чего делают чай?").citations)
    assert [citation.quote for citation in ask("См. также").citations] == ["[[Чай]]", "[[Вода]]"]


@pytest.mark.parametrize("question", ["Как приготовить борщ?", "Кто выиграл чемпионат мира по футболу?"])
def test_what_the_notes_lack_is_not_answered(ask: Callable[[str], Answer], question: str) -> None:
    """A status, the sentence that says so, no citations; what was found is still there."""
    answer = ask(question)
    assert answer.status == "no_evidence"
    assert answer.text == "В заметках нет ответа на этот вопрос."
    assert answer.citations == ()
    assert answer.hits


REPAIRS = """\
# Дом

## Виды ремонта

### Косметический ремонт

#### Стены

- Покрасить стены светлой краской в два слоя
- Поклеить новые обои во всех комнатах

#### Полы

- Циклевать старый паркет во всех комнатах
- Положить новый ламинат на кухне и в коридоре

### Капитальный ремонт

- Заменить все старые трубы в ванной и на кухне
- Заменить проводку во всех комнатах квартиры
"""


def test_a_section_two_levels_up_is_a_parent_too(kb_of: Callable[..., KnowledgeBase]) -> None:
    """All of its children, each quote covering what is shown of it, and a mark where more is in the notes."""
    answer = kb_of(REPAIRS).ask("Какие бывают виды ремонта?")
    assert answer.text == (
        "**Виды ремонта:**\n\n"
        "- **Косметический ремонт**: Покрасить стены светлой краской в два слоя; "
        "Поклеить новые обои во всех комнатах; … [1]\n"
        "- **Капитальный ремонт**: Заменить все старые трубы в ванной и на кухне; "
        "Заменить проводку во всех комнатах квартиры [2]"
    )


def test_a_gist_shows_nothing_that_its_quote_lacks(kb_of: Callable[..., KnowledgeBase]) -> None:
    """A subsection so long that it is several chunks is quoted from the first of them."""
    items = "\n".join(f"- Работа номер {number}: {'подробное описание ' * 25}" for number in range(1, 9))
    answer = kb_of(f"# Дом\n\n## Виды ремонта\n\n### Полный\n{items}\n\n### Частичный\n- Одна комната за раз\n").ask(
        "Какие бывают виды ремонта?"
    )
    shown = answer.text.split("**Полный**: ")[1].split("; …")[0]
    assert all(part in answer.citations[0].quote for part in shown.split("; "))


def test_the_same_section_in_two_notes_is_cited_from_a_note_that_has_it(kb_of: Callable[..., KnowledgeBase]) -> None:
    """A quote is never cited from its double's lines."""
    section = "# Кофе\n\nКофе - это напиток из обжаренных зёрен.\n"
    kb = kb_of({"а.md": section, "б.md": f"Вступление.\n\n{section}"})
    citations = kb.ask("Что такое кофе?").citations
    assert citations
    assert all(citation_resolves(citation, kb.note(citation.note)) for citation in citations)


def test_a_gist_does_not_reach_from_a_section_into_its_namesake(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Two subsections of one name are not quoted as one."""
    visit = "### Покупки\n\n- Купить свежий хлеб и молоко\n- Купить овощи на рынке у дома\n\n"
    other = "### Звонки\n\n- Позвонить родителям в воскресенье\n- Позвонить в сервис по ремонту\n\n"
    answer = kb_of(f"# Неделя\n\n## Планы на неделю\n\n{visit}{other}{visit}").ask("Какие планы на неделю?")
    assert answer.status == "answered"
    assert all("#" not in citation.quote for citation in answer.citations)


FAIR = """\
# Ярмарка

Ярмарка - это торговля под открытым небом. Её проводят весной.

## Преимущества

- **Выбор**: много мастеров
- **Воздух**: не душно

## Недостатки

- **Погода**: дождь распугает гостей
- **Шум**: трудно говорить

## Виды

### Книжная

Книжная ярмарка длится два дня.

### Садовая

Садовая ярмарка идёт неделю.

### Ремесленная

Мастера показывают работу на месте.

## Взносы

| Место | Взнос |
|---|---|
| Угол | 900 |
| Ряд | 500 |

Взнос возвращают за неделю до начала.
"""
AUCTION = """\
# Аукцион

Аукцион - это торг, где цену называют покупатели.

## Взносы

Участник аукциона платит залог 3000 рублей.
"""


@pytest.fixture(scope="module")
def fair(kb_of: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    """Two notes that are divided alike."""
    return kb_of({"Ярмарка.md": FAIR, "Аукцион.md": AUCTION})


def cited(answer: Answer) -> list[tuple[str, ...]]:
    """The sections that an answer cites, in order."""
    return list(dict.fromkeys(citation.heading_path for citation in answer.citations))


def test_two_things_asked_for_are_two_sections(fair: KnowledgeBase) -> None:
    """In the order of the note, and nothing else."""
    assert cited(fair.ask("Какие плюсы и минусы у ярмарки?")) == [
        ("Ярмарка", "Преимущества"),
        ("Ярмарка", "Недостатки"),
    ]


def test_one_thing_asked_for_is_one_section(fair: KnowledgeBase) -> None:
    """What only shares words with the question is left out."""
    assert cited(fair.ask("Какие недостатки у ярмарки?")) == [("Ярмарка", "Недостатки")]


def test_steps_that_are_asked_for_are_complete(kb: KnowledgeBase) -> None:
    """A section that fits about as well, and tells something else than steps, adds nothing to them."""
    assert [path[1:] for path in cited(kb.ask("Как найти партнёра для конференции?"))] == [
        ("Процесс установления партнерства", "Поиск потенциальных партнеров")
    ]


def test_kinds_are_all_subsections(fair: KnowledgeBase) -> None:
    """Under a heading that tells what is asked for, in whatever words; a name that opens the gist is not doubled."""
    assert fair.ask("Какие бывают форматы ярмарок?").text == (
        "**Виды:**\n\n"
        "- Книжная ярмарка длится два дня. [1]\n"
        "- Садовая ярмарка идёт неделю. [2]\n"
        "- **Ремесленная**: Мастера показывают работу на месте. [3]"
    )


def test_what_is_excepted_is_left_out(fair: KnowledgeBase) -> None:
    """A subsection of that name."""
    assert cited(fair.ask("Какие бывают виды ярмарок, кроме книжной?")) == [
        ("Ярмарка", "Виды", "Садовая"),
        ("Ярмарка", "Виды", "Ремесленная"),
    ]


def test_prose_beside_a_table_is_part_of_the_answer(fair: KnowledgeBase) -> None:
    """Where it is what was asked for, alone, too."""
    answer = fair.ask("За сколько до начала возвращают взнос на ярмарке?")
    assert "Взнос возвращают за неделю до начала. [" in answer.text


@pytest.mark.parametrize(
    "question", ["Какой взнос на ярмарке и на аукционе?", "Где взнос больше: аукцион или ярмарка?"]
)
def test_notes_named_side_by_side_have_a_section_each(fair: KnowledgeBase, question: str) -> None:
    """Labelled with the note."""
    answer = fair.ask(question)
    assert set(cited(answer)) == {("Ярмарка", "Взносы"), ("Аукцион", "Взносы")}
    assert "**Ярмарка › Взносы:**" in answer.text
    assert "**Аукцион › Взносы:**" in answer.text


EXHIBITION = """\
# Выставка

Выставка - это показ товаров под крышей.

## Взносы

Взнос возвращают за десять дней до открытия, если стенд не занят.

## Работа

Мастера работают на выставке с утра.
"""


def test_a_question_beside_others_is_understood_with_them(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Whose fee is meant, the first of the two says; alone, the second would find another note's."""
    kb = kb_of({"Ярмарка.md": FAIR, "Выставка.md": EXHIBITION})
    refund = "за сколько дней возвращают взнос?"
    assert cited(kb.ask(refund.capitalize()))[0] == ("Выставка", "Взносы")
    assert cited(kb.ask(f"Сколько длится садовая ярмарка и {refund}")) == [
        ("Ярмарка", "Виды", "Садовая"),
        ("Ярмарка", "Взносы"),
    ]


def test_a_heading_as_it_stands_is_surely_answered(kb_of: Callable[..., KnowledgeBase]) -> None:
    """«Бюджет» asks for no price there."""
    answer = kb_of("# Силы\n\n## Бюджет сил\n\nКофе вдвоём немного утомляет, ужин больше.\n").ask("бюджет сил")
    assert answer.status == "answered"
    assert answer.confidence == 1


def test_what_something_is_called_may_stand_in_the_heading(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Which is shown where it would be left out as saying nothing new."""
    letters = (
        "# Письма\n\n## Виды писем\n\n### Пульс\n\nПисьмо без повода, раз в полгода.\n\n"
        "### Напоминание\n\nЧерез неделю.\n"
    )
    assert "Пульс" in kb_of(letters).ask("Как называется письмо без повода, которое шлют раз в полгода?").text


MARKET = """\
# Рынок

Рынок - это ряды под крышей.

## Осмотр

Осмотр товара длится 4 минуты, потом пускают покупателей.

## Условия

- **Срок**: 12 недель
- **Ряды**: восемь, у каждого старший

## Стол в ряду

Стол в ряду ставят с вечера, соседей выбирает старший.

## Стол под крышей

Стол в ряду стоит 500 рублей, соседей выбирает старший.
"""


@pytest.mark.parametrize(
    ("question", "section"), [("Сколько длится рынок?", "Условия"), ("Сколько стоит стол в ряду?", "Стол под крышей")]
)
def test_what_shows_the_kind_that_is_asked_for_goes_first(
    kb_of: Callable[..., KnowledgeBase], question: str, section: str
) -> None:
    """An item that is called so, and of sections that fit alike the one with a price, alone."""
    assert cited(kb_of({"Рынок.md": MARKET}).ask(question))[0] == ("Рынок", section)


@pytest.mark.parametrize(
    ("question", "sections"),
    [
        ("Что такое ярмарка и какие у неё плюсы и минусы?", ["Ярмарка", "Преимущества", "Недостатки"]),
        ("Какие плюсы и минусы у ярмарки и где берут залог?", ["Преимущества", "Недостатки", "Взносы"]),
    ],
)
def test_one_of_several_questions_may_ask_for_two_things(
    fair: KnowledgeBase, question: str, sections: list[str]
) -> None:
    """As it would alone."""
    assert [path[-1] for path in cited(fair.ask(question))] == sections


def test_a_list_above_subsections_is_whole(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Its steps are counted, and what is divided further below is no step."""
    answer = kb_of(
        "# Рекомендации\n\nРекомендация - это слово одного человека за другого.\n\n## Порядок просьбы\n\n"
        "1. **Выбрать человека**: с кем работали полгода\n2. **Спросить заранее**: за три недели\n\n"
        "### Напоминания\n\nДопустимы два напоминания с промежутком в пять дней.\n"
    ).ask("Каков порядок просьбы о рекомендации?")
    assert [(citation.heading_path[-1], citation.quote) for citation in answer.citations][:2] == [
        ("Порядок просьбы", "**Выбрать человека**: с кем работали полгода"),
        ("Порядок просьбы", "**Спросить заранее**: за три недели"),
    ]
    assert "1. **Выбрать человека**" in answer.text
    assert "Выбрать человека; Спросить заранее" not in answer.text
    assert "3. " not in answer.text


def test_the_item_that_is_called_what_is_asked_for_answers(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Where the section that fits best says a word of it, but no number."""
    answer = kb_of(
        "# Акселераторы\n\nАкселератор готовит команды к инвестициям.\n\n## Отличие от инкубатора\n\n"
        "Инкубатор долю обычно не берёт, а акселератор берёт долю и входит в капитал.\n\n## Условия\n\n"
        "- **Срок**: двенадцать недель\n- **Доля**: 7 % компании\n"
    ).ask("Какую долю берёт акселератор?")
    assert [citation.quote for citation in answer.citations] == ["**Доля**: 7 % компании"]


def test_an_item_of_a_note_tells_nothing_of_another_subject(kb_of: Callable[..., KnowledgeBase]) -> None:
    """The share that the note gives is the accelerator's; of the incubator it says that there is none."""
    answer = kb_of(
        "# Акселераторы\n\nАкселератор готовит команды к инвестициям.\n\n## Отличие от инкубатора\n\n"
        "Инкубатор долю обычно не берёт и учит дольше.\n\n## Условия\n\n- **Доля**: 7 % компании\n"
    ).ask("Какую долю берёт инкубатор?")
    assert "7 %" not in answer.text


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("Кто отвечает за знакомства: в чате или в клубе?", ["**Чат › Кто отвечает:**", "**Клуб › Хозяин:**"]),
        ("Кто отвечает за знакомства в чате и в палатке?", []),
    ],
)
def test_what_is_asked_of_each_thing_is_told_of_each(
    kb_of: Callable[..., KnowledgeBase], question: str, labels: list[str]
) -> None:
    """Under its note; where one of them is told of, that is the answer."""
    kb = kb_of(
        {
            "Чат.md": "# Чат\n\nВ чате почти все ссоры повторяют четыре сюжета.\n\n## Кто отвечает\n\n"
            "За знакомства в чате отвечает модератор.\n\n## Четыре сюжета\n\n- Обида новичка\n- Реклама\n",
            "Клуб.md": "# Клуб\n\nВ клубе играют в шахматы.\n\n## Хозяин\n\nЗа знакомства отвечает хозяин.\n",
        }
    )
    assert [line for line in kb.ask(question).text.splitlines() if line.startswith("**")] == labels


def test_an_outline_has_boxes_and_nothing_to_read_on(kb_of: Callable[..., KnowledgeBase]) -> None:
    """A task shows whether it is done; links under «См. также» are no part of the topic."""
    kb = kb_of(
        "# Праздник\n\nПраздник готовят заранее.\n\n## Этапы подготовки праздника\n\n### Дом\n\n- [x] Уборка\n"
        "- [ ] Ёлка\n\n### Стол\n\n- [x] Меню\n- [ ] Закупка\n\n### См. также\n\n- [[Гости]]\n- [[Подарки]]\n"
    )
    text = kb.ask("Какие этапы подготовки праздника?").text
    assert "**Дом**: ☑ Уборка; ☐ Ёлка" in text
    assert "**Стол**: ☑ Меню; ☐ Закупка" in text
    assert "Гости" not in text
