"""Questions that come line by line."""

import pytest

from kbqa.cli.requests import Request, requests
from kbqa.errors import QuestionError
from kbqa.types import Filters


def read(*lines: str | bytes) -> list[Request | QuestionError]:
    """The requests in the lines."""
    return list(requests(line.encode("utf-8") if isinstance(line, str) else line for line in lines))


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("Что такое кофе?\n", Request("1", "Что такое кофе?")),
        ("  [1] что это?  \r\n", Request("1", "[1] что это?")),
        ('{"id": "q7", "question": "Кофе?"}', Request("q7", "Кофе?")),
        ('{"id": 7, "question": "Кофе?"}', Request("7", "Кофе?")),
        ('{"id": null, "question": "Кофе?"}', Request("1", "Кофе?")),
        ('{"question": "Кофе?", "ещё": 1}', Request("1", "Кофе?")),
        ('{"question": "Кофе?", "history": null}', Request("1", "Кофе?")),
        ('{"question": "А он?", "history": [["Что такое кофе?", "Напиток"]]}',
         Request("1", "А он?", (("Что такое кофе?", "Напиток"),))),
        ('{"question": "Кофе?", "filters": {"folders": ["Дом"], "tags": ["работа", "дом"]}}',
         Request("1", "Кофе?", filters=Filters(folders=("Дом",), tags=("работа", "дом")))),
        ('{"question": "Кофе?", "filters": null}', Request("1", "Кофе?")),
        ('\ufeff{"id": "bom", "question": "Кофе?"}', Request("bom", "Кофе?")),
    ],
)  # fmt: skip
def test_a_line_is_a_question(line: str, request_: Request) -> None:
    """Bare or as an object; without an id it goes by its line's number."""
    assert read(line) == [request_]


def test_blank_lines_are_passed_over_and_counted() -> None:
    """So that numbers are those of the input's lines."""
    assert read("\n", "первый\n", "  \n", "второй\n") == [Request("2", "первый"), Request("4", "второй")]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "{}",
        '{"question": 5}',
        '{"question": null}',
        '{"question": "Кофе?", "history": 5}',
        '{"question": "Кофе?", "history": [["только вопрос"]]}',
        '{"question": "Кофе?", "history": [5]}',
        '{"question": "Кофе?", "filters": ["Дом"]}',
        '{"question": "Кофе?", "filters": {"folders": "Дом"}}',
        '{"question": "Кофе?", "filters": {"папки": ["Дом"]}}',
        '{"question": "Кофе?"} и ещё',
        "{" * 100_000,
        '{"a":' * 100_000,
    ],
    ids=lambda line: line[:40],
)
def test_a_line_that_is_no_question_is_an_error_with_its_number(line: str) -> None:
    """And the next line is read all the same."""
    error, request = read(line, "Кофе?")
    assert isinstance(error, QuestionError)
    assert error.values["line"] == 1
    assert "Строка 1" in str(error)
    assert request == Request("2", "Кофе?")


def test_a_line_without_filters_gets_those_of_the_command() -> None:
    """One that has its own keeps them, be they none."""
    given = Filters(folders=("Дом",))
    lines = [b"one", b'{"question": "two"}', b'{"question": "three", "filters": {}}']
    assert [request.filters for request in requests(lines, given) if isinstance(request, Request)] == [
        given,
        given,
        Filters(),
    ]


def test_bytes_that_are_no_text_are_replaced() -> None:
    """A question in another encoding is asked as what can be read of it."""
    (request,) = read("Кофе".encode("cp1251"))
    assert isinstance(request, Request)
    assert request.question.encode()
