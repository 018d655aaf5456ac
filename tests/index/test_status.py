"""The index against the vault."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kbqa import Settings
from kbqa.embedding import MODEL_ID
from kbqa.errors import BrokenIndexError, MissingIndexError, StaleIndexError, VaultError
from kbqa.feedback import Found, Mark, MarkStore
from kbqa.index.status import Dangling, IndexStatus, State, index_status
from kbqa.types import IndexReport

NOTES = {"а.md": "Текст а.", "б.md": "Текст б."}
NOT_UTF8 = "Текст".encode("cp1251")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The test's vault, index and data."""
    return Settings(corpus=tmp_path / "vault", index=tmp_path / "index", data=tmp_path / "data")


@pytest.fixture
def status(settings: Settings) -> Callable[..., IndexStatus]:
    """The status of the test's vault and index."""
    return lambda **options: index_status(settings.model_copy(update=options))


@pytest.fixture
def report(index_notes: Callable[..., IndexReport]) -> IndexReport:
    """The vault, indexed: two notes, one that is skipped, one with broken properties."""
    return index_notes(NOTES | {"в.md": NOT_UTF8, "г.md": "---\ntags: [\n---\nТекст г."})


def states(status: IndexStatus) -> dict[str, State]:
    """The state of every note."""
    assert [entry.note for entry in status.entries] == sorted(entry.note for entry in status.entries)
    return {entry.note: entry.state for entry in status.entries}


def test_just_indexed_is_fresh(report: IndexReport, status: Callable[..., IndexStatus]) -> None:
    """Every note is told of, with its chunks or the reason; what cannot be read counts against the coverage."""
    now = status()
    assert now.fresh
    assert states(now) == {"а.md": "indexed", "б.md": "indexed", "в.md": "skipped", "г.md": "partial"}
    assert [entry.chunks for entry in now.entries] == [1, 1, 0, 1]
    assert {entry.note: entry.reason for entry in now.entries if entry.reason} == {
        problem.note: problem.reason for problem in report.problems
    }
    assert (now.covered, now.in_vault, now.coverage) == (3, 4, 0.75)
    assert (now.generation, now.model, now.notes, now.chunks) == (report.generation, MODEL_ID, 3, 3)
    assert timedelta() < datetime.now(UTC) - now.published < timedelta(minutes=5)
    assert now.recipe == now.expected
    assert now.outdated == ()


@pytest.mark.usefixtures("report")
def test_changes_are_told(vault: Callable[..., Path], status: Callable[..., IndexStatus]) -> None:
    """Added, changed and removed notes make the index stale; what was skipped and is gone is told, too."""
    folder = vault({"а.md": "Другой текст.", "д.md": "Новая."})
    (folder / "б.md").unlink()
    (folder / "в.md").unlink()
    now = status()
    assert not now.fresh
    assert states(now) == {"а.md": "changed", "б.md": "removed", "в.md": "removed", "г.md": "partial", "д.md": "new"}
    assert (now.covered, now.in_vault) == (1, 3)


@pytest.mark.usefixtures("report")
def test_a_skipped_note_is_tried_again(vault: Callable[..., Path], status: Callable[..., IndexStatus]) -> None:
    """Mended, it would be indexed now; spoilt otherwise, the reason is the present one."""
    vault({"в.md": "Текст"})
    assert not status().fresh
    assert states(status())["в.md"] == "new"
    vault({"в.md": " "})
    [skipped] = status().of("skipped")
    assert skipped.reason == "файл пуст."


@pytest.mark.usefixtures("report")
def test_a_note_that_can_no_longer_be_read_is_not_called_removed(
    vault: Callable[..., Path], status: Callable[..., IndexStatus]
) -> None:
    """The index still answers from its earlier text, and the status says why it cannot be renewed."""
    file = vault({}) / "а.md"
    file.unlink()
    file.symlink_to(Path(__file__))
    [changed] = status().of("changed")
    assert (changed.note, changed.chunks) == ("а.md", 1)
    assert "символическая ссылка" in changed.reason


def test_notes_of_a_folder_that_can_no_longer_be_read_are_not_called_removed(
    index_notes: Callable[..., IndexReport],
    vault: Callable[..., Path],
    status: Callable[..., IndexStatus],
    tmp_path: Path,
) -> None:
    """The folder's reason is theirs."""
    index_notes(NOTES | {"папка/в.md": "Текст в."})
    folder = vault({}) / "папка"
    folder.rename(tmp_path / "снаружи")
    folder.symlink_to(tmp_path / "снаружи")
    now = status()
    assert states(now) == {"а.md": "indexed", "б.md": "indexed", "папка": "skipped", "папка/в.md": "changed"}
    [moved] = now.of("changed")
    assert "символическая ссылка" in moved.reason


