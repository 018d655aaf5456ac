"""What users say of answers: marks, kept in one SQLite file of the data folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self, get_args

from kbqa.data_file import DataFile
from kbqa.types import Answer, Status

Verdict = Literal["right", "wrong", "unanswered"]
"""`right`, `wrong`: what the user said; of a refusal, `right` says that the notes have no answer. `unanswered`: a
refusal of which the user has said nothing."""

Reason = Literal["off_topic", "incomplete", "wrong", "unsupported"]
"""Why an answer is wrong: it answers another question, lacks something, says what is not so, or cites what does not say
it."""
COMMENT_CHARS = 500
"""The longest comment that is kept."""

_FILE = "marks.sqlite"
_FORMATS = (
    (
        """
        CREATE TABLE marks (corpus TEXT, asked TEXT, question TEXT, verdict TEXT, status TEXT, answer TEXT, cited TEXT,
        found TEXT, fingerprint TEXT, PRIMARY KEY (corpus, asked, question))
        """,
    ),
    (
        "ALTER TABLE marks ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE marks ADD COLUMN comment TEXT NOT NULL DEFAULT ''",
    ),
)


class Cited(NamedTuple):
    """What an answer quoted, and where it stands."""

    note: str
    heading_path: tuple[str, ...]
    quote: str


class Found(NamedTuple):
    """A section that was found."""

    note: str
    heading_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """An answer, with what the user says of it. `corpus`, `asked` and `question` tell which answer it was."""

    corpus: str
    """Folder of notes, absolute: one data folder may serve several vaults."""
    asked: str
    """When, in UTC, ISO 8601 with microseconds."""
    question: str
    """In the user's words."""
    verdict: Verdict
    status: Status
    answer: str
    """The answer's text with its markers."""
    cited: tuple[Cited, ...]
    """In the order of the citations' numbers."""
    found: tuple[Found, ...]
    """Best first, each section once."""
    fingerprint: str
    """Of the index and the settings that gave the answer."""
    reasons: tuple[Reason, ...] = ()
    """Why it is wrong, as far as the user says."""
    comment: str = ""
    """The same in the user's words; at most `COMMENT_CHARS`."""

    @classmethod
    def of(
        cls,
        answer: Answer,
        verdict: Verdict,
        *,
        asked: str,
        corpus: Path,
        reasons: tuple[Reason, ...] = (),
        comment: str = "",
    ) -> Self:
        """A mark on an answer."""
        return cls(
            corpus=str(corpus.resolve()),
            asked=asked,
            question=answer.question,
            verdict=verdict,
            status=answer.status,
            answer=answer.text,
            cited=tuple(Cited(cited.note, cited.heading_path, cited.quote) for cited in answer.citations),
            found=tuple(dict.fromkeys(Found(hit.chunk.note, hit.chunk.heading_path) for hit in answer.hits)),
            fingerprint=answer.fingerprint,
            reasons=reasons,
            comment=comment.strip()[:COMMENT_CHARS],
        )


class MarkStore:
    """Marks in a data folder. Safe to use from many threads and processes.

    Args:
        folder: the data folder; it and the file are made when the first mark is stored.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / _FILE
        self._data = DataFile(self.file, _FORMATS)

    def put(self, mark: Mark) -> None:
        """Store a mark, in place of an earlier one on the same answer.

        Raises:
            DataError: the file is damaged or cannot be written.
        """
        with self._data.writing() as database:
            database.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(mark))

    def remove(self, mark: Mark) -> None:
        """Take back the mark on an answer, whatever its verdict; one that is not there is no error.

        Raises:
            DataError: the file is damaged or cannot be written.
        """
        with self._data.writing() as database:
            database.execute(
                "DELETE FROM marks WHERE corpus = ? AND asked = ? AND question = ?",
                (mark.corpus, mark.asked, mark.question),
            )

    def marks(self, corpus: Path) -> tuple[Mark, ...]:
        """The marks on answers from one vault, newest first.

        Raises:
            DataError: the file is damaged or cannot be read.
        """
        with self._data.reading() as database:
            if database is None:
                return ()
            rows = database.execute(
                "SELECT * FROM marks WHERE corpus = ? ORDER BY asked DESC, question", (str(corpus.resolve()),)
            )
            return tuple(map(_mark, rows))


def _row(mark: Mark) -> tuple[str, ...]:
    return (
        mark.corpus,
        mark.asked,
        mark.question,
        mark.verdict,
        mark.status,
        mark.answer,
        json.dumps(mark.cited, ensure_ascii=False),
        json.dumps(mark.found, ensure_ascii=False),
        mark.fingerprint,
        json.dumps(mark.reasons),
        mark.comment,
    )


def _mark(row: tuple[Any, ...]) -> Mark:
    corpus, asked, question, verdict, status, answer, cited, found, fingerprint, *said = row
    # A file of the first format has no more.
    reasons, comment = (json.loads(said[0]), said[1]) if said else ((), "")
    if verdict not in get_args(Verdict) or status not in get_args(Status) or not {*reasons} <= {*get_args(Reason)}:
        raise ValueError(verdict, status, reasons)
    return Mark(
        corpus=corpus,
        asked=asked,
        question=question,
        verdict=verdict,
        status=status,
        answer=answer,
        cited=tuple(Cited(note, tuple(path), quote) for note, path, quote in json.loads(cited)),
        found=tuple(Found(note, tuple(path)) for note, path in json.loads(found)),
        fingerprint=fingerprint,
        reasons=tuple(reasons),
        comment=comment,
    )
