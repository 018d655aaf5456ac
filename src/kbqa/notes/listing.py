"""Which files of a folder are notes, found and read without ever leaving the folder.

Symbolic links are not followed. One that leads to another place in the vault would give a second name to what is read
under its first, which is why Obsidian passes over it, too; one that leads out of the vault is named. A hard link to a
file outside cannot be told from the file itself.
"""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NOTE_SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class Found:
    """A file with the name of a note, or a folder that cannot be searched."""

    file: Path
    trouble: str | None = None
    """Key of the text that says why it cannot be read; None: nothing is known against it."""
    detail: str = ""
    """The operating system's words, where it refused."""


class UnreadableNoteError(Exception):
    """A note cannot be read; `found` says why."""

    def __init__(self, found: Found) -> None:
        super().__init__(found.trouble)
        self.found = found


def find_notes(root: Path) -> Iterator[Found]:
    """Everything under `root` that has the name of a note, in no order; hidden files and folders are tools' own."""
    real_root = root.resolve()
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            continue  # deleted in the meantime
        except OSError as error:
            yield Found(folder, "notes.unreadable_folder", error.strerror or str(error))
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = Path(entry.path)
            is_note = entry.name.lower().endswith(NOTE_SUFFIX)
            if entry.is_symlink():
                if trouble := _trouble_with_link(path, real_root, is_note=is_note):
                    yield Found(path, trouble)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif is_note:
                yield Found(path, None if entry.is_file(follow_symlinks=False) else "notes.special")


def read_note(root: Path, file: Path, limit: int) -> bytes:
    """The bytes of a note that `find_notes` found under `root`.

    Raises:
        FileNotFoundError: the file has been deleted since.
        UnreadableNoteError: it cannot be read, has more than `limit` bytes, or has since become something else.
    """
    expected = os.path.join(os.path.realpath(root), file.relative_to(root))
    if os.path.realpath(file) != expected:
        # A folder above it has become a symbolic link since it was listed.
        raise UnreadableNoteError(Found(file, "notes.link_outside"))
    try:
        # Neither through a link nor waiting for a FIFO's other end, whatever the file has become.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        trouble = "notes.special" if error.errno in {errno.ELOOP, errno.ENXIO} else "notes.unreadable"
        raise UnreadableNoteError(Found(file, trouble, error.strerror or str(error))) from error
    try:
        broken, content = _content(descriptor, limit)
    except OSError as error:
        raise UnreadableNoteError(Found(file, "notes.unreadable", error.strerror or str(error))) from error
    finally:
        os.close(descriptor)
    if broken:
        raise UnreadableNoteError(Found(file, broken))
    return content


def _content(descriptor: int, limit: int) -> tuple[str | None, bytes]:
    """The bytes of an open file, and why they are not read."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return "notes.special", b""
    if status.st_size > limit:
        return "notes.too_long", b""
    with open(descriptor, "rb", closefd=False) as stream:
        content = stream.read(limit + 1)
    # It may have grown since.
    return ("notes.too_long" if len(content) > limit else None), content


def _trouble_with_link(link: Path, real_root: Path, *, is_note: bool) -> str | None:
    """Why what a symbolic link leads to is not read, where users would expect it to be."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # leads nowhere, or in a circle
        return "notes.link_broken" if is_note else None
    if not target.is_relative_to(real_root):
        return "notes.link_outside" if is_note or target.is_dir() else None
    if not is_note or target.is_dir():
        return None
    inside = target.relative_to(real_root)
    is_read = target.suffix.lower() == NOTE_SUFFIX and not any(part.startswith(".") for part in inside.parts)
    return None if is_read else "notes.link_to_no_note"
