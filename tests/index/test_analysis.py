"""Text → terms: stems, letter 4-grams, stop words, and the ways to write one word."""

import unicodedata

import pytest

from kbqa.index.analysis import content_words, letter_ngrams, stem, stems, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("партнёрства", "партнерства", id="ё and е"),
        pytest.param("Спонсоры", "СПОНСОРЫ", id="case"),
        pytest.param("спонсорами", "спонсора", id="endings"),
        pytest.param("канал", "каналы", id="a dative to Snowball"),
        pytest.param("рассылок", "рассылки", id="a vowel that comes and goes"),
        pytest.param("люди", "человеку", id="another root"),
        pytest.param("нетворкинга", "нетворкингом", id="not in the dictionary"),
        pytest.param("partnerships", "partnership", id="English endings"),
        pytest.param("за́мок", "замок", id="stress mark"),
        pytest.param("парт\u00adнёр", "партнёр", id="soft hyphen"),
        pytest.param(unicodedata.normalize("NFD", "йод и ёж"), "йод и ёж", id="decomposed"),
        pytest.param("имя_файла", "имя файла", id="underscore"),
        pytest.param("какие спонсоры?", "спонсоры", id="asking words"),
        pytest.param("кого ищут спонсоры, которые нам нужны?", "ищут спонсоры", id="pronouns"),
    ],
)
def test_same_stems(one: str, other: str) -> None:
    """Two ways to write the same thing have the same stems."""
    assert stems(one) == stems(other) != []


def test_a_percent_sign_is_a_word() -> None:
    """«Какой процент?» asks for what notes write with a sign."""
    assert stems("7 % компании") == stems("7 процентов компании")


def test_words_keep_their_order_and_stop_words() -> None:
    """Words are lower-case, in order; nothing is left out."""
    assert words("Что такое Ёлка-2, IT и C++?") == ["что", "такое", "елка", "2", "it", "и", "c"]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        pytest.param("отдел IT и US", ["отдел", "it", "us"], id="acronyms stay"),
        pytest.param("отдел it", ["отдел"], id="stop word in small letters"),
        pytest.param("что такое", ["что", "такое"], id="nothing but stop words"),
        pytest.param("", [], id="empty"),
        pytest.param("?! …", [], id="no words"),
    ],
)
def test_content_words(text: str, content: list[str]) -> None:
    """Stop words go, unless they are Latin acronyms or all that there is."""
    assert content_words(text) == content


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("кофе", ["^коф", "кофе", "офе$"]),
        ("чай", ["^чай", "чай$"]),
        ("ок", ["^ок$"]),
        ("я5", ["^я5$"]),
        ("5", ["^5$"]),
        ("", []),
    ],
)
def test_letter_ngrams(text: str, grams: list[str]) -> None:
    """All windows of four letters over the word between its marks; a shorter word is one whole."""
    assert letter_ngrams(text) == grams


def test_a_typo_shares_most_ngrams() -> None:
    """One wrong letter leaves more than half of a long word's 4-grams."""
    right, wrong = set(letter_ngrams("консорциум")), set(letter_ngrams("консорцеум"))
    assert len(right & wrong) > len(right) / 2
    assert stem("консорциум") != stem("консорцеум")
