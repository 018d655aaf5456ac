"""Markers in an answer's text, and what they stand for."""

import pytest

from kbqa.answering.citations import CitationList, Quote, markers, without_markers


def quote(text: str, line: int = 5, note: str = "Кофе.md") -> Quote:
    """A quote of one line."""
    return Quote(note, "Кофе", ("Кофе", "Сорта"), line, line, text, shown=text)


def test_numbers_count_from_one_by_first_mention() -> None:
    """Each new quote gets the next number."""
    citations = CitationList()
    assert citations.cite(quote("Арабика")) == "Арабика [1]"
    assert citations.cite(quote("Робуста", line=6)) == "Робуста [2]"
    assert [(citation.number, citation.quote) for citation in citations.citations()] == [(1, "Арабика"), (2, "Робуста")]


def test_the_same_quote_keeps_its_number() -> None:
    """A second mention is no second citation."""
    citations = CitationList()
    assert citations.cite(quote("Арабика")) == citations.cite(quote("Арабика"))
    assert len(citations.citations()) == 1


@pytest.mark.parametrize("other", [quote("Арабика", line=9), quote("Арабика", note="Чай.md"), quote("Робуста")])
def test_another_place_is_another_citation(other: Quote) -> None:
    """Equal words on another line or in another note are cited from there."""
    citations = CitationList()
    citations.cite(quote("Арабика"))
    citations.cite(other)
    assert [citation.number for citation in citations.citations()] == [1, 2]


def test_a_citation_says_where_its_quote_stands() -> None:
    """All of the quote's place goes into the citation."""
    citations = CitationList()
    citations.cite(quote("Арабика", line=7))
    (citation,) = citations.citations()
    assert (citation.note, citation.title, citation.heading_path) == ("Кофе.md", "Кофе", ("Кофе", "Сорта"))
    assert (citation.start_line, citation.end_line, citation.quote) == (7, 7, "Арабика")


@pytest.mark.parametrize("text", ["см. [1]", "[2][3]", r"уже \[4\]", r"наполовину \[5]", "[[6]]", "[7](адрес)", "a[0]"])
def test_a_number_in_brackets_of_the_note_is_no_marker(text: str) -> None:
    """It is escaped in the answer, and stays as it is in the quote."""
    citations = CitationList()
    assert list(markers(citations.cite(quote(text)))) == [1]
    assert citations.citations()[0].quote == text
    assert list(markers(without_markers(text))) == []


def test_markers_are_read_back_in_order() -> None:
    """Every marker, repeated ones too; nothing else in brackets."""
    assert list(markers(r"а [2] б [10], в [2] и [текст], \[3\], [[4]]x [")) == [2, 10, 2, 4]
