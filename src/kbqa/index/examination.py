"""A generation tested against itself before anybody sees it: does each ranker find what was put into it?"""

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kbqa.index.fixed_point import as_floats
from kbqa.index.generations import Generation
from kbqa.types import Chunk

SAMPLE = 16
NEIGHBOURS = 10
LEAST_RECALL = 0.95
"""Of the true ten neighbours, on average over the questions. The graph is approximate, but over 12,000 chunks it found
them all for each of 200 questions; one that has lost a region or was grown wrongly misses far more."""

_ALIKE = 1e-4
"""Cosines that differ by less are the same: neighbours that tie may come in any order."""


def examine(
    generation: Generation, vectors: NDArray[np.float32], fresh: Sequence[Chunk], fresh_vectors: NDArray[np.float32]
) -> None:
    """Ask for what the answer is known to.

    Args:
        generation: open for reading.
        vectors: of all its chunks, in the order of its BM25 tables.
        fresh: the chunks that are new in it.
        fresh_vectors: their vectors as they were embedded.

    Raises:
        ValueError: the generation holds something else than it should, or does not find it.
    """
    ids = generation.lexical.ids
    generation.probe()
    if len(vectors) != len(ids) or generation.store.ids() != set(ids):
        raise ValueError("the vector store holds other chunks than the BM25 tables")
    # The same generation is always asked the same.
    chance = random.Random(generation.manifest.signature)  # noqa: S311 - not for secrets
    rows = {chunk_id: row for row, chunk_id in enumerate(ids)}
    newest = chance.sample(range(len(fresh)), min(SAMPLE // 2, len(fresh)))
    for place in newest:
        if not np.array_equal(vectors[rows[fresh[place].id]], fresh_vectors[place]):
            raise ValueError(f"chunk {fresh[place].id} has another vector than was embedded")
    others = chance.sample(range(len(ids)), min(SAMPLE, len(ids)))
    sample = list(dict.fromkeys([*(rows[fresh[place].id] for place in newest), *others]))[:SAMPLE]
    _examine_chunks(generation, sample, vectors)
    _examine_graph(generation, sample, vectors)


def examine_statements(generation: Generation, texts: Sequence[str], vectors: NDArray[np.int16]) -> None:
    """Check the tables of statements, and a sample of what is new in them.

    Args:
        generation: open for reading.
        texts: the statements and heading paths that are new in it.
        vectors: theirs as they were embedded, in fixed point.

    Raises:
        ValueError: the generation holds something else than it should.
    """
    generation.statements.check()
    chance = random.Random(generation.manifest.signature)  # noqa: S311 - not for secrets
    for place in chance.sample(range(len(texts)), min(SAMPLE, len(texts))):
        (cosine,) = generation.statements.similarities(as_floats(vectors[place]), [texts[place]])
        if not cosine > 1 - _ALIKE:
            raise ValueError(f"a statement has another vector than was embedded: cosine {cosine:.4f}")


def examine_words(generation: Generation, words: Sequence[str], vectors: NDArray[np.int16]) -> None:
    """Check the table of words, and a sample of what was embedded for it.

    Args:
        generation: open for reading.
        words: stems that are in it.
        vectors: theirs as they were embedded, in fixed point.

    Raises:
        ValueError: the generation holds something else than it should.
    """
    generation.words.check()
    chance = random.Random(generation.manifest.signature)  # noqa: S311 - not for secrets
    sample = chance.sample(range(len(words)), min(SAMPLE, len(words)))
    stored = generation.words.vectors([words[place] for place in sample])
    if not np.allclose(stored, as_floats(vectors[sample]), atol=_ALIKE):
        raise ValueError("a word has another vector than was embedded")


def _examine_chunks(generation: Generation, sample: Sequence[int], vectors: NDArray[np.float32]) -> None:
    ids = [generation.lexical.ids[row] for row in sample]
    stored = generation.store.vectors(ids)
    for row, chunk, vector in zip(sample, generation.store.chunks(ids), stored, strict=True):
        if not np.allclose(vector, vectors[row], atol=_ALIKE):
            raise ValueError(f"chunk {chunk.id} has another vector in the store")
        if not generation.lexical.holds(row, chunk.embedding_text):
            raise ValueError(f"chunk {chunk.id} has other terms in the BM25 tables")


def _examine_graph(generation: Generation, sample: Sequence[int], vectors: NDArray[np.float32]) -> None:
    """Each sampled chunk finds itself; it, and what lies between two of them, finds its true neighbours."""
    ids = generation.lexical.ids
    rows = {chunk_id: row for row, chunk_id in enumerate(ids)}
    own = vectors[list(sample)]
    between = own[1:] + own[:-1]
    questions = np.concatenate([own, between / np.linalg.norm(between, axis=1, keepdims=True)])
    count = min(NEIGHBOURS, len(ids))
    recalls = list[float]()
    for place, (question, cosines) in enumerate(zip(questions, questions @ vectors.T, strict=True)):
        found = [rows[chunk_id] for chunk_id in generation.store.nearest(question, count)]
        if place < len(sample) and cosines[found[0]] < 1 - _ALIKE:
            raise ValueError(f"chunk {ids[sample[place]]} is not found by its own vector")
        least = np.partition(cosines, -count)[-count] - _ALIKE
        recalls.append(sum(cosines[row] >= least for row in found) / count)
    if np.mean(recalls) < LEAST_RECALL:
        raise ValueError(f"the vector store finds {np.mean(recalls):.2f} of the nearest chunks")
