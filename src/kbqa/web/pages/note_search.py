"""What the search box beside the notes looks through: names, which the page has, and the text, which is asked for."""

import re
from collections.abc import Sequence
from typing import Any

from kbqa.index.analysis import folded
from kbqa.knowledge_base import KnowledgeBase
from kbqa.texts import Texts
from kbqa.types import Hit, NoteSummary
from kbqa.web.elements.addresses import note_address

MOST = 8
"""Places that are found in the text."""
LONGEST = 160
"""Characters shown of such a place."""
STEM = 5
"""Letters by which words are compared here; the search itself knows better."""

_WORD = re.compile(r"\w+")
_SIGNS = re.compile(r"\*+|`+|==|~~|\[\[|\]\]|\u2063")
_PARTS = re.compile(r"^[\s>]*(?:[-+*]|\d+[.)])?\s+|\s*\|\s*")


def list_data(summaries: Sequence[NoteSummary], texts: Texts) -> dict[str, Any]:
    """The names of all notes, and the words that the page says around what it finds."""
    return {
        "notes": [[note.path, note.title, note.aliases, note.tags] for note in summaries],
        "texts": {
            "alias": texts.template("pages.list.by_alias"),
            "tag": texts.template("pages.list.by_tag"),
            "path": texts.template("pages.list.by_path"),
            "more": texts.template("pages.list.more"),
            "count": texts.template("pages.list.count"),
            "nothing": texts("pages.list.nothing"),
            "inText": texts("pages.list.in_text"),
            "searching": texts("pages.list.searching"),
            "nothingInText": texts("pages.list.nothing_in_text"),
            "lost": texts("pages.list.lost"),
        },
    }


def found_in_text(kb: KnowledgeBase, query: str) -> list[dict[str, Any]]:
    """The places that come nearest to `query`, best first, each with the reasons in words.

    Raises:
        QuestionError: it is empty, or too long.
    """
    return [_found(hit, query) for hit in kb.search(query, MOST)]


def _found(hit: Hit, query: str) -> dict[str, Any]:
    offset, text = _line(hit, query)
    line = hit.chunk.start_line + offset
    return {
        "address": note_address(hit.chunk.note, line),
        "title": hit.chunk.title,
        "place": " › ".join(hit.chunk.heading_path[1:]),
        "text": text,
        "why": "; ".join(hit.reasons),
    }


def _line(hit: Hit, query: str) -> tuple[int, str]:
    """The line of a chunk that has most of the query's words, and how far it is from the chunk's first."""
    wanted = {folded(word)[:STEM] for word in _WORD.findall(query)}
    lines = list(enumerate(hit.chunk.text.split("\n")))
    lines = [(at, line) for at, line in lines if line.strip() and not line.startswith(("#", "|--"))] or lines
    at, line = max(lines, key=lambda item: (len(wanted & _stems(item[1])), -item[0]))
    shown = " ".join(_SIGNS.sub("", _PARTS.sub(" ", line)).split())
    return at, shown if len(shown) <= LONGEST else shown[:LONGEST].rpartition(" ")[0] + "…"


def _stems(line: str) -> set[str]:
    return {folded(word)[:STEM] for word in _WORD.findall(line)}
