"""What a note is about, from its opening and its headings: «О чём заметка …?», «Расскажи про …», or its bare name."""

import re
from collections.abc import Collection, Sequence

from kbqa.answering.draft import Part
from kbqa.answering.named import NoteNames
from kbqa.answering.outline import contents_quotes
from kbqa.answering.passages import passages_of_section
from kbqa.index.analysis import names_something, stems, words
from kbqa.types import Note

_NOTE = r"(?:заметк|запис[ьи]|конспект|текст|документ|файл)\w*"
_BRIEFLY = r"(?: (?:мне|нам|кратко|коротко|вкратце|подробно|подробнее|пожалуйста|все))*"
_OVERVIEW = re.compile(
    rf"\bо чем (?:\w+ ){{0,2}}{_NOTE}|"
    r"\bо чем(?: (?:там|тут|здесь|говорится|написано|идет|речь))*$|"
    rf"\b(?:структур|оглавлени|содержани|план|раздел|глав|заголовк|резюме|обзор|суть)\w*(?: \w+){{0,2}} {_NOTE}|"
    r"^(?:а )?(?:какие|перечисли\w*|назови\w*|покажи\w*)(?: все)? (?:разделы|главы|заголовки)\b|"
    rf"^(?:а )?(?:перескажи|расскажи|опиши)\w*{_BRIEFLY} (?:о|об|обо|про|{_NOTE})\b|"
    r"\bwhat (?:is|are) (?:\w+ ){0,2}notes?\b.*\babout\b|"
    r"\b(?:outline|summary|contents|sections) of (?:\w+ ){0,2}notes?\b|"
    r"^(?:tell|describe)(?: me)? (?:everything |all )?about\b|^summari[sz]e\b"
)
_FRAME = re.compile(
    rf"\b(?:о чем|{_NOTE}|(?:перескажи|расскажи|опиши|перечисли|покажи|назови)\w*|"
    r"(?:структур|оглавлени|содержани|раздел|заголовк)\w*|"
    r"план\w*|глав(?:а|ы|ах)|резюме|обзор|суть|кратк\w+|коротко|вкратце|подробн\w+|пожалуйста|"
    r"говорится|написано|идет|речь|все|там|тут|здесь|"
    r"notes?|tell|describe|summar\w+|outline|contents|sections|everything|all)\b"
)
"""Words that ask for an overview, and say nothing of what."""


def overview_topic(question: str) -> str | None:
    """What a question asks an overview of, in its words, which may be none; None where it asks for no overview."""
    plain = " ".join(words(question))
    return _FRAME.sub(" ", plain) if _OVERVIEW.search(plain) else None


def note_overviewed(question: str, names: NoteNames, found: Sequence[str]) -> str | None:
    """Path of the note that a question asks an overview of; None where it asks for none, or may mean several notes.

    A note's name and nothing besides asks for one, too.

    Args:
        question: its text.
        names: of all notes.
        found: the notes in which something was found, each once, best first.
    """
    topic = overview_topic(question)
    if topic is None:
        notes = names.called(question)
    elif names_something(topic):
        asked = frozenset(stems(topic))
        notes = names.named(asked) or _only(names.having(asked))
    else:
        notes = _only(found)
    return next((path for path in found if path in notes), None)


def _only(paths: Collection[str]) -> frozenset[str]:
    """The paths where they are one, else none."""
    return frozenset(paths if len(paths) == 1 else ())


def overview_parts(note: Note) -> list[Part]:
    """The note's opening and its headings; none where it has not at least two of these."""
    contents = contents_quotes(note)
    if not contents:
        return []
    above = (section for section in note.sections if len(section.heading_path) == 1)
    opening = next((one for section in above for one in passages_of_section(note, section) if one.opens_note), None)
    return [*([Part(None, opening.opening())] if opening else []), Part(note.title, contents)]
