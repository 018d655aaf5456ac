"""Notes taken apart into what can be quoted."""

import pytest

from kbqa.answering.passages import Passage, join_quotes, passages_of, passages_of_section, table_quote, unbroken
from kbqa.notes.private import MARK
from kbqa.notes.sections import outline
from kbqa.types import Note

FIRST = 5
"""The line on which the text stands that the tests give."""


def note(text: str, aliases: tuple[str, ...] = ()) -> Note:
    """A note about coffee with the text in its section «Сорта»."""
    source = f"# Кофе\n\n## Сорта\n\n{text}"
    return Note("Кофе.md", "Кофе", aliases, (), (), "hash", source, outline(source, "Кофе").sections)


def passages(text: str, aliases: tuple[str, ...] = ()) -> list[Passage]:
    """All that can be quoted of the text."""
    return passages_of(note(text, aliases), FIRST, FIRST + text.count("\n"))


def only(text: str) -> Passage:
    """The one passage of a text."""
    (passage,) = passages(text)
    return passage


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("- **Арабика**: мягкий вкус", "Арабика"),
        ("- Арабика: мягкий вкус", "Арабика"),
        ("Кофе - это напиток.", "Кофе"),
        ("Кофе — напиток.", "Кофе"),
        ("Кофе – это напиток.", "Кофе"),
        ("**Ассоциация (АРИ)**: союз", "Ассоциация (АРИ)"),
        ("Френч-пресс: стакан с поршнем", "Френч-пресс"),
        ("Мягкий вкус", None),
        ("Сорта:", None),
        ("Встреча в 10:30", None),
        ("Это вкусно. Сорт: арабика", None),
        (f"{'очень ' * 20}длинный: нет", None),
    ],
)
def test_the_term_stands_before_the_first_colon_or_dash(text: str, term: str | None) -> None:
    """What a block explains, if it explains anything."""
    assert only(text).term == term


def test_other_names_of_the_note_name_its_definition() -> None:
    """The term that is the note's title goes by the aliases, too; another term does not."""
    title, other = passages("Кофе - это напиток.\n\nЧай - это тоже напиток.", aliases=("Кофеёк",))
    assert title.names == ("Кофе", "Кофеёк")
    assert other.names == ("Чай",)


def test_what_stands_in_brackets_names_it_too() -> None:
    """«BLUF (Bottom Line Up Front)» is explained for whoever asks for one of the two."""
    assert only("BLUF (главное сначала) - суть в первой фразе").names == (
        "BLUF (главное сначала)",
        "BLUF",
        "главное сначала",
    )
    assert passages("Напиток (кофе): бодрит.\n\nКофе (он же ява) - это напиток.", aliases=("Кофеёк",))[1].names == (
        "Кофе (он же ява)",
        "Кофе",
        "он же ява",
        "Кофеёк",
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("- **Ментор** советует", ("Ментор",)),
        ("1. **Ментор** (наставник) советует", ("Ментор",)),
        ("- **Ментор советует**", ()),
        ("- **Ментор** Анна советует", ()),
        ("**Ментор** советует", ()),
    ],
)
def test_an_item_is_named_by_the_bold_words_that_it_begins_with(text: str, names: tuple[str, ...]) -> None:
    """If it goes on after them."""
    assert only(text).names == names


def test_code_names_nothing() -> None:
    """A colon in it explains no term."""
    assert only("```\nBLUF: прошу одобрить до завтра\n```").names == ()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Первое. Второе! Третье? Да…", ["Первое.", "Второе!", "Третье?", "Да…"]),
        ("Стоит 3.5 тыс. руб. за кг", ["Стоит 3.5 тыс. руб. за кг"]),
        ("Первое. «Второе» третье.", ["Первое.", "«Второе» третье."]),
        ("Без точки", ["Без точки"]),
        ("Живёт на ул. Ленина в г. Москве. Там рынок.", ["Живёт на ул. Ленина в г. Москве.", "Там рынок."]),
        ("А. С. Пушкин пил кофе. См. Письма.", ["А. С. Пушкин пил кофе.", "См. Письма."]),
        ("Чай, сок и т. д. Вода.", ["Чай, сок и т. д. Вода."]),
        ("Цена 5 руб. 30 коп. Дорого.", ["Цена 5 руб. 30 коп.", "Дорого."]),
        ("Кофе дорог. 5 чашек хватит.", ["Кофе дорог.", "5 чашек хватит."]),
        ("Он спросил: «Почём?» Цена та же.", ["Он спросил: «Почём?»", "Цена та же."]),
        ("Сказал: «Жди. Не спи.» И ушёл.", ["Сказал: «Жди. Не спи.»", "И ушёл."]),
        ("He said “Wait. Sit.” Then left.", ["He said “Wait. Sit.”", "Then left."]),
        ("Пишут „Жди. Сиди.“ Потом идут.", ["Пишут „Жди. Сиди.“", "Потом идут."]),
        (
            "Помол (мелкий. Или нет. «Так. Да.») важен. Вода тоже.",
            ["Помол (мелкий. Или нет. «Так. Да.») важен.", "Вода тоже."],
        ),
        ("А) Смолоть. Б) Сварить «по ГОСТу. Пить.", ["А) Смолоть.", "Б) Сварить «по ГОСТу.", "Пить."]),
        ("Скучно :( Потом (весело. Очень). Да.", ["Скучно :( Потом (весело. Очень).", "Да."]),
        ("Строка один.\nСтрока два.", ["Строка один.", "Строка два."]),
        ("Одно предложение\nна двух строках.", ["Одно предложение\nна двух строках."]),
    ],
)
def test_sentences_are_verbatim(text: str, sentences: list[str]) -> None:
    """Cut after a sentence's end where a new one begins."""
    assert [quote.text for quote in only(text).sentences()] == sentences


