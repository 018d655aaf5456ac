"""Questions that only make sense after others."""

from pathlib import Path

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.conversation import Conversation, Turn
from kbqa.notes.vault import NoteFile, Vault
from kbqa.retrieval.naming import Naming
from kbqa.texts import Texts
from kbqa.types import Chunk

VAULT = Path(__file__).parents[2] / "eval" / "vault"
KINDS = "**Виды:**\n\n- **Отраслевая** - по одной отрасли. [1]\n- Научная: доклады [2]\n- Корпоративная [3]"
HACKATHON = ("Что такое хакатон?", "Хакатон - это соревнование. [1]")
TEAM = "Кто нужен в команде организаторов и чем каждый занимается?"


@pytest.fixture(scope="module")
def names() -> Naming:
    """The titles and aliases of the evaluation vault."""
    vault = Vault(VAULT, Texts.load("ru"))
    notes = [vault.parse(file)[0] for file in vault.files() if isinstance(file, NoteFile)]
    return Naming(name for note in notes if note for name in (note.title, *note.aliases))


@pytest.fixture(scope="module")
def conversation(names: Naming) -> Conversation:
    """A conversation in which nothing has to be searched."""

    def best(question: str) -> Chunk | None:
        raise AssertionError(question)

    return Conversation(names, best)


