"""Questions that come line by line on standard input."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kbqa.errors import QuestionError


@dataclass(frozen=True, slots=True)
class Request:
    """One question to ask."""

    id: str | None
    """The asker's own; for a bare question its line number; None for a question from the command line."""
    question: str
    history: tuple[tuple[str, str], ...] = ()
    """Earlier pairs of question and answer text, oldest first."""


def requests(lines: Iterable[bytes]) -> Iterator[Request | QuestionError]:
    """A request for each line that is not blank; for one that cannot be read the error, its number in `values`."""
    for number, raw in enumerate(lines, start=1):
        # With a byte order mark if Windows wrote it.
        line = raw.decode("utf-8-sig", "replace").strip()
        if not line:
            continue
        try:
            yield _request(line, str(number))
        except (ValueError, TypeError, RecursionError) as error:
            yield QuestionError("question_json", line=number, detail=error)


def _request(line: str, number: str) -> Request:
    if not line.startswith("{"):
        return Request(number, line)
    values = json.loads(line)
    question = values.get("question")
    if not isinstance(question, str):
        raise TypeError(f"question: {question!r}")
    history = tuple((str(asked), str(answered)) for asked, answered in values.get("history") or ())
    given = values.get("id")
    return Request(number if given is None else str(given), question, history)
