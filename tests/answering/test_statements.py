"""Which statements of a section answer."""

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.passages import passages_of_section
from kbqa.answering.statements import Chooser, Statement
from kbqa.embedding import MODEL_ID
from kbqa.index.generations import IndexFolder
from kbqa.notes.sections import outline
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import read_question
from kbqa.types import Note

ITEMS = [f"- Пункт номер {number} о разном и не о том" for number in ("один", "два", "три", "четыре", "пять")]
SPEECH = "Выступление длится четыре минуты. Вопросы задают потом. Свет в зале гасят."
LISTED = "\n".join((SPEECH, "", *ITEMS))


def chosen(question: str, text: str) -> list[str]:
    """What is chosen of a section «Показ» with the text."""
    source = f"# Показ\n\n{text}\n"
    note = Note("Показ.md", "Показ", (), (), (), "hash", source, outline(source, "Показ").sections)
    matcher = Matcher(question, lambda _: 1.0)
    passages = passages_of_section(note, note.sections[-1])
    return [
        statement.quote.text
        for statement in Chooser(read_question(question), matcher).choose(passages, matcher.strengths("Показ"))
    ]


def test_a_sentence_beside_a_list_may_be_the_answer() -> None:
    """It is picked out where it stands out."""
    assert chosen("Кто гасит свет в зале?", LISTED) == ["Свет в зале гасят."]


@pytest.mark.parametrize("question", ["Сколько длится показ?", "Какова цена показа и сколько это длится?"])
def test_a_number_counts_where_a_measure_is_asked_for(question: str) -> None:
    """In words, too."""
    assert "Выступление длится четыре минуты." in chosen(question, LISTED)


def test_a_list_that_is_asked_for_is_whole() -> None:
    """Without the prose that says nothing of the question."""
    assert chosen("Какие бывают показы?", LISTED) == [item.removeprefix("- ") for item in ITEMS]


def test_a_short_text_with_a_list_is_whole() -> None:
    """Sentences and items in the order of the note."""
    assert chosen("Расскажи о показе", "Показ короткий.\n\n- Свет\n- Звук\n\nПотом вопросы.") == [
        "Показ короткий.",
        "Свет",
        "Звук",
        "Потом вопросы.",
    ]


def test_a_longer_text_gives_what_speaks_of_the_question() -> None:
    """Not all of its sentences."""
    assert chosen("Когда вопросы?", f"{SPEECH} Потом расходятся.") == ["Вопросы задают потом."]


def test_the_index_knows_all_statements(kb: KnowledgeBase) -> None:
    """Of the whole corpus, whatever an answer may choose from, and every heading."""
    generation = IndexFolder(kb.settings.index).open_current(model=MODEL_ID)
    sections = [(note, section) for item in kb.notes() for note in [kb.note(item.path)] for section in note.sections]
    compared = [
        Statement(passage, quote).compared
        for note, section in sections
        for passage in passages_of_section(note, section)
        for quote in passage.sentences()
    ]
    assert len(compared) > 100
    assert (
        generation.statements.unknown([*compared, *(". ".join(section.heading_path) for _, section in sections)]) == []
    )
    generation.close()
