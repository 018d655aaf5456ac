"""Conversations that users had, kept in one SQLite file of the data folder: found again, read again, gone on with."""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kbqa.data_file import DataFile

SHOWN = 200
"""So many conversations are listed at once, the latest; the others are found by their words."""
TITLE_CHARS = 200
"""The longest title that is kept."""
_BEFORE, _AFTER = 40, 110
"""Characters shown on either side of where words were found."""

_FILE = "talks.sqlite"
_FORMATS = (
    (
        """
        CREATE TABLE talks (id TEXT PRIMARY KEY, corpus TEXT NOT NULL, started TEXT NOT NULL, changed TEXT NOT NULL,
        title TEXT NOT NULL DEFAULT '', folded_title TEXT NOT NULL DEFAULT '')
        """,
        """
        CREATE TABLE turns (talk TEXT NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL, asked TEXT NOT NULL,
        question TEXT NOT NULL, within TEXT NOT NULL, answer TEXT NOT NULL, folded TEXT NOT NULL,
        PRIMARY KEY (talk, place))
        """,
        "CREATE INDEX talks_by_change ON talks (corpus, changed)",
    ),
)
_HEADS = """
SELECT id, started, changed,
  CASE WHEN title != '' THEN title
       ELSE (SELECT question FROM turns WHERE talk = talks.id ORDER BY place LIMIT 1) END,
  (SELECT count(*) FROM turns WHERE talk = talks.id)
FROM talks WHERE corpus = ?
"""
_SAYS = " AND (instr(folded_title, ?) OR EXISTS (SELECT 1 FROM turns WHERE talk = talks.id AND instr(turns.folded, ?)))"
_UNREAD = re.compile(r"\[\d+\]|[*_`#|>]+|\[\[(?:[^\]|]*\|)?|\]\]")
"""Signs of an answer's Markdown that nobody reads."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question with its answer."""

    id: str
    """Of the turn, unlike any other."""
    asked: str
    """When, in UTC, ISO 8601 with microseconds."""
    question: str
    """In the user's words."""
    within: tuple[str, ...]
    """What was chosen to search, as the chat names it: `folder:…`, `tag:…`."""
    answer: dict[str, Any]
    """As `json_shapes` writes answers."""


@dataclass(frozen=True, slots=True)
class TalkHead:
    """A conversation in a list of them."""

    id: str
    started: str
    """When, in UTC, ISO 8601."""
    changed: str
    """When its last question was asked, likewise."""
    title: str
    """As the user named it, else the first question."""
    turns: int
    """How many."""
    found: str = ""
    """Where the words that were looked for stand; empty where only the title has them."""


@dataclass(frozen=True, slots=True)
class StoredTalk:
    """A conversation with all that was said."""

    head: TalkHead
    turns: tuple[StoredTurn, ...]


