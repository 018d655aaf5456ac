"""Marks: what is stored is read back, by any process; nothing that was stored is ever thrown away."""

import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kbqa import KnowledgeBase
from kbqa.errors import DataError
from kbqa.feedback import COMMENT_CHARS, Cited, Found, Mark, MarkStore

VAULT = Path("/заметки")
MARK = Mark(
    corpus=str(VAULT),
    asked="2026-11-22T10:00:00.000001+00:00",
    question="Какой чай заваривают при 80 градусах?",
    verdict="right",
    status="answered",
    answer="Зелёный чай заваривают при 80 градусах. [1]",
    cited=(Cited("Чай.md", ("Чай", "Заварка"), "Зелёный чай заваривают\nпри 80 градусах."),),
    found=(Found("Чай.md", ("Чай", "Заварка")), Found("Кофе.md", ("Кофе",))),
    fingerprint="f",
    reasons=("incomplete", "unsupported"),
    comment="нет улуна",
)

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from kbqa.feedback import MarkStore
store = MarkStore(Path(sys.argv[1]))
mark = store.marks(Path(sys.argv[2]))[0]
for number in range(50):
    store.put(replace(mark, asked=f"{sys.argv[3]}-{number:02}"))
"""


@pytest.fixture
def store(tmp_path: Path) -> MarkStore:
    """A store in a folder that is not there yet."""
    return MarkStore(tmp_path / "данные")


def test_what_is_stored_is_read(store: MarkStore) -> None:
    """Every field, as it was; another object on the same folder sees it."""
    store.put(MARK)
    assert MarkStore(store.file.parent).marks(VAULT) == (MARK,)


def test_an_answer_becomes_a_mark(kb: KnowledgeBase) -> None:
    """With its quotes, and each section that was found once, best first."""
    answer = kb.ask("Какие бывают виды спонсорской поддержки?")
    mark = Mark.of(answer, "wrong", asked="2026", corpus=VAULT)
    assert (mark.question, mark.answer, mark.verdict) == (answer.question, answer.text, "wrong")
    assert mark.cited[0].quote == "Финансовая поддержка мероприятия"
    assert mark.found[0] == (answer.hits[0].chunk.note, answer.hits[0].chunk.heading_path)
    assert len(set(mark.found)) == len(mark.found)


def test_a_comment_has_an_end(kb: KnowledgeBase) -> None:
    """However much is typed."""
    answer = kb.ask("Какие бывают виды спонсорской поддержки?")
    mark = Mark.of(answer, "wrong", asked="2026", corpus=VAULT, reasons=("wrong",), comment=" я" * 1000)
    assert (mark.reasons, len(mark.comment)) == (("wrong",), COMMENT_CHARS)


FIRST_FORMAT = """
CREATE TABLE marks (corpus TEXT, asked TEXT, question TEXT, verdict TEXT, status TEXT, answer TEXT, cited TEXT,
found TEXT, fingerprint TEXT, PRIMARY KEY (corpus, asked, question));
INSERT INTO marks VALUES ('/заметки', '2025', 'Что?', 'wrong', 'answered', 'То. [1]',
'[["Чай.md", ["Чай"], "То."]]', '[["Чай.md", ["Чай"]]]', 'f');
PRAGMA user_version = 1;
"""


def test_a_file_of_the_first_format_is_read_and_goes_on(store: MarkStore) -> None:
    """Marks had no reasons then. Reading changes nothing; with the first write, the file has the new format."""
    store.file.parent.mkdir()
    with sqlite3.connect(store.file) as database:
        database.executescript(FIRST_FORMAT)
    content = store.file.read_bytes()
    [old] = store.marks(VAULT)
    assert (old.question, old.cited, old.reasons, old.comment) == ("Что?", (Cited("Чай.md", ("Чай",), "То."),), (), "")
    assert store.file.read_bytes() == content
    store.put(MARK)
    assert store.marks(VAULT) == (MARK, old)
    store.put(replace(old, reasons=("wrong",)))
    assert store.marks(VAULT)[1].reasons == ("wrong",)


def test_the_last_verdict_counts(store: MarkStore) -> None:
    """An answer that is marked twice has one mark; the same question asked later has its own."""
    store.put(MARK)
    store.put(replace(MARK, verdict="wrong"))
    assert [mark.verdict for mark in store.marks(VAULT)] == ["wrong"]
    store.put(replace(MARK, asked="2026-11-23T10:00:00.000001+00:00"))
    assert [mark.verdict for mark in store.marks(VAULT)] == ["right", "wrong"]


def test_a_mark_is_taken_back(store: MarkStore) -> None:
    """Whatever its verdict was; what is not there need not be."""
    store.put(MARK)
    store.remove(replace(MARK, verdict="wrong"))
    store.remove(MARK)
    assert store.marks(VAULT) == ()


def test_vaults_are_kept_apart(store: MarkStore) -> None:
    """One data folder serves several; the same question in two of them has two marks."""
    other = replace(MARK, corpus="/другие", verdict="wrong")
    store.put(MARK)
    store.put(other)
    assert store.marks(VAULT) == (MARK,)
    assert store.marks(Path("/другие")) == (other,)


def test_reading_makes_nothing(store: MarkStore) -> None:
    """The folder comes with the first mark, not before."""
    assert store.marks(VAULT) == ()
    assert not store.file.parent.exists()
    store.put(MARK)
    assert store.file.exists()


def test_an_empty_file_has_no_marks(store: MarkStore) -> None:
    """As a process leaves it that dies before its first mark."""
    store.file.parent.mkdir()
    store.file.touch()
    assert store.marks(VAULT) == ()
    store.put(MARK)
    assert store.marks(VAULT) == (MARK,)


def test_two_processes_lose_nothing(store: MarkStore) -> None:
    """They write at the same time, and all of it is there."""
    store.put(MARK)
    command = [sys.executable, "-c", WRITER, store.file.parent, VAULT]
    writers = [subprocess.Popen([*command, name]) for name in ("первый", "второй")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    asked = {mark.asked for mark in store.marks(VAULT)}
    assert asked == {MARK.asked} | {f"{name}-{number:02}" for name in ("первый", "второй") for number in range(50)}


def test_a_lock_that_lasts_is_an_error(store: MarkStore) -> None:
    """Not a wait without end; afterwards all goes on."""
    store.put(MARK)
    with sqlite3.connect(store.file, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DataError, match="не открыть или не записать"):
            store.put(MARK)
        other.execute("ROLLBACK")
    store.put(MARK)


@pytest.mark.parametrize("at", [0, 100], ids=["header", "page"])
def test_a_damaged_file_is_an_error_and_stays(store: MarkStore, at: int) -> None:
    """It is the user's, so nobody deletes it; the message names it and says what to do."""
    store.put(MARK)
    content = bytearray(store.file.read_bytes())
    content[at : at + 3000] = b"\xff" * 3000
    store.file.write_bytes(content)
    for attempt in (lambda: store.marks(VAULT), lambda: store.put(MARK), lambda: store.remove(MARK)):
        with pytest.raises(DataError, match=r"marks\.sqlite повреждён.*переименуйте"):
            attempt()
    assert store.file.read_bytes() == content


