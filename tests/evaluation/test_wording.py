"""What counts as stating a fact: a table of cases, and what must hold for every statement."""

import pytest

from kbqa.evaluation.wording import GAP, statements, states

STATED = [
    pytest.param(
        "Сообщества поддерживают начинающих специалистов [1].", "поддерживать начинающий специалист", id="forms"
    ),
    pytest.param("Обмен знаниями и опытом", "обмена опытом", id="gap"),
    pytest.param("Обмен новыми знаниями и опытом", "обмен опытом", id="gap-at-the-bound"),
    pytest.param("Управление бюджетом совместно с партнёром", "управление партнером", id="function-words-in-the-gap"),
    pytest.param("Информация проектам и вакансиям", "информация о проектах", id="preposition-missing"),
    pytest.param("Ёлка зелёная ещё", "елка зеленая еще", id="yo-in-the-text"),
    pytest.param("Елка зеленая", "ёлка зелёная", id="yo-in-the-wording"),
    pytest.param("За\u0301мок из желе\u00adза", "замок из железа", id="accent-and-soft-hyphen"),
    pytest.param("Участники стали партнёрами", "стать партнером", id="homonym-verb"),
    pytest.param("Марки стали по составу", "марка стали", id="homonym-noun"),
    pytest.param("Стеклянная банка кофе", "банка кофе", id="homonym-jar"),
    pytest.param("Карта банка", "карты банков", id="homonym-bank"),
    pytest.param("**Обмен** _знаниями_ [1] и [опытом](https://example.org) [2]", "обмен знаниями и опытом", id="marks"),
    pytest.param("- **Таланты**: доступ к специалистам [3]", "таланты доступ", id="term-and-explanation"),
    pytest.param("- Хранить в холоде. Молоть перед варкой.", "молоть перед варкой", id="item-of-two-sentences"),
    pytest.param("См. [[Кофе|кофейные встречи]]", "кофейная встреча", id="wikilink"),
    pytest.param("| Сорт | Цена |\n|---|---|\n| Арабика | 100 ₽ |", "арабика 100", id="table-row"),
    pytest.param("Российские IT-индустрии", "it индустрия", id="hyphen-in-the-text"),
    pytest.param("Форум онлайн форум", "онлайн-форум", id="hyphen-in-the-wording"),
    pytest.param("Используются CRM-системы и Hackathons", "crm-система hackathon", id="latin"),
    pytest.param("They offer financial support to new members [1].", "supports the new member", id="english"),
    pytest.param("Осталось 1 000 мест", "1000 мест", id="thousands"),
    pytest.param("Осталось 1\u00a0000 мест", "1 000 мест", id="thousands-no-break-space"),
    pytest.param("It holds 1,000 places", "1000 places", id="thousands-comma"),
    pytest.param("Около 1,5 литров", "1.5 литра", id="decimal"),
    pytest.param("Около 1,50 литров", "1,5 литра", id="decimal-zero"),
    pytest.param("Примерно 40 % участников", "40% участников", id="percent"),
    pytest.param("Примерно 40 процентов участников", "40% участников", id="percent-in-words"),
    pytest.param("Налить 200мл воды", "200 мл воды", id="unit-without-space"),
    pytest.param("Через 48–72 часа", "48-72 часа", id="range"),
    pytest.param("Через 48 - 72 часа", "48–72 часа", id="range-with-spaces"),
    pytest.param("От 48 до 72 часов", "48–72 часа", id="range-in-words"),
    pytest.param("Было 10, 20 и 30 мест", "20 и 30 мест", id="numbers-in-a-list"),
    pytest.param("It takes from 48 to 72 hours", "48–72 hours", id="english-range"),
    pytest.param("От 5 % до 10 % воды", "5–10% воды", id="range-of-percents"),
    pytest.param("В 2020 — 5 участников", "5 участников", id="dash-between-numbers"),
    pytest.param("Соотношение 1:16", "соотношение 1:16", id="ratio"),
    pytest.param("Через пять дней", "5 дней", id="numeral"),
    pytest.param("Наберите 60 часов", "шестьдесят часов", id="numeral-in-the-wording"),
    pytest.param("Фирма с пятьюдесятью сотрудниками", "50 сотрудников", id="numeral-declined"),
    pytest.param("Двадцати пяти участникам", "25 участников", id="numeral-of-two-words"),
    pytest.param("Сто двадцать одна заявка", "121 заявка", id="numeral-of-three-words"),
    pytest.param("От четырёх до шести дней", "4–6 дней", id="range-of-numerals"),
    pytest.param("Через два-три дня", "2-3 дня", id="range-of-numerals-with-hyphen"),
    pytest.param("Обычно от 100 до 230", "100 до 230", id="range-without-from"),
    pytest.param("Полтора часа", "1,5 часа", id="one-and-a-half"),
    pytest.param("Семь процентов воды", "7 % воды", id="percent-of-a-numeral"),
    pytest.param("Пришли двое гостей", "2 гостя", id="collective-numeral"),
    pytest.param("По 40 тыс. ежегодно", "40 000", id="thousands-short"),
    pytest.param("Сорок тысяч рублей", "40 тыс. рублей", id="thousands-in-words"),
    pytest.param("Полторы тысячи рублей", "1 500 рублей", id="thousands-and-a-half"),
    pytest.param("Тысяча рублей", "1000 рублей", id="one-thousand"),
    pytest.param("Две тысячи двести мест", "2200 мест", id="thousands-and-hundreds"),
    pytest.param("2 млн рублей", "2 000 000 рублей", id="millions"),
    pytest.param("2,5 миллиона рублей", "2 млн 500 тыс. рублей", id="millions-and-thousands"),
    pytest.param("5–7 тыс. рублей", "от 5 000 до 7 000 рублей", id="range-of-thousands"),
    pytest.param("Один вопрос", "1 вопрос", id="one"),
    pytest.param("Одним из гостей", "один из гостей", id="one-as-a-pronoun"),
    pytest.param("Одни гости молчат", "одни гости", id="some"),
    pytest.param("Кормить семью", "семья", id="homonym-numeral"),
    pytest.param("Кофе без сахара", "без сахара", id="negation-in-both"),
    pytest.param("Никогда не кипятить воду", "не кипятить", id="negation-doubled-by-never"),
    pytest.param("Нет ни чая, ни кофе", "нет чая", id="negation-doubled-by-ni"),
    pytest.param("Здесь нет ограничений", "без ограничений", id="one-negation-for-another"),
    pytest.param("Не нужно кипятить воду", "не кипятить воду", id="negation-over-a-modal"),
    pytest.param("Регистрация не требуется", "не требуется", id="negation-before-a-last-modal"),
    pytest.param("Не кипятить, а заваривать", "заваривать", id="negation-of-another-word"),
    pytest.param("Не сегодня. Кофе готов", "кофе готов", id="negation-of-another-sentence"),
    pytest.param("Нет, хранить в холоде", "хранить в холоде", id="answering-no"),
    pytest.param("Ограничений нет: пишите", "пишите", id="negation-of-what-is-before"),
    pytest.param("Для новичков нет скидок", "для новичков", id="negation-of-what-is-after"),
    pytest.param("Поддержка не только компаний, но и людей", "поддержка компаний", id="not-only"),
    pytest.param("Ждать не менее 5 минут", "ждать 5 минут", id="not-less"),
    pytest.param("Участники из разных городов не платят взнос", "участники из разных городов", id="other-predicate"),
    pytest.param("Для входа не нужен паспорт", "для входа", id="absence-of-what-is-after"),
    pytest.param("Пропуск есть, паспорт для входа не нужен", "пропуск", id="absence-in-another-clause"),
    pytest.param("Из пяти тем в письме не запоминается ни одна", "пять тем", id="ni-at-the-end"),
    pytest.param("- **Обмен опытом**: Совместное обучение [1]", "обмен опытом", id="term"),
    pytest.param("- **Обмен опытом**: Совместное обучение [1]", "совместное обучение", id="explanation"),
    pytest.param("- **Таланты**: прямой доступ", "таланты доступ", id="gap-after-the-colon"),
    pytest.param("- Польза (из 10): 4 [1]", "польза 4", id="gap-before-the-colon"),
    pytest.param("| Признак | Близкая связь |\n|---|---|\n| Круг | общий |", "круг общий", id="gap-over-a-header"),
]

