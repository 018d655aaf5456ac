"""Questions that come line by line on standard input."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kbqa.errors import QuestionError
from kbqa.types import EVERYTHING, Filters


@dataclass(frozen=True, slots=True)
class Request:
    """One question to ask."""

    id: str | None
    """The asker's own; for a bare question its line number; None for a question from the command line."""
    question: str
    history: tuple[tuple[str, str], ...] = ()
    """Earlier pairs of question and answer text, oldest first."""
    filters: Filters = EVERYTHING


def requests(lines: Iterable[bytes], filters: Filters = EVERYTHING) -> Iterator[Request | QuestionError]:
    """A request for each line that is not blank; for one that cannot be read the error, its number in `values`.

    A line without filters of its own gets `filters`.
    """
    for number, raw in enumerate(lines, start=1):
        # With a byte order mark if Windows wrote it.
        line = raw.decode("utf-8-sig", "replace").strip()
        if not line:
            continue
        try:
            yield _request(line, str(number), filters)
        except (ValueError, TypeError, RecursionError) as error:
            yield QuestionError("question_json", line=number, detail=error)


def _request(line: str, number: str, filters: Filters) -> Request:
    if not line.startswith("{"):
        return Request(number, line, filters=filters)
    values = json.loads(line)
    question = values.get("question")
    if not isinstance(question, str):
        raise TypeError(f"question: {question!r}")
    history = tuple((str(asked), str(answered)) for asked, answered in values.get("history") or ())
    given = values.get("id")
    own = values.get("filters")
    return Request(
        id=number if given is None else str(given),
        question=question,
        history=history,
        filters=filters if own is None else _filters(own),
    )


def _filters(given: Any) -> Filters:
    """Filters as JSON has them: `{"notes": […], "folders": […], "tags": […]}`, each of which may be left out."""
    if not isinstance(given, dict):
        raise TypeError(f"filters: {given!r}")
    for kind, names in given.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TypeError(f"filters: {kind}: {names!r}")
    return Filters(**{kind: tuple(names) for kind, names in given.items()})
