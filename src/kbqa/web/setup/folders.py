"""Folders of this machine, as somebody who looks for their notes needs to see them; nothing is opened but folders."""

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kbqa.notes.listing import NOTE_SUFFIX

MOST_SHOWN = 200
"""Folders that are listed of one."""
MOST_LOOKED_AT = 20_000
"""Files and folders that are looked at to count notes, or to find vaults."""
VAULT_DEPTH = 3
"""So far below the home folder vaults are looked for."""
MOST_VAULTS = 8
_OBSIDIAN = ".obsidian"


@dataclass(frozen=True, slots=True)
class Count:
    """How many notes a folder has, those in folders below it included."""

    notes: int
    is_whole: bool
    """False: there may be more; looking on would have taken long."""


def count_notes(folder: Path) -> Count:
    """Count the files that would be read as notes."""
    notes = 0
    for looked_at, entry in enumerate(_below(folder)):
        if looked_at >= MOST_LOOKED_AT:
            return Count(notes, is_whole=False)
        notes += not entry.is_dir(follow_symlinks=False) and entry.name.lower().endswith(NOTE_SUFFIX)
    return Count(notes, is_whole=True)


def folders_in(folder: Path) -> list[Path]:
    """The folders in one, by their names; not hidden ones, not symbolic links.

    Raises:
        OSError: it is no folder, or may not be read.
    """
    with os.scandir(folder) as entries:
        found = [Path(entry.path) for entry in entries if _is_shown(entry) and entry.is_dir(follow_symlinks=False)]
    return sorted(found, key=lambda path: path.name.casefold())[:MOST_SHOWN]


def vaults_below(folder: Path) -> list[Path]:
    """Folders that Obsidian has opened as vaults, the nearest first; not those within another."""
    vaults: list[Path] = []
    waiting = deque([(folder, 0)])
    looked_at = 0
    while waiting and looked_at < MOST_LOOKED_AT and len(vaults) < MOST_VAULTS:
        place, depth = waiting.popleft()
        try:
            found = list(os.scandir(place))
        except OSError:
            continue
        looked_at += len(found)
        if any(entry.name == _OBSIDIAN for entry in found):
            vaults.append(place)
        elif depth < VAULT_DEPTH:
            below = [entry for entry in found if _is_shown(entry) and entry.is_dir(follow_symlinks=False)]
            waiting.extend((Path(entry.path), depth + 1) for entry in below)
    return vaults


def _below(folder: Path) -> Iterator["os.DirEntry[str]"]:
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if _is_shown(entry):
                        yield entry
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
        except OSError:
            continue


def _is_shown(entry: "os.DirEntry[str]") -> bool:
    return not entry.name.startswith(".") and not entry.is_symlink()
