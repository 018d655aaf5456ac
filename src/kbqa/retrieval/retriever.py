"""Hybrid search over one generation of the index, as a LlamaIndex retriever."""

from dataclasses import dataclass

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from numpy.typing import NDArray

from kbqa.embedding import E5Model
from kbqa.index.analysis import content_words, stem, stems
from kbqa.index.generations import Generation
from kbqa.retrieval.fusion import fuse
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Chunk, Hit

_CLOSE_IN_MEANING = 5
"""Up to this rank by meaning alone, closeness in meaning is given as a reason."""


@dataclass(frozen=True, slots=True)
class Found:
    """Hits of one search with what the answerer needs to judge them."""

    hits: tuple[Hit, ...]
    """Best first."""
    cosines: tuple[float, ...]
    """Cosine similarity of question and chunk for the nearest chunks of the index, highest first."""


class HybridRetriever(BaseRetriever):
    """Embedding similarity and BM25 over the same text, fused.

    The candidates are the best of each ranker; a candidate of one gets its score from the other, too.
    """

    def __init__(self, generation: Generation, model: E5Model, settings: Settings) -> None:
        super().__init__()
        self.generation = generation
        self._model = model
        self._settings = settings
        self._texts = Texts.load(settings.language)
        self._positions = {chunk_id: position for position, chunk_id in enumerate(generation.lexical.ids)}

    def find(self, question: str, top_k: int | None = None) -> Found:
        """Search; `top_k` hits at most (the setting's number if None)."""
        settings, store = self._settings, self.generation.store
        vector = self._model.embed([question], "query")[0]
        nearest = store.nearest(vector, settings.candidates)
        lexical = self.generation.lexical.scores(question)
        best = np.argsort(-lexical, kind="stable")[: settings.candidates]
        matching = [self.generation.lexical.ids[i] for i in best if lexical[i] > 0]
        cosines = nearest | store.similarities(vector, [i for i in matching if i not in nearest])
        ranked = self._rank(cosines, lexical)[: settings.top_k if top_k is None else top_k]
        chunks = store.chunks([chunk_id for chunk_id, _ in ranked])
        close = set(list(nearest)[:_CLOSE_IN_MEANING])
        hits = tuple(
            Hit(chunk, score, rank, self._reasons(question, chunk, close=chunk.id in close))
            for rank, (chunk, (_, score)) in enumerate(zip(chunks, ranked, strict=True), start=1)
        )
        return Found(hits, tuple(nearest.values()))

    def _rank(self, cosines: dict[str, float], lexical: NDArray[np.float32]) -> list[tuple[str, float]]:
        """Candidates with their fused scores, best first; ties in the order of their ids."""
        ids = sorted(cosines)
        dense = np.array([cosines[chunk_id] for chunk_id in ids], dtype=np.float32)
        fused = fuse(dense, lexical[[self._positions[chunk_id] for chunk_id in ids]], self._settings.dense_weight)
        return [(ids[i], float(fused[i])) for i in np.argsort(-fused, kind="stable")]

    def _reasons(self, question: str, chunk: Chunk, *, close: bool) -> tuple[str, ...]:
        known = set(stems(chunk.embedding_text))
        shared = dict.fromkeys(word for word in content_words(question) if stem(word) in known)
        reasons = []
        if shared:
            reasons.append(self._texts("answers.reason_words", words=", ".join(shared)))
        if close or not shared:
            reasons.append(self._texts("answers.reason_meaning"))
        return tuple(reasons)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [
            NodeWithScore(node=as_node(hit.chunk), score=hit.score) for hit in self.find(query_bundle.query_str).hits
        ]


def as_node(chunk: Chunk) -> TextNode:
    """The chunk as LlamaIndex knows it: verbatim text, and where it stands as metadata."""
    return TextNode(
        id_=chunk.id,
        text=chunk.text,
        metadata={
            "note": chunk.note,
            "title": chunk.title,
            "heading_path": list(chunk.heading_path),
            "start_line": chunk.start_line,
            "end_line": chunk.end_line,
        },
        excluded_embed_metadata_keys=["note", "start_line", "end_line"],
    )
