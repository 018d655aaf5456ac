"""The write path: what is reported, what is embedded, and that the old index survives whatever goes wrong."""

import json
import resource
import shutil
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from kbqa import KnowledgeBase
from kbqa.embedding import MODEL_ID, E5Model
from kbqa.errors import BrokenIndexError, BusyIndexError, UnwritableIndexError, VaultError
from kbqa.index import indexer
from kbqa.index.analysis import stems
from kbqa.index.content import Content
from kbqa.index.generations import IndexFolder
from kbqa.index.manifest import GenerationFiles, Manifest
from kbqa.notes.vault import Vault
from kbqa.types import IndexReport

COFFEE = "# Кофе\n\nКофе - это напиток из обжаренных зёрен.\n"
TEA = "# Чай\n\nЧай - это напиток из листьев.\n"
COCOA = "# Какао\n\nКакао - это напиток из бобов.\n"
NOTES = {"Кофе.md": COFFEE, "Чай.md": TEA, "Какао.md": COCOA}

IndexNotes = Callable[..., IndexReport]


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """The system refuses to let any file grow over `size` bytes, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_first_run_adds_all(index_notes: IndexNotes) -> None:
    """Every note is new, every chunk, statement, heading and word embedded, the index published."""
    report = index_notes(NOTES)
    assert report.added == ("Какао.md", "Кофе.md", "Чай.md")
    assert (report.changed, report.removed, report.unchanged, report.problems) == ((), (), (), ())
    assert (report.chunks, report.embedded, report.published) == (3, 17, True)


def test_a_run_without_changes_leaves_the_index(index_notes: IndexNotes, remembering: E5Model) -> None:
    """Nothing is embedded, nothing published; the report says so."""
    first = index_notes(NOTES)
    remembering.texts.clear()
    second = index_notes()
    assert (second.published, second.generation, second.embedded) == (False, first.generation, 0)
    assert (second.unchanged, second.added, second.chunks) == (first.added, (), 3)
    assert remembering.texts == []


def test_only_what_changed_is_embedded(
    index_notes: IndexNotes, vault: Callable[..., Path], remembering: E5Model
) -> None:
    """Notes are told apart as added, changed, removed and unchanged; the cache has the rest."""
    index_notes(NOTES)
    remembering.texts.clear()
    (vault({}) / "Чай.md").unlink()
    report = index_notes(
        {"Кофе.md": COFFEE + "\n## Сорта\n\n" + "- Арабика растёт в горах\n" * 5, "Морс.md": "# Морс\n\nИз ягод."}
    )
    assert (report.added, report.changed, report.removed) == (("Морс.md",), ("Кофе.md",), ("Чай.md",))
    assert report.unchanged == ("Какао.md",)
    assert sorted(remembering.texts) == [
        "Арабика растёт в горах",
        "Из ягод.",
        "Кофе. Сорта",
        "Кофе. Сорта.\n" + "- Арабика растёт в горах\n" * 4 + "- Арабика растёт в горах",
        "Морс",
        "Морс.\nИз ягод.",
        *sorted(stems("арабика растёт горах сорта морс ягод")),
    ]
    assert report.embedded == 12


def test_a_changed_setting_of_the_index_makes_it_anew(index_notes: IndexNotes) -> None:
    """The length of chunks decides what is indexed; the number of hits does not."""
    index_notes(NOTES)
    assert not index_notes(top_k=3).published
    report = index_notes(chunk_tokens=64)
    assert (report.published, len(report.unchanged)) == (True, 3)


@pytest.mark.parametrize("texts", [{}, {"а.txt": "текст"}, {"а.md": ""}, {"а.md": "---\ntags: [а]\n---\n"}])
def test_a_vault_without_notes_is_refused(index_notes: IndexNotes, tmp_path: Path, texts: dict[str, str]) -> None:
    """An emptied folder is a mistake rather than a wish: the old index still answers."""
    index_notes(NOTES)
    shutil.rmtree(tmp_path / "vault")
    with pytest.raises(VaultError, match="Прежний индекс не тронут"):
        index_notes(texts)
    assert len(KnowledgeBase.open(tmp_path / "index").notes()) == 3


def test_a_note_with_broken_properties_is_indexed(index_notes: IndexNotes) -> None:
    """The problem is told in this run and in the next ones, until it is mended."""
    first = index_notes({"а.md": "---\ntags: [\n---\nТекст."})
    assert first.added == ("а.md",)
    assert [(problem.note, problem.skipped) for problem in first.problems] == [("а.md", False)]
    assert index_notes().problems == first.problems
    assert index_notes({"а.md": "Текст."}).problems == ()


def test_a_note_that_cannot_be_decoded_is_skipped(index_notes: IndexNotes) -> None:
    """The others are indexed; once it is saved anew, it is added."""
    first = index_notes({"а.md": "Текст".encode("cp1251"), "Чай.md": TEA})
    assert (first.added, [problem.skipped for problem in first.problems]) == (("Чай.md",), [True])
    assert index_notes({"а.md": "Текст"}).added == ("а.md",)


def test_hostile_notes_are_indexed(index_notes: IndexNotes, tmp_path: Path) -> None:
    """Whatever is in a note, or in its name, neither stops the run nor changes the note."""
    notes = {
        "Эмодзи 😀.md": "👨‍👩‍👧‍👦 " * 50,
        "половина.md": '---\ntitle: "\\ud800"\naliases: ["\\udfff"]\n---\nТекст.',
        "одинаковые.md": "## Раздел\n\nТекст.\n\n## Раздел\n\nТекст.\n",
        "длинная строка.md": "ы" * 5000,
        "знаки.md": "!!!",
        "%s {0} 'кавычки\".md": "{text} %d '; DROP TABLE notes;",
        "<|endoftext|>.md": "<|endoftext|>",
    }
    report = index_notes(notes)
    assert report.problems == ()
    kb = KnowledgeBase.open(tmp_path / "index")
    assert {note.path: kb.note(note.path).text for note in kb.notes()} == notes


def test_two_spellings_of_one_name_do_not_stop_the_run(index_notes: IndexNotes) -> None:
    """One is indexed, the other told."""
    report = index_notes({unicodedata.normalize(form, "Йога.md"): "Текст." for form in ("NFC", "NFD")})
    assert report.added == ("Йога.md",)


@pytest.mark.parametrize("part", ["CURRENT", "generations", "embeddings.sqlite"])
def test_a_broken_index_is_made_anew(index_notes: IndexNotes, tmp_path: Path, part: str) -> None:
    """Whatever is missing, the next run mends it."""
    index_notes(NOTES)
    path = tmp_path / "index" / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    index_notes()
    assert KnowledgeBase.open(tmp_path / "index").search("напиток из бобов")[0].chunk.note == "Какао.md"


def test_a_damaged_generation_is_made_anew(index_notes: IndexNotes, tmp_path: Path) -> None:
    """It does not open; the next run makes another, and nothing is embedded again."""
    first = index_notes(NOTES)
    (tmp_path / "index" / "generations" / first.generation / "notes.sqlite").write_bytes(b"")
    with pytest.raises(BrokenIndexError):
        KnowledgeBase.open(tmp_path / "index")
    second = index_notes()
    assert (second.published, second.embedded) == (True, 0)
    assert [repair.split(" (")[0] for repair in second.repairs] == ["Индекс был повреждён"]
    assert index_notes().repairs == ()
    assert len(KnowledgeBase.open(tmp_path / "index").notes()) == 3


@pytest.mark.parametrize("size", [0, 5_000, 60_000, 100_000, 150_000])
def test_a_full_disk_loses_nothing(
    index_notes: IndexNotes, vault: Callable[..., Path], tmp_path: Path, size: int
) -> None:
    """Wherever the space ends, the error says so, the old index answers, and the next run is as any other."""
    first = index_notes({"Кофе.md": COFFEE})
    vault(NOTES)
    with no_file_over(size), pytest.raises(UnwritableIndexError, match="Прежний индекс не тронут"):
        index_notes()
    assert [path.name for path in (tmp_path / "index" / "generations").iterdir()] == [first.generation]
    assert len(KnowledgeBase.open(tmp_path / "index").notes()) == 1
    assert index_notes().added == ("Какао.md", "Чай.md")


def test_damaged_vectors_are_computed_anew(index_notes: IndexNotes, tmp_path: Path) -> None:
    """When they are needed next; the report says so."""
    index_notes(NOTES)
    (tmp_path / "index" / "embeddings.sqlite").write_bytes(b"no database" * 1000)
    assert index_notes().repairs == ()
    report = index_notes({"Чай.md": TEA + "\nЕщё."}, language="en")
    assert report.repairs == (
        "The stored vectors were damaged (file is not a database); they have been computed anew.",
    )


def test_a_full_disk_keeps_the_vectors(index_notes: IndexNotes, vault: Callable[..., Path], tmp_path: Path) -> None:
    """What was embedded is not embedded again, even if nothing can be added to it."""
    index_notes(NOTES)
    shutil.rmtree(tmp_path / "index" / "generations")
    vault({"Морс.md": "# Морс\n\nИз ягод."})
    with no_file_over(100), pytest.raises(UnwritableIndexError, match=r"full|I/O"):
        index_notes()
    assert index_notes().embedded == 5


def test_a_lock_on_the_vectors_keeps_them(
    index_notes: IndexNotes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program reads or copies them: the run ends with the reason; the next one embeds only what is new."""
    index_notes(NOTES)
    with closing(sqlite3.connect(tmp_path / "index" / "embeddings.sqlite")) as other, monkeypatch.context() as patch:
        other.execute("BEGIN EXCLUSIVE")
        patch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0))
        with pytest.raises(UnwritableIndexError, match="locked"):
            index_notes({"Морс.md": "# Морс\n\nИз ягод."})
    assert index_notes(chunk_tokens=64).embedded == 5


