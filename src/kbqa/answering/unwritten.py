"""Notes that are linked to and not written yet: the usual reason why the notes hold no answer."""

import re
from collections.abc import Iterable, Mapping

from kbqa.index.analysis import stems
from kbqa.retrieval.question import Intent, Question
from kbqa.types import Hit, ResolvedLink

_OF_THE_NOTE = re.compile(r"(?<!какой )\bв заметке\b|\b(?:in|of) the note\b", re.IGNORECASE)
"""Asks what a note says, not where something is mentioned."""


class Unwritten:
    """The notes of a vault that are yet to be written.

    Args:
        dangling: the links to each, by its name as it is linked to.
    """

    def __init__(self, dangling: Mapping[str, tuple[ResolvedLink, ...]]) -> None:
        names = ((name, frozenset(stems(_title(name)))) for name in dangling)
        # The longest name first: «Личный бренд» before «Бренд».
        self._names = sorted(((name, words) for name, words in names if words), key=lambda pair: (-len(pair[1]), pair))
        self._dangling = dangling

    def asked_about(self, question: Question, written: Iterable[str], best: Hit) -> str | None:
        """The title of the unwritten note that the question names; None: it names none, or a written one as well.

        Args:
            question: as read. Where a thing is mentioned can be told of any.
            written: title and aliases of the note of the best hit.
            best: what was found; where its headings name the thing, they may tell of it.
        """
        words = frozenset(stems(question.text))
        asks_where = question.intent is Intent.MENTIONS and not _OF_THE_NOTE.search(question.text)
        if asks_where or any(own <= words for name in written if (own := set(stems(name)))):
            return None
        headings = frozenset(stems(" ".join(best.chunk.heading_path)))
        return next((_title(name) for name, own in self._names if own <= words and not own <= headings), None)

    def linked_from(self, title: str) -> tuple[str, ...]:
        """Paths of the notes that link to the unwritten one."""
        links = (link for name, found in self._dangling.items() if _title(name) == title for link in found)
        return tuple(dict.fromkeys(link.source for link in links))


def _title(name: str) -> str:
    return name.rpartition("/")[2]
