"""Answers, notes and links whose every word is hostile, for the tests of the page's parts."""

from kbqa.types import Answer, Chunk, Citation, Hit, Note, Section
from kbqa.web.chat.neighbours import Neighbour, Neighbours
from kbqa.web.chat.panel import Surroundings

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'

NOTE = Note(HOSTILE, HOSTILE, (), (), (), "", HOSTILE, (Section((HOSTILE, HOSTILE), 2, 1, 1, HOSTILE, ()),))


def neighbours(path: str) -> tuple[Neighbours, Neighbours]:
    """Of any note: two notes that it links to, one of them not written, one that links to it, and many more."""
    written, unwritten = Neighbour(HOSTILE, HOSTILE, path, 7), Neighbour(HOSTILE)
    return Neighbours((written, unwritten), 3), Neighbours((written,))


AROUND = Surroundings(lambda _: None, neighbours, lambda path: f"obsidian://open?path={path}")
"""Notes that are gone, among those neighbours; each might open in Obsidian, by an address that is hostile, too."""


def answer(**changes: object) -> Answer:
    """An answer with one citation and one unused hit, all of it hostile."""
    chunk = Chunk("id", HOSTILE, HOSTILE, (HOSTILE, HOSTILE), (), HOSTILE, HOSTILE, 1, 8, 9)
    values: dict[str, object] = {
        "question": HOSTILE,
        "understood": HOSTILE,
        "status": "answered",
        "text": f"{HOSTILE} [1]",
        "citations": (Citation(1, HOSTILE, HOSTILE, (HOSTILE, HOSTILE), 3, 3, HOSTILE),),
        "hits": (Hit(chunk, 1.0, 1, (HOSTILE,)),),
        "confidence": 0.9,
        "mode": "extractive",
        "timings_ms": {"total": 12.0},
        "fingerprint": "f",
    }
    return Answer(**(values | changes))  # type: ignore[arg-type]
