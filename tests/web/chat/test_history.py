"""The history as the page has it: a talk is restored as it was; nothing that goes wrong with it costs an answer."""

import sqlite3
from pathlib import Path

import pytest

from kbqa import KnowledgeBase
from kbqa.errors import DataError
from kbqa.talks import TalkStore
from kbqa.texts import Texts
from kbqa.web.chat.history import History
from kbqa.web.chat.turns import Talk, Turn, turn_again

RU = Texts.load("ru")
QUESTIONS = ("Какие бывают виды спонсорской поддержки?", "Какая столица у Франции?", "А в заметках?")


@pytest.fixture
def store(tmp_path: Path, kb: KnowledgeBase) -> TalkStore:
    """An empty history."""
    return TalkStore(tmp_path / "data", kb.settings.corpus)


def talked(history: History, kb: KnowledgeBase) -> Talk:
    """A talk that was kept turn by turn."""
    talk = Talk()
    for number, question in enumerate(QUESTIONS):
        answer = kb.ask(question, talk.history)
        begun = Turn(question, "", answer=answer, id=f"t{number}", asked=f"2026-{number}", within=("folder:Чай",))
        turn = turn_again((*talk.turns, begun), kb, RU)
        kept, message = history.keep(talk, turn, answer, "")
        assert message == ""
        talk = Talk((*talk.turns, turn), kept)
    return talk


def test_a_talk_is_restored_as_it_was(store: TalkStore, kb: KnowledgeBase) -> None:
    """Messages, panel, suggestions, and what later questions refer to; refusals with the sections that were near."""
    history = History(store, RU)
    talk = talked(history, kb)
    again = history.restored(talk.id, kb)
    assert again is not None
    assert again.history == talk.history
    for turn, before in zip(again.turns, talk.turns, strict=True):
        assert (turn.reply, turn.sources, turn.next) == (before.reply, before.sources, before.next)
        assert (turn.id, turn.asked, turn.within) == (before.id, before.asked, before.within)
    assert "kbqa-line" in again.turns[1].sources


def test_what_cannot_be_kept_costs_no_answer(tmp_path: Path, kb: KnowledgeBase) -> None:
    """The reader is told why; the talk goes on."""
    (tmp_path / "data").touch()
    answer = kb.ask(QUESTIONS[0])
    kept, message = History(TalkStore(tmp_path / "data", tmp_path), RU).keep(Talk(), Turn("", "", id="t"), answer, "")
    assert kept == ""
    assert message.startswith("Разговор не сохранён. Файл ")


def test_without_a_store_nothing_is_kept(kb: KnowledgeBase) -> None:
    """Nor restored."""
    history = History(None, RU)
    assert history.keep(Talk(), Turn("", "", id="t"), kb.ask(QUESTIONS[0]), "") == ("", "")
    assert history.restored("а", kb) is None


@pytest.mark.parametrize("answer", ['{"text": "То."}', "[]", '{"status": "может быть", "mode": "extractive"}'])
def test_a_damaged_answer_is_an_error_with_a_remedy(store: TalkStore, kb: KnowledgeBase, answer: str) -> None:
    """Not a broken page."""
    history = History(store, RU)
    talk = talked(history, kb)
    with sqlite3.connect(store.file) as database:
        database.execute("UPDATE turns SET answer = ?", (answer,))
    with pytest.raises(DataError, match="повреждён"):
        history.restored(talk.id, kb)
