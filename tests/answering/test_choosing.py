"""Which statements of a section answer."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from kbqa.answering.choosing import Chooser
from kbqa.answering.passages import passages_of_section
from kbqa.embedding import E5Model
from kbqa.index.analysis import stems
from kbqa.index.fixed_point import as_fixed
from kbqa.index.words import WordVectors, words_among
from kbqa.notes.sections import outline
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.meaning import Meaning
from kbqa.retrieval.question import read_question
from kbqa.types import Note

ITEMS = [f"- Пункт номер {number} о разном и не о том" for number in ("один", "два", "три", "четыре", "пять")]
SPEECH = "Выступление длится четыре минуты. Вопросы задают потом. Свет в зале гасят."
LISTED = "\n".join((SPEECH, "", *ITEMS))


Choose = Callable[[str, str], list[str]]


@pytest.fixture(scope="module")
def chosen(model: E5Model) -> Choose:
    """What is chosen for a question of a section «Показ» with a text."""

    def embed(words: Sequence[str]) -> NDArray[np.float32]:
        return model.embed(words, "query")

    def choose(question: str, text: str) -> list[str]:
        source = f"# Показ\n\n{text}\n"
        note = Note("Показ.md", "Показ", (), (), (), "hash", source, outline(source, "Показ").sections)
        matcher = Matcher(question, lambda _: 1.0)
        known = words_among(stems(source))
        meaning = Meaning(matcher.words, WordVectors.nothing().updated(known, known, as_fixed(embed(known))), embed)
        (asked,) = embed([question])
        chooser = Chooser(
            read_question(question), matcher, meaning, lambda texts: model.embed(texts, "passage") @ asked
        )
        passages = passages_of_section(note, note.sections[-1])
        return [statement.quote.text for statement in chooser.choose(passages, matcher.strengths("Показ"))]

    return choose


def test_a_sentence_beside_a_list_may_be_the_answer(chosen: Choose) -> None:
    """It is picked out where it stands out."""
    assert chosen("Кто гасит свет в зале?", LISTED) == ["Свет в зале гасят."]


@pytest.mark.parametrize("question", ["Сколько длится показ?", "Какова цена показа и сколько это длится?"])
def test_a_number_counts_where_a_measure_is_asked_for(chosen: Choose, question: str) -> None:
    """In words, too."""
    assert "Выступление длится четыре минуты." in chosen(question, LISTED)


def test_what_is_said_in_other_words_is_found(chosen: Choose) -> None:
    """No word of the question stands in the statement; the others have as much to do with it."""
    text = " ".join([SPEECH, "Плата за вход составляет пятьсот рублей.", "Кресла расставляют с утра."] * 1)
    assert "Плата за вход составляет пятьсот рублей." in chosen("Какова стоимость билета?", text)
    assert "Кресла расставляют с утра." not in chosen("Какова стоимость билета?", text)


def test_an_english_question_chooses_among_russian_statements(chosen: Choose) -> None:
    """By meaning: it has no word in common with any."""
    text = f"{SPEECH} Кофе варят в буфете на первом этаже. Куртки сдают в гардероб. Такси вызывает охрана."
    assert "Свет в зале гасят." in chosen("When are the lights turned off?", text)
    assert "Такси вызывает охрана." not in chosen("When are the lights turned off?", text)


def test_a_list_that_is_asked_for_is_whole(chosen: Choose) -> None:
    """All of its items."""
    assert set(chosen("Какие бывают показы?", LISTED)) >= {item.removeprefix("- ") for item in ITEMS}


def test_a_short_list_is_whole_where_half_of_it_is_chosen(chosen: Choose) -> None:
    """As who asks for a list expects; not where one of its items is asked for."""
    items = ["Свет и звук", "Экран для показа", "Ведущий показа", "Стулья", "Время"]
    text = "\n".join(f"- {item}" for item in items)
    assert chosen("Какие вещи нужны для показа?", text) == items
    assert len(chosen("Кто ведущий показа?", text)) < len(items)


def test_what_announces_a_list_comes_with_it_and_never_alone(chosen: Choose) -> None:
    """Of a sentence that ends with a colon the list is the sense."""
    text = f"Для показа нужны:\n\n- Свет и звук\n- Экран\n\nЗрители уходят домой пешком через парк. {SPEECH}"
    assert chosen("Что нужно для показа?", text)[:2] == ["Для показа нужны:", "Свет и звук"]
    assert "Для показа нужны:" not in chosen("Когда задают вопросы?", text)


TALE = (
    "Гостей встречает дежурный. Анна Петрова однажды выучила каталог. Она учила его восемь недель. "
    "Потом ей вручили медаль из дерева. Кресла расставляют с утра. Куртки сдают в гардероб."
)


QUIZ = "\n\n".join(
    (
        "Кто такой спонсор показа?\n?\nТот, чьё имя стоит на афише. Он платит за зал.",
        "Зачем нужен занавес?\n?\nЗа ним переставляют стулья.",
    )
)


def test_a_question_of_the_note_comes_with_its_answer(chosen: Choose) -> None:
    """By the note's question its answer is found, however it is worded; alone the question says nothing."""
    assert chosen("Кто такой спонсор показа?", QUIZ)[:2] == [
        "Кто такой спонсор показа?",
        "Тот, чьё имя стоит на афише.",
    ]
    for question in ("Зачем занавес?", "Кто платит за зал?"):
        quotes = chosen(question, QUIZ)
        assert all(
            after and not after.endswith("?")
            for quote, after in zip(quotes, [*quotes[1:], ""], strict=True)
            if quote.endswith("?")
        )


