"""Generations: opened only whole, published by one swap, collected when nobody can hold them."""

import gc
import json
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from kbqa import KnowledgeBase
from kbqa.embedding import MODEL_ID, E5Model
from kbqa.errors import BrokenIndexError, BusyIndexError, MissingIndexError, StaleIndexError
from kbqa.index.generations import Generation, IndexFolder

QUESTION = "Какие бывают виды партнёрства?"
HOLD_LOCK = """
import sys
from pathlib import Path
from kbqa.index.generations import IndexFolder

with IndexFolder(Path(sys.argv[1])).writing():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def generation_copy(index_copy: Path) -> Path:
    """The folder of the only generation in a copy of the corpus's index."""
    (folder,) = (index_copy / "generations").iterdir()
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    """An index folder in which nothing was made yet."""
    return IndexFolder(tmp_path / "index")


@pytest.fixture(scope="module")
def everything(model: E5Model) -> Callable[[Path], object]:
    """Opens a generation; all that it says, ranks and shows for one question."""
    vector = model.embed([QUESTION], "query")[0]

    def read(folder: Path) -> object:
        generation = Generation.open(folder, model=MODEL_ID)
        try:
            nearest = generation.store.nearest(vector, 100)
            paths = [summary.path for summary in generation.catalogue.summaries()]
            return (
                nearest,
                np.round(generation.store.vectors(generation.lexical.ids) @ vector, 4).tolist(),
                generation.store.chunks(generation.lexical.ids),
                *(generation.lexical.scores(QUESTION).tolist(), generation.lexical.idf("партнерств")),
                *([generation.catalogue.note(path) for path in paths], generation.catalogue.problems()),
            )
        finally:
            generation.close()

    return read


