"""The index against the vault."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kbqa import Settings
from kbqa.embedding import MODEL_ID
from kbqa.errors import MissingIndexError, VaultError
from kbqa.index.status import IndexStatus, index_status
from kbqa.types import IndexReport

NOTES = {"а.md": "Текст а.", "б.md": "Текст б."}


@pytest.fixture
def status(tmp_path: Path) -> Callable[..., IndexStatus]:
    """The status of the test's vault and index."""
    return lambda **options: index_status(Settings(corpus=tmp_path / "vault", index=tmp_path / "index", **options))


@pytest.fixture
def report(index_notes: Callable[..., IndexReport]) -> IndexReport:
    """The vault, indexed: two notes, one that is skipped, one with broken properties."""
    return index_notes(NOTES | {"в.md": "Текст".encode("cp1251"), "г.md": "---\ntags: [\n---\nТекст г."})


def test_just_indexed_is_fresh(report: IndexReport, status: Callable[..., IndexStatus]) -> None:
    """What is indexed, with its problems; a note that was skipped then is no news now."""
    now = status()
    assert now.fresh
    assert (now.added, now.changed, now.removed) == ((), (), ())
    assert (now.generation, now.model, now.notes, now.chunks) == (report.generation, MODEL_ID, 3, 3)
    assert now.problems == report.problems
    assert json.loads(json.dumps(now.as_dict()))["fresh"] is True


@pytest.mark.usefixtures("report")
def test_changes_are_told(vault: Callable[..., Path], status: Callable[..., IndexStatus]) -> None:
    """Added, changed and removed notes make the index stale."""
    (vault({"а.md": "Другой текст.", "д.md": "Новая."}) / "б.md").unlink()
    now = status()
    assert not now.fresh
    assert (now.added, now.changed, now.removed) == (("д.md",), ("а.md",), ("б.md",))


@pytest.mark.usefixtures("report")
def test_a_mended_note_makes_the_index_stale(vault: Callable[..., Path], status: Callable[..., IndexStatus]) -> None:
    """A skipped note that was saved anew would be indexed now."""
    vault({"в.md": "Текст"})
    assert not status().fresh


@pytest.mark.usefixtures("report")
def test_a_changed_setting_makes_the_index_stale(status: Callable[..., IndexStatus]) -> None:
    """Fresh means that indexing now would change nothing."""
    assert status(top_k=3).fresh
    assert not status(chunk_tokens=64).fresh


def test_no_index_no_status(vault: Callable[..., Path], status: Callable[..., IndexStatus]) -> None:
    """A vault that was never indexed, and a vault that is not there, are errors."""
    with pytest.raises(VaultError):
        status()
    vault(NOTES)
    with pytest.raises(MissingIndexError):
        status()
