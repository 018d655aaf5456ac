"""Hybrid search over one generation of the index, as a LlamaIndex retriever."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from numpy.typing import NDArray

from kbqa.embedding import DIMENSION, E5Model, QuestionVectors
from kbqa.index.analysis import stems
from kbqa.index.generations import Generation
from kbqa.retrieval.fusion import fuse
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.meaning import Meaning
from kbqa.retrieval.question import read_question
from kbqa.retrieval.ranking import Candidate, Fit, fits_of, scores
from kbqa.retrieval.reasons import Reasons
from kbqa.retrieval.repair.letters import CYRILLIC
from kbqa.retrieval.scope import Scope
from kbqa.settings import Settings
from kbqa.types import Chunk, Filters, Hit

_RANKED = 40
"""So many of the candidates, the best by their text, are put in order by how they fit the question."""
_CLOSE_IN_MEANING = 5
"""Up to this rank by meaning alone, closeness in meaning is given as a reason."""

_SPARE = 50
"""More neighbours than asked for, so that of equally near ones at the end the same are taken each time."""
_CHUNKS = 5_000
"""At most so many chunks are kept in memory."""
_QUESTIONS = 64
"""So many embeddings of questions are kept."""
_WORDS = 10_000
"""And of their words."""


class Nearness(NamedTuple):
    """Cosines of a question's adapted vector, by which is judged whether what was found answers it."""

    chunk: float
    """With the nearest of the chunks that were found."""
    statement: float
    """With the nearest statement of the first of them, taken with its headings."""


