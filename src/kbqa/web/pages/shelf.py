"""What the pages of notes show of one generation of the index; made once, when somebody first asks for it."""

import threading
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from kbqa.knowledge_base import KnowledgeBase
from kbqa.notes.links import LinkGraph
from kbqa.types import NoteSummary
from kbqa.web.pages.note_tree import Folder, folder_tree
from kbqa.web.pages.vault_map import VaultMap, vault_map


@dataclass(frozen=True)
class Shelf:
    """The notes of a generation, in order."""

    generation: str
    summaries: tuple[NoteSummary, ...]
    links: LinkGraph

    @cached_property
    def notes(self) -> dict[str, NoteSummary]:
        """By their paths."""
        return {summary.path: summary for summary in self.summaries}

    @cached_property
    def tree(self) -> Folder:
        """By their folders."""
        return folder_tree(self.summaries)

    @cached_property
    def map(self) -> VaultMap:
        """With their links, as a picture."""
        return vault_map(self.summaries, self.links)

    @cached_property
    def tags(self) -> list[tuple[str, int]]:
        """Every tag and how many notes have it, the commonest first."""
        count = Counter(tag for summary in self.summaries for tag in summary.tags)
        return sorted(count.items(), key=lambda item: (-item[1], item[0].casefold()))

    @cached_property
    def most_linked(self) -> list[tuple[NoteSummary, int]]:
        """The notes that others link to, and how many do, the commonest first."""
        count = {path: len({link.source for link in self.links.backlinks(path)}) for path in self.notes}
        linked = [(summary, count[summary.path]) for summary in self.summaries if count[summary.path]]
        return sorted(linked, key=lambda item: (-item[1], item[0].title.casefold()))

    @cached_property
    def most_missed(self) -> list[tuple[str, int]]:
        """The notes that are not written yet, and how many link to each, the commonest first."""
        count = {name: len({link.source for link in links}) for name, links in self.links.dangling.items()}
        return sorted(count.items(), key=lambda item: (-item[1], item[0].casefold()))

    @property
    def link_count(self) -> int:
        """How many links there are to other notes, written or not."""
        away = (link for path in self.notes for link in self.links.outgoing(path) if link.path != path)
        return sum(1 for _ in away)


class Shelves:
    """Hands out the shelf of the generation that is read now. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: Shelf | None = None

    def current(self, kb: KnowledgeBase) -> Shelf:
        """The shelf of what `kb` reads now."""
        generation = kb.generation
        with self._lock:
            if self._last is None or self._last.generation != generation:
                self._last = Shelf(generation, kb.notes(), kb.link_graph())
            return self._last
