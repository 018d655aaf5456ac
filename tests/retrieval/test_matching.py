"""How much of a question a text speaks of."""

import pytest

from kbqa.retrieval.matching import Matcher

RARE = {"консорциум": 3.0}


@pytest.fixture
def matcher() -> Matcher:
    """«консорциум» weighs three times as much as «организация»."""
    return Matcher("Что такое консорциум организаций?", lambda stem: RARE.get(stem, 1.0))


def test_only_content_words_count(matcher: Matcher) -> None:
    """Words that ask are left out, the others come once, in order."""
    assert matcher.words == ("консорциум", "организаций")
    assert Matcher("кофе, Кофе и КОФЕ", lambda _: 1.0).words == ("кофе",)


@pytest.mark.parametrize(
    ("text", "coverage"),
    [
        ("Консорциумы: проекты организаций", 1.0),
        ("консорциум", 0.75),
        ("организация", 0.25),
        ("про погоду", 0.0),
        ("", 0.0),
    ],
)
def test_coverage_weighs_words_by_rarity(matcher: Matcher, text: str, coverage: float) -> None:
    """A rare word counts for more; forms of a word are the word."""
    assert matcher.coverage(text) == pytest.approx(coverage)


def test_words_are_as_rare_as_the_rarest_allows(matcher: Matcher) -> None:
    """Of the rarest it is 1; a question without content has none."""
    assert matcher.rarities().max() == 1
    assert len(matcher.rarities()) == len(matcher.words)
    assert not matcher.for_text("…").rarities().size


def test_texts_cover_together(matcher: Matcher) -> None:
    """What one text lacks another may have."""
    assert matcher.coverage("консорциум", "организации") == pytest.approx(1.0)
    assert matcher.coverage() == 0.0


@pytest.mark.parametrize("typo", ["косорциум", "консорциумм", "консорцыум"])
def test_a_typo_counts_in_part(matcher: Matcher, typo: str) -> None:
    """Fewer than all letters agree, so less than all of the weight; but some."""
    assert 0.5 * 0.75 <= matcher.coverage(typo) < 0.75


@pytest.mark.parametrize(
    ("name", "beyond", "share"),
    [
        ("Консорциумы", "", 1.0),
        ("Консорциумы и союзы", "", 0.5),
        ("Организации города", "Город", 1.0),
        ("Город", "Город", 0.0),
        ("", "", 0.0),
    ],
)
def test_share_of_a_name_that_the_question_has(matcher: Matcher, name: str, beyond: str, share: float) -> None:
    """The other way round, without the words of the title."""
    assert matcher.named_share(name, beyond) == pytest.approx(share)


def test_a_part_of_the_question_has_its_own_matcher(matcher: Matcher) -> None:
    """For one side of a comparison only its words count."""
    assert matcher.for_text("организация").coverage("организация") == 1.0


@pytest.mark.parametrize("question", ["?!", "что такое"])
def test_a_question_without_content_is_no_error(question: str) -> None:
    """No words, no coverage; only stop words, those."""
    assert 0.0 <= Matcher(question, lambda _: 0.0).coverage("что угодно") <= 1.0
