"""Whether a text holds the kind of thing that is asked for."""

import pytest

from kbqa.answering.evidence import focus, lacks_kind, lacks_reason


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("Сколько стоит участие?", "Взнос — 3 000 рублей.", "В поездку берут от 8 до 12 компаний."),
        ("Сколько стоит участие?", "Вход бесплатный.", "Вход по пропускам."),
        ("Какая зарплата у ведущего?", "Платят десять тысяч.", "Ведёт вечер хозяин."),
        ("Когда начинается встреча?", "Собираются по вторникам.", "Собираются у входа."),
        ("Как часто пишут?", "Не чаще раза в неделю.", "Пишут коротко."),
        ("Сколько человек в группе?", "В группе шесть человек.", "В группе свои правила."),
        ("Какой телефон у клуба?", "Звоните: +7 900 000-00-00.", "Звоните заранее."),
        ("How much does it cost?", "Цена — 500 рублей.", "Есть скидки."),
    ],
)
def test_the_kind_that_is_asked_for(question: str, holds: str, lacks: str) -> None:
    """A text about the right thing need not hold the price, the time, the number or the contact."""
    assert not lacks_kind(question, holds)
    assert lacks_kind(question, lacks)


@pytest.mark.parametrize("question", ["Что такое клуб?", "Какие бывают клубы?", "Как вступить в клуб?"])
def test_other_questions_want_no_kind(question: str) -> None:
    """Any text will do for them."""
    assert not lacks_kind(question, "Клуб.")


def test_a_reason_must_be_given_and_the_premise_not_denied() -> None:
    """Why something is so cannot be told by notes that say it is not so."""
    question = "Почему взнос берут дважды?"
    assert not lacks_reason(question, "Дважды, потому что год делится на сезоны.", "Дважды, потому что")
    assert lacks_reason(question, "Взнос берут дважды.", "Взнос берут дважды.")
    assert lacks_reason(question, "Взнос один, чтобы не путаться.", "Второго взноса нет, чтобы не путаться.")
    assert not lacks_reason("Зачем нужен взнос?", "На взносы живёт клуб.", "На взносы живёт клуб.")
    assert not lacks_reason("Какой взнос?", "Взноса нет.", "Взноса нет.")


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Какой штраф грозит за утечку?", "штраф"),
        ("В каком кафе проходят встречи?", "кафе"),
        ("Сколько спикеров нужно?", "спикеров"),
        ("Какие бывают клубы?", "клубы"),
        ("Что такое клуб?", None),
        ("Какой?", None),
    ],
)
def test_the_focus_is_what_the_answer_is(question: str, word: str | None) -> None:
    """The thing that is asked for stands after «какой» and «сколько»."""
    assert focus(question) == word