@pytest.mark.parametrize(
    "text", ["Зачем занавес? За ним переставляют стулья.", "Зачем занавес?\n\n- За ним переставляют стулья."]
)
def test_a_question_is_answered_by_what_follows_it(chosen: Choose, text: str) -> None:
    """The rest of its paragraph, or the list after it."""
    quotes = chosen("Зачем нужен занавес?", f"{SPEECH}\n\n{text}")
    assert [quote.removeprefix("- ") for quote in quotes][-2:] == ["Зачем занавес?", "За ним переставляют стулья."]


def test_questions_in_a_list_may_be_what_is_asked_for(chosen: Choose) -> None:
    """Then they are the answer."""
    text = "- Сколько длится показ?\n- Кто гасит свет?"
    assert chosen("Какие вопросы задать о показе?", text) == ["Сколько длится показ?", "Кто гасит свет?"]


def test_no_more_than_a_few_statements_of_a_long_section_answer(chosen: Choose) -> None:
    """Unless a list is asked for: then it is whole."""
    rows = [f"- Показ номер {number} идёт в зале на {number} этаже" for number in range(1, 31)]
    assert len(chosen("Где идёт показ?", "\n".join(rows))) == 8
    assert len(chosen("Какие бывают показы?", "\n".join(rows))) == 30


def test_a_sentence_comes_with_what_it_refers_to(chosen: Choose) -> None:
    """With the sentence before it, and with the one that this refers to; no other."""
    found = chosen("Из чего сделана медаль?", f"{TALE}\n\n{LISTED}")
    assert found[:3] == [
        "Анна Петрова однажды выучила каталог.",
        "Она учила его восемь недель.",
        "Потом ей вручили медаль из дерева.",
    ]


def test_a_paragraph_before_is_not_referred_to(chosen: Choose) -> None:
    """Only a sentence of the same paragraph is brought."""
    text = f"Гостей встречает дежурный.\n\nОн вручает каждому медаль из дерева.\n\n{LISTED}"
    assert "Гостей встречает дежурный." not in chosen("Из чего сделана медаль?", text)


def test_where_to_read_on_is_no_answer(chosen: Choose) -> None:
    """Unless there is nothing else; a list of links that something else announces is one."""
    links = "\n\n- [[Свет]]\n- [[Звук]]"
    assert chosen("Что ещё о показе?", f"Показ короткий. См. также: [[Свет]].\n\nСм. также:{links}") == [
        "Показ короткий."
    ]
    assert chosen("Что ещё о показе?", f"См. также:{links}") == ["См. также:", "[[Свет]]", "[[Звук]]"]
    assert chosen("Что нужно для показа?", f"Нужны:{links}") == ["Нужны:", "[[Свет]]", "[[Звук]]"]


