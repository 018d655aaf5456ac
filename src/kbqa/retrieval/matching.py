"""How much of a question a text speaks of, word by word."""

from collections.abc import Callable
from functools import lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

from kbqa.index.analysis import content_words, distinct_ngrams, stem

_SIMILAR = 0.5
"""Least Dice overlap of letter 4-grams at which two words are taken for forms or relatives of one word, or a typo."""

Strengths = NDArray[np.float64]
"""One number in [0, 1] for each content word of the question: how surely the text has it."""


class Matcher:
    """The content words of one question, weighted by how rare they are in the vault.

    Args:
        question: the question's text.
        idf: inverse document frequency of a stem.
    """

    def __init__(self, question: str, idf: Callable[[str], float]) -> None:
        self._idf = idf
        self.words = tuple(dict.fromkeys(content_words(question)))
        weights = np.array([idf(stem(word)) for word in self.words])
        self._weights = weights / weights.sum() if weights.sum() > 0 else weights
        self._known: dict[str, Strengths] = {}
        """Of the texts looked at so far: most are looked at several times."""

    def strengths(self, text: str) -> Strengths:
        """How surely `text` has each word, as `strength`."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = np.array([strength(word, text) for word in self.words])
        return found

    def share(self, strengths: Strengths) -> float:
        """The weight of the matched words among all words of the question, in [0, 1]."""
        return float(self.shares(strengths))

    def shares(self, strengths: Strengths) -> NDArray[np.float64]:
        """The same for several texts, shape (texts, words) → (texts,)."""
        # Not by BLAS, whose last digit depends on how many texts there are.
        summed: NDArray[np.float64] = (strengths * self._weights).sum(axis=-1)
        return summed

    def coverage(self, *texts: str) -> float:
        """`share` of what the texts cover together."""
        return self.share(self.union(*(self.strengths(text) for text in texts)))

    def of_rarest(self, strengths: Strengths) -> float:
        """How surely a text has the question's rarest word, of its `strengths`; 1 where the question has no words."""
        return float(strengths[int(np.argmax(self._weights))]) if self.words else 1.0

    def rarities(self) -> NDArray[np.float64]:
        """How rare each word is beside the question's rarest, in [0, 1]."""
        relative: NDArray[np.float64] = self._weights / max(self._weights.max(initial=0), np.finfo(np.float64).tiny)
        return relative

    def gain(self, covered: Strengths, found: Strengths) -> float:
        """The share of the question that `found` adds to what is covered already."""
        return float(self.gains(covered, found))

    def gains(self, covered: Strengths, found: Strengths) -> NDArray[np.float64]:
        """The same for what each of several texts has, shape (texts, words) → (texts,)."""
        return self.shares(np.maximum(found, covered)) - self.share(covered)

    def named_share(self, name: str, beyond: str = "") -> float:
        """The other way round: the share of the words of `name` (a heading, a term) that the question has, in [0, 1].

        Words that `beyond` (the note's title) has too are left out; 0 when none remain.
        """
        question = " ".join(self.words)
        known = {stem(word) for word in content_words(beyond)}
        own = [word for word in content_words(name) if stem(word) not in known]
        return sum(strength(word, question) > 0 for word in own) / len(own) if own else 0.0

    def for_text(self, text: str) -> "Matcher":
        """A matcher for a part of the question."""
        return Matcher(text, self._idf)

    def union(self, *strengths: Strengths) -> Strengths:
        """What several texts cover together."""
        return reduce(np.maximum, strengths, np.zeros(len(self.words)))


def strength(word: str, text: str) -> float:
    """How surely `text` has the word: 1 for the same stem, the overlap of letters for a similar word, else 0."""
    text_stems, text_grams = terms(text)
    if stem(word) in text_stems:
        return 1.0
    grams = distinct_ngrams(word)
    best = max((2 * len(grams & other) / (len(grams) + len(other)) for other in text_grams), default=0.0)
    return best if best >= _SIMILAR else 0.0


@lru_cache(maxsize=5_000)
def terms(text: str) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    """The stems of a text, and the letter 4-grams of each of its words."""
    unique = set(content_words(text))
    return frozenset(map(stem, unique)), tuple(map(distinct_ngrams, unique))