def test_an_undone_edit_is_not_embedded_again(index_notes: IndexNotes) -> None:
    """Nor are settings that are changed back and forth."""
    index_notes(NOTES)
    assert index_notes({"Чай.md": TEA + "\nЕщё."}).embedded == 2
    assert index_notes({"Чай.md": TEA}).embedded == 0
    assert [index_notes(chunk_tokens=tokens).embedded for tokens in (64, 320, 64)] == [0, 0, 0]


@pytest.mark.parametrize("obstacle", ["index", "index/generations"])
def test_a_folder_that_cannot_be_made_is_told(index_notes: IndexNotes, tmp_path: Path, obstacle: str) -> None:
    """A file stands where the index's folder should be."""
    (tmp_path / obstacle).parent.mkdir(exist_ok=True)
    (tmp_path / obstacle).touch()
    with pytest.raises(UnwritableIndexError, match="права доступа"):
        index_notes(NOTES)


def test_the_index_is_busy(index_notes: IndexNotes, tmp_path: Path) -> None:
    """While one run writes, another is refused."""
    with IndexFolder(tmp_path / "index").writing(), pytest.raises(BusyIndexError):
        index_notes(NOTES)


def test_generations_do_not_pile_up(index_notes: IndexNotes, tmp_path: Path) -> None:
    """The current and the previous one are kept."""
    generations = [index_notes({"а.md": f"Текст {number}."}).generation for number in range(4)]
    assert {path.name for path in (tmp_path / "index" / "generations").iterdir()} == set(generations[-2:])