NOT_STATED = [
    pytest.param("Опыт обмена", "обмен опытом", id="order"),
    pytest.param("Обмен новыми знаниями, идеями и опытом", "обмен опытом", id="gap-over-the-bound"),
    pytest.param("Обмен знаниями", "обмен знаниями опытом", id="word-missing"),
    pytest.param("Молоть после варки", "молоть перед варкой", id="other-preposition"),
    pytest.param("- Обмен\n- Опыт", "обмен опытом", id="two-bullets"),
    pytest.param("Идёт обмен. Опыт растёт.", "обмен опыт", id="two-sentences"),
    pytest.param("| А | Б |\n|---|---|\n| Обмен | да |\n| Опыт | да |", "обмен опыт", id="two-rows"),
    pytest.param("Платформа обмена [1] Опыт участников [2]", "обмен опыт", id="two-quotes"),
    pytest.param("Банкет", "банк", id="part-of-a-word"),
    pytest.param("Прошло 240 часов", "24 часа", id="number-longer"),
    pytest.param("В 2024 году", "24", id="number-end"),
    pytest.param("Через 24-48 часов", "24", id="range-start"),
    pytest.param("Через 24-48 часов", "48 часов", id="range-end"),
    pytest.param("Через 24 – 48 часов", "24 часа", id="range-with-spaces"),
    pytest.param("От 24 до 48 часов", "48 часов", id="range-in-words"),
    pytest.param("В 24 часа", "24-48", id="number-for-a-range"),
    pytest.param("Примерно 40 участников", "40% участников", id="percent-missing"),
    pytest.param("Примерно 40 % участников", "40 участников", id="percent-added"),
    pytest.param("Соотношение 1:16", "16", id="part-of-a-ratio"),
    pytest.param("Мороз −5 градусов", "5 градусов", id="minus"),
    pytest.param("Версия 1.5", "15", id="decimal-point"),
    pytest.param("Двадцать пять дней", "пять дней", id="part-of-a-numeral"),
    pytest.param("Двадцать пять дней", "20", id="start-of-a-numeral"),
    pytest.param("От пяти до семи дней", "7 дней", id="range-of-numerals"),
    pytest.param("40 тыс. рублей", "40 рублей", id="thousands-short"),
    pytest.param("Две тысячи двести мест", "2 тысячи", id="part-of-thousands"),
    pytest.param("5–7 тыс. рублей", "7 тыс. рублей", id="end-of-a-range-of-thousands"),
    pytest.param("Тысячи участников", "1000 участников", id="thousands-without-a-number"),
    pytest.param("Одни гости молчат", "1 гость", id="some"),
    pytest.param("Кормить семью три дня", "7", id="homonym-numeral"),
    pytest.param("Витамин D полезен", "витамин С", id="letter-as-a-name"),
    pytest.param("Не кипятить воду", "кипятить воду", id="negation-before"),
    pytest.param("Кипятить воду", "не кипятить воду", id="negation-missing"),
    pytest.param("Кипятить не воду", "кипятить воду", id="negation-inside"),
    pytest.param("Кофе без сахара", "сахар", id="without"),
    pytest.param("Кофе с сахаром", "без сахара", id="with"),
    pytest.param("Работает кроме понедельника", "понедельник", id="except"),
    pytest.param("Не в холоде", "холод", id="negation-over-a-preposition"),
    pytest.param("Не нужно кипятить воду", "кипятить воду", id="negation-over-a-modal"),
    pytest.param("Ни один сервис не подходит", "сервис", id="not-one"),
    pytest.param("Не все участники платят", "участники платят", id="not-all"),
    pytest.param("Опасения: не подтвердились; Windows: нет; Linux: да", "windows", id="lone-no"),
    pytest.param("Сахара пока нет.", "сахар", id="negation-after"),
    pytest.param("Кипятить воду не нужно.", "кипятить воду", id="modal-negation-after"),
    pytest.param("| Система | Есть |\n|---|---|\n| Windows | нет |", "windows", id="negation-in-the-next-cell"),
    pytest.param("Без прямого доступа", "без доступа", id="negation-of-an-adjective"),
    pytest.param("Сахара нет, кофе есть", "нет кофе", id="negation-of-another-clause"),
    pytest.param("Доступ не только администраторам", "только администраторам", id="not-only"),
    pytest.param("Не менее 5 минут", "менее 5 минут", id="not-less"),
    pytest.param("We do not support Windows", "support Windows", id="english-not"),
    pytest.param("It doesn't support Windows", "support windows", id="english-contraction"),
    pytest.param("Coffee without sugar", "sugar", id="english-without"),
    pytest.param("Кофе и чай", "и", id="only-function-words"),
    pytest.param("Унификация технологий к этим путям не относится [2].", "унификация технологий", id="absence"),
    pytest.param("Рекламный менеджер для этого не требуется", "рекламный менеджер", id="absence-far-after"),
    pytest.param("Взнос в 100 000 рублей к вам не относится", "100 000 рублей", id="absence-of-a-figure"),
    pytest.param("Обед и кофе не входят в цену", "обед", id="absence-with-a-preposition-after"),
    pytest.param("Скидок для новичков здесь нет", "скидки для новичков", id="no-far-after"),
    pytest.param("Скидок нет до весны", "скидки", id="no-with-a-preposition-after"),
    pytest.param("Гонорар на митапе не предусмотрен", "гонорар", id="absence-participle"),
    pytest.param("Признавать паузу в письме не надо", "признать паузу", id="modal-far-after"),
    pytest.param("- **Онлайн-форумы**: Дискуссионные платформы [1]", "онлайн-платформы", id="gap-around-a-colon"),
    pytest.param("", "кофе", id="empty-text"),
    pytest.param("Кофе", "", id="empty-wording"),
]

