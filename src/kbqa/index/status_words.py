"""The state of the index in words for the user, as the shell and the chat both say it."""

from dataclasses import fields

from kbqa.index.manifest import Recipe
from kbqa.index.status import IndexStatus, NoteStatus
from kbqa.texts import Texts


def note_words(entry: NoteStatus, texts: Texts) -> str:
    """What is with a note, without its name."""
    unreadable = entry.state == "changed" and entry.reason
    key = "unreadable" if unreadable else entry.state
    return texts(f"status.note.{key}", reason=entry.reason, chunks=entry.chunks)


def published_words(status: IndexStatus, texts: Texts) -> str:
    """When the index was made, by the clock of this machine."""
    return status.published.astimezone().strftime(texts("status.date"))


def recipe_words(status: IndexStatus, texts: Texts) -> tuple[str, ...]:
    """What the index was made with; a part that would be another now is followed by that: `2 → 3`."""
    return (texts("status.model", model=status.model), *(_part(field.name, status, texts) for field in fields(Recipe)))


def outdated_words(status: IndexStatus, texts: Texts) -> tuple[str, ...]:
    """Of the recipe only the parts that would be others now."""
    return tuple(_part(name, status, texts) for name in status.outdated)


def _part(name: str, status: IndexStatus, texts: Texts) -> str:
    made, now = getattr(status.recipe, name), getattr(status.expected, name)
    return texts(f"status.recipe.{name}", value=made if made == now else f"{made} → {now}")
