"""Questions, answers and hits made by hand, so that every figure can be computed by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from kbqa.evaluation.questions import EvaluationQuestion, ExpectedSection, Nugget
from kbqa.index.chunking import make_chunk
from kbqa.types import Answer, Citation, Hit

NOTE = "Кофе.md"
TEXT = "# Кофе\n\nКофе - это напиток.\n\n## Сорта\n- Арабика\n- Робуста\n"


@pytest.fixture
def question() -> EvaluationQuestion:
    """Two sections answer, one helps; two facts are vital."""
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
            Nugget(any_of=("арабика", "arabica"), vital=True),
            Nugget(any_of=("робуста",), vital=True),
            Nugget(any_of=("мелочь",), vital=False),
        ),
        tags=(),
        unanswerable_kind=None,
        split="dev",
    )


@pytest.fixture
def unanswerable(question: EvaluationQuestion) -> EvaluationQuestion:
    """A question that the notes do not answer."""
    return question.model_copy(
        update={"id": "n1", "answerable": False, "expected": (), "nuggets": (), "unanswerable_kind": "off_topic"}
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
            "status": "answered",
            "text": "- Арабика [1]\n- Робуста [2]",
            "citations": (citation(), citation(number=2, line=7, quote="Робуста")),
            "hits": (),
            "mode": "extractive",
            "timings_ms": {"retrieve": 1.0, "compose": 1.0, "total": 2.0},
            "fingerprint": "f",
        }
        return Answer(**values | given)

    return answer
