"""Question sets: JSONL, one question a line."""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kbqa.errors import ConfigurationError

Split = Literal["dev", "test"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ExpectedSection(_Frozen):
    """A section that answers the question."""

    note: str
    heading_path: tuple[str, ...]
    relevance: Literal[1, 2]
    """2: it answers; 1: it helps."""
    evidence: str
    """Verbatim text of the section that shows it."""


class Nugget(_Frozen):
    """A fact that a complete answer states."""

    any_of: tuple[str, ...]
    """Wordings of the fact, lower-case; one of them is enough."""
    vital: bool


class EvaluationQuestion(_Frozen):
    """One line of a question set."""

    id: str
    question: str
    language: Literal["ru", "en"]
    type: str
    answerable: bool
    expected: tuple[ExpectedSection, ...]
    nuggets: tuple[Nugget, ...]
    tags: tuple[str, ...]
    unanswerable_kind: str | None
    split: Split


def read_questions(file: Path, split: Split | None = None) -> list[EvaluationQuestion]:
    """Read a question set, or one split of it.

    Raises:
        ConfigurationError: the file is missing, or a line is not a question.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("questions_file", file=file, detail=error) from error
    questions = [_parse(file, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    return [question for question in questions if split in (None, question.split)]


def _parse(file: Path, number: int, line: str) -> EvaluationQuestion:
    try:
        values: Any = json.loads(line)
        return EvaluationQuestion.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        detail = f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
        raise ConfigurationError("questions_line", file=file, line=number, detail=detail) from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise ConfigurationError("questions_line", file=file, line=number, detail=error) from error
