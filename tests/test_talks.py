"""Talks: what is kept is found and read again; nothing that was kept is ever thrown away but on demand."""

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kbqa.errors import DataError
from kbqa.talks import SHOWN, TITLE_CHARS, StoredTurn, TalkStore, folded

VAULT = Path("/заметки")


def turn(number: int, question: str = "Какой чай?", text: str = "Зелёный. [1]") -> StoredTurn:
    """A turn; its number is its name and its time."""
    asked = f"2026-11-22T10:00:{number:02}.000001+00:00"
    return StoredTurn(f"t{number}", asked, question, ("folder:Чай", "tag:утро"), {"text": text, "citations": [1]})


@pytest.fixture
def store(tmp_path: Path) -> TalkStore:
    """A store in a folder that is not there yet."""
    return TalkStore(tmp_path / "данные", VAULT)


def found(store: TalkStore, wanted: str = "") -> list[str]:
    """Ids of what is found."""
    return [head.id for head in store.find(wanted)[0]]


def test_what_is_kept_is_read(store: TalkStore) -> None:
    """Every turn as it was, in order; another object on the same folder sees it."""
    store.add("а", turn(1))
    store.add("а", turn(2, "А какой ещё?"))
    talk = TalkStore(store.file.parent, VAULT).talk("а")
    assert talk is not None
    assert talk.turns == (turn(1), turn(2, "А какой ещё?"))
    assert (talk.head.title, talk.head.turns) == ("Какой чай?", 2)
    assert (talk.head.started, talk.head.changed) == (turn(1).asked, turn(2).asked)


def test_a_turn_that_is_replaced_goes_with_all_that_follow(store: TalkStore) -> None:
    """The title is the first question that there is."""
    for number in (1, 2, 3):
        store.add("а", turn(number))
    store.add("а", turn(4, "Иначе?"), instead_of="t2")
    store.add("б", turn(5))
    talk = store.talk("а")
    assert talk is not None
    assert [one.id for one in talk.turns] == ["t1", "t4"]
    store.add("а", turn(6, "С начала?"), instead_of="t1")
    assert [(head.id, head.title) for head in store.find()[0]] == [("а", "С начала?"), ("б", "Какой чай?")]


def test_two_windows_lose_nothing(store: TalkStore) -> None:
    """Both go on from the same turn; one replaces what the other has replaced already."""
    for number in (1, 2, 3):
        store.add("а", turn(number))
    store.add("а", turn(4), instead_of="t3")
    store.add("а", turn(5), instead_of="t3")
    talk = store.talk("а")
    assert talk is not None
    assert [one.id for one in talk.turns] == ["t1", "t2", "t4", "t5"]


WRITER = """
import sys
from pathlib import Path
from kbqa.talks import StoredTurn, TalkStore
store = TalkStore(Path(sys.argv[1]), Path(sys.argv[2]))
for number in range(40):
    store.add("общий", StoredTurn(f"{sys.argv[3]}{number}", f"2026-{number:02}", "Что?", (), {"text": "То."}))
"""


