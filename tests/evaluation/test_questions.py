"""Reading question sets, and checking them against a vault."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kbqa.errors import ConfigurationError
from kbqa.evaluation.questions import EvaluationQuestion, ExpectedSection, check_against, read_questions
from kbqa.types import Note

REPOSITORY_SETS = Path(__file__).parents[2] / "eval" / "questions"


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


def test_what_is_written_is_read(
    write: Callable[..., Path], line: str, question: EvaluationQuestion, unanswerable: EvaluationQuestion
) -> None:
    """In order; blank lines are passed over."""
    assert read_questions(write(line, "", unanswerable.model_dump_json(), "")) == [question, unanswerable]
    assert read_questions(write("")) == []


def test_one_split_can_be_chosen(write: Callable[..., Path], line: str, question: EvaluationQuestion) -> None:
    """Or all of them."""
    file = write(line, question.model_copy(update={"id": "q2", "split": "test"}).model_dump_json())
    assert [read.id for read in read_questions(file, "test")] == ["q2"]
    assert len(read_questions(file)) == 2


def test_drafts_are_not_asked(write: Callable[..., Path], line: str, question: EvaluationQuestion) -> None:
    """However unfinished they are, until a person takes the mark away."""
    draft = {"id": "d1", "question": "Что это?", "language": "ru", "type": "fact", "answerable": True, "split": "dev"}
    assert read_questions(write(line, json.dumps(draft | {"draft": True}))) == [question]
    with pytest.raises(ConfigurationError, match="строка 2"):
        read_questions(write(line, json.dumps(draft)))


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"id": None}, "id"),
        ({"id": " "}, "id"),
        ({"split": "train"}, "split"),
        ({"type": "загадка"}, "type"),
        ({"опечатка": 1}, "опечатка"),
        ({"expected": [{"note": "Кофе.md"}]}, "expected.0.heading_path"),
        ({"expected": []}, "Value error, an answerable question needs an expected section"),
        ({"nuggets": []}, "Value error, an answerable question needs a vital nugget"),
        ({"nuggets": [{}]}, "nuggets.0: Value error, a nugget needs any_of or none_of"),
        ({"nuggets": "нет"}, "nuggets"),
        ({"answerable": False}, "Value error, answerable, type and unanswerable_kind contradict"),
        ({"unanswerable_kind": "near_miss"}, "Value error, answerable, type and unanswerable_kind contradict"),
        (
            {"answerable": False, "type": "unanswerable", "unanswerable_kind": "near_miss"},
            "Value error, an unanswerable question expects no section",
        ),
    ],
    ids=str,
)
def test_a_bad_line_is_named(write: Callable[..., Path], line: str, change: dict[str, object], detail: str) -> None:
    """File, line and field, blank lines counted."""
    bad = json.dumps(json.loads(line) | {"id": "q2"} | change, ensure_ascii=False)
    with pytest.raises(ConfigurationError, match=rf"вопросы\.jsonl, строка 3: {detail}"):
        read_questions(write(line, "", bad))


@pytest.mark.parametrize("bad", ["{", "не json", "[]", "5", "[" * 100_000], ids=lambda bad: bad[:9])
def test_a_line_that_is_no_object_is_named(write: Callable[..., Path], line: str, bad: str) -> None:
    """Broken JSON, another value, nesting without end."""
    with pytest.raises(ConfigurationError, match="строка 2"):
        read_questions(write(line, bad))


def test_an_id_stands_once(write: Callable[..., Path], line: str) -> None:
    """Rows are compared by it."""
    with pytest.raises(ConfigurationError, match="строка 2: id q1 уже есть в строке 1"):
        read_questions(write(line, line))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, a folder, or not UTF-8."""
    other = tmp_path / "cp1251.jsonl"
    other.write_bytes("вопрос".encode("cp1251"))
    for file in (tmp_path / "нет.jsonl", tmp_path, other):
        with pytest.raises(ConfigurationError, match=file.name):
            read_questions(file)


@pytest.fixture
def on_the_note(question: EvaluationQuestion) -> Callable[..., str]:
    """A line that expects the varieties, or something that the note does not have."""

    def on_the_note(**change: object) -> str:
        good = {"note": "Кофе.md", "heading_path": ("Кофе", "Сорта"), "relevance": 2, "evidence": "- Робуста"}
        return question.model_copy(update={"expected": (ExpectedSection(**good | change),)}).model_dump_json()

    return on_the_note


def test_a_set_that_fits_its_vault(write: Callable[..., Path], on_the_note: Callable[..., str], note: Note) -> None:
    """Nothing to say."""
    check_against(write(on_the_note()), {note.path: note})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"note": "Чай.md"}, "строка 2: в хранилище нет заметки Чай.md"),
        ({"heading_path": ("Кофе", "Цены")}, "строка 2: в заметке Кофе.md нет раздела Кофе › Цены"),
        ({"evidence": "- Либерика"}, "строка 2: в разделе Кофе › Сорта заметки Кофе.md нет свидетельства '- Либерика'"),
        ({"heading_path": ("Кофе",)}, "строка 2: .* нет свидетельства"),
    ],
    ids=str,
)
def test_what_the_vault_lacks_is_named(
    write: Callable[..., Path], on_the_note: Callable[..., str], note: Note, change: dict[str, object], message: str
) -> None:
    """The line, the note, the section, the evidence; that of another section does not do."""
    with pytest.raises(ConfigurationError, match=message):
        check_against(write("", on_the_note(**change)), {note.path: note})


def test_a_note_that_could_not_be_read_is_no_mistake_of_the_set(
    write: Callable[..., Path], on_the_note: Callable[..., str]
) -> None:
    """The question is asked, and fails as not indexed."""
    check_against(write(on_the_note()), {}, unread={"Кофе.md"})


def test_the_published_schema_is_that_of_the_code() -> None:
    """`make schema` writes it."""
    published = json.loads((REPOSITORY_SETS / "schema.json").read_text(encoding="utf-8"))
    assert published == EvaluationQuestion.model_json_schema()
