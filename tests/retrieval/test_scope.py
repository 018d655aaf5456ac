"""What a search is kept within."""

from collections.abc import Callable

import numpy as np
import pytest

from kbqa import Filters, KnowledgeBase
from kbqa.errors import QuestionError
from kbqa.retrieval.scope import Scope, within_words
from kbqa.texts import Texts

QUESTION = "Что такое кофе?"


@pytest.fixture(scope="module")
def kb(kb_of: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    """Notes on drinks in two folders and below, with tags, nested ones among them."""
    return kb_of(
        {
            "Зёрна.md": "---\ntags: [Работа]\naliases: [Бобы]\n---\n# Зёрна\n\nКофе - это зёрна.\n",
            "Дом/Кофе.md": "# Кофе\n\nКофе - это напиток. #работа/встречи\n\n## Сорта\n\nАрабика и робуста.\n",
            "Дом/Кухня/Чай.md": "# Чай\n\nЧай - это не кофе. #ёлка\n",
            "Дача/Кофе.md": "# Кофе\n\nКофе на даче пьют из кружек. #работа2\n",
        }
    )


@pytest.fixture(scope="module")
def scope(kb: KnowledgeBase) -> Scope:
    """Its scope."""
    return kb.as_retriever().scope


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        (Filters(notes=("зерна",)), {"Зёрна.md"}),
        (Filters(notes=("бобы",)), {"Зёрна.md"}),
        (Filters(notes=("Кофе",)), {"Дом/Кофе.md", "Дача/Кофе.md"}),
        (Filters(notes=("дом/кофе.md",)), {"Дом/Кофе.md"}),
        (Filters(notes=("Чай", "Зёрна.md")), {"Дом/Кухня/Чай.md", "Зёрна.md"}),
        (Filters(folders=("дом",)), {"Дом/Кофе.md", "Дом/Кухня/Чай.md"}),
        (Filters(folders=("Дом/Кухня/",)), {"Дом/Кухня/Чай.md"}),
        (Filters(folders=("кухня",)), {"Дом/Кухня/Чай.md"}),
        (Filters(folders=("Дом", "Дача")), {"Дом/Кофе.md", "Дом/Кухня/Чай.md", "Дача/Кофе.md"}),
        (Filters(tags=("работа",)), {"Зёрна.md", "Дом/Кофе.md"}),
        (Filters(tags=("#Работа/встречи",)), {"Дом/Кофе.md"}),
        (Filters(tags=("елка",)), {"Дом/Кухня/Чай.md"}),
        (Filters(tags=("е\u0308лка",)), {"Дом/Кухня/Чай.md"}),
        (Filters(tags=("ёлка", "работа2")), {"Дом/Кухня/Чай.md", "Дача/Кофе.md"}),
        (Filters(notes=("Кофе",), folders=("Дом",)), {"Дом/Кофе.md"}),
        (Filters(folders=("Дом",), tags=("работа",)), {"Дом/Кофе.md"}),
        (Filters(folders=("Дача",), tags=("работа",)), set()),
    ],
)
def test_only_notes_that_pass_are_found(kb: KnowledgeBase, filters: Filters, paths: set[str]) -> None:
    """One of the names within a kind, every kind that is given; all chunks that pass are found."""
    hits = kb.search(QUESTION, 100, filters)
    assert {hit.chunk.note for hit in hits} == paths
    resolved = kb.as_retriever().scope.resolved(filters)
    assert len(hits) == int(kb.as_retriever().scope.passing(resolved).sum())
    assert kb.as_retriever().scope.resolved(resolved) == resolved


@pytest.mark.parametrize("filters", [None, Filters()])
def test_no_filter_is_everything(kb: KnowledgeBase, filters: Filters | None) -> None:
    """Nothing given, nothing left out."""
    assert kb.search(QUESTION, 100, filters) == kb.search(QUESTION, 100)
    answer = kb.ask(QUESTION, filters=filters)
    assert (answer.filters, answer.within) == (Filters(), None)


def test_a_filter_that_all_notes_pass_changes_nothing(kb: KnowledgeBase) -> None:
    """Scores and order to the last digit: the two ways to the nearest vectors agree."""
    everywhere = Filters(notes=tuple(note.path for note in kb.notes()))
    assert kb.search(QUESTION, 100, everywhere) == kb.search(QUESTION, 100)


@pytest.mark.parametrize(
    ("filters", "nearest"),
    [
        (Filters(notes=("Кофф",)), "Дом/Кофе.md"),
        (Filters(folders=("Домм",)), "Дом"),
        (Filters(tags=("работы",)), "работа"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(kb: KnowledgeBase, filters: Filters, nearest: str) -> None:
    """By asking and by searching."""
    for call in (kb.ask, kb.search):
        with pytest.raises(QuestionError, match=nearest) as raised:
            call(QUESTION, filters=filters)
        assert raised.value.exit_code == 2


def test_a_vault_without_folders_or_tags_says_so(kb_of: Callable[..., KnowledgeBase]) -> None:
    """There is nothing near to offer."""
    plain = kb_of("# Кофе\n\nКофе - это напиток.\n")
    with pytest.raises(QuestionError, match="прямо в папке"):
        plain.ask(QUESTION, filters=Filters(folders=("Дом",)))
    with pytest.raises(QuestionError, match="нет тегов"):
        plain.ask(QUESTION, filters=Filters(tags=("дом",)))


def test_an_answer_is_made_of_the_notes_that_pass(kb: KnowledgeBase) -> None:
    """Citations are from these, and the answer says where was searched."""
    answer = kb.ask(QUESTION, filters=Filters(folders=("дача",)))
    assert {citation.note for citation in answer.citations} <= {"Дача/Кофе.md"}
    assert {hit.chunk.note for hit in answer.hits} == {"Дача/Кофе.md"}
    assert answer.filters == Filters(folders=("Дача",))
    assert answer.within == "Ищу в папке «Дача»"


def test_where_nothing_passes_there_is_no_answer(kb: KnowledgeBase) -> None:
    """Names that exist, but not together."""
    answer = kb.ask(QUESTION, filters=Filters(folders=("Дача",), tags=("ёлка",)))
    assert (answer.status, answer.hits) == ("no_evidence", ())


def test_all_kinds_are_told(scope: Scope) -> None:
    """In words, by the titles of notes."""
    filters = scope.resolved(Filters(("Чай", "Бобы"), ("Дом",), ("работа",)))
    told = within_words(filters, lambda path: (path.rpartition("/")[2].removesuffix(".md"),), Texts.load("en"))
    assert told == "Searching in the notes “Чай”, “Зёрна”, in the folder “Дом”, by the tag #работа"


def test_passing_is_told_for_every_chunk(scope: Scope, kb: KnowledgeBase) -> None:
    """In the order of the BM25 tables."""
    passing = scope.passing(scope.resolved(Filters(folders=("Дача",))))
    ids = np.array(kb.as_retriever().generation.lexical.ids)[passing]
    assert {chunk.note for chunk in kb.as_retriever().generation.store.chunks(list(ids))} == {"Дача/Кофе.md"}