def test_two_files_with_one_name_are_both_told_of(
    index_notes: Callable[..., IndexReport], status: Callable[..., IndexStatus]
) -> None:
    """One is indexed, the other skipped, under the same path."""
    composed, decomposed = "й.md", "и\N{COMBINING BREVE}.md"
    index_notes({composed: "Текст.", decomposed: "Другой текст."})
    assert sorted((entry.note, entry.state) for entry in status().entries) == [
        (composed, "indexed"),
        (composed, "skipped"),
    ]
    assert status().fresh


@pytest.mark.usefixtures("report")
def test_a_changed_setting_makes_the_index_stale(status: Callable[..., IndexStatus]) -> None:
    """Fresh means that indexing now would change nothing; what it would do otherwise is named."""
    assert status(top_k=3).fresh
    now = status(chunk_tokens=64)
    assert not now.fresh
    assert now.outdated == ("chunk_tokens",)
    assert (now.recipe.chunk_tokens, now.expected.chunk_tokens) == (320, 64)


def test_dangling_links(index_notes: Callable[..., IndexReport], status: Callable[..., IndexStatus]) -> None:
    """The most linked first, with the notes that the links stand in; a note that is there, if not indexed, is none."""
    index_notes(
        {
            "а.md": "Смотри [[Чай]] и [[Кофе]], и ещё [[Чай|чай]], и [[в]].",
            "б.md": "И здесь [[чай]] и [[а]].",
            "в.md": NOT_UTF8,
        }
    )
    assert status().dangling == (Dangling("Чай", 3, ("а.md", "б.md")), Dangling("Кофе", 1, ("а.md",)))


@pytest.mark.usefixtures("report")
def test_lacks_come_from_the_marks_on_this_vault(settings: Settings, status: Callable[..., IndexStatus]) -> None:
    """A note that was removed since lacks nothing; marks that cannot be read are told, and the rest stands."""
    store = MarkStore(settings.data)
    for note, vault in (("а.md", settings.corpus), ("нет.md", settings.corpus), ("б.md", Path("/другие"))):
        found = (Found(note, ("а",)),)
        store.put(Mark(str(vault.resolve()), note, f"О {note}?", "wrong", "answered", "…", (), found, "f"))
    assert [(lack.note, lack.questions, lack.example) for lack in status().lacks] == [("а.md", 1, "О а.md?")]
    store.file.write_bytes(b"\xff" * 1000)
    now = status()
    assert now.lacks == ()
    assert str(store.file) in now.marks_trouble
    assert now.fresh


@pytest.mark.usefixtures("report")
def test_as_plain_data(vault: Callable[..., Path], status: Callable[..., IndexStatus]) -> None:
    """JSON with everything, in a shape that stays."""
    vault({"а.md": "Другой текст. [[Чай]]", "д.md": "Новая."})
    told = json.loads(json.dumps(status().as_dict()))
    assert set(told) == {
        *("generation", "model", "notes", "chunks", "added", "changed", "removed", "problems", "fresh"),
        *("published", "covered", "in_vault", "coverage", "recipe", "expected", "outdated", "entries"),
        *("dangling", "lacks", "marks_trouble"),
    }
    assert (told["added"], told["changed"], told["removed"]) == (["д.md"], ["а.md"], [])
    assert [(problem["note"], problem["skipped"]) for problem in told["problems"]] == [("в.md", True), ("г.md", False)]
    assert (told["fresh"], told["coverage"]) == (False, 0.4)
    assert datetime.fromisoformat(told["published"]).tzinfo is not None
    assert told["entries"][0] == {"note": "а.md", "state": "changed", "reason": "", "chunks": 1}


def test_no_index_no_status(vault: Callable[..., Path], status: Callable[..., IndexStatus]) -> None:
    """A vault that was never indexed, and a vault that is not there, are errors."""
    with pytest.raises(VaultError):
        status()
    vault(NOTES)
    with pytest.raises(MissingIndexError):
        status()


def test_an_index_that_cannot_be_read_is_an_error(
    report: IndexReport, settings: Settings, status: Callable[..., IndexStatus]
) -> None:
    """Of another format, or damaged; the message has the command that mends it."""
    manifest = settings.index / "generations" / report.generation / "manifest.json"
    values = json.loads(manifest.read_text(encoding="utf-8"))
    for content, error in (
        (values | {"format": 2, "recipe": "0123"}, StaleIndexError),
        (values | {"recipe": "0123"}, BrokenIndexError),
    ):
        manifest.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(error, match="kbqa index"):
            status()
