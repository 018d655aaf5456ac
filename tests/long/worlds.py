"""Vaults that change, their indexes, and what these answer."""

import json
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kbqa import KnowledgeBase, Settings
from kbqa.embedding import E5Model
from kbqa.index.indexer import index_vault
from kbqa.types import IndexReport

QUESTIONS = ["Где растёт чай?", "кто варит кофе", "ярмарка в порту", "Какие бывают лодки?", "пекарня утром", "сад"]
WORDS = [
    *("чай", "кофе", "лодка", "парус", "порт", "ярмарка", "пекарня", "хлеб", "сад", "яблоня", "мост", "река", "фонарь"),
    *("вокзал", "поезд", "музей", "картина", "оркестр", "скрипка", "библиотека", "книга", "маяк", "берег", "садовник"),
    *("лодочник", "пекарь", "капитан", "художник", "утро", "вечер", "зима", "лето"),
]

Answers = list[object]


def seeds(sample: int, full: int) -> list[object]:
    """Numbers from 0 to `full`, of which those from `sample` on are for the long run."""
    return [*range(sample), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(sample, full))]


def paragraph(chance: random.Random, words: int = 12) -> str:
    """Russian words in no sensible order."""
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def note(chance: random.Random, sections: int = 4) -> str:
    """A note with a title and sections."""
    parts = [f"# {' '.join(chance.choices(WORDS, k=2)).capitalize()}\n\n{paragraph(chance, 20)}"]
    parts += [f"## {chance.choice(WORDS).capitalize()}\n\n{paragraph(chance, 30)}" for _ in range(sections - 1)]
    return "\n\n".join(parts) + "\n"


def signature(kb: KnowledgeBase) -> Answers:
    """All that an index answers to a set of questions."""
    hits = [
        [(hit.chunk, round(hit.score, 4), hit.reasons) for hit in kb.search(question, 20)] for question in QUESTIONS
    ]
    return [*hits, [kb.note(summary.path) for summary in kb.notes()], kb.problems, kb.chunk_count]


@dataclass
class World:
    """A vault, its index, and what the index answers."""

    folder: Path
    model: E5Model
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings(corpus=self.folder / "vault", index=self.folder / "index")

    def write(self, path: str, text: str | None) -> None:
        """Write a note, or remove it."""
        file = self.settings.corpus / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            file.unlink()
        else:
            file.write_text(text, encoding="utf-8")

    def update(self) -> IndexReport:
        """Bring the index up to date."""
        return index_vault(self.settings, self.model)

    def forget_index(self) -> None:
        """Remove the index, but for the vectors."""
        shutil.rmtree(self.settings.index / "generations")
        (self.settings.index / "CURRENT").unlink()

    def answers(self) -> Answers:
        """What a reader that opens the index now is told."""
        return signature(KnowledgeBase(self.settings, self.model))

    def copy(self, folder: Path) -> "World":
        """The same in another folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return World(folder, self.model)

    def churn(self) -> int:
        """How many changes the vector store has seen since it was made from nothing."""
        churn: int = self._manifest()["churn"]
        return churn

    def orphans(self) -> set[str]:
        """What lies in the index folder without being of use."""
        index, manifest = self.settings.index, self._manifest()
        current, previous = manifest["generation"], manifest["previous"]
        found = {path.name for path in index.iterdir()} - {"CURRENT", "generations", "embeddings.sqlite", ".lock"}
        return found | ({path.name for path in (index / "generations").iterdir()} - {current, previous})

    def _manifest(self) -> dict[str, Any]:
        index = self.settings.index
        current = (index / "CURRENT").read_text().strip()
        manifest: dict[str, Any] = json.loads((index / "generations" / current / "manifest.json").read_text())
        return manifest