def test_two_processes_lose_nothing(store: TalkStore) -> None:
    """They begin the file and write to one talk at the same time, and all of it is there."""
    command = [sys.executable, "-c", WRITER, store.file.parent, VAULT]
    writers = [subprocess.Popen([*command, name]) for name in ("а", "б")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    talk = store.talk("общий")
    assert talk is not None
    assert {one.id for one in talk.turns} == {f"{name}{number}" for name in "аб" for number in range(40)}


@pytest.mark.parametrize("wanted", ["ЗЕЛЕНЫЙ чаи", "зелёный", "заварк", "чай"])
def test_words_are_found_in_questions_and_answers(store: TalkStore, wanted: str) -> None:
    """In any case, with ё or е, in parts; all of them somewhere in the talk."""
    store.add("а", turn(1, "Какой ЧАЙ?", "Зелёный [1]."))
    store.add("а", turn(2, "Чаи и заварка?", "Да."))
    store.add("б", turn(3, "Кофе?", "Чёрный."))
    assert found(store, wanted) == ["а"]
    assert found(store, wanted + " кофе") == []


@pytest.mark.parametrize("wanted", ["%", "_", "'", '"', "\\", "* OR 1"])
def test_signs_mean_themselves(store: TalkStore, wanted: str) -> None:
    """What is typed is no pattern of SQL."""
    store.add("а", turn(1))
    assert found(store, wanted) == []


def test_what_is_found_is_shown_in_its_place(store: TalkStore) -> None:
    """As it was written, without Markdown's signs, cut at words."""
    words = "слово " * 40
    store.add("а", turn(1, "Что?", f"{words}**Жёлтый** [[Чай#Сорта|лист]] [1] {words}"))
    [head] = store.find("ЖЕЛТЫЙ лист")[0]
    assert "слово Жёлтый лист слово" in head.found
    assert head.found.startswith("…слово")
    assert head.found.endswith("слово…")
    assert store.find()[0][0].found == ""


def test_a_name_that_was_given_is_found_and_kept(store: TalkStore) -> None:
    """Too long a one is cut; an empty one gives the first question back."""
    store.add("а", turn(1))
    assert store.rename("а", "  Про\n ЁЖИКОВ ")
    assert store.find("ежиков")[0][0].title == "Про ЁЖИКОВ"
    store.add("а", turn(2), instead_of="t1")
    assert store.find()[0][0].title == "Про ЁЖИКОВ"
    store.rename("а", "я" * 1000)
    assert store.find()[0][0].title == "я" * TITLE_CHARS
    store.rename("а", "")
    assert store.find()[0][0].title == "Какой чай?"
    assert not store.rename("нет", "Имя")


def test_what_is_deleted_is_gone_from_the_file(store: TalkStore) -> None:
    """Not only from the list."""
    store.add("а", turn(1, "Тайна?"))
    store.add("б", turn(2))
    assert "Тайна".encode() in store.file.read_bytes()
    assert store.remove("а")
    assert not store.remove("а")
    assert found(store) == ["б"]
    assert "Тайна".encode() not in store.file.read_bytes()
    assert store.clear() == 1
    assert (store.find(), store.talk("б")) == (((), 0), None)


def test_vaults_are_kept_apart(store: TalkStore) -> None:
    """One data folder serves several; nothing of one is seen, renamed or deleted from another."""
    other = TalkStore(store.file.parent, Path("/другие"))
    store.add("а", turn(1))
    other.add("б", turn(2))
    assert (found(store), found(other)) == (["а"], ["б"])
    assert other.talk("а") is None
    assert not other.rename("а", "Имя")
    assert not other.remove("а")
    assert other.clear() == 1
    assert found(store) == ["а"]


def test_the_latest_come_first_and_are_not_too_many(store: TalkStore) -> None:
    """The others are counted."""
    for number in range(SHOWN + 3):
        store.add(f"т{number}", replace(turn(1), asked=f"2026-{number:04}"))
    heads, count = store.find()
    assert (len(heads), count) == (SHOWN, SHOWN + 3)
    assert heads[0].id == f"т{SHOWN + 2}"


def test_reading_makes_nothing(store: TalkStore) -> None:
    """The folder comes with the first turn, not before."""
    assert (store.find(), store.talk("а")) == (((), 0), None)
    assert not store.file.parent.exists()


def test_a_damaged_file_is_an_error_and_stays(store: TalkStore) -> None:
    """It is the user's, so nobody deletes it; the message names it and says what to do."""
    store.add("а", turn(1))
    content = bytearray(store.file.read_bytes())
    content[:3000] = b"\xff" * 3000
    store.file.write_bytes(content)
    for attempt in (store.find, store.clear, lambda: store.talk("а"), lambda: store.add("а", turn(2))):
        with pytest.raises(DataError, match=r"talks\.sqlite повреждён.*переименуйте"):
            attempt()
    assert store.file.read_bytes() == content


def test_a_damaged_turn_is_an_error(store: TalkStore) -> None:
    """A file that SQLite can read may still hold what is no talk."""
    store.add("а", turn(1))
    with sqlite3.connect(store.file) as database:
        database.execute("UPDATE turns SET answer = '{'")
    with pytest.raises(DataError, match="повреждён"):
        store.talk("а")


def test_a_newer_format_is_left_alone(store: TalkStore) -> None:
    """An older kbqa neither reads nor writes what it does not know."""
    store.add("а", turn(1))
    with sqlite3.connect(store.file) as database:
        database.execute("PRAGMA user_version = 7")
    for attempt in (store.find, lambda: store.add("а", turn(2))):
        with pytest.raises(DataError, match="формат 7, нужен 1"):
            attempt()


def test_folding() -> None:
    """Case, ё and the Unicode form do not count; й is a letter of its own."""
    assert folded("ЁЛКИ Йод") == folded("е\u0308лки и\u0306од") == "елки йод"
