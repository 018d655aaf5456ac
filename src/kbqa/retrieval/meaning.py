"""How much of a question a text speaks of in other words: «минусы» in «недостатки», "benefits" in «преимущества»."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from kbqa.embedding import DIMENSION
from kbqa.index.analysis import distinct_stems, stem
from kbqa.index.words import WordVectors
from kbqa.retrieval.matching import Strengths


class Meaning:
    """The content words of one question, compared with texts of the notes by meaning.

    Args:
        words: distinct content words, as `Matcher.words`.
        vectors: of the words of the notes.
        embed: words that no note has, as queries → unit vectors, shape (words, dimension).
    """

    def __init__(
        self, words: tuple[str, ...], vectors: WordVectors, embed: Callable[[Sequence[str]], NDArray[np.float32]]
    ) -> None:
        self.words = words
        self._vectors = vectors
        self._compared = vectors.compared(_vectors_of(words, vectors, embed))

    def strengths(self, text: str) -> Strengths:
        """How surely `text`, from the notes, has each word: 1 for its stem, else how near a word comes to it."""
        found: Strengths = self.strengths_of_each([text])[0]
        return found

    def strengths_of_each(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The same of several texts, shape (texts, words), in less time than one by one."""
        rows = [self._vectors.rows_of_text(distinct_stems(text)) for text in texts]
        counts = np.array([len(of_text) for of_text in rows], np.int64)
        found = np.zeros((len(texts), len(self.words)))
        if counts.any():
            of_words = self._compared.strengths(np.concatenate(rows))
            firsts = np.cumsum(counts) - counts
            found[counts > 0] = np.maximum.reduceat(of_words, firsts[counts > 0])
        return found


def _vectors_of(
    words: tuple[str, ...], vectors: WordVectors, embed: Callable[[Sequence[str]], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Those of the index where it has the word's stem: to embed one takes a tenth of all the time of an answer."""
    is_known = np.array([stem(word) in vectors for word in words], bool)
    found = np.empty((len(words), DIMENSION), np.float32)
    found[is_known] = vectors.vectors([stem(word) for word in words if stem(word) in vectors])
    found[~is_known] = embed([word for word in words if stem(word) not in vectors])
    return found
