"""Reading question sets."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kbqa.errors import ConfigurationError
from kbqa.evaluation.questions import EvaluationQuestion, read_questions


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a question set of the given lines."""

    def write(*lines: str) -> Path:
        file = tmp_path / "вопросы.jsonl"
        file.write_text("\n".join(lines), encoding="utf-8")
        return file

    return write


@pytest.fixture
def line(question: EvaluationQuestion) -> str:
    """A good line."""
    return question.model_dump_json()


def test_what_is_written_is_read(write: Callable[..., Path], line: str, question: EvaluationQuestion) -> None:
    """In order; blank lines are passed over."""
    assert read_questions(write(line, "", line, "")) == [question, question]
    assert read_questions(write("")) == []


def test_one_split_can_be_chosen(write: Callable[..., Path], line: str, question: EvaluationQuestion) -> None:
    """Or all of them."""
    file = write(line, question.model_copy(update={"id": "q2", "split": "test"}).model_dump_json())
    assert [read.id for read in read_questions(file, "test")] == ["q2"]
    assert len(read_questions(file)) == 2


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"id": None}, "id"),
        ({"split": "train"}, "split"),
        ({"опечатка": 1}, "опечатка"),
        ({"expected": [{"note": "Кофе.md"}]}, "expected.0.heading_path"),
        ({"nuggets": "нет"}, "nuggets"),
    ],
    ids=str,
)
def test_a_bad_line_is_named(write: Callable[..., Path], line: str, change: dict[str, object], detail: str) -> None:
    """File, line and field, blank lines counted."""
    bad = json.dumps(json.loads(line) | change, ensure_ascii=False)
    with pytest.raises(ConfigurationError, match=rf"вопросы\.jsonl, строка 3: {detail}"):
        read_questions(write(line, "", bad))


@pytest.mark.parametrize("bad", ["{", "не json", "[]", "5", "[" * 100_000], ids=lambda bad: bad[:9])
def test_a_line_that_is_no_object_is_named(write: Callable[..., Path], line: str, bad: str) -> None:
    """Broken JSON, another value, nesting without end."""
    with pytest.raises(ConfigurationError, match="строка 2"):
        read_questions(write(line, bad))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, a folder, or not UTF-8."""
    other = tmp_path / "cp1251.jsonl"
    other.write_bytes("вопрос".encode("cp1251"))
    for file in (tmp_path / "нет.jsonl", tmp_path, other):
        with pytest.raises(ConfigurationError, match=file.name):
            read_questions(file)
