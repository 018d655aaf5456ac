"""Which words of a text are denied; how wordings are compared by that is tested in `evaluation/test_wording.py`."""

import pytest

from kbqa.retrieval.denial import NEGATIONS, Token, denied_after, denied_before, tokens


def words(text: str) -> list[str]:
    """The words that say something, negations left out."""
    return [token.word for token in tokens(text) if token.forms.isdisjoint(NEGATIONS)]


def denied(text: str) -> set[str]:
    """Those of them that the text denies."""
    said = tokens(text)
    return {
        token.word
        for at, token in enumerate(said)
        if token.forms.isdisjoint(NEGATIONS) and (denied_before(said, at) or denied_after(said, at))
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Взнос платят все.", set()),
        ("Взнос не платят.", {"платят"}),
        ("Взнос не нужно платить.", {"платить"}),
        ("Клуб работает без взносов.", {"взносов"}),
        ("Без чая и кофе.", {"чая"}),
        ("Сахара нет.", {"Сахара"}),
        ("Нет, клуб открыт.", set()),
        ("Клуб открыт, гостям нельзя приходить.", {"приходить"}),
        ("Не все участники платят.", {"участники"}),
        ("Не только взнос, но и анкета.", set()),
        ("Не менее 5 минут.", set()),
        ("Кипятить не нужно.", {"Кипятить"}),
        ("The fee is not required.", {"fee"}),
        ("We do not pay.", {"pay"}),
        ("They don't pay.", {"pay"}),
        ("You cannot pay here.", {"pay"}),
        ("Not only members pay.", set()),
    ],
)
def test_what_is_denied(text: str, expected: set[str]) -> None:
    """By a negation before it or after it, in its own clause; a bound denies nothing."""
    assert expected <= denied(text)
    assert bool(denied(text)) == bool(expected)


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("Взнос платят", "взносы платят", True),
        ("взнос", "взяток", False),
        ("пять минут", "5 минут", True),
        ("5 минут", "6 минут", False),
        ("payments", "payment", True),
    ],
)
def test_words_are_the_same_in_all_forms(text: str, one: str, other: bool) -> None:
    """By dictionary form or stem; numerals are figures."""
    first, second = tokens(text)[0], tokens(one)[0]
    assert (not first.forms.isdisjoint(second.forms)) is other


def test_words_without_a_meaning_of_their_own_are_left_out() -> None:
    """But for the prepositions that tell one fact from another."""
    assert words("Клуб и гости в июле, до мая") == ["Клуб", "гости", "июле", "до", "мая"]


def test_clauses_end_where_denials_do() -> None:
    """With punctuation, not within a number or a time; a colon introduces."""
    said = {token.word: token for token in tokens("Клуб открыт: вход 1.5 рубля, в 18:00 чай.")}
    assert [word for word, token in said.items() if token.ends] == ["открыт", "рубля", "чай"]
    assert [word for word, token in said.items() if token.introduces] == ["открыт"]


def test_an_empty_text_has_no_words() -> None:
    """Nor has one of signs."""
    assert tokens("") == tokens("… — !") == ()
    assert isinstance(tokens("слово")[0], Token)
