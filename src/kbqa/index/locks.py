"""Who has a generation open: a lock that the system releases when its holder dies, however it dies."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path


def hold(file: Path) -> Callable[[], None]:
    """Keep the generation of this lock file from being removed; returns how to let go of it.

    Reading suffices to hold the lock, so it works in a folder that may not be written to. Where the file is missing or
    cannot be locked, nothing is held: an index can be read without.

    Raises:
        BlockingIOError: the generation is being removed.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return lambda: None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:
        # A file system without locks.
        os.close(descriptor)
        return lambda: None
    return lambda: os.close(descriptor)


def remove_unless_held(folder: Path, lock: Path) -> None:
    """Remove a generation's folder unless somebody has it open; what cannot be removed stays until the next time."""
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except OSError:
        # Left behind before it was whole; nobody has opened it.
        shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Under the lock until the end: who tries to open it meanwhile is told.
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return
    finally:
        os.close(descriptor)