def test_equal_vaults_have_equal_chunks(index_notes: IndexNotes, tmp_path: Path) -> None:
    """Made anew, or grown in steps, the index holds the same."""

    def ids() -> list[str]:
        return [hit.chunk.id for hit in KnowledgeBase.open(tmp_path / "index").search("напиток")]

    index_notes({"Кофе.md": COFFEE})
    index_notes(NOTES)
    grown = ids()
    shutil.rmtree(tmp_path / "index")
    index_notes(NOTES)
    assert ids() == grown


def test_the_report_tells_the_time(index_notes: IndexNotes) -> None:
    """Seconds of the run."""
    started = time.perf_counter()
    report = index_notes(NOTES)
    assert 0 < report.seconds <= time.perf_counter() - started


@pytest.fixture
def many(index_notes: IndexNotes) -> IndexReport:
    """A dozen notes, so many that one more does not make the index anew."""
    return index_notes(NOTES | {f"{number}.md": f"# Заметка {number}\n\nТекст {number}." for number in range(12)})


@pytest.mark.usefixtures("many")
def test_unchanged_notes_are_not_read_again(index_notes: IndexNotes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither parsed nor cut; what was told of them is told again."""
    index_notes({"а.md": "---\ntags: [\n---\nТекст."})
    parsed = list[str]()
    parse = Vault.parse
    monkeypatch.setattr(Vault, "parse", lambda self, file: parsed.append(file.path) or parse(self, file))
    report = index_notes({"Чай.md": TEA + "\nЕщё."})
    assert parsed == ["Чай.md"]
    assert [problem.note for problem in report.problems] == ["а.md"]


@pytest.mark.usefixtures("many")
def test_a_removed_note_is_taken_out(index_notes: IndexNotes, tmp_path: Path) -> None:
    """Though there is nothing to add: that is no failure, and the rest is taken over."""
    (tmp_path / "vault" / "Чай.md").unlink()
    report = index_notes()
    assert (report.removed, report.repairs, report.embedded) == (("Чай.md",), (), 0)
    folder = IndexFolder(tmp_path / "index")
    assert folder.files(folder.current()).read_manifest(model=MODEL_ID).churn == 1


@pytest.mark.usefixtures("many")
def test_many_changes_make_the_store_from_nothing(index_notes: IndexNotes, tmp_path: Path) -> None:
    """Step by step until a third has changed."""

    def churn() -> int:
        folder = IndexFolder(tmp_path / "index")
        return int(json.loads(folder.files(folder.current()).manifest.read_bytes())["churn"])

    churns = []
    for number in range(8):
        index_notes({"Чай.md": f"{TEA}\nИздание {number}."})
        churns.append(churn())
    assert churns == [2, 4, 0, 2, 4, 0, 2, 4]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("failures", [1, 2])
def test_what_fails_the_examination_is_not_published(
    index_notes: IndexNotes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """It is made once more, from nothing; if that fails, too, the old index stays, and one error says so."""
    bases = list[object]()
    build = indexer.build

    def built(files: GenerationFiles, content: Content, *args: object, **options: object) -> Manifest:
        bases.append(content.base)
        manifest = build(files, content, *args, **options)
        if len(bases) <= failures:
            # Two chunks change their vectors.
            vectors = np.load(files.vectors)
            np.save(files.vectors, vectors[[1, 0, *range(2, len(vectors))]])
        return manifest

    monkeypatch.setattr(indexer, "build", built)
    old = IndexFolder(tmp_path / "index").current()
    if failures == 1:
        report = index_notes({"Морс.md": "# Морс\n\nИз ягод."})
        assert report.published
        assert [repair.split(" (")[0] for repair in report.repairs] == ["С первого раза индекс не построился"]
    else:
        with pytest.raises(BrokenIndexError, match=r"another vector|not found by its own"):
            index_notes({"Морс.md": "# Морс\n\nИз ягод."})
        assert IndexFolder(tmp_path / "index").current() == old
    assert [base is None for base in bases] == [False, True]
