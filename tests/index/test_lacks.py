"""Which notes lack answers, by marks."""

from kbqa.feedback import Found, Mark, Verdict
from kbqa.index.lacks import MOST, Lack, lacks_of
from kbqa.types import Status

NOTES = {"Чай.md", "Кофе.md"}


def mark(question: str, verdict: Verdict, *found: str, status: Status = "answered") -> Mark:
    """A mark on an answer for which these notes were found, the nearest first."""
    return Mark(
        corpus="/заметки",
        asked="2026",
        question=question,
        verdict=verdict,
        status=status,
        answer="…",
        cited=(),
        found=tuple(Found(note, (note,)) for note in found),
        fingerprint="f",
    )


def test_refused_and_wrong_questions_count_for_the_nearest_note() -> None:
    """The most lacking first, each with the latest of its questions; answers that are right do not count."""
    marks = [
        mark("Где растёт кофе?", "unanswered", "Кофе.md", "Чай.md", status="no_evidence"),
        mark("Где растёт чай?", "wrong", "Чай.md", "Кофе.md"),
        mark("Сколько стоит чай?", "right", "Чай.md", status="no_evidence"),
        mark("Что такое кофе?", "right", "Кофе.md"),
    ]
    assert lacks_of(marks, NOTES) == (Lack("Чай.md", 2, "Где растёт чай?"), Lack("Кофе.md", 1, "Где растёт кофе?"))


def test_a_question_counts_once_by_its_latest_mark() -> None:
    """However it is spelled; once it is answered and marked right, nothing is lacking."""
    again = mark("где растёт  чай", "unanswered", "Чай.md", status="no_evidence")
    first = mark("Где растет чай?", "wrong", "Чай.md")
    assert lacks_of([again, first], NOTES) == (Lack("Чай.md", 1, "где растёт  чай"),)
    assert lacks_of([mark("Где растёт чай?", "right", "Чай.md"), again, first], NOTES) == ()


def test_what_cannot_be_mended_is_left_out() -> None:
    """A note that is gone, and a question for which nothing was found."""
    marks = [
        mark("Где растёт мята?", "unanswered", "Мята.md", status="no_evidence"),
        mark("Борщ?", "unanswered", status="no_evidence"),
    ]
    assert lacks_of(marks, NOTES) == ()


def test_at_most_ten_are_named() -> None:
    """Of more, those that lack most."""
    notes = [f"{number:02}.md" for number in range(MOST + 1)]
    marks = [mark(f"Вопрос о {note}?", "wrong", note) for note in notes]
    marks.append(mark("Ещё вопрос?", "wrong", notes[-1]))
    assert [lack.note for lack in lacks_of(marks, set(notes))] == [notes[-1], *notes[: MOST - 1]]
