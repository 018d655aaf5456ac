"""The embedding model as LlamaIndex knows one."""

import asyncio

from llama_index.core.base.embeddings.base import BaseEmbedding, Embedding
from pydantic import PrivateAttr

from kbqa.embedding.e5 import MODEL_ID, E5Model, Kind


class E5Embedding(BaseEmbedding):
    """Vectors of `E5Model` through LlamaIndex's interface, with its callbacks and events."""

    _model: E5Model = PrivateAttr()

    def __init__(self, model: E5Model) -> None:
        # E5Model makes its own batches; this size is the largest that the field allows, so that texts of all lengths
        # reach it together and sort well.
        super().__init__(model_name=MODEL_ID, embed_batch_size=2048)
        self._model = model

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex serialises the class."""
        return "E5Embedding"

    def _get_query_embedding(self, query: str) -> Embedding:
        return self._embed([query], "query")[0]

    def _get_text_embedding(self, text: str) -> Embedding:
        return self._embed([text], "passage")[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[Embedding]:
        return self._embed(texts, "passage")

    async def _aget_query_embedding(self, query: str) -> Embedding:
        return await asyncio.to_thread(self._get_query_embedding, query)

    async def _aget_text_embedding(self, text: str) -> Embedding:
        return await asyncio.to_thread(self._get_text_embedding, text)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[Embedding]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)

    def _embed(self, texts: list[str], kind: Kind) -> list[Embedding]:
        vectors: list[Embedding] = self._model.embed(texts, kind).tolist()
        return vectors
