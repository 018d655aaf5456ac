"""The state of the index in the page: what it says, and that nothing from outside becomes markup."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from kbqa import KnowledgeBase, Settings
from kbqa.errors import MissingIndexError
from kbqa.index.lacks import Lack
from kbqa.index.status import Dangling, IndexStatus, NoteStatus
from kbqa.serving.desk import Desk, Failed, Ready
from kbqa.texts import Texts
from kbqa.web.chat.status_view import OPEN, SOURCES, dialog_html, state_html, status_html

RU = Texts.load("ru")
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
def status(kb: KnowledgeBase) -> IndexStatus:
    """Of the corpus, which is in order."""
    return kb.status()


def headings(markup: str) -> dict[str, bool]:
    """The lists, and whether each is open."""
    return {summary: bool(opened) for opened, summary in re.findall(r"<details( open)?><summary>([^<]+)<", markup)}


def test_nothing_from_outside_becomes_markup(status: IndexStatus) -> None:
    """Hostile words in any place are shown as words."""
    entries = tuple(
        NoteStatus(HOSTILE, state, HOSTILE) for state in ("skipped", "partial", "changed", "new", "removed")
    )
    dangling, lacks = (Dangling(HOSTILE, 1, (HOSTILE,)),), (Lack(HOSTILE, 1, HOSTILE),)
    changes = {"generation": HOSTILE, "model": HOSTILE, "entries": entries, "dangling": dangling, "lacks": lacks}
    markup = status_html(replace(status, **changes), RU) + status_html(replace(status, marks_trouble=HOSTILE), RU)
    assert "<script" not in markup
    assert "<img" not in markup
    assert markup.count("&lt;script&gt;") > 10


def test_a_base_in_order(status: IndexStatus) -> None:
    """The verdict, the figures, and what was indexed with what; no empty lists."""
    markup = status_html(status, RU)
    assert "Индекс соответствует заметкам." in markup
    assert "2 из 2 (100 %)" in markup
    assert status.model in markup
    lists = headings(markup)
    assert lists.pop("Все заметки: 2") is False
    assert lists.pop("Чем сделан индекс") is False
    assert not [heading for heading in lists if "Пропущены" in heading or "Изменения" in heading]


def test_what_needs_attention_is_open(status: IndexStatus) -> None:
    """Problems with their reasons, and changes; a list that would fill the page is closed at first."""
    entries = (
        NoteStatus("а.md", "skipped", "файл пуст."),
        *(NoteStatus(f"{number}.md", "new") for number in range(OPEN + 1)),
    )
    expected = replace(status.expected, chunk_tokens=64)
    markup = status_html(replace(status, entries=entries, expected=expected, fresh=False), RU)
    assert "Индекс отстал от заметок." in markup
    assert "chunk_tokens: 320 → 64" in markup
    assert "<strong>а.md</strong> <span>пропущена: файл пуст.</span>" in markup
    lists = headings(markup)
    assert lists["Пропущены или неполны: 1"] is True
    assert lists[f"Изменения, которых ещё нет в индексе: {OPEN + 1}"] is False


def test_what_the_vault_lacks(status: IndexStatus) -> None:
    """Notes not written yet, with who links to them; notes that lack answers, with an example."""
    markup = status_html(
        replace(status, dangling=(Dangling("Чай", 2, ("а.md", "б.md")),), lacks=(Lack("а.md", 3, "Где чай?"),)), RU
    )
    assert "<strong>Чай</strong> <span>ссылок: 2; из: а, б</span>" in markup
    many = tuple(f"{number}.md" for number in range(SOURCES + 1))
    markup += status_html(replace(status, dangling=(Dangling("Мате", 11, many),)), RU)
    assert "из: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …<" in markup
    assert "<strong>а.md</strong> <span>вопросов: 3; например: «Где чай?»</span>" in markup


def test_while_there_is_no_index(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is being made, or cannot be: both are said instead."""
    desk = Desk(settings)
    assert "Заметки ещё читаются" in state_html(desk, RU)
    monkeypatch.setattr(Desk, "state", Failed(MissingIndexError("index_missing", folder="<i>")))
    assert "Индекса ещё нет: &lt;i&gt;" in state_html(desk, RU)


def test_a_vault_that_is_gone_is_said(kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old index answers on; what the dialog cannot tell has a reason."""
    gone = KnowledgeBase.open(kb.settings.index, settings=kb.settings.model_copy(update={"corpus": tmp_path / "нет"}))
    monkeypatch.setattr(Desk, "state", Ready(gone, 2, 30, (), current=True))
    assert "Папки с заметками нет" in state_html(Desk(gone.settings), RU)


def test_the_frame_has_a_name_and_can_be_closed() -> None:
    """For those who do not see it, too."""
    frame = dialog_html(RU)
    assert 'aria-labelledby="kbqa-state-title"' in frame
    assert 'aria-label="Закрыть состояние базы"' in frame
