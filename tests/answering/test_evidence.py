"""Whether a text holds the kind of thing that is asked for."""

import pytest

from kbqa.answering.evidence import focus, holds_kind, lacks_kind, lacks_reason, thing_asked


@pytest.mark.parametrize("question", ["Что такое клуб?", "Какие бывают клубы?", "Как вступить в клуб?"])
def test_most_questions_want_no_kind(question: str) -> None:
    """Any text will do for them."""
    assert not lacks_kind(question, "Клуб.")


def test_a_kind_that_is_asked_for_must_be_shown() -> None:
    """One of two kinds is not enough for an answer, and more than nothing for a statement."""
    question = "Сколько стоит участие и какой телефон у клуба?"
    assert lacks_kind(question, "Взнос — тысяча рублей.")
    assert holds_kind(question, "Взнос — тысяча рублей.")
    assert not lacks_kind(question, "Взнос — тысяча рублей, спрашивайте по +7 900 000-00-00.")
    assert not holds_kind(question, "Взнос платят.")
    assert holds_kind("Почему взнос один?", "Один, чтобы не путаться.")
    assert not holds_kind("Почему взнос один?", "Взнос один.")


def test_a_reason_must_be_given_and_the_premise_not_denied() -> None:
    """Why something is so cannot be told by notes that say it is not so."""
    question = "Почему взнос берут дважды?"
    assert not lacks_reason(question, "Дважды, потому что год делится на сезоны.", "Дважды, потому что")
    assert lacks_reason(question, "Взнос берут дважды.", "Взнос берут дважды.")
    assert lacks_reason("Из-за чего взнос берут дважды?", "Взнос берут дважды.", "Взнос берут дважды.")
    assert lacks_reason("По какой причине взнос берут дважды?", "Взнос берут дважды.", "Взнос берут дважды.")
    assert lacks_reason(question, "Взнос один, чтобы не путаться.", "Второго взноса нет, чтобы не путаться.")
    assert not lacks_reason("Зачем нужен взнос?", "На взносы живёт клуб.", "На взносы живёт клуб.")
    assert not lacks_reason("Какой взнос?", "Взноса нет.", "Взноса нет.")


@pytest.mark.parametrize(
    ("statement", "gives"),
    [
        ("«Рубеж» в спонсоры не зову: конфликт интересов.", True),
        ("Обрадовались гостям — пришли впервые.", True),
        ("Соревнование: приходят, кто хочет.", False),
        ("Если молчат — напоминаем.", False),
        ("Зову спонсоров: «Рубеж», «Мост».", True),
    ],
)
def test_what_follows_a_clause_after_a_colon_or_dash_gives_its_reason(statement: str, gives: bool) -> None:
    """As Russian does without a word for it; a term before the colon is no clause, a condition none that is a claim."""
    assert lacks_reason("Почему так?", statement, "") is not gives


def test_what_the_reason_denies_is_not_the_premise() -> None:
    """«На глянце не пишет ручка» denies nothing of why the back stays matt."""
    said = "Оборот оставляю матовым — на глянце не пишет ручка."
    assert not lacks_reason("Зачем оборот визитки матовый?", said, said)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Какой штраф грозит за утечку?", "штраф"),
        ("В каком кафе проходят встречи?", "кафе"),
        ("Сколько спикеров нужно?", "спикеров"),
        ("Есть ли дресс-код на приёме?", "дресс"),
        ("Какие бывают клубы?", "клубы"),
        ("Что такое клуб?", None),
        ("Какой?", None),
    ],
)
def test_the_focus_is_what_the_answer_is(question: str, word: str | None) -> None:
    """The thing that is asked for stands after «какой» and «сколько»."""
    assert focus(question) == word


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("Какие сюжеты ссор повторяются?", "сюжеты"),
        ("Какие виды стандартов развивают клубы?", "стандартов"),
        ("О каких частых сюжетах спорят?", "сюжетах"),
        ("Какими частями платят?", None),
        ("Какие виды бывают у клубов?", None),
        ("Какие трудности у клубов?", None),
        ("Сколько сюжетов?", None),
    ],
)
def test_the_thing_asked_is_named_right_after_what_asks(question: str, thing: str | None) -> None:
    """One that all notes have under the same headings is a facet, and found as such."""
    assert thing_asked(question) == thing
