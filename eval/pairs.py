"""Labelled pairs of a sentence and the lines that it cites: `verification/*.jsonl`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sets import knowledge_base_of

from kbqa.answering.generative.alignment import Alignment
from kbqa.answering.generative.claims import claims_of
from kbqa.answering.generative.excerpts import Premise, premises_of
from kbqa.answering.generative.verification import Verifier
from kbqa.answering.query_engine import NotesQueryEngine

FOLDER = Path(__file__).parent / "verification"


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence as a model may write it, what it cites, and whether that says so."""

    id: str
    vault: str
    sources: tuple[tuple[str, int, int], ...]
    """Note, first and last line of each excerpt."""
    sentence: str
    supported: bool
    kind: str
    """How it came about: `reworded`, `number`, …"""
    language: str

    @property
    def group(self) -> str:
        """The question that it belongs to; pairs of one belong to one fold."""
        return self.id.rpartition("-")[0]


def pairs_of(name: str) -> list[Pair]:
    """The pairs of `verification/<name>.jsonl`."""
    rows = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        Pair(
            row["id"],
            row["vault"],
            tuple((source["note"], source["start_line"], source["end_line"]) for source in row["sources"]),
            row["sentence"],
            row["supported"],
            row["kind"],
            row["language"],
        )
        for row in rows
    ]


def alignments_of(pairs: Iterable[Pair]) -> Iterator[tuple[Pair, Verifier, Alignment, bool]]:
    """Each pair beside the statements that it cites, and whether its sentence only leads to others."""
    for pair in pairs:
        engine = _engine(pair.vault)
        verifier = Verifier.of(engine.retriever)
        premises = [premise for source in pair.sources for premise in _premises(engine, *source)]
        # As the assistant cuts a reply into sentences; a pair is one.
        claims = claims_of(pair.sentence)
        words = " ".join(claim.words for claim in claims)
        yield pair, verifier, verifier.align(words, premises), all(claim.leads for claim in claims)


def _premises(engine: NotesQueryEngine, path: str, first: int, last: int) -> list[Premise]:
    note = engine.note_of(path)
    return [
        premise
        for section in note.sections_on(first, last)
        for premise in premises_of(note, section)
        if first <= premise.start_line and premise.end_line <= last
    ]


@cache
def _engine(vault: str) -> NotesQueryEngine:
    return knowledge_base_of(vault).as_query_engine()
