"""Notices that notes change on disk: edited, added, renamed or deleted, by whatever program."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import watchfiles

from kbqa.notes.listing import NOTE_SUFFIX

_QUIET_MS = 200
"""Changes that follow one another within this time are told as one: editors save in several steps."""
_LOOK_MS = 1000
"""How often the folder itself is looked at; the operating system does not tell when another takes its place."""
_RETRY_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Signal(Protocol):
    """What says when to stop, as an Event does."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for it, so many seconds at most; whether to stop."""
        ...


def changes_in(folder: Path, stop: Signal) -> Iterator[None]:
    """Yields after each burst of changes to notes below `folder`, and once at the beginning, until `stop` is set.

    Whether anything that matters has changed is for the indexer to find out: now and then a change is told that is
    none. A folder that is missing (a disk that is not there) is waited for.
    """
    while not stop.is_set():
        try:
            yield from _until_replaced(folder.resolve(), stop)
        except OSError as error:
            _log.warning("the folder %s cannot be watched: %s", folder, error)
        while not stop.wait(_RETRY_SECONDS) and not folder.is_dir():
            pass


def _until_replaced(folder: Path, stop: Signal) -> Iterator[None]:
    """The changes as long as the folder is the one that it was at the beginning."""
    identity, missed = folder.stat().st_ino, True
    for changes in watchfiles.watch(
        folder,
        watch_filter=lambda _, path: _may_be_a_note(Path(path).relative_to(folder)),
        step=_QUIET_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    ):
        if changes or missed:
            # What happened before the watch began is not told: the first news, even of nothing, counts as a change.
            missed = False
            yield
        elif not folder.is_dir() or folder.stat().st_ino != identity:
            return


def _may_be_a_note(path: Path) -> bool:
    """Whether what changed at `path` may be notes; of a folder that is gone only the name is known."""
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and path.suffix.lower() in (NOTE_SUFFIX, "")