@pytest.mark.parametrize(
    ("before", "question", "alone"),
    [
        # A facet of what was spoken of.
        ("Что такое личный бренд?", "А какие у него минусы?", "Какие минусы: Личный бренд"),
        ("Какие преимущества у хакатонов?", "А недостатки?", "Недостатки: Хакатоны"),
        ("Что такое хакатон?", "Сколько это стоит?", "Сколько стоит: Хакатоны"),
        ("Что такое рассылка?", "Какие ошибки?", "Какие ошибки: Рассылки"),
        ("Чем полезна сертификация?", "а сколько длится?", "Сколько длится: Сертификация"),
        ("Чем полезна сертификация?", "Сколько она стоит?", "Сколько стоит: Сертификация"),
        ("Что такое хакатон?", "Почему?", "Почему: Хакатоны"),
        ("Что такое консорциум?", "а какие у него минусы?", "Какие минусы: консорциум"),
        ("Какие преимущества у выставок?", "и недостатки", "Недостатки: Выставки"),
        # A pronoun.
        ("Что такое слабые связи?", "А зачем они нужны?", "Зачем нужны: Слабые связи"),
        ("Что такое наставничество?", "Расскажи о нём подробнее", "Расскажи подробнее: Наставничество"),
        ("Что такое наставничество?", "Кому оно подходит?", "Кому подходит: Наставничество"),
        ("Что такое число Данбара?", "Кто его придумал?", "Кто придумал: Число Данбара"),
        ("Что такое акселератор?", "Как в него попасть?", "Как попасть: Акселераторы"),
        ("Что такое акселератор?", "Как туда попасть?", "Как попасть: Акселераторы"),
        ("Какие риски у рассылок?", "как их избежать?", "Как избежать: Рассылки"),
        ("Какие минусы у бизнес-клубов?", "А что это такое?", "Что такое: Бизнес-клубы"),
        ("Что такое консорциум?", "А зачем он нужен?", "Зачем нужен: консорциум"),
        ("Что такое CRM для контактов?", "Какие инструменты для этого?", "Какие инструменты: CRM для контактов"),
        ("What is a hackathon?", "And what are its drawbacks?", "What are drawbacks: Hackathon"),
        # More of the same.
        ("Что такое вебинар?", "Подробнее", "Подробнее: Вебинары"),
        ("Что такое вебинар?", "А ещё?", "Ещё: Вебинары"),
        # The same of something else.
        ("Какие плюсы у хакатонов?", "А у митапов?", "Какие плюсы у митапов?"),
        ("Какие преимущества у выставок?", "А что насчёт хакатонов?", "Какие преимущества у хакатонов?"),
        ("Как написать холодное сообщение?", "а в Follow-up?", "Как написать Follow-up?"),
        ("What are the drawbacks of Keep in touch?", "What about meetups?", "What are the drawbacks of meetups?"),
        # The same, with one more word on it.
        ("Какие плюсы у хакатонов?", "а для организатора?", "Какие плюсы у хакатонов для организатора?"),
        ("Какие плюсы у кластера?", "а у консорциума?", "Какие плюсы у консорциума?"),
        ("Что входит в спонсорское партнёрство?", "А в технологическое?", "Что входит в технологическое партнёрство?"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_put_in(conversation: Conversation, before: str, question: str, alone: str) -> None:
    """The subject of the question before, whatever its answer was."""
    assert conversation.standalone(question, [(before, "Ответ. [1]")]) == alone


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("Расскажи подробнее про второе", "Что такое «Научная» в «Конференции»?"),
        ("А третий пункт?", "Корпоративная, Конференции"),
        ("Сколько стоит первый вариант?", "Сколько стоит: Отраслевая, Конференции"),
        ("Последний подробнее", "Подробнее: Корпоративная, Конференции"),
        ("пункт 2", "Что такое «Научная» в «Конференции»?"),
        ("Tell me more about the second one", "What is “Научная” in “Конференции”?"),
        # There is no such item: the ordinal is not looked for as a word.
        ("А четвёртый пункт?", "Конференции"),
        ("Расскажи подробнее про пятый", "Расскажи подробнее: Конференции"),
    ],
)
def test_an_ordinal_means_an_item_of_the_answer(conversation: Conversation, question: str, alone: str) -> None:
    """By its name, without markers and emphasis."""
    assert conversation.standalone(question, [("Какие бывают виды конференций?", KINDS)]) == alone


@pytest.mark.parametrize(
    ("answer", "alone"),
    [
        ("| Вид | Цена |\n|---|---|\n| Стенд | 5 |\n| Доклад (час) | 7 |\n\n[1]", "Подробнее: Доклад, Конференции"),
        ("- Первый [1]\n  - Вложенный [2]\n- Второй (важный) [3]", "Подробнее: Второй, Конференции"),
        ("- Один [1]\n\n**Ещё:**\n\n- Другой [2]", "Подробнее: Конференции"),
        ("- Стенд [1]\n- [[Хакатоны|хакатоны]]: соревнования [2]", "Что такое хакатоны?"),
        ("Просто текст. [1]", "Подробнее: Конференции"),
    ],
)
def test_items_are_those_of_the_first_list(conversation: Conversation, answer: str, alone: str) -> None:
    """Or rows of a table by their first cell; none that stand below another; without what stands in brackets."""
    assert conversation.standalone("Подробнее про второе", [("Какие бывают виды конференций?", answer)]) == alone


def test_the_list_may_stand_before_the_answer_on_one_of_its_items(conversation: Conversation) -> None:
    """One item after another is asked about."""
    history = [("Какие бывают виды конференций?", KINDS), ("Расскажи про первое", "**Отраслевая** - по одной. [1]")]
    assert conversation.standalone("А второе?", history) == "Что такое «Научная» в «Конференции»?"


def test_an_item_of_a_list_on_nothing_speaks_for_itself(conversation: Conversation) -> None:
    """Where the question before had no subject."""
    history = [("Какие бывают форматы?", "- **Ужинные**: беседа [1]\n- Клубы путешествий [2]")]
    assert conversation.standalone("А первый?", history) == "Что такое Ужинные?"
    assert conversation.standalone("А второй?", history) == "Клубы путешествий"


def test_an_item_outside_a_note_is_told_by_what_it_belongs_to(conversation: Conversation) -> None:
    """Unless its name says that."""
    answer = "- Стенд: место в зале [1]\n- Аренда генератора: на сутки [2]"
    history = [("Какие бывают виды генераторов?", answer)]
    assert conversation.standalone("Подробнее про первое", history) == "Что такое «Стенд» (генераторы)?"
    assert conversation.standalone("Подробнее про второе", history) == "Что такое Аренда генератора?"


@pytest.mark.parametrize(
    ("before", "question", "alone"),
    [
        ("Как бороться со страхом сцены?", "Как к этому готовиться?", "Как готовиться: страх сцены"),
        (
            "Сколько участников у технологической платформы?",
            "А что это такое?",
            "Что такое: участники",
        ),
        ("Какие преимущества у научных лабораторий?", "А минусы?", "Минусы: научные лаборатории"),
        ("Какие виды генератора?", "А минусы?", "Минусы: генератор"),
    ],
)
def test_what_is_put_in_reads_as_russian(conversation: Conversation, before: str, question: str, alone: str) -> None:
    """A preposition goes with its pronoun, and the subject stands in the nominative."""
    assert conversation.standalone(question, [(before, "Ответ. [1]")]) == alone


def test_a_subject_without_a_noun_is_what_was_found(names: Naming, kb: KnowledgeBase) -> None:
    """A verb or a word that no dictionary has is no subject to be put into another form."""
    (kinds,) = kb.search("Что входит в спонсорское партнёрство?", 1)
    talk = Conversation(names, lambda _: kinds.chunk)
    for before in ("Что бесит нашу кейтерингшу?", "Как быстро согреться?"):
        alone = talk.standalone("Сколько это стоит?", [(before, "Ответ. [1]")])
        assert alone == "Сколько стоит: Спонсорское партнерство, Партнерство в мероприятиях"


@pytest.mark.parametrize(
    "question",
    [
        "А что такое митап?",
        "А что такое кластер?",
        "Как выбрать площадку для мероприятия?",
        "А как называется столица Франции?",
        "Какие ошибки чаще всего делают гости мероприятий?",
        "Какие преимущества у подкастов и в чём их польза?",
        "Какие бывают виды партнёрства?",
        "Если стартап провалился, что ему делать?",
        "Когда началась вторая мировая война?",
        "Расскажи про второе правило нетворкинга",
        "Кто ты?",
        "Спасибо!",
        "А ты кто?",
        "Как приготовить борщ?",
        "What is a consortium?",
        "Что говорят эти люди о погоде в Москве зимой?",
    ],
)
def test_a_question_of_its_own_stays(conversation: Conversation, question: str) -> None:
    """What names its subject, or speaks of something else, is not changed by a letter."""
    assert conversation.standalone(question, [("Какие бывают виды хакатонов?", KINDS)]) == question


@pytest.mark.parametrize("question", ["А какие у него минусы?", "Подробнее", "А у митапов?", "второе", ""])
def test_nothing_before_nothing_put_in(conversation: Conversation, question: str) -> None:
    """A first question is taken as it is; so is one after nothing that had a subject."""
    assert conversation.standalone(question, []) == question
    assert conversation.standalone("Зачем он нужен?", [("Кто ты?", "В заметках нет ответа.")]) == "Зачем он нужен?"


@pytest.mark.parametrize(
    ("turns", "alone"),
    [
        (("Какие плюсы у хакатонов?", "А у митапов?", "А минусы?"), "Минусы: Митапы"),
        (("Что такое хакатон?", "А какие у него минусы?", "а у выставок?"), "Какие минусы: выставки"),
        (
            ("Что такое митап?", "а какие минусы у хакатонов?", "а для новичков?"),
            "Какие минусы у хакатонов для новичков?",
        ),
        (("Что такое хакатон?", "Кто ты?", "А минусы?"), "Минусы: Хакатоны"),
        (("Что такое хакатон?", "А что такое митап?", "Зачем он нужен?"), "Зачем нужен: Митапы"),
        (("Что такое хакатон?", "Подробнее", "Сколько он стоит?"), "Сколько стоит: Хакатоны"),
    ],
)
def test_the_subject_lasts_until_another_one_comes(
    conversation: Conversation, turns: tuple[str, ...], alone: str
) -> None:
    """Each question is read after those before it, as these were understood."""
    *before, question = turns
    history: list[Turn] = [(asked, "Ответ. [1]") for asked in before]
    assert conversation.standalone(question, history) == alone


def test_a_question_of_many_words_is_about_what_it_found(names: Naming, kb: KnowledgeBase) -> None:
    """The note, and its section unless that only tells a facet."""
    (kinds,) = kb.search("Что входит в спонсорское партнёрство?", 1)
    talk = Conversation(names, lambda _: kinds.chunk)
    assert talk.standalone("А сколько им платят?", [(TEAM, "…")]) == (
        "Сколько платят: Спонсорское партнерство, Партнерство в мероприятиях"
    )
    assert Conversation(names, lambda _: None).standalone("А минусы?", [(TEAM, "…")]) == "А минусы?"


def test_the_answer_says_how_it_was_understood(kb: KnowledgeBase) -> None:
    """What was searched for is told; earlier questions are read as they were meant, typos and places included."""
    first = kb.ask("Что такое консорциум?")
    answer = kb.ask("А зачем его создают?", [(first.question, first.text)])
    assert answer.understood == "Зачем создают: консорциум"
    assert any("Консорциумы" in citation.quote for citation in answer.citations)
    misspelt = [("xnj nfrjt rjycjhwbev в заметке «Отраслевые сообщества»", first.text)]
    assert kb.ask("А зачем он нужен?", misspelt).understood is not None
    kinds = kb.ask("Какие бывают виды партнёрства?")
    assert kinds.text.count("\n- ") > 1
    second = kb.ask("Расскажи подробнее про второе", [(kinds.question, kinds.text)])
    assert second.understood is not None
    assert second.understood.startswith("Что такое ")
    assert second.text != kinds.text
    assert second.status == "answered"
