"""Names of the vault in a text."""

import pytest

from kbqa.retrieval.naming import Naming

NAMING = Naming(
    [
        "Выставки",
        "Слабые связи",
        "Связи",
        "Follow-up",
        "Личный бренд",
        "networking/events",
        "CRM для контактов",
        "Телеграм",
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Какие минусы у выставок?", [("выставок", "Выставки")]),
        ("Что писать в телеграме?", [("телеграме", "Телеграм")]),
        ("О слабых связях и о связях", [("слабых связях", "Слабые связи"), ("связях", "Связи")]),
        ("Слабые стороны", []),
        ("после follow-up’а", [("follow-up", "Follow-up")]),
        ("про FOLLOW UP", [("FOLLOW UP", "Follow-up")]),
        ("личного бренда и CRM для контактов", [("личного бренда", "Личный бренд"), ("CRM для контактов",) * 2]),
        ("CRM для связей", [("связей", "Связи")]),
        ("", []),
        ("?!", []),
    ],
)
def test_names_are_found_in_any_form(text: str, found: list[tuple[str, str]]) -> None:
    """Longest first, in order, by the forms of all their words."""
    mentions = NAMING.mentions(text)
    assert [(text[mention.start : mention.end], *mention.names) for mention in mentions] == found


def test_a_name_that_starts_at_a_place() -> None:
    """Only white space may stand between."""
    text = "в папке  networking/events всё"
    mention = NAMING.starting(text, len("в папке"))
    assert mention is not None
    assert (text[mention.start : mention.end], mention.names) == ("networking/events", ("networking/events",))
    assert NAMING.starting(text, 0) is None
    assert NAMING.starting("папка: Связи", len("папка")) is None


@pytest.mark.parametrize(
    ("name", "called"), [("слабых связей", ("Слабые связи",)), ("слабые", ()), ("связи эти", ()), ("", ())]
)
def test_what_is_called_so_has_no_other_words(name: str, called: tuple[str, ...]) -> None:
    """Neither fewer nor more."""
    assert NAMING.called(name) == called
