"""Capitals."""

import pytest

from kbqa.retrieval.repair.letters import cased


@pytest.mark.parametrize(
    ("like", "expected"), [("Kak", "Как"), ("KAK", "КАК"), ("kak", "как"), ("V", "Как"), ("", "как")]
)
def test_capitals_are_kept(like: str, expected: str) -> None:
    """One capital alone is a first one."""
    assert cased("как", like) == expected
