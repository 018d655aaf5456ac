"""Readers in this process and in another go on asking while the index is made anew again and again."""

import gc
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from worlds import World

from kbqa import KnowledgeBase
from kbqa.embedding import E5Model
from kbqa.serving.desk import step_back

QUESTION = "Какой номер у версии?"
READER = Path(__file__).with_name("reader.py")
OPEN_AND_HOLD = """
import sys
from pathlib import Path
from kbqa.index.generations import IndexFolder
from kbqa.embedding import MODEL_ID

generation = IndexFolder(Path(sys.argv[1])).open_current(model=MODEL_ID)
print(generation.manifest.generation, flush=True)
sys.stdin.read()
"""


def _write(world: World, version: int) -> None:
    """Several notes say the version; an answer from two generations would name two."""
    for number in range(6):
        world.write(f"Версии/{number}.md", f"# Версия {number}\n\nНомер версии: {version}.\n")


def _publish(world: World, version: int) -> None:
    """The version is written and indexed."""
    _write(world, version)
    world.update()


def _versions(found: list[str]) -> set[str]:
    return {version for text in found for version in re.findall(r"Номер версии: (\d+)", text)}


class Asking:
    """Threads that ask until they are stopped."""

    def __init__(self, kb: KnowledgeBase, threads: int) -> None:
        self.answers: list[list[str]] = []
        self.errors: list[Exception] = []
        self._kb = kb
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        while not self._stopped.wait(0.02):
            try:
                self.answers.append([hit.chunk.text for hit in self._kb.search(QUESTION)])
            except Exception as error:  # noqa: BLE001 - any is a failure
                self.errors.append(error)

    def stop(self) -> None:
        """Wait for the last answers."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def other_process(old_world: World, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that asks; version 0 is published."""
    world = old_world.copy(tmp_path)
    _publish(world, 0)
    with subprocess.Popen(
        [sys.executable, READER, world.settings.index, QUESTION],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.long)])
def test_asking_through_runs(other_process: subprocess.Popen[str], tmp_path: Path, model: E5Model, times: int) -> None:
    """No error, each answer from one generation, the last ones from the last."""
    world = World(tmp_path, model)
    kb = KnowledgeBase(world.settings, model)

    def follow() -> None:
        # As the chat does.
        step_back()
        for version in range(1, times + 1):
            _write(world, version)
            kb.update()
        time.sleep(0.2)  # The last version is asked for, too.

    asking = Asking(kb, threads=2)
    following = threading.Thread(target=follow)
    following.start()
    following.join()
    asking.stop()
    elsewhere: list[list[str]] = json.loads(other_process.communicate()[0])
    assert asking.errors == []
    for answers in (asking.answers, elsewhere):
        assert {len(_versions(found)) for found in answers} == {1}
        assert _versions(answers[-1]) == {str(times)}
    record = f"{times} runs, {len(asking.answers)} answers, {len(elsewhere)} in the other process"
    sys.stderr.write(record + "\n")


def test_a_held_generation_stays(old_world: World, tmp_path: Path, model: E5Model) -> None:
    """Over three publications, as long as somebody holds it; then it goes, and nothing else is left."""
    world = old_world.copy(tmp_path)
    kb = KnowledgeBase(world.settings, model)
    engine = kb.as_query_engine()
    before = [hit.chunk.text for hit in engine.retriever.find(QUESTION)]
    held = engine.retriever.generation.manifest.generation
    for version in range(3):
        _publish(world, version)
        kb.search(QUESTION)
    assert world.orphans() == {held}
    assert [hit.chunk.text for hit in engine.retriever.find(QUESTION)] == before
    del engine
    gc.collect()
    world.update()
    assert world.orphans() == set()


def test_a_killed_reader_holds_nothing(old_world: World, tmp_path: Path) -> None:
    """What another process has open stays; when that is killed, the next run removes it."""
    world = old_world.copy(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", OPEN_AND_HOLD, world.settings.index],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        held = process.stdout.readline().strip()
        for version in range(2):
            _publish(world, version)
        assert world.orphans() == {held}
        process.kill()
    world.update()
    assert world.orphans() == set()
