"""Whether notes say what a sentence says that cites them: without a second model, from words, figures and meaning.

First what no closeness makes up for: a source that only tells somebody to say so. Then a logistic model over what the
sentence has in common with the statements that it is taken from, and what it says otherwise; `eval/fit_verification.py`
fits its weights on labelled pairs.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbqa.answering.generative import discrepancies
from kbqa.answering.generative.alignment import Alignment
from kbqa.answering.generative.claims import Claim
from kbqa.answering.generative.excerpts import Excerpt, Premise
from kbqa.answering.generative.orders import only_told
from kbqa.retrieval.meaning import Meaning
from kbqa.retrieval.retriever import HybridRetriever
from kbqa.types import Doubt

_ADDRESS = re.compile(r"(?:\w+://|www\.)[^\s)>\]]*[^\s)>\].,;:!?»\"']", re.IGNORECASE)
"""What would lead a reader away, and could carry off what it is made of: no word of it may be the model's own."""


class Support(NamedTuple):
    """What the verdict on a sentence rests on."""

    said: float
    """How much of its least covered clause one statement says, in other words, too; in [0, 1]."""
    said_exactly: float
    """The same by the same words."""
    in_all: float
    """How much of the sentence its statements say, clause by clause; in [0, 1]."""
    new_things: float
    """How many nouns and adjectives, and English words, are new."""
    near: float
    """Cosine with the nearest statement or heading path, less `COSINE_CENTRE`."""
    figures: float
    """How many figures are not in the statement that their clause is taken from."""
    names: float
    """How many names, months and days of the week are in no statement."""
    denials: float
    """How many words are denied on one side only."""
    contraries: float
    """How many words have their opposite in the source."""
    overstated: float
    """How many words leave no exception, or leave out that there are some, otherwise than the source."""
    torn: float
    """Share of the neighbouring words that stand apart in the source."""
    exchanged: float
    """How many figures and names are put to a word to which the source puts another."""
    omitted: float
    """How many figures are left out of what is otherwise repeated."""
    crossed: float
    """How many statements are ascribed to another's term."""
    statements: float
    """From how many statements the sentence is taken."""
    english: float
    """1 for a sentence in English: its words cannot be the same."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the notes say what a sentence says."""

    supported: bool
    doubt: Doubt | None
    """Why not; None where they do."""
    grounds: tuple[tuple[int, Premise], ...]
    """The very statements that say it, each with the number of the excerpt that it is from; empty where none do."""


