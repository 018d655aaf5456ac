"""What the tests of written answers share: notes, answers composed without a model, excerpts."""

from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.generative.alignment import Alignment
from kbqa.answering.generative.excerpts import Excerpt, Premise, excerpts_of
from kbqa.answering.generative.verification import Verifier
from kbqa.index.chunking import make_chunk
from kbqa.notes.sections import outline
from kbqa.types import Answer, Citation, Hit, Note

MakeNote = Callable[..., Note]
MakeAnswer = Callable[..., Answer]
ExcerptsOf = Callable[..., tuple[Excerpt, ...]]


@pytest.fixture(scope="session")
def make_note() -> MakeNote:
    """A note of some text, as the index has it."""

    def make(text: str, path: str = "Клуб.md") -> Note:
        parsed = outline(text, path.removesuffix(".md"))
        return Note(path, parsed.title, (), (), (), "hash", parsed.text, parsed.sections)

    return make


@pytest.fixture(scope="session")
def make_answer() -> MakeAnswer:
    """An answer that cites some (note, first line, last line), and found others."""

    def make(cited: list[tuple[Note, int, int]], found: list[tuple[Note, int, int]] | None = None) -> Answer:
        citations = tuple(
            Citation(number, note.path, note.title, (note.title,), first, last, "…")
            for number, (note, first, last) in enumerate(cited, start=1)
        )
        hits = []
        for rank, (note, first, last) in enumerate(found or [], start=1):
            chunk = make_chunk(
                note=note.path,
                heading_path=(note.title,),
                aliases=(),
                text="…",
                tokens=1,
                start_line=first,
                end_line=last,
            )
            hits.append(Hit(chunk, score=1.0, rank=rank, reasons=()))
        status = "answered" if citations else "no_evidence"
        return Answer("Что?", None, status, "…", citations, tuple(hits), 0.9, "extractive", {"total": 1.0}, "f")

    return make


@pytest.fixture(scope="session")
def excerpts(make_answer: MakeAnswer) -> ExcerptsOf:
    """The excerpts for places that are cited, and others that were found."""

    def make(
        cited: list[tuple[Note, int, int]], found: list[tuple[Note, int, int]] | None = None, budget: int = 3000
    ) -> tuple[Excerpt, ...]:
        notes = {note.path: note for note, _, _ in [*cited, *(found or [])]}
        return excerpts_of(make_answer(cited, found), notes.__getitem__, budget)

    return make


@pytest.fixture(scope="session")
def align(kb_of: Callable[..., KnowledgeBase]) -> Callable[..., Alignment]:
    """A sentence beside statements: each a text, or one with what stands above it."""
    verifier = Verifier.of(kb_of("# Клуб\n\nКлуб собирается по четвергам, взнос 5000 рублей.\n").as_retriever())

    def align(sentence: str, *statements: str | tuple[str, str]) -> Alignment:
        pairs = [(text, "") if isinstance(text, str) else text for text in statements]
        return verifier.align(sentence, [Premise(at, at, said, said, above) for at, (said, above) in enumerate(pairs)])

    return align
