"""An index that was grown step by step equals one that was made from nothing."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from worlds import QUESTIONS, World, note, paragraph

from kbqa.embedding import MODEL_ID
from kbqa.index.generations import IndexFolder

MOVES = 3
FEWEST = 6


def _edit(world: World, chance: random.Random) -> None:
    """Some notes are edited, renamed, deleted, added, copied."""
    for _ in range(chance.randint(1, MOVES)):
        paths = sorted(
            path.relative_to(world.settings.corpus).as_posix() for path in world.settings.corpus.rglob("*.md")
        )
        path = chance.choice(paths)
        text = (world.settings.corpus / path).read_text(encoding="utf-8", errors="replace")
        new = f"Папка {chance.randrange(3)}/{chance.choice('абвгдежз')}{chance.randrange(100)}.md"
        moves: dict[str, Callable[[], None]] = {
            "append": lambda path=path, text=text: world.write(path, f"{text}\n## Ещё\n\n{paragraph(chance)}\n"),
            "insert": lambda path=path, text=text: world.write(path, f"{paragraph(chance)}\n\n{text}"),
            "rewrite": lambda path=path: world.write(path, note(chance)),
            "rename": lambda path=path, text=text, new=new: (world.write(path, None), world.write(new, text)),
            "add": lambda new=new: world.write(new, note(chance)),
            "copy": lambda new=new, text=text: world.write(new, text),
            "break": lambda path=path: (world.settings.corpus / path).write_bytes("# Тема".encode("cp1251")),
            "delete": lambda path=path: world.write(path, None),
        }
        if len(paths) < FEWEST:
            moves.pop("delete")
        moves[chance.choice(sorted(moves))]()


def _everything(world: World) -> dict[str, object]:
    """All that an index holds, in plain values."""
    folder = IndexFolder(world.settings.index)
    generation = folder.open_current(model=MODEL_ID)
    try:
        ids = generation.lexical.ids
        return {
            "ids": ids,
            "store": generation.store.ids() == set(ids),
            "chunks": generation.store.chunks(ids),
            "vectors": np.load(folder.files(generation.manifest.generation).vectors).tolist(),
            "statements": {
                file.name: file.read_bytes()
                for file in folder.files(generation.manifest.generation).statements.iterdir()
            },
            "words": folder.files(generation.manifest.generation).words.read_bytes(),
            "stored vectors": np.round(generation.store.vectors(ids), 5).tolist(),
            "scores": [generation.lexical.scores(question).tolist() for question in QUESTIONS],
            "notes": [generation.catalogue.note(note.path) for note in generation.catalogue.summaries()],
            "chunk ids": generation.catalogue.chunk_ids(),
            "problems": generation.catalogue.problems(),
            "signature": generation.manifest.signature,
        }
    finally:
        generation.close()


@pytest.mark.parametrize(
    ("rounds", "seed"), [(4, 1), *(pytest.param(25, seed, marks=pytest.mark.long) for seed in range(2, 6))]
)
def test_grown_equals_made(old_world: World, tmp_path: Path, rounds: int, seed: int) -> None:
    """Chunk for chunk, vector for vector, score for score, answer for answer; most runs take over what they can."""
    world = old_world.copy(tmp_path / "grown")
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    grown = 0
    for number in range(rounds):
        _edit(world, chance)
        world.update()
        fresh = world.copy(tmp_path / f"fresh {number}")
        fresh.forget_index()
        fresh.update()
        expected, found = _everything(fresh), _everything(world)
        for part, value in expected.items():
            assert found[part] == value, (number, part)
        assert world.answers() == fresh.answers()
        assert world.orphans() == set()
        grown += world.churn() > 0
        shutil.rmtree(fresh.folder)
    assert grown > rounds / 4
