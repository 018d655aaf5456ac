"""The model as a LlamaIndex embedding."""

import asyncio
import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding

from kbqa.embedding import DIMENSION, MODEL_ID, E5Model
from kbqa.embedding.llama import E5Embedding

TEXTS = ["Спонсорское партнёрство", "Расписание поездов", ""]


@pytest.fixture
def embedding(model: E5Model) -> E5Embedding:
    """The class under test over the real model."""
    return E5Embedding(model)


def test_is_a_llama_index_embedding(embedding: E5Embedding) -> None:
    """LlamaIndex code takes it, and sees which model it is."""
    assert isinstance(embedding, BaseEmbedding)
    assert embedding.model_name == MODEL_ID
    assert embedding.to_payload()["class_name"] == "E5Embedding"


def test_gives_the_models_vectors(embedding: E5Embedding, model: E5Model) -> None:
    """Questions go in as queries and texts as passages, one or many."""
    queries, passages = model.embed(TEXTS, "query"), model.embed(TEXTS, "passage")
    assert len(embedding.get_query_embedding(TEXTS[0])) == DIMENSION
    assert np.dot(embedding.get_query_embedding(TEXTS[0]), queries[0]) == pytest.approx(1, abs=1e-4)
    assert np.dot(embedding.get_text_embedding(TEXTS[1]), passages[1]) == pytest.approx(1, abs=1e-4)
    batch = np.array(embedding.get_text_embedding_batch(TEXTS))
    assert (batch * passages).sum(axis=1) == pytest.approx(np.ones(3), abs=1e-4)


def test_gives_the_same_vectors_asynchronously(embedding: E5Embedding, model: E5Model) -> None:
    """The asynchronous methods give what the others give."""

    async def embed() -> tuple[list[float], list[float], list[list[float]]]:
        return (
            await embedding.aget_query_embedding(TEXTS[0]),
            await embedding.aget_text_embedding(TEXTS[0]),
            await embedding.aget_text_embedding_batch(TEXTS),
        )

    query, text, batch = asyncio.run(embed())
    assert np.dot(query, model.embed(TEXTS[:1], "query")[0]) == pytest.approx(1, abs=1e-4)
    assert np.dot(text, model.embed(TEXTS[:1], "passage")[0]) == pytest.approx(1, abs=1e-4)
    assert (np.array(batch) * model.embed(TEXTS, "passage")).sum(axis=1) == pytest.approx(np.ones(3), abs=1e-4)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda whole: pickle.loads(pickle.dumps(whole))])  # noqa: S301 - own data
def test_copies_and_pickles(embedding: E5Embedding, copied: Callable[[E5Embedding], E5Embedding]) -> None:
    """A copy, also in another process, works as the original does, after it was used."""
    original = embedding.get_query_embedding(TEXTS[0])
    assert np.dot(copied(embedding).get_query_embedding(TEXTS[0]), original) == pytest.approx(1, abs=1e-4)