@pytest.fixture
def lock_holder(folder: IndexFolder) -> Iterator[subprocess.Popen[str]]:
    """Another process that is writing the index."""
    command = [sys.executable, "-c", HOLD_LOCK, str(folder.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_generation_reads_the_same_again(generation_copy: Path, everything: Callable[[Path], object]) -> None:
    """Opening and reading change nothing that the next reader sees."""
    assert everything(generation_copy) == everything(generation_copy)


@pytest.mark.parametrize(
    "part", ["manifest.json", "notes.sqlite", "chroma", "chroma/chroma.sqlite3", "lexical", "lexical/stems"]
)
def test_a_missing_part_is_damage(generation_copy: Path, part: str) -> None:
    """Without any of its parts a generation does not open; the message names the folder and the remedy."""
    path = generation_copy / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(BrokenIndexError, match="kbqa index") as caught:
        Generation.open(generation_copy, model=MODEL_ID)
    assert str(generation_copy) in str(caught.value)


@pytest.mark.parametrize("seed", range(70))
def test_damaged_files_never_answer_wrongly(
    generation_copy: Path, everything: Callable[[Path], object], seed: int
) -> None:
    """A flipped bit, an overwritten run of bytes or a cut in any file: refused, or answered as before."""
    expected = everything(generation_copy)
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    # The files of Chroma have random names; sorted by size they are the same ones in each run.
    files = sorted(
        (file for file in generation_copy.rglob("*") if file.is_file()), key=lambda file: file.stat().st_size
    )
    file = files[seed % len(files)]
    content = bytearray(file.read_bytes() or b"\0")
    place = chance.randrange(len(content))
    match chance.choice(["flip", "overwrite", "cut"]):
        case "flip":
            content[place] ^= 1 << chance.randrange(8)
        case "overwrite":
            content[place : place + 500] = chance.randbytes(len(content[place : place + 500]))
        case "cut":
            del content[place:]
    file.write_bytes(content)
    with suppress(BrokenIndexError, StaleIndexError):
        assert everything(generation_copy) == expected


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [("format", 0, "формат 0, нужен"), ("model", "другая", "«другая», нужна")],
)
def test_another_format_or_model_is_stale(generation_copy: Path, field: str, value: object, message: str) -> None:
    """The message says what was found, what is needed, and the command to run."""
    manifest = json.loads((generation_copy / "manifest.json").read_text(encoding="utf-8"))
    (generation_copy / "manifest.json").write_text(json.dumps(manifest | {field: value}), encoding="utf-8")
    with pytest.raises(StaleIndexError, match=rf"{message}.*kbqa index"):
        Generation.open(generation_copy, model=MODEL_ID)


def test_a_renamed_generation_is_damage(generation_copy: Path) -> None:
    """A generation's folder bears its id; Chroma would serve what it read under the old name."""
    moved = generation_copy.rename(generation_copy.with_name("другое"))
    with pytest.raises(BrokenIndexError):
        Generation.open(moved, model=MODEL_ID)


def test_no_pointer_no_index(folder: IndexFolder) -> None:
    """Before anything was published there is no index."""
    with pytest.raises(MissingIndexError, match="kbqa index"):
        folder.current()


@pytest.mark.parametrize("pointer", [b"", b"gone\n", b"\xff\xfe\n", b"a\x00b", b"../.."])
def test_a_damaged_pointer_is_damage(index_copy: Path, pointer: bytes) -> None:
    """Whatever stands in the pointer, the index is broken rather than the program."""
    (index_copy / "CURRENT").write_bytes(pointer)
    with pytest.raises(BrokenIndexError):
        KnowledgeBase.open(index_copy)


def test_a_failed_build_leaves_nothing(folder: IndexFolder) -> None:
    """The new generation's folder goes when its making fails."""

    def fail() -> None:
        with folder.new_generation() as files:
            (files.folder / "файл").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list((folder.folder / "generations").iterdir()) == []


def test_names_are_never_used_twice(folder: IndexFolder) -> None:
    """Generations of the same second have different names."""
    names = []
    for _ in range(50):
        with folder.new_generation() as files:
            names.append(files.folder.name)
        shutil.rmtree(files.folder)
    assert len(set(names)) == 50


def test_readers_see_one_pointer_or_the_other(folder: IndexFolder) -> None:
    """While generations are published, a reader always finds a whole name."""
    folder.folder.mkdir()
    folder.publish("первое")
    writer = threading.Thread(target=lambda: [folder.publish(name) for name in ("второе", "первое") * 50])
    writer.start()
    seen = set()
    while writer.is_alive():
        seen.add(folder.current())
    writer.join()
    assert seen <= {"первое", "второе"}
    assert folder.current() == "первое"


def test_a_failed_swap_keeps_the_old_pointer(folder: IndexFolder) -> None:
    """When the new pointer cannot be written, the old one stands."""
    folder.folder.mkdir()
    folder.publish("старое")
    (folder.folder / "CURRENT.new").mkdir()
    with pytest.raises(OSError, match=r"CURRENT\.new"):
        folder.publish("новое")
    assert folder.current() == "старое"


def test_the_current_and_the_previous_generation_stay(folder: IndexFolder) -> None:
    """Readers may hold the previous one; what a killed run left behind goes, however new it is."""
    for name in ("1-старое", "2-прежнее", "3-убитое", "4-новое"):
        (folder.folder / "generations" / name).mkdir(parents=True)
    folder.files("4-новое").manifest.write_text('{"previous": "2-прежнее"}', encoding="utf-8")
    folder.publish("4-новое")
    (folder.folder / "CURRENT.new").touch()
    folder.collect()
    assert {path.name for path in (folder.folder / "generations").iterdir()} == {"2-прежнее", "4-новое"}
    assert not (folder.folder / "CURRENT.new").exists()


def test_a_run_that_fails_after_publishing_keeps_what_it_made(folder: IndexFolder) -> None:
    """Ctrl-C between the swap and the end must not take away what the pointer names."""

    def fail() -> None:
        with folder.new_generation() as files:
            folder.publish(files.folder.name)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert folder.files(folder.current()).folder.is_dir()


def test_a_generation_that_was_followed_is_not_missed(index_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Removed between reading its name and opening it, it is not damage: there is a newer one by then."""
    folder = IndexFolder(index_copy)
    names = iter(["забытое"])
    named = IndexFolder.current
    monkeypatch.setattr(IndexFolder, "current", lambda self: next(names, None) or named(self))
    folder.open_current(model=MODEL_ID).close()


@pytest.mark.parametrize("released", ["close", "forget"])
def test_what_is_open_is_not_removed(index_copy: Path, released: str) -> None:
    """Until it is closed, or nobody refers to it any more."""
    folder = IndexFolder(index_copy)
    held = folder.open_current(model=MODEL_ID)
    name = held.manifest.generation
    folder.files("новое").folder.mkdir()
    folder.publish("новое")
    folder.collect()
    assert folder.files(name).manifest.exists()
    if released == "close":
        held.close()
    del held
    gc.collect()
    folder.collect()
    assert not folder.files(name).folder.exists()


def test_an_index_without_lock_files_can_be_read(generation_copy: Path, everything: Callable[[Path], object]) -> None:
    """Where locks do not work, or somebody has removed the file."""
    expected = everything(generation_copy)
    (generation_copy / "readers.lock").unlink()
    assert everything(generation_copy) == expected


def test_two_writers_do_not_meet(folder: IndexFolder, lock_holder: subprocess.Popen[str]) -> None:
    """The second is refused at once; when the first is killed, the lock is free."""
    with pytest.raises(BusyIndexError, match="Дождитесь"), folder.writing():
        pytest.fail("two writers")
    lock_holder.kill()
    lock_holder.wait()
    with folder.writing():
        assert (folder.folder / ".lock").exists()
