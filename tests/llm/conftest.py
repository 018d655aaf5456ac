"""What the tests of the language model's door share: models at addresses of the test."""

from collections.abc import Callable

import pytest
from scripted_endpoint import MODEL, Endpoint

from kbqa.llm import ChatModel, Limits, ModelAddress

ModelAt = Callable[..., ChatModel]
"""Makes a model at a URL; keyword arguments change its address or its limits."""

_ADDRESS = {"model", "key", "extra"}


@pytest.fixture
def model_at() -> ModelAt:
    """A model whose replies may be no longer than 64 tokens."""

    def make(where: str | Endpoint, **changes: object) -> ChatModel:
        address = {"model": MODEL} | {name: value for name, value in changes.items() if name in _ADDRESS}
        limits = {
            "first_token_seconds": 5,
            "gap_seconds": 5,
            "total_seconds": 10,
            "answer_tokens": 64,
            "context_tokens": 4096,
        } | {name: value for name, value in changes.items() if name not in _ADDRESS}
        url = where.url if isinstance(where, Endpoint) else where
        return ChatModel(ModelAddress(url, **address), Limits(**limits))  # type: ignore[arg-type]

    return make
