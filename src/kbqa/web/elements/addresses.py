"""The addresses of the pages of notes; written in one place, since they stand in pages, links and scripts."""

import unicodedata
from urllib.parse import quote, urlencode

from kbqa.knowledge_base import KnowledgeBase
from kbqa.notes.listing import NOTE_SUFFIX
from kbqa.settings import Settings
from kbqa.types import Link

NOTES = "/notes"
MAP = "/map"


def note_address(path: str, line: int | None = None) -> str:
    """The page of a note, at one of its lines."""
    return _address(NOTES, path=path, line="" if line is None else str(line))


def place_address(path: str, link: Link) -> str:
    """The page of a note, at what a link to it names; that is looked up once the page is asked for."""
    return _address(NOTES, path=path, heading=link.heading or "", block=link.block or "")


def unwritten_address(name: str) -> str:
    """The page on a note that is not written yet."""
    return _address(NOTES, unwritten=name)


def tag_address(tag: str, path: str = "") -> str:
    """The list of notes with a tag, beside the note that is being read."""
    return _address(NOTES, path=path, find=f"#{tag}")


def map_address(path: str) -> str:
    """The map, with a note in its middle."""
    return _address(MAP, note=path)


def ask_address(path: str) -> str:
    """The chat, whose search keeps within a note."""
    return _address("/", note=path)


def asked_note(kb: KnowledgeBase, path: str) -> tuple[str, ...]:
    """The note that the chat's address names, as `ask_address` makes it; none where there is no such note."""
    path = unicodedata.normalize("NFC", path)
    return (path,) if path and any(summary.path == path for summary in kb.notes()) else ()


def note_name(path: str) -> str:
    """What a note's file is called."""
    return path.rpartition("/")[2].removesuffix(NOTE_SUFFIX)


def obsidian_address(settings: Settings, path: str) -> str | None:
    """Opens a note in Obsidian, by its place on disk: a vault's name there need not be its folder's.

    None where the notes are not on this machine.
    """
    if settings.chroma_url:
        return None
    return f"obsidian://open?path={quote(str(settings.corpus.resolve() / path), safe='')}"


def _address(page: str, **values: str) -> str:
    given = {name: value for name, value in values.items() if value}
    return f"{page}?{urlencode(given, quote_via=quote)}" if given else page
