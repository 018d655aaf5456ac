"""Notes that most often lack an answer, by what users marked: where writing more would help most."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from kbqa.feedback import Mark
from kbqa.index.analysis import words

MOST = 10
"""Notes that are named."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A note that was nearest to questions which it did not answer."""

    note: str
    questions: int
    """How many: refused, or answered and marked wrong."""
    example: str
    """The latest of them, in the user's words."""


def lacks_of(marks: Iterable[Mark], notes: Container[str]) -> tuple[Lack, ...]:
    """The notes that lack most answers, the most lacking first.

    A question asked twice counts once, by its latest mark; one that was answered and marked right later lacks nothing.

    Args:
        marks: newest first.
        notes: paths of the notes there are; others cannot be mended.
    """
    latest: dict[tuple[str, ...], Mark] = {}
    for mark in marks:
        latest.setdefault(tuple(words(mark.question)), mark)
    questions: dict[str, list[str]] = {}
    for mark in latest.values():
        if (mark.status == "no_evidence" or mark.verdict == "wrong") and mark.found and mark.found[0].note in notes:
            questions.setdefault(mark.found[0].note, []).append(mark.question)
    lacking = [Lack(note, len(asked), asked[0]) for note, asked in questions.items()]
    return tuple(sorted(lacking, key=lambda lack: (-lack.questions, lack.note))[:MOST])
