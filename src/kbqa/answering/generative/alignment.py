"""Word by word: which statement of the notes says what of a sentence."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from kbqa.answering.generative.contrasts import LIGHT
from kbqa.answering.generative.excerpts import Premise
from kbqa.index.analysis import STOP_WORDS, content_words, folded, stem, words
from kbqa.index.dictionary import analyzer
from kbqa.retrieval.denial import (
    NEGATIONS,
    Forms,
    Token,
    Tokens,
    denied_after,
    denied_before,
    tokens,
)
from kbqa.retrieval.matching import strength
from kbqa.retrieval.meaning import Meaning
from kbqa.retrieval.repair.letters import CYRILLIC

_ABOVE = 0.9
"""How surely a statement says a word that stands above it: in a heading, or in what leads into its list."""
_IN_OTHER_WORDS = 0.9
"""How surely it says a word at most that it has in another form or another word for."""
_LIGHT_WEIGHT = 0.25
_LEAST_WEIGHT = 0.5
_MORE = 0.05
"""By this much more of a clause must another statement say than the one that the rest is taken from."""
_AND = re.compile(r"\s(и|или|and|or)\s")
"""Joins what may be said in two places of the notes."""
_MANY = 6
"""Words from which on a sentence can be monotonous."""
_SHORTEST_CLAUSE = 2
"""Words of a clause that is compared by itself; a shorter one goes with the one before it."""

_ADDED_VERB = 0.8
"""How surely a statement without a verb says the one that makes a sentence of it: «Взнос: 5000» → «составляет»."""
_WITHOUT_MEANING = frozenset({"NPRO", "Apro", "CONJ", "PRCL", "PREP", "INTJ"})
_THINGS = frozenset({"NOUN", "ADJF", "ADJS"})
_VERBS = frozenset({"VERB", "INFN", "GRND"})

Array = NDArray[np.float64]


def is_figure(token: Token) -> bool:
    """Whether a token is a number, a time or a range."""
    return any(map(str.isdigit, token.word))


def is_denied(said: Tokens, at: int) -> bool:
    """Whether a text denies its token at `at`."""
    return denied_before(said, at) or denied_after(said, at)


class Alignment:
    """A sentence beside some statements.

    Args:
        sentence: in words.
        premises: at least one.
        meaning_of: what texts of the notes have of some words in other words.
        idf: inverse document frequency of a stem.
    """

    def __init__(
        self,
        sentence: str,
        premises: Sequence[Premise],
        meaning_of: Callable[[tuple[str, ...]], Meaning],
        idf: Callable[[str], float],
    ) -> None:
        self.sentence = sentence
        self.premises = premises
        self.is_english = not CYRILLIC.search(sentence)
        self.all_tokens = tokens(_AND.sub(r", \1 ", sentence))
        self.places = [at for at, token in enumerate(self.all_tokens) if token.forms.isdisjoint(NEGATIONS)]
        """Of the tokens that say something, negations left out."""
        self.tokens = [self.all_tokens[at] for at in self.places]
        self.said = [tokens(premise.said) for premise in premises]
        self.above = [tokens(premise.above) for premise in premises]
        self.weights: Array = np.array([_weight(token, idf) for token in self.tokens])
        self.exact = np.array([[self._exactly(token, at) for token in self.tokens] for at in range(len(premises))])
        """How surely each statement says each token by the same word, (premises, tokens)."""
        self.held = np.maximum(self.exact, self._in_other_words(sentence, meaning_of))
        verbs = [at for at, token in enumerate(self.tokens) if _is_of(token, _VERBS)]
        for at, said in enumerate(self.said):
            if not any(_is_of(token, _VERBS) for token in said):
                self.held[at, verbs] = np.maximum(self.held[at, verbs], _ADDED_VERB)
        """The same in other words, too."""
        self.clauses = self._clauses()
        """Places in `tokens`, clause by clause."""
        self.best = self._best()
        """The statement that each clause is taken from."""

    @property
    def chosen(self) -> list[int]:
        """The statements that the sentence is taken from, in order."""
        return sorted(set(self.best))

    @property
    def is_monotonous(self) -> bool:
        """Whether the sentence says the same words over and over, as a model does that has lost its way."""
        distinct = {token.forms for token in self.tokens}
        return len(self.tokens) >= _MANY and len(distinct) <= len(self.tokens) / 2

    def share(self, premise: int, clause: Sequence[int], *, exactly: bool = False) -> float:
        """How much of a clause a statement says, by weight, in [0, 1]; 1 where nothing of it has a weight."""
        weights = self.weights[list(clause)]
        held = (self.exact if exactly else self.held)[premise, list(clause)]
        return float(held @ weights / weights.sum()) if weights.sum() > 0 else 1.0

    def least_share(self, *, exactly: bool = False) -> float:
        """That of the clause of which its statement says least; 1 where there is no clause."""
        shares = (
            self.share(premise, clause, exactly=exactly)
            for premise, clause in zip(self.best, self.clauses, strict=True)
        )
        return min(shares, default=1.0)

    def total_share(self, *, exactly: bool = False) -> float:
        """How much of the sentence its statements say, clause by clause."""
        total = self.weights.sum()
        if total <= 0:
            return 1.0
        table = self.exact if exactly else self.held
        said = sum(
            float(table[premise, clause] @ self.weights[clause])
            for premise, clause in zip(self.best, self.clauses, strict=True)
        )
        return said / float(total)

    def new_things(self) -> float:
        """How many nouns, adjectives and English words the statements do not say; in part, counted so."""
        held = self.held[self.chosen].max(axis=0)
        return sum(
            1 - float(held[at])
            for at, token in enumerate(self.tokens)
            if self.weights[at] > _LIGHT_WEIGHT
            and not is_figure(token)
            and (token.word.isascii() or _is_of(token, _THINGS))
        )

    def forms_of(self, premises: Sequence[int], *, above: bool) -> Forms:
        """All forms of the words of some statements, and of what stands above them."""
        texts = [self.said[at] for at in premises] + ([self.above[at] for at in premises] if above else [])
        return frozenset(form for text in texts for token in text for form in token.forms)

    def _best(self) -> list[int]:
        """Of each clause the statement that says most of it; another than that of the whole only if it says more."""
        everything = range(len(self.tokens))
        whole = max(range(len(self.premises)), key=lambda at: self.share(at, everything))
        found = []
        for clause in self.clauses:
            best = max(range(len(self.premises)), key=lambda at: self.share(at, clause))
            found.append(best if self.share(best, clause) > self.share(whole, clause) + _MORE else whole)
        return found

    def _exactly(self, token: Token, premise: int) -> float:
        if is_among(token, self.said[premise]):
            return 1.0
        return _ABOVE if is_among(token, self.above[premise]) else 0.0

    def _in_other_words(self, sentence: str, meaning_of: Callable[[tuple[str, ...]], Meaning]) -> Array:
        asked = tuple(dict.fromkeys(content_words(sentence)))
        meaning = meaning_of(asked)
        found = np.zeros((len(self.premises), len(self.tokens)))
        for row, premise in enumerate(self.premises):
            near = dict(zip(meaning.words, meaning.strengths(premise.said), strict=True))
            near_above = dict(zip(meaning.words, meaning.strengths(premise.above), strict=True))
            for column, token in enumerate(self.tokens):
                if is_figure(token):
                    continue
                for word in words(token.word):
                    alike = max(strength(word, premise.said), _ABOVE * strength(word, premise.above))
                    meant = max(near.get(word, 0.0), _ABOVE * near_above.get(word, 0.0))
                    found[row, column] = max(found[row, column], _IN_OTHER_WORDS * max(alike, meant))
        return found

    def _clauses(self) -> list[list[int]]:
        clauses: list[list[int]] = [[]]
        for at, place in enumerate(self.places):
            clauses[-1].append(at)
            following = self.all_tokens[place : self.places[at + 1] if at + 1 < len(self.places) else None]
            if any(token.ends for token in following):
                clauses.append([])
        merged: list[list[int]] = []
        for clause in filter(None, clauses):
            if merged and min(len(clause), len(merged[-1])) < _SHORTEST_CLAUSE:
                merged[-1] += clause
            else:
                merged.append(clause)
        return merged


def _is_of(token: Token, parts: frozenset[str]) -> bool:
    """Whether a Russian word is likeliest of one of these parts of speech."""
    return not token.word.isascii() and not parts.isdisjoint(analyzer().tag(folded(token.word))[0].grammemes)


def is_among(token: Token, text: Tokens) -> bool:
    """Whether a text has a token in any form; of a figure, alone or as the end of a range."""
    if is_figure(token):
        return any(is_figure(other) and _same_figure(token.forms, other.forms) for other in text)
    return any(not (token.forms & other.forms).issubset(NEGATIONS) for other in text)


def _same_figure(wanted: Forms, other: Forms) -> bool:
    """Whether two figures may be the same, or one is an end of the other, a range."""
    ends = {end for form in other for end in form.split("–")}
    return not wanted.isdisjoint(other | ends)


def _weight(token: Token, idf: Callable[[str], float]) -> float:
    """How much a token says: a rare word more than a common one, a figure as much as a rare word."""
    if is_figure(token):
        return max(1.0, idf(stem(folded(token.word))))
    found = words(token.word)
    if all(word in STOP_WORDS for word in found) and not token.word.isupper():
        return 0.0
    if _is_of(token, _WITHOUT_MEANING):
        return 0.0
    if not token.forms.isdisjoint(LIGHT):
        return _LIGHT_WEIGHT
    return max(_LEAST_WEIGHT, *(idf(stem(word)) for word in found))
