"""The folder of notes: which files are notes, and what each says."""

import hashlib
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kbqa.errors import VaultError
from kbqa.notes.sections import outline
from kbqa.texts import Texts
from kbqa.types import Note, Problem

NOTE_SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class NoteFile:
    """The bytes of one note as they were read from disk."""

    path: str
    """The note's identity: relative to the vault, POSIX, NFC."""
    content: bytes
    content_hash: str
    """SHA-256 of `content`, hexadecimal."""


class Vault:
    """A folder of Markdown notes, read-only.

    Args:
        folder: the vault's root.
        texts: the language of the reasons given for notes that cannot be read.

    Raises:
        VaultError: there is no such folder.
    """

    def __init__(self, folder: Path, texts: Texts) -> None:
        if not folder.exists():
            raise VaultError("vault_missing", folder=folder)
        if not folder.is_dir():
            raise VaultError("vault_not_a_folder", folder=folder)
        self.folder = folder
        self._texts = texts

    def files(self) -> Iterator[NoteFile | Problem]:
        """Every note file in the order of their paths; a Problem for one that cannot be read."""
        earlier = None
        for path, file in sorted(self._paths()):
            if not _is_text(path):
                # Named on a system with another encoding; such a name can be neither stored nor shown.
                yield Problem(_shown(path), self._texts("notes.bad_name"), skipped=True)
                continue
            if path == earlier:
                yield Problem(path, self._texts("notes.same_name"), skipped=True)
                continue
            earlier = path
            try:
                content = file.read_bytes()
            except OSError as error:
                yield Problem(path, self._texts("notes.unreadable", detail=error.strerror or error), skipped=True)
            else:
                yield NoteFile(path, content, hashlib.sha256(content).hexdigest())

    def parse(self, file: NoteFile) -> tuple[Note | None, Problem | None]:
        """The note in `file`, and what is wrong with it; a note that cannot be decoded is None."""
        try:
            text = file.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = file.content.count(b"\n", 0, error.start) + 1
            return None, Problem(file.path, self._texts("notes.not_utf8", line=line), skipped=True)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            return None, Problem(file.path, self._texts("notes.empty"), skipped=True)
        parsed = outline(text, fallback_title=Path(file.path).stem)
        broken_line = parsed.front_matter.unreadable_at
        note = Note(
            path=file.path,
            title=parsed.title,
            aliases=parsed.front_matter.aliases,
            tags=parsed.front_matter.tags,
            links=parsed.links,
            content_hash=file.content_hash,
            text=text,
            sections=parsed.sections,
        )
        if broken_line is None:
            return note, None
        return note, Problem(file.path, self._texts("notes.bad_front_matter", line=broken_line), skipped=False)

    def _paths(self) -> Iterator[tuple[str, Path]]:
        for root, folders, names in os.walk(self.folder):
            # Hidden folders are tools' own (.obsidian, .git, .trash); links could lead out of the vault or in circles.
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                file = Path(root, name)
                if name.lower().endswith(NOTE_SUFFIX) and not name.startswith(".") and _is_plain_file(file):
                    yield unicodedata.normalize("NFC", file.relative_to(self.folder).as_posix()), file


def _is_plain_file(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _is_text(path: str) -> bool:
    return _shown(path) == path


def _shown(path: str) -> str:
    """`path` with a question mark for each byte that is not UTF-8."""
    return path.encode(errors="replace").decode()