def test_a_sentence_knows_its_lines() -> None:
    """Each sentence is cited from the lines on which it stands, and shown on one line."""
    first, second = only("Первое.\nВторое\nна двух строках.").sentences()
    assert (first.start_line, first.end_line) == (5, 5)
    assert (second.start_line, second.end_line) == (6, 7)
    assert (second.text, second.shown) == ("Второе\nна двух строках.", "Второе на двух строках.")


def test_a_quote_in_a_callout_is_shown_without_its_marks() -> None:
    """Verbatim in the citation; without `>` in the answer."""
    quote = only("> Первая строка\n> и вторая.").quote()
    assert quote.text == "Первая строка\n> и вторая."
    assert quote.shown == "Первая строка и вторая."


def test_the_title_of_a_callout_is_shown_as_one() -> None:
    """It belongs to the first sentence; the lines below are sentences as anywhere."""
    first, second = only("> [!tip] Помол\n> Мелкий для турки.\n> Крупный для пресса.").sentences()
    assert (first.shown, first.text) == ("**Помол**: Мелкий для турки.", "Помол\n> Мелкий для турки.")
    assert (second.shown, second.start_line) == ("Крупный для пресса.", FIRST + 2)
    assert only("> [!tip] Почём?\n> Дорого.").quote().shown == "**Почём?** Дорого."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- [x] Смолоть", "☑ Смолоть"),
        ("1. [ ] Сварить", "☐ Сварить"),
        ("[x] не задача", "[x] не задача"),
        ("- [x](адрес) не задача", "[x](адрес) не задача"),
        ("Смолоть. #кофе #дом/кухня", "Смолоть."),
        ("- Смолоть! #кофе", "Смолоть!"),
        ("Мелют #кофе", "Мелют #кофе"),
        ("Смолоть. #1", "Смолоть. #1"),
        ("Мелют #кофе. Пьют.", "Мелют #кофе. Пьют."),
    ],
)
def test_tasks_and_tags_are_shown_as_a_reader_takes_them(text: str, shown: str) -> None:
    """A box, done or not; no tags that only file a sentence. The quote is verbatim."""
    quotes = only(text).sentences()
    assert " ".join(quote.shown for quote in quotes) == shown
    assert all(quote.text in text for quote in quotes)
    assert ("#" in text) == any("#" in quote.text for quote in quotes)


TABLE = "| Сорт | Цена |\n|---|---|\n| Арабика | 900 |\n| Робуста | 500 |\n| Либерика | 700 |"


def test_rows_are_quoted_from_the_head_of_their_table() -> None:
    """Shown without those that are not meant; verbatim with what is between."""
    rows = passages(TABLE)
    quote = table_quote(note(TABLE), [rows[0], rows[2]])
    assert quote is not None
    assert (quote.text, quote.start_line, quote.end_line, quote.layout) == (TABLE, FIRST, FIRST + 4, "table")
    assert quote.shown == "| Сорт | Цена |\n|---|---|\n| Арабика | 900 |\n| Либерика | 700 |"


def test_a_bar_within_a_link_ends_no_cell() -> None:
    """It is escaped where the note has it as it is, and left where it is escaped; the quote is verbatim."""
    text = "| Сорт | Где |\n|---|---|\n| [[Арабика|мягкая]] | [[Кения#Юг\\|юг]] |"
    quote = table_quote(note(text), passages(text))
    assert quote is not None
    assert quote.text == text
    assert quote.shown.endswith("| [[Арабика\\|мягкая]] | [[Кения#Юг\\|юг]] |")


@pytest.mark.parametrize("between", ["| Мокко | 1 |\n\nЕщё:\n\n", ""])
def test_rows_of_two_tables_are_no_table(between: str) -> None:
    """Each has to be quoted by itself."""
    text = f"{TABLE}\n{between}\n{TABLE}"
    rows = [passage for passage in passages(text) if passage.block.kind == "row"]
    assert table_quote(note(text), [rows[0], rows[-1]]) is None


