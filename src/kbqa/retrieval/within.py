"""Where a question itself says to search: «в папке События», «#работа», «in the note "X"», `tag:x`, `path:y`.

Only what the vault has counts: a name after «заметка», «папка» or «тег», in quotes or not, a known tag after `#`, or
one of Obsidian's search operators. «В заметках про X» names no note.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kbqa.retrieval.naming import Naming
from kbqa.retrieval.question import has_subject, names_topic
from kbqa.retrieval.scope import Names, Scope, key_of
from kbqa.types import Filters

_KINDS = ("notes", "folders", "tags")
_NOTE = r"(?:в|из|внутри|по)\s+заметк(?:е|и|ах|у|ам)|(?:in|from|inside)\s+(?:the\s+|my\s+)?notes?"
_FOLDER = r"(?:в|из|внутри|по)\s+папк(?:е|и|ах|у|ам)|(?:in|from|inside)\s+(?:the\s+|my\s+)?folders?"
_TAG = r"(?:по|с|под)\s+тег(?:у|ом|ам|ами)|(?:with|by|under)\s+(?:the\s+)?tags?|tagged(?:\s+(?:as|with))?"
_LEAD = re.compile(
    rf"\b(?:(?P<note>{_NOTE})|(?P<folder>{_FOLDER})|(?P<tag>{_TAG}))(?=[\s«\"“„'\[#:])\s*:?", re.IGNORECASE
)
_OPERATOR = re.compile(r"(?<![\w/])(?P<kind>tag|path|file):\s*(?:\"(?P<quoted>[^\"]+)\"|(?P<bare>\S+))", re.IGNORECASE)
_HASHTAG = re.compile(r"(?<![\w/#&])#(?P<tag>[\w/-]+)")
_QUOTED = re.compile(r"\s*(?:«([^»]+)»|„([^“”]+)[“”]|“([^”]+)”|\"([^\"]+)\"|'([^']+)'|\[\[([^\]|#]+)\]\])")
_AND = re.compile(r"\s*(?:,|\bи\b|\bили\b|\band\b|\bor\b)\s*", re.IGNORECASE)
_MARKS = " «»„“”\"'[]#:"
_ENDING = ".,;:!?…)"
_LOOSE = re.compile(r"\s+([,.;:?!])|^[\s,.;:–—-]+|(?<=[,:–—-])\s*[,:–—-]+(?=\s|$)")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the question something is named."""

    start: int
    end: int
    kind: str
    """`notes`, `folders` or `tags`."""
    names: tuple[str, ...]
    written: str
    """The names alone, as they stand in the question."""


class Within:
    """Reads filters out of questions about one generation's notes."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._namings: dict[str, Naming] = {}

    def read(self, question: str) -> tuple[str, Filters]:
        """The question without the words that say where to search, and what they say.

        The name itself stays where the rest has no subject («Что сказано в заметке „Х“?»), and a note's also where the
        rest asks for a facet only («Какие минусы в заметке „Х“?»): it is the subject then.
        """
        text = unicodedata.normalize("NFC", question)
        places = list(self._places(text))
        if not places:
            return question, Filters()
        rest, end = "", 0
        for place in places:
            rest += text[end : place.start]
            end = place.end
        rest = _tidy(rest + text[end:])
        found = {
            kind: tuple(dict.fromkeys(name for place in places if place.kind == kind for name in place.names))
            for kind in _KINDS
        }
        kept = ("notes",) if names_topic(rest) else _KINDS
        named = [place.written for place in places if place.kind in kept]
        if named and not has_subject(rest):
            rest = f"{rest.rstrip(' ?!.,:;')}: {', '.join(named)}"
        return rest, Filters(**found)

    def _naming_of(self, kind: str) -> Naming:
        # Not `functools.cache`: what it keeps would refer back to this object, and hold a whole generation.
        if kind not in self._namings:
            self._namings[kind] = Naming(self._known(kind))
        return self._namings[kind]

    def _known(self, kind: str) -> Names:
        """What is called how; read for the first question that speaks of such a place."""
        if kind == "notes":
            return self._scope.notes
        return self._scope.folders if kind == "folders" else self._scope.tags

    def _places(self, text: str) -> Iterator[_Place]:
        """From left to right, none over another."""
        found = [*self._led(text), *self._operators(text), *self._hashtags(text)]
        end = 0
        for place in sorted(found, key=lambda place: place.start):
            if place.start >= end:
                end = place.end
                yield place

    def _led(self, text: str) -> Iterator[_Place]:
        for lead in _LEAD.finditer(text):
            kind = f"{lead.lastgroup}s"
            names, end, at = list[str](), lead.end(), lead.end()
            while named := self._named(text, at, kind):
                names += named[0]
                end = named[1]
                further = _AND.match(text, end)
                if not further:
                    break
                at = further.end()
            if names:
                yield _Place(lead.start(), end, kind, tuple(names), text[lead.end() : end].strip(_MARKS))

    def _named(self, text: str, at: int, kind: str) -> tuple[tuple[str, ...], int] | None:
        """The names that stand at a place of the text, in quotes or not, and where they end."""
        if quoted := _QUOTED.match(text, at):
            names = self._called(next(filter(None, quoted.groups())), kind)
            return (names, quoted.end()) if names else None
        at += len(text[at:]) - len(text[at:].lstrip(" #" if kind == "tags" else " "))
        mention = self._naming_of(kind).starting(text, at)
        return (self._targets(mention.names, kind), mention.end) if mention else None

    def _operators(self, text: str) -> Iterator[_Place]:
        for match in _OPERATOR.finditer(text):
            written = match["quoted"] or match["bare"].rstrip(_ENDING)
            kinds = {"tag": ("tags",), "path": ("folders", "notes"), "file": ("notes",)}[match["kind"].lower()]
            for kind in kinds:
                if names := self._called(written, kind):
                    end = match.end() if match["quoted"] else match.start("bare") + len(written)
                    yield _Place(match.start(), end, kind, names, written)
                    break

    def _hashtags(self, text: str) -> Iterator[_Place]:
        for match in _HASHTAG.finditer(text):
            if names := self._exactly(match["tag"], "tags"):
                yield _Place(match.start(), match.end(), "tags", names, match["tag"])

    def _called(self, name: str, kind: str) -> tuple[str, ...]:
        """What is called exactly so, else what consists of the same words in other forms."""
        return self._exactly(name, kind) or self._targets(self._naming_of(kind).called(name), kind)

    def _exactly(self, name: str, kind: str) -> tuple[str, ...]:
        return self._known(kind).get(key_of(name, kind), ())

    def _targets(self, names: Sequence[str], kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(target for name in names for target in self._known(kind)[name]))


def _tidy(text: str) -> str:
    """`text` without the double spaces and loose marks that a cut leaves."""
    return " ".join(_LOOSE.sub(r"\1", " ".join(text.split())).split())