@pytest.mark.parametrize(
    "change", ["cited = '['", "found = '[[1]]'", "verdict = 'может быть'", "reasons = '[\"так\"]'"]
)
def test_a_damaged_mark_is_an_error(store: MarkStore, change: str) -> None:
    """A file that SQLite can read may still hold what is no mark."""
    store.put(MARK)
    with sqlite3.connect(store.file) as database:
        database.execute(f"UPDATE marks SET {change}")  # noqa: S608 - from the list above
    with pytest.raises(DataError, match="повреждён"):
        store.marks(VAULT)


def test_a_newer_format_is_left_alone(store: MarkStore) -> None:
    """An older kbqa neither reads nor writes what it does not know."""
    store.put(MARK)
    with sqlite3.connect(store.file) as database:
        database.execute("PRAGMA user_version = 7")
    content = store.file.read_bytes()
    for attempt in (lambda: store.marks(VAULT), lambda: store.put(MARK)):
        with pytest.raises(DataError, match="формат 7, нужен 2"):
            attempt()
    assert store.file.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "данные").touch()
    with pytest.raises(DataError, match="проверьте права доступа"):
        MarkStore(tmp_path / "данные").put(MARK)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_an_error(store: MarkStore) -> None:
    """Marks that are there can still be read."""
    store.put(MARK)
    store.file.chmod(stat.S_IRUSR)
    store.file.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(DataError, match="проверьте права доступа"):
            store.put(MARK)
        assert store.marks(VAULT) == (MARK,)
    finally:
        store.file.parent.chmod(stat.S_IRWXU)