class TalkStore:
    """The conversations about one vault. Safe to use from many threads and processes.

    All methods raise DataError when the file is damaged, or cannot be read or written.

    Args:
        folder: the data folder; it and the file are made when the first turn is stored.
        corpus: the folder of notes.
    """

    def __init__(self, folder: Path, corpus: Path) -> None:
        self.file = folder / _FILE
        self._data = DataFile(self.file, _FORMATS)
        self._corpus = str(corpus.resolve())

    def move(self, corpus: Path) -> None:
        """Go on with the conversations about another vault."""
        self._corpus = str(corpus.resolve())

    def add(self, talk: str, turn: StoredTurn, instead_of: str | None = None) -> None:
        """Store a turn as the last of a conversation, which begins with it if it is not there yet.

        Whoever talks on in two windows finds the turns of both.

        Args:
            talk: the conversation's id.
            turn: the turn.
            instead_of: id of an earlier turn, which goes with all that follow it.
        """
        with self._data.writing() as database:
            database.execute(
                "INSERT INTO talks (id, corpus, started, changed) VALUES (?1, ?2, ?3, ?3) "
                "ON CONFLICT (id) DO UPDATE SET changed = ?3",
                (talk, self._corpus, turn.asked),
            )
            database.execute(
                "DELETE FROM turns WHERE talk = ?1 AND place >= (SELECT place FROM turns WHERE talk = ?1 AND id = ?2)",
                (talk, instead_of),
            )
            database.execute(
                "INSERT INTO turns SELECT ?1, coalesce(max(place), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7 "
                "FROM turns WHERE talk = ?1",
                (
                    talk,
                    turn.id,
                    turn.asked,
                    turn.question,
                    json.dumps(turn.within, ensure_ascii=False),
                    json.dumps(turn.answer, ensure_ascii=False),
                    folded(f"{turn.question}\n{_read(turn.answer['text'])}"),
                ),
            )

    def find(self, wanted: str = "") -> tuple[tuple[TalkHead, ...], int]:
        """The latest conversations that hold all these words or parts of words; and how many there are.

        Letter case, ё and the Unicode form do not count. Nothing wanted: all. At most `SHOWN` are given.
        """
        words = folded(wanted).split()
        values = [self._corpus, *(word for word in words for _ in range(2))]
        with self._data.reading() as database:
            if database is None:
                return (), 0
            query = _HEADS + _SAYS * len(words)
            rows = database.execute(query + " ORDER BY changed DESC, id", values).fetchall()
            heads = (replace(TalkHead(*row), found=_found(database, row[0], words)) for row in rows[:SHOWN])
            return tuple(heads), len(rows)

    def talk(self, talk: str) -> StoredTalk | None:
        """A conversation; None where there is none of that id about these notes."""
        with self._data.reading() as database:
            if database is None:
                return None
            head = database.execute(_HEADS + " AND id = ?", (self._corpus, talk)).fetchone()
            if head is None:
                return None
            rows = database.execute(
                "SELECT id, asked, question, within, answer FROM turns WHERE talk = ? ORDER BY place", (talk,)
            )
            return StoredTalk(TalkHead(*head), tuple(map(_turn, rows)))

    def rename(self, talk: str, title: str) -> bool:
        """Give a conversation a title; an empty one: the first question again. Whether there is such a conversation."""
        kept = " ".join(title.split())[:TITLE_CHARS]
        with self._data.writing() as database:
            done = database.execute(
                "UPDATE talks SET title = ?, folded_title = ? WHERE id = ? AND corpus = ?",
                (kept, folded(kept), talk, self._corpus),
            )
            return done.rowcount > 0

    def remove(self, talk: str) -> bool:
        """Delete a conversation; whether there was one."""
        return self._remove("id = ? AND corpus = ?", talk, self._corpus) > 0

    def clear(self) -> int:
        """Delete all conversations about these notes, and say how many there were."""
        return self._remove("corpus = ?", self._corpus)

    def _remove(self, which: str, *values: str) -> int:
        with self._data.writing() as database:
            database.execute(f"DELETE FROM turns WHERE talk IN (SELECT id FROM talks WHERE {which})", values)  # noqa: S608 - from above
            return database.execute(f"DELETE FROM talks WHERE {which}", values).rowcount  # noqa: S608


def folded(text: str) -> str:
    """What texts are compared by; as many characters as `text` has, but for rare letters."""
    return unicodedata.normalize("NFC", text).lower().replace("ё", "е")


def _turn(row: Sequence[Any]) -> StoredTurn:
    name, asked, question, within, answer = row
    return StoredTurn(name, asked, question, tuple(json.loads(within)), json.loads(answer))


def _read(answer: str) -> str:
    """An answer's Markdown as it is read."""
    return " ".join(_UNREAD.sub("", answer).split())


def _found(database: sqlite3.Connection, talk: str, words: Sequence[str]) -> str:
    """The text around the first of the words that is said somewhere in a conversation."""
    for word in words:
        row = database.execute(
            "SELECT question, json_extract(answer, '$.text') FROM turns WHERE talk = ? AND instr(folded, ?) "
            "ORDER BY place LIMIT 1",
            (talk, word),
        ).fetchone()
        for said in (row[1] and _read(row[1]), row[0]) if row else ():
            place = folded(said).find(word)
            if place >= 0:
                return _around(said, place)
    return ""


def _around(text: str, place: int) -> str:
    start, end = max(0, place - _BEFORE), place + _AFTER
    # From and to the end of a word.
    start = text.find(" ", start, place) + 1 if start else 0
    shown = text[start:end] if end >= len(text) else text[start:end].rpartition(" ")[0] or text[start:end]
    return "…" * (start > 0) + " ".join(shown.split()) + "…" * (end < len(text))
