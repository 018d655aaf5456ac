"""What is asked about a subject, and what a heading tells."""

import pytest

from kbqa.retrieval.facets import answered_words, asked, is_usual, lacking_opposite, tells_opposite, told


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("Какие бывают сообщества?", "Виды"),
        ("Из чего состоит письмо?", "Структура письма"),
        ("Из каких частей состоит бренд?", "Из чего он складывается"),
        ("Чем полезно членство?", "Преимущества"),
        ("Какие у клуба плюсы?", "Преимущества клуба"),
        ("А какие у него минусы?", "Недостатки"),
        ("С чем чаще всего ошибаются и каких ошибок избегать?", "Частые ошибки"),
        ("С чего начать?", "Этапы"),
        ("Как вступить в клуб?", "Порядок вступления"),
        ("Кто за это отвечает?", "Роли в команде"),
        ("Сколько стоит участие?", "Взносы"),
        ("Как часто встречаются?", "Частота встреч"),
        ("Приведи пример", "Примеры"),
        ("Что клуб даст новичку?", "Преимущества"),
        ("Что ещё почитать?", "Связанные темы"),
        ("Чем одно отличается от другого?", "Отличия"),
        ("What are the benefits of membership?", "Преимущества"),
        ("How much does it cost?", "Стоимость"),
        ("Какие есть риски?", "Risks"),
        ("Чем клуб может навредить?", "Чем мешает"),
        ("На чём обычно прокалываются?", "Частые ошибки"),
        ("Что с ним обычно идёт не так?", "Частые беды"),
        ("Почём билеты?", "Стоимость"),
        ("Для чего нужна рассылка?", "Зачем"),
        ("В чём разница с комитетом?", "Чем отличается от комитета"),
        ("Что запрещено в чате?", "Запреты"),
        ("Чего не стоит просить?", "Чего не просить"),
        ("Что не сработало?", "Что пошло не так"),
        ("Что не получилось?", "Что не сработало"),
        ("Что сработало?", "Плюсы"),
        ("What went wrong?", "Что не удалось"),
    ],
)
def test_a_question_and_the_heading_that_answers_it_share_a_facet(question: str, heading: str) -> None:
    """In whatever words, and in either language."""
    assert asked(question) & told(heading)


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("Какие у клуба минусы?", "Преимущества"),
        ("Сколько стоит участие?", "Частые ошибки"),
        ("Кто придумал число Данбара?", "Заключение"),
        ("Чего не стоит просить?", "Стоимость"),
        ("Что сработало?", "Что не сработало"),
    ],
)
def test_other_headings_share_none(question: str, heading: str) -> None:
    """What is not asked for is not told."""
    assert not asked(question) & told(heading)


@pytest.mark.parametrize("name", ["Нетворкинг", "Число Данбара", "Follow-up", "", "***"])
def test_the_name_of_a_subject_is_no_facet(name: str) -> None:
    """Names say what a text is about, not what about it."""
    assert not asked(name)
    assert not told(name)


@pytest.mark.parametrize(
    ("question", "facet", "is_asked"),
    [
        ("Когда встреча?", "time", True),
        ("Где и когда встреча?", "time", True),
        ("Следующая встреча клуба, она когда?", "time", True),
        ("Как теперь понять, помогло ли партнёрство?", "measures", True),
        ("Как проверить, что нетворкинг работает?", "measures", True),
        ("Как проверить партнёра?", "measures", False),
        ("Что делать, когда не отвечают?", "time", False),
        ("какие бывают встречи когда собираешь клуб", "time", False),
        ("Кто и кому помогает?", "audience", True),
        ("Бизнес-клуб: кто в нём состоит?", "roles", True),
        ("Сколько стоит вход для тех, кто учится?", "roles", False),
    ],
)
def test_a_word_that_begins_a_clause_asks_for_nothing(question: str, facet: str, is_asked: bool) -> None:
    """It stands after a comma or after another question word."""
    assert (facet in asked(question)) == is_asked


def test_letter_case_and_yo_do_not_count() -> None:
    """Headings come in capitals, and with ё or е."""
    assert told("ЧТО ДАЁТ ЧЛЕНСТВО") == told("что дает членство") == {"benefits"}


BENEFITS, DRAWBACKS = ("Клуб", "Преимущества клуба", "Связи"), ("Клуб", "Недостатки")


@pytest.mark.parametrize(
    ("question", "headings", "opposite"),
    [
        ("Какие риски у клуба?", BENEFITS, True),
        ("Чем полезен клуб?", DRAWBACKS, True),
        ("Какие риски у клуба?", DRAWBACKS, False),
        ("Какие риски у клуба?", ("Клуб",), False),
        ("Какие плюсы и минусы у клуба?", BENEFITS, False),
        ("Какие бывают клубы?", BENEFITS, False),
    ],
)
def test_benefits_are_no_drawbacks(question: str, headings: tuple[str, ...], opposite: bool) -> None:
    """Nor the other way round; headings that promise neither say nothing."""
    assert tells_opposite(question, headings) == opposite


def test_of_both_sides_one_may_be_lacking() -> None:
    """Where both are asked for, and headings tell one of them."""
    question = "Какие плюсы и минусы у клуба?"
    assert lacking_opposite(question, [BENEFITS]) == "drawbacks"
    assert lacking_opposite(question, [("Клуб",), DRAWBACKS]) == "benefits"
    assert lacking_opposite(question, [BENEFITS, DRAWBACKS]) is None
    assert lacking_opposite(question, [("Клуб",)]) is None
    assert lacking_opposite("Какие плюсы у клуба?", [BENEFITS]) is None


def test_words_that_a_heading_answers_in_its_own() -> None:
    """With the adjective that says nothing more; what no heading tells is not among them."""
    paths = [("Клуб", "Ошибки"), ("Клуб", "Кого зовут")]
    assert answered_words("Какие типичные промахи у клубов?", paths) == "типичные промахи"
    assert answered_words("Какие прошлогодние промахи у клубов?", paths) == "промахи"
    assert answered_words("Какие минусы у клубов?", paths) == ""


@pytest.mark.parametrize(("heading", "usual"), [("Шаги", True), ("Виды и примеры", True), ("Виды чая", False)])
def test_a_heading_that_many_notes_have(heading: str, usual: bool) -> None:
    """It says what is told, and not of what."""
    assert is_usual(heading) is usual
