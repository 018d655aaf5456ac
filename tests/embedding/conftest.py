"""The real model, shared by the tests of this folder."""

import pytest

from kbqa.embedding import E5Model


@pytest.fixture(scope="session")
def model() -> E5Model:
    """The real model, loaded once."""
    return E5Model(threads=2)
