"""The folder of notes: which files are notes, and what each says."""

import codecs
import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kbqa.errors import VaultError
from kbqa.notes.effort import EFFORT_LIMIT, effort
from kbqa.notes.listing import Found, UnreadableNoteError, find_notes, read_note
from kbqa.notes.sections import Outline, outline
from kbqa.texts import Texts
from kbqa.types import Note, Problem

SIZE_LIMIT = 8_000_000
"""Bytes: longer than «Война и мир» in UTF-8. A longer file is no note that somebody wrote, and would take longer to
parse than all others."""

_BYTE_ORDER_MARKS = (
    # The mark of UTF-32 begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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
        """Every note file in the order of their paths; a Problem for one that cannot be read.

        A file that is deleted between listing and reading is not there, which is no problem.
        """
        earlier = None
        for path, found in sorted(self._found(), key=lambda item: (item[0], str(item[1].file))):
            if not _is_text(path):
                # Named on a system with another encoding; such a name can be neither stored nor shown.
                yield Problem(_shown(path), self._texts("notes.bad_name"), skipped=True)
            elif path == earlier:
                yield Problem(path, self._texts("notes.same_name"), skipped=True)
            else:
                try:
                    item = self._read(path, found)
                except FileNotFoundError:
                    continue
                earlier = path
                yield item

    def parse(self, file: NoteFile) -> tuple[Note | None, Problem | None]:
        """The note in `file`, and what is wrong with it; a note that cannot be decoded is None."""
        text, trouble = self._decoded(file.content)
        if trouble is None and effort(text) > EFFORT_LIMIT:
            trouble = self._texts("notes.too_much_markup")
        if trouble is None:
            try:
                parsed = outline(text, fallback_title=Path(file.path).stem)
            except RecursionError:
                trouble = self._texts("notes.too_deep")
        if trouble is not None:
            return None, Problem(file.path, trouble, skipped=True)
        note = Note(
            path=file.path,
            title=parsed.title,
            aliases=parsed.aliases,
            tags=parsed.tags,
            links=parsed.links,
            content_hash=file.content_hash,
            text=parsed.text,
            sections=parsed.sections,
        )
        reason = self._missing(parsed)
        return note, Problem(file.path, reason, skipped=False) if reason else None

    def _found(self) -> Iterator[tuple[str, Found]]:
        for found in find_notes(self.folder):
            path = unicodedata.normalize("NFC", found.file.relative_to(self.folder).as_posix())
            yield path, found

    def _read(self, path: str, found: Found) -> NoteFile | Problem:
        if found.trouble:
            return self._unreadable(path, found)
        try:
            content = read_note(self.folder, found.file, SIZE_LIMIT)
        except UnreadableNoteError as error:
            return self._unreadable(path, error.found)
        return NoteFile(path, content, hashlib.sha256(content).hexdigest())

    def _unreadable(self, path: str, found: Found) -> Problem:
        reason = self._texts(str(found.trouble), detail=found.detail, megabytes=SIZE_LIMIT // 1_000_000)
        return Problem(path, reason, skipped=True)

    def _decoded(self, content: bytes) -> tuple[str, str | None]:
        """The text, its line ends as line feeds, and why it cannot be had."""
        encoding = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8-sig")
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding != "utf-8-sig":
                return "", self._texts("notes.not_as_marked", encoding=encoding.upper())
            line = content.count(b"\n", 0, error.start) + 1
            return "", self._texts("notes.not_utf8", line=line)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            return "", self._texts("notes.empty")
        if "\0" in text:
            # Zeroes are what a crash or a broken sync leaves, or another kind of file; Markdown and SQLite replace or
            # end a text at them, so that no quote would be verbatim.
            return "", self._texts("notes.binary", line=text.count("\n", 0, text.index("\0")) + 1)
        return text, None

    def _missing(self, parsed: Outline) -> str:
        """What of a note is not read, in words; nothing where all is."""
        reasons: list[str] = []
        if (line := parsed.front_matter.unreadable_at) is not None:
            reasons.append(self._texts("notes.bad_front_matter", line=line))
        if (line := parsed.unclosed_comment_at) is not None:
            reasons.append(self._texts("notes.unclosed_comment", line=line))
        return " ".join(reasons)


def _is_text(path: str) -> bool:
    return _shown(path) == path


def _shown(path: str) -> str:
    """`path` with a question mark for each byte that is not UTF-8."""
    return path.encode(errors="replace").decode()
