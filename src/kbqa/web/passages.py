"""Citations and hits as passages of notes: which lines to show, and what to mark in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kbqa.types import Citation, Hit, Note

NoteOf = Callable[[str], Note | None]
"""A note by its path; None when it cannot be had any more."""

CONTEXT = 2
"""Lines shown on either side of a quote."""
WHOLE_SECTION = 12
"""A section of at most this many lines is shown whole."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of one line that an answer quotes."""

    start: int
    """0-based column of the first character."""
    end: int
    """0-based column after the last one."""
    number: int
    """The citation's."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a note, as in the file."""

    number: int
    """1-based."""
    text: str
    marks: tuple[Mark, ...] = ()
    """In order, not overlapping."""
    opens: tuple[int, ...] = ()
    """Numbers of the citations that begin on this line."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of one section, some left out where their numbers jump."""

    note: str
    title: str
    heading_path: tuple[str, ...]
    lines: tuple[Line, ...]


def cited_passages(citations: Iterable[Citation], note_of: NoteOf) -> list[Passage]:
    """One passage for each section that is cited: grouped by note in order of first mention, then by place."""
    groups: dict[str, dict[int, list[Citation]]] = {}
    for citation in citations:
        note = note_of(citation.note)
        start, _ = _section_lines(note, citation.start_line) if note else (citation.start_line, 0)
        groups.setdefault(citation.note, {}).setdefault(start, []).append(citation)
    return [
        _passage(section, note_of(path)) for path, sections in groups.items() for _, section in sorted(sections.items())
    ]


def hit_passage(hit: Hit, most: int = WHOLE_SECTION) -> Passage:
    """A found chunk's first lines, at most `most`, with nothing marked."""
    chunk = hit.chunk
    rows = [Line(chunk.start_line + offset, text) for offset, text in enumerate(chunk.text.split("\n"))]
    rows = [row for row in rows if row.text.strip() and not row.text.startswith("#")]
    return Passage(chunk.note, chunk.title, chunk.heading_path, tuple(rows[:most]))


def unused_hits(hits: Iterable[Hit], citations: Sequence[Citation]) -> list[Hit]:
    """Hits none of whose lines is cited, best first."""
    return [hit for hit in hits if not any(_overlap(hit, citation) for citation in citations)]


def _overlap(hit: Hit, citation: Citation) -> bool:
    chunk = hit.chunk
    return (
        chunk.note == citation.note and chunk.start_line <= citation.end_line and citation.start_line <= chunk.end_line
    )


def _passage(citations: Sequence[Citation], note: Note | None) -> Passage:
    first = citations[0]
    text = note.text.split("\n") if note else []
    placed = {citation.number: _marks(citation, text) for citation in citations}
    # The note may have been indexed anew since the answer; then the quotes stand for themselves.
    lines = _lines(citations, placed, note, text) if note and all(placed.values()) else _quoted_lines(citations)
    return Passage(first.note, first.title, first.heading_path, tuple(lines))


def _lines(
    citations: Sequence[Citation], placed: Mapping[int, Mapping[int, Mark]], note: Note, text: Sequence[str]
) -> list[Line]:
    shown = sorted(set().union(*(_window(citation, note) for citation in citations)))
    while not text[shown[0] - 1].strip():
        shown.pop(0)
    while not text[shown[-1] - 1].strip():
        shown.pop()
    return [
        Line(
            number,
            text[number - 1],
            _apart(marks[number] for marks in placed.values() if number in marks),
            tuple(cited for cited, marks in placed.items() if number == min(marks)),
        )
        for number in shown
    ]


def _window(citation: Citation, note: Note) -> set[int]:
    """The lines to show for a citation: its own and some of its section's around them."""
    start, _ = _section_lines(note, citation.start_line)
    _, end = _section_lines(note, citation.end_line)
    if end - start >= WHOLE_SECTION:
        start = max(start, citation.start_line - CONTEXT)
        end = min(end, citation.end_line + CONTEXT)
    # A citation may quote the heading itself.
    return set(range(min(start, citation.start_line), max(end, citation.end_line) + 1))


def _section_lines(note: Note, line: int) -> tuple[int, int]:
    """First and last line of the section with `line`, its heading left out."""
    for section in note.sections:
        if section.start_line <= line <= section.end_line:
            return section.start_line + (section.level > 0), section.end_line
    return line, line


def _marks(citation: Citation, text: Sequence[str]) -> dict[int, Mark]:
    """The quote's place by line number; empty where the cited lines do not hold it."""
    lines = text[citation.start_line - 1 : citation.end_line]
    begin = "\n".join(lines).find(citation.quote)
    if begin < 0:
        return {}
    end = begin + len(citation.quote)
    marks = {}
    offset = 0
    for number, line in enumerate(lines, citation.start_line):
        start, stop = max(begin - offset, 0), min(end - offset, len(line))
        if start < stop:
            marks[number] = Mark(start, stop, citation.number)
        offset += len(line) + 1
    return marks


def _apart(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Marks in order; of two that overlap, the later begins where the earlier ends."""
    apart: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, mark.number)):
        start = max(mark.start, apart[-1].end) if apart else mark.start
        if start < mark.end:
            apart.append(Mark(start, mark.end, mark.number))
    return tuple(apart)


def _quoted_lines(citations: Sequence[Citation]) -> list[Line]:
    """What can be shown without the note: the quotes themselves."""
    return [
        Line(
            citation.start_line + offset,
            text,
            (Mark(0, len(text), citation.number),),
            (citation.number,) if offset == 0 else (),
        )
        for citation in citations
        for offset, text in enumerate(citation.quote.split("\n"))
    ]
