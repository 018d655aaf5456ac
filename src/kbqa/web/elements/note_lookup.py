"""Notes by their paths, as pages look them up while they are drawn."""

from collections.abc import Callable
from functools import cache

from kbqa.errors import KbqaError
from kbqa.knowledge_base import KnowledgeBase
from kbqa.types import Note

NoteOf = Callable[[str], Note | None]
"""A note by its path; None when it cannot be had any more."""


def note_of_kb(kb: KnowledgeBase) -> NoteOf:
    """Notes by their paths, each read once."""

    @cache
    def note_of(path: str) -> Note | None:
        try:
            return kb.note(path)
        except KbqaError:  # removed and indexed anew since the answer
            return None

    return note_of