class HybridRetriever(BaseRetriever):
    """Embedding similarity and BM25 over the same text, fused.

    The candidates are the best of each ranker; a candidate of one gets its score from the other, too.
    """

    def __init__(self, generation: Generation, model: E5Model, settings: Settings) -> None:
        super().__init__()
        self.generation = generation
        self._settings = settings
        self.summaries = generation.catalogue.summaries()
        """All notes of the generation, in the order of their paths."""
        self._positions = {chunk_id: position for position, chunk_id in enumerate(generation.lexical.ids)}
        self._names = {note.path: (note.title, *note.aliases) for note in self.summaries}
        self._reasons = Reasons(self._names, generation, settings)
        self.scope = Scope(self.summaries, generation)
        self._known: dict[str, Chunk] = {}
        # One question is searched for several times: among all notes, and in each that it names.
        self._vectors = lru_cache(maxsize=_QUESTIONS)(partial(_question_vectors, model))
        embed = partial(_word_vectors, lru_cache(maxsize=_WORDS)(partial(_word_vector, model)))
        self._meaning = lru_cache(maxsize=_QUESTIONS)(partial(Meaning, vectors=generation.words, embed=embed))

    def meaning(self, words: tuple[str, ...]) -> Meaning:
        """What texts of the notes have of these words, distinct content words of a question."""
        return self._meaning(words)

    def similarities(self, question: str, statements: Sequence[str]) -> NDArray[np.float32]:
        """Cosine of the question and each statement by itself, shape (statements,).

        Args:
            question: its text.
            statements: texts as `kbqa.notes.statements.Statement.said` has them; one that is not in the index, NaN.
        """
        return self.generation.statements.similarities(self._vectors(question).plain, statements)

    def find(self, question: str, top_k: int | None = None, filters: Filters | None = None) -> tuple[Hit, ...]:
        """Search, among all chunks or those that pass the filters; as many hits as there are, `top_k` at most.

        Without `top_k` the setting decides.

        Raises:
            QuestionError: a filter names what is not there.
        """
        count = self._settings.top_k if top_k is None else top_k
        passing = self.scope.passing(self.scope.resolved(filters)) if filters else None
        if passing is not None and not passing.any():
            return ()
        vector = self._finding(question)
        nearest = self._nearest(vector, max(count, self._settings.candidates), passing)
        candidates = self._candidates(question, vector, nearest, passing)[: max(count, _RANKED)]
        close = set(list(nearest)[:_CLOSE_IN_MEANING])
        ranked = self._ranked(question, vector, candidates)[:count]
        reasons = self._reasons.of(question, [candidate.chunk for candidate, _ in ranked], close)
        return tuple(
            Hit(candidate.chunk, score, rank, why)
            for rank, ((candidate, score), why) in enumerate(zip(ranked, reasons, strict=True), start=1)
        )

    def nearness(self, question: str, hits: Sequence[Hit], note: str | None = None) -> Nearness:
        """How near a question is to what was found for it.

        Args:
            question: its text.
            hits: at least one.
            note: path of the only note that was searched; the question is then taken with its title in front, as its
                chunks are: who asks within a note does not name it.
        """
        adapted = self._vectors(f"{self.names_of(note)[0]}: {question}" if note else question).adapted
        cosines = self._cosines(adapted, [hit.chunk.id for hit in hits])
        (stated,) = self.generation.statements.best(adapted, [self._positions[hits[0].chunk.id]])
        return Nearness(max(cosines.values()), float(stated))

    def fits(self, question: str) -> list[tuple[Chunk, Fit]]:
        """The candidates, and what their order rests on, for fitting the weights."""
        vector = self._finding(question)
        nearest = self._nearest(vector, self._settings.candidates)
        described, fits = self._fits(question, vector, self._candidates(question, vector, nearest)[:_RANKED])
        return [(candidate.chunk, fit) for candidate, fit in zip(described, fits, strict=True)]

    def _finding(self, question: str) -> NDArray[np.float32]:
        """The vector by which a question's chunks are found and ranked.

        In the language of the notes the plain one, which orders them as well; in another the adapted one.
        """
        vectors = self._vectors(question)
        return vectors.plain if CYRILLIC.search(question) else vectors.adapted

    def _nearest(
        self, vector: NDArray[np.float32], count: int, passing: NDArray[np.bool_] | None = None
    ) -> dict[str, float]:
        """Ids of up to `count` nearest chunks, of all or of those that pass, with their cosines, nearest first.

        Of those that pass, all are looked at: Chroma's own filter takes 140 ms when it names 2,900 notes of 12,000
        chunks, the vectors of all of these 27 ms.
        """
        if passing is None:
            ids = self.generation.store.nearest(vector, count + _SPARE)
        else:
            rows = np.flatnonzero(passing)
            best = rows[np.argsort(-(self.generation.vectors[rows] @ vector), kind="stable")[: count + _SPARE]]
            ids = [self.generation.lexical.ids[row] for row in best]
        return dict(sorted(self._cosines(vector, ids).items(), key=lambda item: (-item[1], item[0]))[:count])

    def _cosines(self, vector: NDArray[np.float32], ids: Sequence[str]) -> dict[str, float]:
        """Of the question and chunks; Chroma would hand over the vectors first, which takes longer than the rest."""
        vectors = self.generation.vectors[[self._positions[chunk_id] for chunk_id in ids]]
        # Not by BLAS, whose last digit depends on how many there are.
        return dict(zip(ids, (vectors * vector).sum(axis=1).tolist(), strict=True))

    def _candidates(
        self,
        question: str,
        vector: NDArray[np.float32],
        nearest: dict[str, float],
        passing: NDArray[np.bool_] | None = None,
    ) -> list[tuple[str, float]]:
        """The best chunks of each ranker with their fused scores, best first; ties in the order of their ids."""
        lexical = self.generation.lexical.scores(question)
        if passing is not None:
            lexical = np.where(passing, lexical, np.float32(0))
        matching = [self.generation.lexical.ids[i] for i in _highest(lexical, self._settings.candidates)]
        cosines = nearest | self._cosines(vector, [i for i in matching if i not in nearest])
        ids = sorted(cosines)
        dense = np.array([cosines[chunk_id] for chunk_id in ids], dtype=np.float32)
        weight = 1 - (1 - self._settings.dense_weight) * self._legible(question)
        fused = fuse(dense, lexical[[self._positions[chunk_id] for chunk_id in ids]], weight)
        return [(ids[i], float(fused[i])) for i in np.argsort(-fused, kind="stable")]

    def _legible(self, question: str) -> float:
        """Of a question in another script than Russian, the share of its words that the notes have; else 1.

        What an English question shares with Russian notes by chance must not decide.
        """
        if CYRILLIC.search(question):
            return 1.0
        words = stems(question)
        return sum(map(self.generation.lexical.has, words)) / len(words) if words else 1.0

    def _ranked(
        self, question: str, vector: NDArray[np.float32], candidates: Sequence[tuple[str, float]]
    ) -> list[tuple[Candidate, float]]:
        """Candidates by how they fit the question; the order of equals stays."""
        described, fits = self._fits(question, vector, candidates)
        totals = scores(fits)
        return [(described[i], float(totals[i])) for i in np.argsort(-totals, kind="stable")]

    def _fits(
        self, question: str, vector: NDArray[np.float32], candidates: Sequence[tuple[str, float]]
    ) -> tuple[list[Candidate], list[Fit]]:
        read = read_question(question)
        chunks = self._chunks([chunk_id for chunk_id, _ in candidates])
        coverage = self.generation.lexical.coverage(read.topic)
        positions = [self._positions[chunk.id] for chunk in chunks]
        stated = self.generation.statements.best(vector, positions)
        matcher = Matcher(read.topic, self.generation.lexical.idf)
        meant = self.meaning(matcher.words).strengths_of_each([chunk.embedding_text for chunk in chunks])
        described = [
            Candidate(chunk, fused, coverage=float(coverage[position]), stated=float(near), meant=float(share))
            for chunk, (_, fused), position, near, share in zip(
                chunks, candidates, positions, stated, matcher.shares(meant), strict=True
            )
        ]
        return described, fits_of(read, described, self.names_of)

    def _chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """Chunks by their ids; those that were candidates lately are not read again."""
        missing = self.generation.store.chunks([chunk_id for chunk_id in ids if chunk_id not in self._known])
        found = self._known | {chunk.id: chunk for chunk in missing}
        # One that two threads make at once is the same in either.
        self._known = found if len(found) <= _CHUNKS else {chunk_id: found[chunk_id] for chunk_id in ids}
        return [found[chunk_id] for chunk_id in ids]

    def names(self) -> list[str]:
        """Titles and aliases of all notes."""
        return [name for names in self._names.values() for name in names]

    def names_of(self, note: str) -> tuple[str, ...]:
        """Title and aliases of the note at this path."""
        return self._names[note]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=as_node(hit.chunk), score=hit.score) for hit in self.find(query_bundle.query_str)]