STEPS = [
    "Звонят в дверь",
    "Ждут хозяина",
    "Снимают обувь",
    "Каталог показа лежит на столе",
    "Достают ключ",
    "Моют руки",
    "Вешают пальто",
    "Пьют воду",
]


def test_steps_are_all_or_none(chosen: Choose) -> None:
    """With a step missing, the others are counted wrong; of another ordered list none has to be there."""
    text = "\n".join(f"{number}. {step}" for number, step in enumerate(STEPS, start=1))
    found = chosen("Как найти каталог показа?", f"{text}\n\nДождь идёт.\n\n1. Бег\n2. Сон\n")
    assert [step for step in found if step in STEPS] == STEPS
    assert len(chosen("Где лежит каталог показа?", text)) < len(STEPS)


def test_a_step_that_announces_comes_with_what_it_announces(chosen: Choose) -> None:
    """The list is whole, and none of its steps empty."""
    text = "\n".join(f"{number}. {step}" for number, step in enumerate(STEPS, start=1))
    text = text.replace("Пьют воду", "Пьют:\n   - воду\n   - сок")
    found = chosen("Как найти каталог показа?", text)
    assert found[-3:] == ["Пьют:", "воду", "сок"]


NESTED = """\
- Любит море
- Не переносит:
  - одноразовый пластик
  - громкую музыку
- Работает на яхте
"""


def test_a_nested_item_comes_with_those_that_it_is_nested_in(chosen: Choose) -> None:
    """It says nothing without them, or something else."""
    text = f"- Гости\n  - Завтрак\n    - Овсянку варят на молоке\n- {SPEECH}\n" + "\n".join(ITEMS)
    assert chosen("На чём варят овсянку?", text)[:3] == ["Гости", "Завтрак", "Овсянку варят на молоке"]


@pytest.mark.parametrize("question", ["Где он работает?", "Громкая музыка?", "Что не переносит?", "Что с пластиком?"])
def test_an_item_that_announces_others_never_stands_alone(chosen: Choose, question: str) -> None:
    """Nor do they without it."""
    found = chosen(question, NESTED + "\n".join(ITEMS))
    nested = {"одноразовый пластик", "громкую музыку"}
    assert ("Не переносит:" in found) == bool(nested.intersection(found))


@pytest.mark.parametrize("called", ["Сколько заказывать", "Сколько заказывать:", "Сколько заказывать еды гостям"])
def test_what_nested_items_are_called_brings_them(chosen: Choose, called: str) -> None:
    """It is the nearest to the question, which none of them says again."""
    nested = ["полторы чашки на человека", "литр летом", "две трети от списка"]
    text = f"- {called}\n" + "".join(f"  - {item}\n" for item in nested) + f"- Любит море\n- {SPEECH}\n"
    assert {called, *nested} <= set(chosen("Сколько всего заказывать?", text + "\n".join(ITEMS)))


def test_what_announced_items_announce_is_there_too(chosen: Choose) -> None:
    """Down to those that say something."""
    deep = "- Сколько заказывать:\n  - напитки:\n    - литр летом\n  - суп\n- Любит море\n"
    found = chosen("Сколько всего заказывать?", f"{deep}- {SPEECH}\n" + "\n".join(ITEMS))
    assert found[:4] == ["Сколько заказывать:", "напитки:", "литр летом", "суп"]


def test_a_short_text_with_a_list_is_whole(chosen: Choose) -> None:
    """Sentences and items in the order of the note."""
    assert chosen("Расскажи о показе", "Показ короткий.\n\n- Свет\n- Звук\n\nПотом вопросы.") == [
        "Показ короткий.",
        "Свет",
        "Звук",
        "Потом вопросы.",
    ]


def test_a_longer_text_gives_what_speaks_of_the_question(chosen: Choose) -> None:
    """Not all of its sentences, and at least one."""
    found = chosen("Когда вопросы?", f"{SPEECH} Потом расходятся.")
    assert "Вопросы задают потом." in found
    assert "Свет в зале гасят." not in found
