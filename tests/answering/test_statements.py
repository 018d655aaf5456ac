"""What a section consists of."""

from kbqa import KnowledgeBase
from kbqa.answering.passages import passages_of_section
from kbqa.answering.statements import Statement, laid_out, statements_of
from kbqa.embedding import MODEL_ID
from kbqa.index.generations import IndexFolder
from kbqa.notes.sections import outline
from kbqa.types import Note


def test_nested_items_know_how_deep_they_are_shown() -> None:
    """Only items that are shown as well count."""
    source = "# Показ\n\n- Свет\n- Гости:\n  - из Москвы\n  - из Твери\n- Звук\n"
    note = Note("Показ.md", "Показ", (), (), (), "hash", source, outline(source, "Показ").sections)
    every = list(statements_of(passages_of_section(note, note.sections[-1])))
    assert [quote.depth for quote in laid_out(note, every)] == [0, 0, 1, 1, 0]
    assert [quote.depth for quote in laid_out(note, [every[0], every[2]])] == [0, 0]


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