def test_rows_around_a_private_comment_are_no_table() -> None:
    """Nothing of it is quoted."""
    text = TABLE.replace("500", f"500 {MARK}")
    rows = passages(text)
    assert table_quote(note(text), [rows[0], rows[-1]]) is None


@pytest.mark.parametrize(
    ("text", "lead_in"), [("Сорта такие:", True), ("Сорта такие: вот.", False), ("- пункт:", False)]
)
def test_a_paragraph_that_ends_in_a_colon_leads_in(text: str, lead_in: bool) -> None:
    """It only announces what follows."""
    assert only(text).is_lead_in == lead_in


@pytest.mark.parametrize(
    ("text", "navigation"),
    [
        ("- [[Чай]]", True),
        ("[[Чай]], [[Вода|воде]]; [[Сок]].", True),
        ("- см. [[Чай]]", False),
        ("- чай", False),
        ("[чай](Чай.md)", False),
        ("См. также: [[Чай]], [[Вода|о воде]] и [сок](Сок.md).", True),
        ("**Смотри также** [[Чай]]", True),
        ("See also: [[Tea]]", True),
        ("Смотри также:", True),
        ("См. также [[Чай]], где сказано о воде.", False),
        ("See also how it is made.", False),
    ],
)
def test_nothing_but_links_is_navigation(text: str, navigation: bool) -> None:
    """Wikilinks and what separates them."""
    assert only(text).is_navigation == navigation


@pytest.mark.parametrize(
    ("text", "item"), [("- пункт", True), ("3. шаг", True), ("* [ ] дело", True), ("абзац", False), ("> слово", False)]
)
def test_items_of_lists(text: str, item: bool) -> None:
    """Bullets and steps."""
    assert only(text).is_item == item


def test_nested_and_long_items_are_passages_of_their_own() -> None:
    """Each item without its marker, from its own lines."""
    found = passages("- один,\n  длинный\n  - вложенный\n- два")
    assert [(passage.block.text, passage.block.start_line, passage.block.end_line) for passage in found] == [
        ("один,\n  длинный", 5, 6),
        ("вложенный", 7, 7),
        ("два", 8, 8),
    ]


def test_rows_of_a_table_are_items() -> None:
    """Each quoted verbatim and shown without the bars around it."""
    found = passages("| Сорт | Цена |\n|---|---|\n| Арабика | 900 |")
    assert all(passage.is_item for passage in found)
    assert found[-1].quote().text == "| Арабика | 900 |"
    assert found[-1].block.start_line == 7
    assert not found[-1].quote().shown.startswith("|")
    assert found[-1].sentences() == [found[-1].quote()]


def test_code_is_quoted_whole() -> None:
    """Verbatim with its fence; shown as code whatever fences are in it; no navigation, no sentences."""
    passage = only("````\nroast = [[1]]. Дальше\n```\n````")
    assert passage.quote().text == "````\nroast = [[1]]. Дальше\n```\n````"
    assert passage.quote().shown == "````\nroast = [[1]]. Дальше\n```\n````"
    assert passage.sentences() == [passage.quote()]
    assert not passage.is_navigation


def test_html_is_not_quoted() -> None:
    """What a reader does not see is no statement."""
    assert [passage.block.text for passage in passages("<!-- черновик -->\n\nТекст.")] == ["Текст."]


def test_passages_of_lines_reach_over_headings() -> None:
    """Blocks of several sections, each under its own heading; whole blocks, though only a part is on the lines."""
    coffee = note("Их\nдва.\n\n### Арабика\n\nМягкая.\n\n### Робуста\n\nГорькая.")
    assert [(passage.heading_path[1:], passage.block.text) for passage in passages_of(coffee, 6, 10)] == [
        (("Сорта",), "Их\nдва."),
        (("Сорта", "Арабика"), "Мягкая."),
    ]
    assert passages_of(coffee, 10, 10)[0].context == "Кофе. Сорта. Арабика"


def test_joined_quotes_run_from_the_first_to_the_last() -> None:
    """Whole lines, what stands between included."""
    text = "- один\n\n- два\n- три"
    quote = join_quotes(note(text), passages(text)[:2], shown="один; два")
    assert (quote.text, quote.start_line, quote.end_line, quote.shown) == ("- один\n\n- два", 5, 7, "один; два")


def test_a_private_comment_breaks_a_joined_quote() -> None:
    """What is quoted in one piece stands verbatim in the file, and nothing of the comment in it."""
    text = "# Чай\n\n- Зелёный\n- Чёрный\n%% купить у Петра %%\n- Белый\n"
    parsed = outline(text, fallback_title="Чай")
    note = Note("Чай.md", "Чай", (), (), (), "", parsed.text, parsed.sections)
    items = [passage for section in note.sections for passage in passages_of_section(note, section)]
    quoted = join_quotes(note, unbroken(note, items), "…")
    assert quoted.text in text
    assert "Петра" not in quoted.text
    assert "Зелёный" in quoted.text