PLAIN = [
    "Сообщества объединяют специалистов из разных стран",
    "Через 48–72 часа останется 1 000 мест и 40 % бюджета",
    "Российские IT-индустрии ведут онлайн-форумы для партнёров",
    "Партнёр предоставляет площадку, оборудование и 1,5 литра воды",
    "Partners share the audience and financial resources",
]
NEGATED = ["Кофе без сахара, но с молоком", "Онлайн: нет; офлайн: да", "Регистрация не требуется, чай не нужен"]


@pytest.mark.parametrize(("text", "wording"), STATED)
def test_stated(text: str, wording: str) -> None:
    """The answer says it."""
    assert states(text, wording)


@pytest.mark.parametrize(("text", "wording"), NOT_STATED)
def test_not_stated(text: str, wording: str) -> None:
    """The answer does not say it, or denies it."""
    assert not states(text, wording)


@pytest.mark.parametrize("statement", [*PLAIN, *NEGATED])
def test_a_statement_states_itself(statement: str) -> None:
    """Also as an item of a list, with a marker."""
    assert states(statement, statement)
    assert states(f"- Другое [1]\n- **{statement}** [2]", statement)


@pytest.mark.parametrize("statement", PLAIN)
def test_a_statement_states_its_parts(statement: str) -> None:
    """Each run of its words that has a content word."""
    parts = statement.replace("1 000", "1000").replace("40 %", "40%").split()
    runs = [parts[i:j] for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)]
    for run in runs:
        if not {*run} <= {"из", "и", "для", "the", "and"}:
            assert states(statement, " ".join(run)), run


