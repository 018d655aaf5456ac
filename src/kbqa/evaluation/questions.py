"""Question sets: JSONL, one question a line; the schema is `eval/questions/schema.json`."""

import json
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kbqa.errors import ConfigurationError
from kbqa.types import Note

Split = Literal["dev", "test"]
QuestionType = Literal[
    "list", "fact", "definition", "howto", "compare", "multi_section", "mention", "keyword", "unanswerable"
]
UnanswerableKind = Literal["off_topic", "near_miss", "false_premise", "missing_note"]

ANSWERS = 2
"""The relevance of a section that answers; 1 is that of a section that helps."""

_Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ExpectedSection(_Frozen):
    """A section that a good answer uses."""

    note: _Text
    """Path relative to the vault, POSIX."""
    heading_path: Annotated[tuple[str, ...], Field(min_length=1)]
    """The note's title, then the headings down to the section."""
    relevance: Literal[1, 2]
    """2: it answers; 1: it helps."""
    evidence: _Text
    """Verbatim text of the section that shows it."""


class Nugget(_Frozen):
    """A fact that a complete answer states."""

    any_of: tuple[_Text, ...] = ()
    """Wordings of the fact; one of them is enough. Empty where the nugget only forbids."""
    none_of: tuple[_Text, ...] = ()
    """Wordings of what must not be said: the fact reversed, or another note's."""
    vital: bool = True
    """Whether an answer without it is incomplete."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.any_of or self.none_of):
            raise ValueError("a nugget needs any_of or none_of")
        return self


class Paraphrase(_Frozen):
    """The same question in other words; the same answer is expected."""

    question: _Text
    language: Literal["ru", "en"]


class EvaluationQuestion(_Frozen):
    """One line of a question set."""

    id: _Text
    question: _Text
    language: Literal["ru", "en"]
    type: QuestionType
    """`unanswerable` if the notes have no answer."""
    answerable: bool
    expected: tuple[ExpectedSection, ...] = ()
    nuggets: tuple[Nugget, ...] = ()
    paraphrases: tuple[Paraphrase, ...] = ()
    unanswerable_kind: UnanswerableKind | None = None
    """`off_topic`: nothing near it; `near_miss`: the thing is in the notes, the fact is not; `false_premise`: the
    question takes for granted what the notes do not say or deny; `missing_note`: a note that is only linked to."""
    split: Split
    """`dev` may be looked at while building; `test` is for measuring only."""
    must_pass: bool = False
    """Whether losing this question fails the gate by itself."""
    draft: bool = False
    """Made by a program; not asked until a person has read it and taken this away."""
    remark: str = ""
    """For the person who mends it: what the user said was wrong with the answer that the draft is made of."""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.draft:
            return self
        if self.answerable != (self.type != "unanswerable") or self.answerable != (self.unanswerable_kind is None):
            raise ValueError("answerable, type and unanswerable_kind contradict one another")
        if self.answerable and not any(section.relevance == ANSWERS for section in self.expected):
            raise ValueError("an answerable question needs an expected section of relevance 2")
        if self.answerable and not any(nugget.vital and nugget.any_of for nugget in self.nuggets):
            raise ValueError("an answerable question needs a vital nugget")
        if not self.answerable and self.expected:
            raise ValueError("an unanswerable question expects no section")
        return self


def read_questions(file: Path, split: Split | None = None, *, drafts: bool = False) -> list[EvaluationQuestion]:
    """Read a question set, or one split of it; drafts are passed over unless asked for.

    Raises:
        ConfigurationError: the file is missing, or a line is not a question, or repeats an id.
    """
    return [
        question
        for _, question in _numbered(file)
        if (drafts or not question.draft) and split in (None, question.split)
    ]


def check_against(file: Path, notes: Mapping[str, Note], unread: Container[str] = ()) -> None:
    """Check that the notes hold what a question set expects of them.

    Args:
        file: the question set.
        notes: the vault's notes by path.
        unread: paths of notes that are there and could not be read.

    Raises:
        ConfigurationError: an expected note, section or evidence is not in the vault; names the line.
    """
    for number, question in _numbered(file):
        for expected in question.expected:
            if expected.note not in unread:
                _check_expected(file, number, expected, notes)


def _check_expected(file: Path, number: int, expected: ExpectedSection, notes: Mapping[str, Note]) -> None:
    place = {"file": file, "line": number, "note": expected.note}
    note = notes.get(expected.note)
    if note is None:
        raise ConfigurationError("questions_note", **place)
    heading = " › ".join(expected.heading_path)
    sections = [section for section in note.sections if section.heading_path == expected.heading_path]
    if not sections:
        raise ConfigurationError("questions_heading", **place, heading=heading)
    if not any(expected.evidence in section.text for section in sections):
        raise ConfigurationError("questions_evidence", **place, heading=heading, evidence=expected.evidence)


def _numbered(file: Path) -> Iterator[tuple[int, EvaluationQuestion]]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("questions_file", file=file, detail=error) from error
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        question = _parse(file, number, line)
        if question.id in seen:
            raise ConfigurationError(
                "questions_repeated", file=file, line=number, id=question.id, first=seen[question.id]
            )
        seen[question.id] = number
        yield number, question


def _parse(file: Path, number: int, line: str) -> EvaluationQuestion:
    try:
        values: Any = json.loads(line)
        return EvaluationQuestion.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        detail = ": ".join(filter(None, (".".join(map(str, problem["loc"])), problem["msg"])))
        raise ConfigurationError("questions_line", file=file, line=number, detail=detail) from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise ConfigurationError("questions_line", file=file, line=number, detail=error) from error
