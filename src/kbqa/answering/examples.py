"""Example questions, made from the titles and headings of the notes."""

import re
from collections.abc import Iterator

from kbqa.index.analysis import stems
from kbqa.texts import Texts
from kbqa.types import Note

# A heading that begins with a plural («Виды партнерства», «Современные вызовы») can be asked for with «Каковы …?»
# without inflecting it; the endings are those of nominative plurals.
_PLURAL = re.compile(r"^\w+(ые|[кщшжч]ие|ы|и|ства|ения)\s+\w+", re.IGNORECASE)
_ENGLISH_PLURAL = re.compile(r"^(\w+ )*\w+s (of|for|in|to)\b", re.IGNORECASE)


def example_questions(note: Note, texts: Texts) -> Iterator[str]:
    """Questions that the note should answer: about its headings that name several things, then about its title."""
    for section in note.sections:
        heading = section.heading_path[-1]
        if len(section.heading_path) > 1 and (_PLURAL.match(heading) or _ENGLISH_PLURAL.match(heading)):
            heading = heading[0].lower() + heading[1:]
            # «Основные признаки» of what? A heading that does not repeat the title's words needs the title.
            alone = set(stems(heading)) & set(stems(note.title))
            key = "answers.example_plural" if alone else "answers.example_plural_of"
            yield texts(key, heading=heading, title=note.title)
    yield texts("answers.example_title", title=note.title)
