"""Where to read on about something: the links that its note gathers, where a question asks for them."""

import re

from kbqa.answering.draft import Part
from kbqa.answering.passages import passages_of_section
from kbqa.answering.statements import Statement, laid_out, see_also
from kbqa.index.analysis import words
from kbqa.retrieval.facets import told
from kbqa.types import Note

_ASKS = re.compile(
    r"\bпочитать\b|\b(?:см|смотри|смотрите|смотреть|посмотреть) также\b|\bотсыла\w+|"
    r"\bсвязанн\w+ (?:с \w+ )?(?:заметк|тем)\w+|\b(?:куда|на что|на какие \w+)(?: \w+)? ссыла(?:ется|ются|юсь)\b|"
    r"\bread (?:next|on|more|further)\b|\bsee also\b|\brelated (?:notes|topics)\b|\bfurther reading\b"
)


def asks_for_more(question: str) -> bool:
    """Whether a question asks where to read on: «Что ещё почитать о форумах?»."""
    return bool(_ASKS.search(" ".join(words(question))))


def further_reading(note: Note) -> Part | None:
    """What a note says of that: its «См. также: …», and sections of links under a heading for them; None if nothing."""
    links: list[Statement] = []
    for section in note.sections:
        statements = [Statement(passage, passage.quote()) for passage in passages_of_section(note, section)]
        is_headed = "related" in told(section.heading_path[-1])
        links += (one for one in statements if one.passage.is_navigation) if is_headed else see_also(statements)
    return Part(note.title, laid_out(note, links)) if links else None