class Verifier:
    """Compares sentences with what they cite. Safe to use from many threads.

    Args:
        meaning_of: what texts of the notes have of some words in other words.
        similarities: cosine of a sentence with each of some statements of the notes; NaN for one that is not indexed.
        idf: inverse document frequency of a stem.
    """

    def __init__(
        self,
        meaning_of: Callable[[tuple[str, ...]], Meaning],
        similarities: Callable[[str, Sequence[str]], NDArray[np.float32]],
        idf: Callable[[str], float],
    ) -> None:
        self._meaning_of = meaning_of
        self._similarities = similarities
        self._idf = idf

    @classmethod
    def of(cls, retriever: HybridRetriever) -> "Verifier":
        """For notes as a retriever has them."""
        return cls(retriever.meaning, retriever.similarities, retriever.generation.lexical.idf)

    def verdict(self, claim: Claim, cited: Sequence[Excerpt]) -> Verdict:
        """The verdict on one sentence.

        Args:
            claim: the sentence.
            cited: what its markers stand for: `[1]` for the first.
        """
        # In code a bracketed number may be no marker.
        numbers = [number for number in claim.numbers if number <= len(cited)]
        sources = [(number, premise) for number in numbers for premise in cited[number - 1].premises]
        if not sources:
            return Verdict(supported=False, doubt="uncited", grounds=())
        premises = [premise for _, premise in sources]
        if any(not any(address in premise.text for premise in premises) for address in _ADDRESS.findall(claim.words)):
            return Verdict(supported=False, doubt="address", grounds=())
        alignment = self.align(claim.words, premises)
        doubt = self.judged(alignment, leads=claim.leads, counted=claim.leads_to)
        grounds = () if doubt else tuple(sources[at] for at in alignment.chosen)
        return Verdict(supported=doubt is None, doubt=doubt, grounds=grounds)

    def judged(self, alignment: Alignment, *, leads: bool = False, counted: int = 0) -> Doubt | None:
        """What speaks against the sentence; None: it is supported.

        Args:
            alignment: the sentence beside what it cites.
            leads: whether it only leads to others; then all of it must be said, and nothing need be near.
            counted: how many it leads to.
        """
        if not alignment.tokens or alignment.is_monotonous:
            return "unsaid"
        if any(only_told(alignment.sentence, alignment.premises[at].said) for at in alignment.chosen):
            return "told"
        support = self.support(alignment, counted)
        is_likely = support.in_all >= LEAD_SAID if leads else probability(support) >= THRESHOLD
        is_supported = is_likely and not is_contradicted(support)
        return None if is_supported else _doubt(support)

    def align(self, sentence: str, premises: Sequence[Premise]) -> Alignment:
        """The sentence beside the statements, at least one."""
        return Alignment(sentence, premises, self._meaning_of, self._idf)

    def support(self, alignment: Alignment, counted: int = 0) -> Support:
        """What the verdict rests on; `counted`: how many things the sentence leads to."""
        texts = dict.fromkeys(text for premise in alignment.premises for text in (premise.said, premise.above))
        cosines = self._similarities(alignment.sentence, list(texts))
        return Support(
            said=alignment.least_share(),
            said_exactly=alignment.least_share(exactly=True),
            in_all=alignment.total_share(),
            new_things=alignment.new_things(),
            near=float(np.nan_to_num(cosines, nan=COSINE_CENTRE).max()) - COSINE_CENTRE,
            figures=discrepancies.wrong_figures(alignment, counted),
            names=discrepancies.wrong_names(alignment) + discrepancies.wrong_dates(alignment),
            denials=discrepancies.wrong_denials(alignment),
            contraries=discrepancies.contraries(alignment),
            overstated=discrepancies.overstatements(alignment),
            torn=discrepancies.torn_pairs(alignment),
            exchanged=discrepancies.exchanged(alignment),
            omitted=discrepancies.omitted_figures(alignment),
            crossed=discrepancies.crossed_terms(alignment),
            statements=len(alignment.chosen),
            english=float(alignment.is_english),
        )


COSINE_CENTRE = 0.85
"""Subtracted from cosines, whose range in this model is narrow, so that the bias stays readable."""
WEIGHTS = Support(
    said=1.78,
    said_exactly=1.60,
    in_all=1.47,
    new_things=-0.12,
    near=16.79,
    figures=-1.87,
    names=-2.92,
    denials=-1.07,
    contraries=-2.59,
    overstated=-0.34,
    torn=-1.74,
    exchanged=-1.57,
    omitted=-1.69,
    crossed=-3.62,
    statements=0.56,
    english=4.04,
)
BIAS = -4.91
LEAD_SAID = 0.8
"""So much of what only leads to others must be said: «Виды партнёрства:» says little, and no statement is like it."""
THRESHOLD = 0.75
"""A sentence is taken for supported from this probability on: precision counts more than recall here, as a doubt can be
cleared by a look at the source, and a wrong mark of support keeps the reader from it."""


def probability(support: Support, weights: Support = WEIGHTS, bias: float = BIAS) -> float:
    """How likely the source says what the sentence says, in (0, 1)."""
    return 1 / (1 + math.exp(-(bias + sum(w * x for w, x in zip(weights, support, strict=True)))))


def is_contradicted(support: Support) -> bool:
    """Whether something stands against the sentence that no likeness makes up for."""
    return any(
        (
            support.figures,
            support.denials,
            support.exchanged,
            support.omitted,
            support.names,
            support.contraries,
            support.overstated,
            support.crossed,
        )
    )


def _doubt(support: Support) -> Doubt:
    """What speaks most plainly against the sentence."""
    for count, doubt in (
        (support.figures + support.omitted, "number"),
        (support.names, "name"),
        (support.exchanged + support.crossed, "exchanged"),
        (support.contraries, "contrary"),
        (support.denials, "denied"),
        (support.overstated, "too_strong"),
    ):
        if count:
            return doubt  # type: ignore[return-value]
    return "unsaid"