def _highest(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Places of up to `count` of the highest scores above 0, highest first, equal ones in their order.

    To sort all of them would take a tenth of all the time of an answer over 100,000 chunks.
    """
    places = np.flatnonzero(scores > 0)
    if len(places) > count:
        least = np.partition(scores[places], -count)[-count]
        places = places[scores[places] >= least]
    best: NDArray[np.int64] = places[np.argsort(-scores[places], kind="stable")][:count]
    return best


def _question_vectors(model: E5Model, question: str) -> QuestionVectors:
    return model.embed_question(_without_yo(question))


def _word_vector(model: E5Model, word: str) -> NDArray[np.float32]:
    """The embedding of a word of a question, which is compared with words of the notes: the adapter is not for it."""
    vector: NDArray[np.float32] = model.embed([_without_yo(word)], "query")[0]
    return vector


def _without_yo(text: str) -> str:
    """Few people type ё, and with or without it a question is the same."""
    return text.replace("ё", "е").replace("Ё", "Е")


def _word_vectors(vector_of: Callable[[str], NDArray[np.float32]], words: Sequence[str]) -> NDArray[np.float32]:
    """The embeddings of a question's words, most of which were in other questions, too; shape (words, dimension)."""
    return np.array([vector_of(word) for word in words], np.float32).reshape(-1, DIMENSION)


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
