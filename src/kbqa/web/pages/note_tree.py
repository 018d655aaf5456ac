"""The notes as a tree of folders."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kbqa.types import NoteSummary


@dataclass(slots=True)
class Folder:
    """A folder with what lies in it; it grows while the tree is being made."""

    name: str
    path: str
    """Empty: the vault itself."""
    folders: dict[str, "Folder"] = field(default_factory=dict)
    notes: list[NoteSummary] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many notes lie in it and below."""
        return len(self.notes) + sum(folder.count for folder in self.folders.values())


def folder_tree(summaries: Iterable[NoteSummary]) -> Folder:
    """The vault as its outermost folder; folders by name, notes by title."""
    root = Folder("", "")
    for summary in sorted(summaries, key=lambda one: (one.title.casefold(), one.path)):
        folder = root
        for name in summary.path.split("/")[:-1]:
            path = f"{folder.path}/{name}".lstrip("/")
            folder = folder.folders.setdefault(name, Folder(name, path))
        folder.notes.append(summary)
    _sort(root)
    return root


def crumbs(path: str) -> tuple[str, ...]:
    """The folders that a note lies in, by their names, the outermost first."""
    return tuple(path.split("/")[:-1])


def _sort(folder: Folder) -> None:
    folder.folders = dict(sorted(folder.folders.items(), key=lambda item: item[0].casefold()))
    for below in folder.folders.values():
        _sort(below)
