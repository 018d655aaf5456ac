"""Questions, answers and hits made by hand, so that every figure can be computed by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from kbqa.evaluation.questions import EvaluationQuestion, ExpectedSection, Nugget
from kbqa.evaluation.record import Costs, Family, Row, Run
from kbqa.index.chunking import make_chunk
from kbqa.notes.sections import outline
from kbqa.types import Answer, Citation, Hit, Note

NOTE = "Кофе.md"
TEXT = "# Кофе\n\nКофе - это напиток.\n\n## Сорта\n- Арабика\n- Робуста\n"


@pytest.fixture
def note() -> Note:
    """The note that is cited."""
    return Note(NOTE, "Кофе", (), (), (), "hash", TEXT, outline(TEXT, "Кофе").sections)


@pytest.fixture
def question() -> EvaluationQuestion:
    """Two sections answer, one helps; two facts are vital; one wording is forbidden."""
    return EvaluationQuestion(
        id="q1",
        question="Какие бывают сорта?",
        language="ru",
        type="list",
        answerable=True,
        expected=tuple(
            ExpectedSection(note=NOTE, heading_path=("Кофе", name), relevance=relevance, evidence="…")
            for name, relevance in (("Сорта", 2), ("Смеси", 2), ("История", 1))
        ),
        nuggets=(
            Nugget(any_of=("арабика", "arabica")),
            Nugget(any_of=("робуста",), none_of=("либерика",)),
            Nugget(any_of=("мелочь",), vital=False),
        ),
        split="dev",
    )


@pytest.fixture
def unanswerable() -> EvaluationQuestion:
    """A question that the notes do not answer."""
    return EvaluationQuestion(
        id="n1",
        question="Кто выиграл матч?",
        language="ru",
        type="unanswerable",
        answerable=False,
        unanswerable_kind="off_topic",
        split="dev",
    )


@pytest.fixture
def hit() -> Callable[[str], Hit]:
    """A hit in the section of a name."""

    def hit(section: str, start_line: int = 1) -> Hit:
        chunk = make_chunk(
            note=NOTE,
            heading_path=("Кофе", section),
            aliases=(),
            text=section,
            tokens=1,
            start_line=start_line,
            end_line=start_line,
        )
        return Hit(chunk, score=1.0, rank=1, reasons=())

    return hit


@pytest.fixture
def citation() -> Callable[..., Citation]:
    """The first citation, «Арабика» from its line, or what else is given."""

    def citation(**given: Any) -> Citation:
        values = {"number": 1, "note": NOTE, "heading_path": ("Кофе", "Сорта"), "line": 6, "quote": "Арабика"} | given
        line = values.pop("line")
        return Citation(title="Кофе", start_line=line, end_line=line, **values)

    return citation


@pytest.fixture
def answer(citation: Callable[..., Citation]) -> Callable[..., Answer]:
    """A good answer, or what else is given."""

    def answer(**given: Any) -> Answer:
        values: dict[str, Any] = {
            "question": "Какие бывают сорта?",
            "understood": None,
            "status": "answered",
            "text": "- Арабика [1]\n- Робуста [2]",
            "citations": (citation(), citation(number=2, line=7, quote="Робуста")),
            "hits": (),
            "confidence": 0.9,
            "mode": "extractive",
            "timings_ms": {"retrieve": 1.0, "compose": 1.0, "total": 2.0},
            "fingerprint": "f",
        }
        return Answer(**values | given)

    return answer


@pytest.fixture
def refusal(answer: Callable[..., Answer]) -> Answer:
    """No answer."""
    return answer(status="no_evidence", text="В заметках нет ответа.", citations=(), confidence=0.2)


@pytest.fixture
def row() -> Callable[..., Row]:
    """A row of a base question's variant, right and sure, or what else is given."""

    def row(base: str, family: Family = "original", *, confidence: float = 0.9, **figures: float) -> Row:
        variant = base if family == "original" else f"{base}/{family}"
        return Row(
            id=variant,
            base=base,
            family=family,
            asked=f"Вопрос {variant}?",
            figures={"refused": 0.0, "score": 1.0, "latency_ms": 10.0} | figures,
            ranks=(1, None, None),
            failure=None,
            missed=(),
            forbidden=(),
            answer={"status": "answered", "text": "Арабика [1]", "confidence": confidence},
        )

    return row


@pytest.fixture
def run(question: EvaluationQuestion, unanswerable: EvaluationQuestion) -> Callable[..., Run]:
    """A run of the given rows; those whose base begins with n are unanswerable."""

    def run(*rows: Row, **given: Any) -> Run:
        bases = dict.fromkeys(row.base for row in rows)
        values: dict[str, Any] = {
            "name": "проба",
            "started": "2026-01-01T00:00:00+00:00",
            "commit": "abc1234",
            "versions": {},
            "vault_hash": "v",
            "questions_hash": "q",
            "fingerprint": "f",
            "settings": {},
            "split": None,
            "seed": 1,
            "costs": Costs(index_seconds=1.0, embedded=2, cold_ms=300.0, peak_memory_mb=400.0, machine="m"),
            "questions": tuple(
                (unanswerable if base.startswith("n") else question).model_copy(update={"id": base}) for base in bases
            ),
            "rows": rows,
        }
        return Run(**values | given)

    return run
