"""What the panel shows of a note, and what it marks there."""

import pytest

from kbqa import KnowledgeBase
from kbqa.types import Chunk, Citation, Hit, Note, Section
from kbqa.web.chat.passages import Line, Mark, Passage, cited_passages, hit_passage, opened_passage, unused_hits


def note_of(text: str, *sections: tuple[int, int, int]) -> Note:
    """A note with sections given as (level, first line, last line)."""
    parts = tuple(Section(("Заметка",), level, start, end, "", ()) for level, start, end in sections)
    return Note("a.md", "Заметка", (), (), (), "", text, parts)


def citation(number: int, start: int, end: int, quote: str, note: str = "a.md") -> Citation:
    """A citation of some lines."""
    return Citation(number, note, "Заметка", ("Заметка",), start, end, quote)


def hit(start: int, end: int, text: str = "", note: str = "a.md") -> Hit:
    """A hit on some lines."""
    chunk = Chunk("id", note, "Заметка", ("Заметка",), (), text, text, 1, start, end)
    return Hit(chunk, 1.0, 1, ())


def marked(passage: Passage, number: int) -> str:
    """The marked text of one citation."""
    return "\n".join(
        line.text[mark.start : mark.end] for line in passage.lines for mark in line.marks if mark.number == number
    )


def test_a_part_of_a_line_is_marked_exactly() -> None:
    """Of a line with two sentences only the quoted one is marked."""
    note = note_of("# A\n\nПервое. Второе. Третье.", (1, 1, 3))
    [passage] = cited_passages([citation(1, 3, 3, "Второе.")], lambda _: note)
    assert passage.lines == (Line(3, "Первое. Второе. Третье.", (Mark(8, 15, 1),), (1,)),)


def test_a_quote_over_several_lines_is_marked_on_each() -> None:
    """The number stands at the first line; blank lines in between bear no mark."""
    note = note_of("# A\nначало один\n\nдва конец", (1, 1, 4))
    [passage] = cited_passages([citation(1, 2, 4, "один\n\nдва")], lambda _: note)
    assert [line.marks for line in passage.lines] == [(Mark(7, 11, 1),), (), (Mark(0, 3, 1),)]
    assert [line.opens for line in passage.lines] == [(1,), (), ()]


def test_overlapping_quotes_share_the_line() -> None:
    """Where two quotes overlap, each letter is marked once."""
    note = note_of("# A\nодин два три", (1, 1, 2))
    [passage] = cited_passages([citation(1, 2, 2, "один два"), citation(2, 2, 2, "два три")], lambda _: note)
    assert passage.lines[0].marks == (Mark(0, 8, 1), Mark(8, 12, 2))
    assert passage.lines[0].opens == (1, 2)


TREE = note_of(
    "\n".join(
        ["---", "о: [[п]]", "---", "# A", "", "текст", "", "## Б", "б", "### В", "в", "## Г", *["г"] * 60, "конец"]
    ),
    *((1, 4, 6), (2, 8, 9), (3, 10, 11), (2, 12, 73)),
)


@pytest.mark.parametrize(
    ("line", "numbers", "lit"),
    [
        (4, range(6, 45), []),
        (8, range(9, 12), []),
        (9, range(9, 12), [9]),
        (11, range(11, 12), [11]),
        (12, range(13, 53), []),
        (52, range(13, 53), [52]),
        (60, range(58, 74), [60]),
        (2, range(1, 5), [2]),
        (99, range(0), []),
    ],
)
def test_an_opened_place_is_shown_with_its_subsections(line: int, numbers: range, lit: list[int]) -> None:
    """From the section's beginning, unless the line is far below it; a line within it is lit, a heading is not."""
    passage = opened_passage(TREE, line)
    assert [row.number for row in passage.lines] == list(numbers)
    assert [row.number for row in passage.lines if row.lit] == lit


def test_a_short_section_is_shown_whole_and_a_long_one_around_the_quote() -> None:
    """Context ends at the section's border; a long section shows two lines on either side."""
    text = "\n".join(["# A", "a", "b", "## B", *(f"строка {n}" for n in range(5, 31))])
    note = note_of(text, (1, 1, 3), (2, 4, 30))
    short, long = cited_passages([citation(1, 2, 2, "a"), citation(2, 20, 20, "строка 20")], lambda _: note)
    assert [line.number for line in short.lines] == [2, 3]
    assert [line.number for line in long.lines] == [18, 19, 20, 21, 22]


def test_quotes_stand_for_themselves_when_the_note_has_changed() -> None:
    """A note that is gone, or no longer holds the quote, is not marked in the wrong place."""
    changed = note_of("# A\nсовсем другое", (1, 1, 2))
    for note in (None, changed, note_of("")):
        [passage] = cited_passages([citation(1, 2, 3, "прежний\nтекст")], lambda _, note=note: note)
        assert marked(passage, 1) == "прежний\nтекст"
        assert [line.number for line in passage.lines] == [2, 3]


def test_passages_are_grouped_by_note_in_order_of_mention() -> None:
    """Notes come as the answer mentions them; passages within a note as they stand in it."""
    note = note_of("# A\na\n# B\nb", (1, 1, 2), (1, 3, 4))
    cited = [citation(1, 4, 4, "b"), citation(2, 2, 2, "a", "z.md"), citation(3, 2, 2, "a")]
    assert [(passage.note, passage.lines[0].number) for passage in cited_passages(cited, lambda _: note)] == [
        ("a.md", 2),
        ("a.md", 4),
        ("z.md", 2),
    ]


def test_hits_on_cited_lines_are_used() -> None:
    """A hit counts as used when one of its lines is cited."""
    used, other_lines, other_note = hit(1, 5), hit(6, 9), hit(1, 5, note="b.md")
    assert unused_hits([used, other_lines, other_note], [citation(1, 5, 5, "x")]) == [other_lines, other_note]


def test_a_hit_shows_its_first_lines_of_text() -> None:
    """Headings and blank lines are left out; the numbers are the file's."""
    shown = hit_passage(hit(4, 9, "# A\n\nодин\nдва\n\nтри"), most=2)
    assert shown.lines == (Line(6, "один"), Line(7, "два"))


def test_every_quote_of_a_real_answer_is_marked_exactly(kb: KnowledgeBase) -> None:
    """On the corpus, what is marked for a citation is its quote, letter by letter."""
    for question in ("Какие бывают виды партнерства?", "Что такое отраслевые сообщества?", "Как найти партнеров?"):
        answer = kb.ask(question)
        assert answer.citations
        passages = cited_passages(answer.citations, kb.note)
        for cited in answer.citations:
            [text] = [found for passage in passages if (found := marked(passage, cited.number))]
            assert text == "\n".join(line for line in cited.quote.split("\n") if line)
