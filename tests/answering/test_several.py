"""Several questions in one, and one question of several things."""

import pytest

from kbqa.answering.several import asked_with, of_one_subject, one_by_one, questions_in


@pytest.mark.parametrize(
    ("question", "parts", "alone"),
    [
        ("Когда готовят сводку, а когда сдают отчёт?", ["Когда готовят сводку", "когда сдают отчёт?"], True),
        ("Что такое чай и зачем он нужен?", ["Что такое чай", "зачем он нужен?"], False),
        ("Чем полезен чай? Как его заваривают?", ["Чем полезен чай", "Как его заваривают?"], False),
        ("Где пьют чай и во сколько начинают?", ["Где пьют чай", "во сколько начинают?"], False),
        ("Какой чай пьют утром?", ["Какой чай пьют утром?"], False),
        ("Чем заваривают чай и что они решили?", ["Чем заваривают чай", "что они решили?"], False),
        ("Сколько стоит день и можно ли привести гостя?", ["Сколько стоит день", "можно ли привести гостя?"], True),
        (
            "Сколько длится встреча, кто участвует во встрече и чем встреча кончается?",
            ["Сколько длится встреча", "кто участвует во встрече", "чем встреча кончается?"],
            True,
        ),
        ("Митап: какая смета и почём билеты?", ["Митап: какая смета", "Митап: почём билеты?"], True),
        ("Как понять, сколько закупать чая?", ["Как понять, сколько закупать чая?"], False),
        ("Кому помогают те, кто пришёл давно?", ["Кому помогают те, кто пришёл давно?"], False),
        ("Вернулся с форума, кому писать?", ["Вернулся с форума, кому писать?"], False),
    ],
)
def test_questions_asked_together(question: str, parts: list[str], alone: bool) -> None:
    """After a mark, «и» or, one after the other, a comma; those that name a thing of their own stand alone."""
    assert asked_with(question) == parts
    assert questions_in(question) == (tuple(parts) if alone else ())


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Сколько стоит и сколько длится курс?", ("Сколько стоит", "сколько длится курс?")),
        ("Какие виды и какие недостатки у клубов?", ("Какие виды", "какие недостатки у клубов?")),
        ("Кому и когда писать после встречи?", ()),
        ("Сколько стоит курс и сколько он длится?", ()),
        ("Сколько длится курс?", ()),
    ],
)
def test_questions_of_one_subject(question: str, parts: tuple[str, ...]) -> None:
    """Where only the last one says of what is asked."""
    assert of_one_subject(question) == parts


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("Где платят больше, на форуме или на митапе?", ("на форуме", "на митапе")),
        ("Через сколько писать после форума и через сколько после митапа?", ("после форума", "после митапа")),
        ("К кому идти: в союзе, в клубе, на новой работе?", ("в союзе", "в клубе", "на новой работе")),
        ("Какой взнос: союз, клуб и палата?", ("союз", "клуб", "палата")),
        ("Репутация для человека и репутация для фирмы", ("для человека", "для фирмы")),
        ("How soon after a meetup and after a conference?", ("after a meetup", "after a conference")),
        ("Какие плюсы по деньгам, людям и связям?", ("деньгам", "людям", "связям")),
        ("Сколько дают за первое, второе и третье место?", ()),
        ("Чем помогают в деле, людям и связям?", ()),
        ("Сколько стоит вступить в палату и сколько в год?", ()),
        ("Как участвовать в работе, а не в спорах?", ()),
        ("Сколько стоит в клубе и что в него входит?", ()),
        ("В каких чатах лучше, в закрытых?", ()),
        ("Нашёл человека в каталоге. Что в письме?", ()),
        ("Что нужно: зал и звук?", ()),
        ("Какой взнос: " + ", ".join(f"клуб {number}" for number in range(9)), ()),
        ("Хочу понять: что это, как устроено, кому подходит?", ()),
    ],
)
def test_things_of_which_the_same_is_asked(question: str, things: tuple[str, ...]) -> None:
    """After one preposition, or three and more after a colon; no times, and nothing that asks or denies."""
    assert tuple(thing for _, thing in one_by_one(question)) == things


def test_a_question_is_asked_of_each_thing() -> None:
    """With all that stands before and after them."""
    assert [text for text, _ in one_by_one("Где, в клубе или в союзе, дешевле?")] == [
        "Где, в клубе, дешевле?",
        "Где, в союзе, дешевле?",
    ]
