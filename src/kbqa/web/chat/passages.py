"""Citations, hits and opened places as passages of notes: which lines to show, and what to mark in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from kbqa.types import Answer, Citation, Hit, Note, Section
from kbqa.web.elements.note_lookup import NoteOf

CONTEXT = 2
"""Lines shown on either side of a quote."""
WHOLE_SECTION = 12
"""A section of at most this many lines is shown whole."""
OPENED = 40
"""Lines shown of a place that a link leads to."""


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
    lit: bool = False
    """Whether it is the one that was looked for."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of one section, some left out where their numbers jump."""

    note: str
    title: str
    heading_path: tuple[str, ...]
    lines: tuple[Line, ...]
    lost: Literal["", "changed", "gone"] = ""
    """Why the lines are those of the quotes alone: the note does not hold them any more, or is gone itself."""


def cited_passages(citations: Iterable[Citation], note_of: NoteOf) -> list[Passage]:
    """One passage for each section that is cited: grouped by note in order of first mention, then by place."""
    groups: dict[str, dict[int, list[Citation]]] = {}
    for cited in citations:
        note = note_of(cited.note)
        citation = _moved(cited, note) if note else cited
        start, _ = _section_lines(note, citation.start_line) if note else (citation.start_line, 0)
        groups.setdefault(citation.note, {}).setdefault(start, []).append(citation)
    return [
        _passage(section, note_of(path)) for path, sections in groups.items() for _, section in sorted(sections.items())
    ]


def exact_citations(answer: Answer) -> list[Citation]:
    """What the answer cites; in place of what a model's sentences rest on, the very lines that they rest on."""
    sources = dict.fromkeys(source for sentence in answer.sentences for source in sentence.sources)
    exact: list[Citation] = []
    for citation in answer.citations:
        of_it = [source for source in sources if source.number == citation.number]
        exact += [
            replace(citation, start_line=source.start_line, end_line=source.end_line, quote=source.quote)
            for source in of_it
        ] or [citation]
    return exact


def hit_passage(hit: Hit, most: int = WHOLE_SECTION) -> Passage:
    """A found chunk's first lines, at most `most`, with nothing marked."""
    chunk = hit.chunk
    rows = [Line(chunk.start_line + offset, text) for offset, text in enumerate(chunk.text.split("\n"))]
    rows = [row for row in rows if row.text.strip() and not row.text.startswith("#")]
    return Passage(chunk.note, chunk.title, chunk.heading_path, tuple(rows[:most]))


def opened_passage(note: Note, line: int) -> Passage:
    """The section on `line` with its subsections, at most `OPENED` lines; in the properties, the lines around it.

    The line is lit, unless the section begins there.
    """
    text = note.text.split("\n")
    section = next(note.sections_on(line, line), None)
    heading_path = section.heading_path if section else (note.title,)
    first, last = line - CONTEXT, line + CONTEXT
    if section:
        begin, last = section.start_line + (section.level > 0), _last_line(section, note)
        first = begin if line < begin + OPENED else first
    lit = line if section is None or line > section.start_line else 0
    shown = _trimmed(range(max(1, first), min(last, first + OPENED - 1, len(text)) + 1), text)
    rows = (Line(number, text[number - 1], lit=number == lit) for number in shown)
    return Passage(note.path, note.title, heading_path, tuple(rows))


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
    placed = [_marks(citation, text) for citation in citations]
    # The note may have been indexed anew since the answer; then the quotes stand for themselves.
    if note is None or not all(placed):
        quoted = tuple(_quoted_lines(citations))
        return Passage(first.note, first.title, first.heading_path, quoted, "gone" if note is None else "changed")
    return Passage(first.note, first.title, first.heading_path, tuple(_lines(citations, placed, note, text)))


def _moved(citation: Citation, note: Note) -> Citation:
    """The citation on the lines that its quote stands on now, where lines were added or taken away above it."""
    if _marks(citation, note.text.split("\n")) or note.text.count(citation.quote) != 1:
        return citation
    start = note.text[: note.text.index(citation.quote)].count("\n") + 1
    return replace(citation, start_line=start, end_line=start + citation.quote.count("\n"))


def _lines(
    citations: Sequence[Citation], placed: Sequence[Mapping[int, Mark]], note: Note, text: Sequence[str]
) -> list[Line]:
    shown = _trimmed(sorted(set().union(*(_window(citation, note) for citation in citations))), text)
    begin: dict[int, int] = {}
    for citation, marks in zip(citations, placed, strict=True):
        begin[citation.number] = min(*marks, begin.get(citation.number, min(marks)))
    return [
        Line(
            number,
            text[number - 1],
            _apart(marks[number] for marks in placed if number in marks),
            tuple(cited for cited, line in begin.items() if number == line),
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


def _last_line(section: Section, note: Note) -> int:
    """Of the section with its subsections."""
    after = (later for later in note.sections if later.start_line > section.start_line)
    inside = takewhile(lambda later: later.level > section.level, after)
    return max([section.end_line, *(later.end_line for later in inside)])


def _trimmed(numbers: Sequence[int], text: Sequence[str]) -> Sequence[int]:
    """The numbers without those of blank lines at either end."""
    full = [index for index, number in enumerate(numbers) if text[number - 1].strip()]
    return numbers[full[0] : full[-1] + 1] if full else ()


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
            (citation.number,) if offset == 0 and citation.number not in [one.number for one in citations[:at]] else (),
        )
        for at, citation in enumerate(citations)
        for offset, text in enumerate(citation.quote.split("\n"))
    ]
