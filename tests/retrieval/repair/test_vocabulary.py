"""Which words are known."""

import pytest

from kbqa.index.lexical import LexicalIndex
from kbqa.retrieval.repair.vocabulary import EMPTY, Prefix, Vocabulary


@pytest.mark.parametrize(
    ("word", "expected", "known", "sure"),
    [
        pytest.param("какие", True, True, True, id="asks"),
        pytest.param("партнёрством", True, True, True, id="in the notes"),
        pytest.param("велосипед", False, True, True, id="in the dictionary"),
        pytest.param("нетворкингом", True, True, True, id="in the notes only"),
        pytest.param("договорого", True, True, False, id="a stem of the notes with a wrong ending"),
        pytest.param("linkedin", True, True, True, id="Latin"),
        pytest.param("bicycle", False, False, False, id="Latin, unknown"),
        pytest.param("абырвалг", False, False, False, id="nonsense"),
    ],
)
def test_knowledge_of_words(vocabulary: Vocabulary, word: str, expected: bool, known: bool, sure: bool) -> None:
    """A word may be expected, known, and surely a word."""
    assert (vocabulary.expects(word), vocabulary.knows(word), vocabulary.has(word)) == (expected, known, sure)


@pytest.mark.parametrize(
    ("word", "begins"), [("партнёр", True), ("партнер", True), ("нетворкинга", True), ("цщ", False)]
)
def test_beginnings_of_words(vocabulary: Vocabulary, word: str, begins: bool) -> None:
    """Letter by letter as all at once, ё as е."""
    prefix: Prefix | None = EMPTY
    for letter in word:
        prefix = prefix and vocabulary.longer(prefix, letter)
    assert prefix == vocabulary.longer(EMPTY, word)
    assert (prefix is not None) == begins


def test_frequency_counts_chunks(vocabulary: Vocabulary) -> None:
    """All forms of a word count, each chunk once."""
    assert [vocabulary.frequency(word) for word in ("сообществом", "СПОНСОР", "велосипед", "какие")] == [2, 1, 0, 0]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        pytest.param("линкедине", "LinkedIn", id="in any case, as the notes write it"),
        pytest.param("тенчат", "TenChat", id="as it is"),
        pytest.param("спикер", None, id="a word of the dictionary that is not read so letter by letter"),
        pytest.param("велосипед", None, id="no name sounds so"),
        pytest.param("срм", None, id="too short"),
    ],
)
def test_names_that_sound_like_a_word(vocabulary: Vocabulary, word: str, name: str | None) -> None:
    """One in Latin letters, or none."""
    assert vocabulary.name_sounding_like(word) == name


def test_a_name_may_be_read_as_a_word_of_the_dictionary() -> None:
    """«рандом» is one; which of two names sounds like «трелло» is unclear."""
    texts = {"0": "Random Coffee, Trello и Trellou"}
    vocabulary = Vocabulary(LexicalIndex.build(list(texts), list(texts.values())), texts.__getitem__)
    assert vocabulary.name_sounding_like("рандом") == "Random"
    assert vocabulary.name_sounding_like("трелло") is None
