"""Filters in the question itself."""

from collections.abc import Callable

import pytest

from kbqa import Filters, KnowledgeBase
from kbqa.retrieval.within import Within

HACKATHON, MEETUP, OLD = "События/Хакатоны.md", "События/Митапы.md", "Методы/Архив/Follow-up 2019.md"
NOTHING = Filters()


@pytest.fixture(scope="module")
def kb(kb_of: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    """Four notes in folders, with aliases and tags."""
    return kb_of(
        {
            HACKATHON: "---\naliases: [Марафоны разработки]\ntags: [networking/events, срочно]\n---\n# Хакатоны\n\n"
            "Хакатон - это соревнование команд.\n\n## Недостатки\n\n- усталость команд\n- мало сна\n",
            MEETUP: "---\ntags: [networking]\n---\n# Митапы\n\nМитап - это встреча.\n\n## Недостатки\n\n- шум в зале\n",
            OLD: "# Follow-up 2019\n\nЖдать ответа две недели.\n",
            "Методы/Беседа.md": "# Светская беседа\n\nБеседа - это разговор.\n",
        }
    )


@pytest.fixture(scope="module")
def within(kb: KnowledgeBase) -> Within:
    """Reads questions about them."""
    return Within(kb.as_retriever().scope)


@pytest.mark.parametrize(
    ("question", "rest", "filters"),
    [
        ("Сколько ждать ответа в заметке «Follow-up 2019»?", "Сколько ждать ответа?", Filters(notes=(OLD,))),
        ("Сколько ждать ответа в заметке follow-up 2019?", "Сколько ждать ответа?", Filters(notes=(OLD,))),
        ("В заметке [[Хакатоны]] сколько спят команды?", "сколько спят команды?", Filters(notes=(HACKATHON,))),
        ("из заметки о чём шумят", "из заметки о чём шумят", NOTHING),
        ("Какие минусы в заметке «Хакатоны»?", "Какие минусы: Хакатоны", Filters(notes=(HACKATHON,))),
        ("Какие минусы в заметке „марафоны разработки“?", "Какие минусы: марафоны разработки", Filters((HACKATHON,))),
        ("Что сказано в заметке Хакатоны?", "Что сказано: Хакатоны", Filters(notes=(HACKATHON,))),
        ("в заметках «Хакатоны» и «Митапы» сколько спят?", "сколько спят?", Filters((HACKATHON, MEETUP))),
        ("Какие минусы у встреч в папке События?", "Какие минусы у встреч?", Filters(folders=("События",))),
        ("в папке событий какие минусы?", "какие минусы?", Filters(folders=("События",))),
        ("Какие минусы в папке «события»?", "Какие минусы?", Filters(folders=("События",))),
        ("Что говорится в папке «Методы/Архив» об ответе?", "Что говорится об ответе?", Filters((), ("Методы/Архив",))),
        ("Какие минусы у встреч #networking", "Какие минусы у встреч", Filters(tags=("networking",))),
        ("#networking/events, какие минусы?", "какие минусы?", Filters(tags=("networking/events",))),
        ("по тегу срочно: какие минусы?", "какие минусы?", Filters(tags=("срочно",))),
        ("Какие минусы с тегом #срочно?", "Какие минусы?", Filters(tags=("срочно",))),
        ("tag:#срочно какие минусы", "какие минусы", Filters(tags=("срочно",))),
        ("tag:срочно, зачем?", "зачем: срочно", Filters(tags=("срочно",))),
        ("path:Методы/Архив сколько ждать?", "сколько ждать?", Filters(folders=("Методы/Архив",))),
        ('path:"Методы/Беседа.md" о разговоре', "о разговоре", Filters(notes=("Методы/Беседа.md",))),
        ("file:хакатоны усталость команд", "усталость команд", Filters(notes=(HACKATHON,))),
        ('What are the drawbacks in the note "Хакатоны"?', "What are the drawbacks: Хакатоны", Filters((HACKATHON,))),
        ("In folder События, what makes teams tired?", "what makes teams tired?", Filters((), ("События",))),
        ("минусы в папке События #срочно", "минусы", Filters((), ("События",), ("срочно",))),
    ],
)
def test_where_a_question_says_to_search(within: Within, question: str, rest: str, filters: Filters) -> None:
    """What it names and the vault has is taken out; the name itself stays where it is all the subject there is."""
    assert within.read(question) == (rest, filters)


@pytest.mark.parametrize(
    "question",
    [
        "Что сказано в заметках про хакатоны?",
        "В какой заметке говорится о митапах?",
        "В каких заметках упоминаются хакатоны?",
        "Что такое C#?",
        "Что значит #неттакого?",
        "Что лежит в папке с договорами?",
        "в заметке «Нет такой» какие минусы?",
        "В нынешней заметке о Follow-up 2019 сколько ждать?",
        "path:нет какие минусы",
        "Чем хакатоны отличаются от митапов?",
        "заметка «Хакатоны»",
        "по тегу, которого нет",
        "см. https://example.org/#networking",
    ],
)
def test_a_question_that_names_no_place_stays(within: Within, question: str) -> None:
    """Not a letter of it changes."""
    assert within.read(question) == (question, NOTHING)


def test_an_answer_says_where_it_searched(kb: KnowledgeBase) -> None:
    """By asking and by searching; the question's own word counts more than the filters that are given."""
    answer = kb.ask("Какие недостатки в заметке «Митапы»?", filters=Filters(notes=(HACKATHON,), folders=("События",)))
    assert answer.within == "Ищу в заметке «Митапы», в папке «События»"
    assert {citation.note for citation in answer.citations} == {MEETUP}
    assert {hit.chunk.note for hit in kb.search("tag:срочно какие недостатки")} == {HACKATHON}
