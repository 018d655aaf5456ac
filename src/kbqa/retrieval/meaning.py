"""How much of a question a text speaks of in other words: «минусы» in «недостатки», "benefits" in «преимущества»."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from kbqa.index.words import WordVectors
from kbqa.retrieval.matching import Strengths, strength, terms


class Meaning:
    """The content words of one question, compared with texts of the notes by letters and by meaning.

    Args:
        words: distinct content words, as `Matcher.words`.
        vectors: of the words of the notes.
        embed: words, as queries → unit vectors, shape (words, dimension).
    """

    def __init__(
        self, words: tuple[str, ...], vectors: WordVectors, embed: Callable[[Sequence[str]], NDArray[np.float32]]
    ) -> None:
        self.words = words
        self._vectors = vectors
        self._nearness = vectors.strengths(embed(words)).T
        """Of each word of the notes to each of the question's."""
        self._found: dict[str, Strengths] = {}

    def strengths(self, text: str) -> Strengths:
        """How surely `text` has each word: the most that a word of it means the same, and no less than its letters do.

        The array is kept for the next time, and cannot be written to.
        """
        found = self._found.get(text)
        if found is None:
            stems, _ = terms(text)
            meant = self._nearness[self._vectors.rows(stems)].max(axis=0, initial=0)
            found = np.maximum(meant, [strength(word, text) for word in self.words], dtype=np.float64)
            found.flags.writeable = False
            self._found[text] = found
        return found