@pytest.mark.parametrize("statement", PLAIN)
@pytest.mark.parametrize("negation", ["не", "без", "not"])
def test_a_negation_before_the_part_flips(statement: str, negation: str) -> None:
    """Wherever it is put, what begins there is not stated any more; with the negation it is."""
    parts = statement.replace("1 000", "1000").replace("40 %", "40%").split()
    for at in range(len(parts)):
        wording = " ".join(parts[at : at + 3])
        denied = " ".join([*parts[:at], negation, *parts[at:]])
        assert not states(denied, wording), denied
        assert states(denied, f"{negation} {wording}"), denied
        assert not states(statement, f"{negation} {wording}"), denied


@pytest.mark.parametrize("words_between", range(GAP + 3))
def test_the_gap_is_bounded(words_between: int) -> None:
    """Function words are not counted."""
    text = " ".join(["кофе", *["и очень"] * words_between, "горячий"])
    assert states(text, "кофе горячий") == (words_between <= GAP)


def test_statements_of_an_answer() -> None:
    """One for each label, item, step, row, heading and sentence, as plain words."""
    answer = (
        "# Кофе\n\n**Сорта:**\n\n- **Арабика**: мягкая. Растёт *высоко* [1]\n  - вложенный пункт [2][3]\n\n"
        "1. Смолоть\n2. Залить `водой` [4].\n\n"
        "| Сорт | Цена |\n|---|---|\n| [Робуста](https://example.org) [5] | 100 |\n\n"
        "Первое предложение [1]. Второе в г. Москва! [2] Третье: см. стр. 5 [3] Четвёртое \\[7\\]\n\n"
        "```\nkbqa ask\nkbqa eval\n```\n\n[6]"
    )
    assert statements(answer) == [
        "Кофе",
        "Сорта:",
        "Арабика: мягкая. Растёт высоко",
        "вложенный пункт",
        "Смолоть",
        "Залить водой.",
        "Робуста: 100",
        "Первое предложение.",
        "Второе в г. Москва!",
        "Третье: см. стр. 5.",
        "Четвёртое [7]",
        "kbqa ask",
        "kbqa eval",
    ]


@pytest.mark.parametrize("text", ["", "\n", "[1]", "---\nкофе: [\n---\n", "a\rb\u2028c", "<b>\n", "| a |\n|--|"])
def test_statements_of_odd_texts(text: str) -> None:
    """Nothing is raised, and nothing is blank."""
    assert all(statement.strip() for statement in statements(text))
