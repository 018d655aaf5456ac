"""The desk: from no index, a stale one or a good one to a knowledge base that answers."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from kbqa import KnowledgeBase
from kbqa.errors import QuestionError, VaultError
from kbqa.index.indexer import Progress
from kbqa.serving.desk import Desk, Failed, Preparing, Ready, State, explain
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import IndexReport


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings for a vault of one note, without an index."""
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "Чай.md").write_text("# Чай\n\nЗелёный чай заваривают при 80 градусах.\n", encoding="utf-8")
    return Settings(corpus=vault, index=tmp_path / "index")


def until(desk: Desk, condition: Callable[[State], bool]) -> State:
    """The first state that meets the condition."""
    deadline = time.monotonic() + 60
    while not condition(desk.state):
        assert time.monotonic() < deadline, desk.state
        time.sleep(0.01)
    return desk.state


@contextmanager
def following(desk: Desk) -> Iterator[None]:
    """The desk follows the vault meanwhile."""
    stop = Event()
    thread = Thread(target=desk.follow, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join()


def is_current(state: State) -> bool:
    """Whether nothing goes on any more."""
    return isinstance(state, Ready) and state.current and not state.updating


def test_without_an_index_one_is_made(own: Settings) -> None:
    """The first start prepares, then answers."""
    desk = Desk(own)
    assert desk.state == Preparing()
    desk.open()
    state = desk.settled()
    assert isinstance(state, Ready)
    assert state.current
    assert desk.knowledge_base().ask("При скольких градусах заваривают чай?").status == "answered"


def test_the_examples_have_answers(kb: KnowledgeBase, settings: Settings) -> None:
    """What the page offers to ask is worth asking."""
    desk = Desk(settings)
    desk.open()
    state = until(desk, lambda state: isinstance(state, Ready) and state.examples is not None)
    assert isinstance(state, Ready)
    assert state.examples
    assert all(kb.ask(example).status == "answered" for example in state.examples)


def test_an_index_is_opened_then_brought_up_to_date(own: Settings) -> None:
    """The second start answers from the index as it is, and then knows what has been added."""
    first = Desk(own)
    first.open()
    first.settled()
    (own.corpus / "Кофе.md").write_text("# Кофе\n\nКофе мелют перед заваркой.\n", encoding="utf-8")

    desk = Desk(own)
    desk.open()
    opened = desk.settled()
    assert isinstance(opened, Ready)
    assert not opened.current
    assert opened.notes == 1
    with following(desk):
        state = until(desk, is_current)
    assert isinstance(state, Ready)
    assert state.notes == 2


def test_the_vault_is_compared_once_at_the_start(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """And then for each change, the first one not missed however early it comes."""
    KnowledgeBase.build(own.corpus, own.index, settings=own)
    compared = list[int]()
    update = KnowledgeBase.update

    def counted(self: KnowledgeBase, progress: Progress) -> IndexReport:
        report = update(self, progress)
        compared.append(len(self.notes()))
        return report

    monkeypatch.setattr(KnowledgeBase, "update", counted)
    desk = Desk(own)
    desk.open()
    desk.settled()
    with following(desk):
        until(desk, is_current)
        draft = own.corpus / ".draft"
        draft.write_text("# Кофе\n\nКофе мелют перед заваркой.\n", encoding="utf-8")
        draft.rename(own.corpus / "Кофе.md")
        until(desk, lambda state: isinstance(state, Ready) and state.notes == 2)
    assert compared.count(1) == 1


def test_a_missing_vault_is_told_and_waited_for(own: Settings) -> None:
    """The index answers; when the disk is there again, so is the rest."""
    KnowledgeBase.build(own.corpus, own.index, settings=own)
    away = own.corpus.rename(own.corpus.with_name("away"))
    desk = Desk(own)
    desk.open()
    desk.settled()
    with following(desk):
        state = until(desk, is_current)
        assert isinstance(state, Ready)
        assert isinstance(state.failure, VaultError)
        away.rename(own.corpus)
        until(desk, lambda state: isinstance(state, Ready) and state.failure is None)


def test_a_repair_is_logged(own: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """A damaged index is made anew, which whoever runs the server can read."""
    report = KnowledgeBase.build(own.corpus, own.index, settings=own).report
    assert report
    (own.index / "generations" / report.generation / "notes.sqlite").write_bytes(b"")
    desk = Desk(own)
    desk.open()
    assert isinstance(desk.settled(), Ready)
    assert "Индекс был повреждён" in caplog.text


def test_a_failure_is_shown_and_can_be_mended(own: Settings) -> None:
    """Without notes the desk fails with the reason; once there are some, a refresh helps."""
    note = own.corpus / "Чай.md"
    text = note.read_text(encoding="utf-8")
    note.unlink()
    desk = Desk(own)
    desk.open()
    state = desk.settled()
    assert isinstance(state, Failed)
    assert isinstance(state.error, VaultError)
    with pytest.raises(VaultError):
        desk.knowledge_base()

    note.write_text(text, encoding="utf-8")
    desk.refresh()
    assert isinstance(desk.state, Preparing | Ready)
    assert isinstance(desk.settled(), Ready)


def test_the_old_index_answers_when_the_vault_is_gone(own: Settings) -> None:
    """A failed update is reported beside the answers, not instead of them."""
    desk = Desk(own)
    desk.open()
    desk.settled()
    (own.corpus / "Чай.md").unlink()
    desk.refresh()
    state = until(desk, is_current)
    assert isinstance(state, Ready)
    assert isinstance(state.failure, VaultError)
    assert desk.knowledge_base().ask("При скольких градусах заваривают чай?").status == "answered"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows the priority of one thread")
def test_who_indexes_steps_back_alone(own: Settings) -> None:
    """The thread that indexes while questions are answered lets the others go first."""
    desk = Desk(own)
    desk.open()
    desk.settled()
    niceness = list[int]()
    updated = desk.knowledge_base().update
    desk.knowledge_base().update = lambda _: niceness.append(os.getpriority(os.PRIO_PROCESS, 0)) or updated()
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with following(desk):
        until(desk, lambda _: bool(niceness))
    assert niceness[0] > before
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_inner_details_are_not_told() -> None:
    """Errors of kbqa speak for themselves; others are for the log."""
    texts = Texts.load("ru")
    assert explain(QuestionError("question_empty"), texts) == texts("errors.question_empty")
    assert "секрет" not in explain(RuntimeError("секрет"), texts)


def test_what_began_before_a_move_does_not_come_back(own: Settings, tmp_path: Path) -> None:
    """An update of the old notes that ends after other ones were chosen neither answers nor keeps them away."""
    desk = Desk(own)
    desk.open()
    old = desk.knowledge_base()
    update, begun, go_on = old.update, Event(), Event()

    def slow(progress: Progress) -> IndexReport:
        begun.set()
        assert go_on.wait(20)
        return update(progress)

    old.update = slow
    desk.refresh()
    assert begun.wait(20)
    other = tmp_path / "other"
    other.mkdir()
    (other / "Кофе.md").write_text("# Кофе\n\nКофе мелют перед заваркой.\n", encoding="utf-8")
    desk.move(other)
    go_on.set()
    assert [note.title for note in desk.knowledge_base().notes()] == ["Кофе"]
