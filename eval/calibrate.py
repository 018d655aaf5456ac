"""Fit the weights of `kbqa.answering.confidence` on the dev halves of the question sets, and print them.

    .venv/bin/python eval/calibrate.py [--ablation]

The questions on the user's notes are asked twice: of these alone, and of these among the evaluation vault. Each set
weighs the same, and so do the answerable and the unanswerable questions of a language in it: of the English ones, which
are mostly answerable, a foreign script would otherwise speak for an answer by itself. Paraphrases are fitted, too, and
what is asked in Russian once more, for half as much, within a note: that which answers, or that of the first hit where
none does.
Each set is judged by a fit on the others (the user's notes by a fit without these among the vault as well), so well
does the decision do on notes and questions that it has not seen; figures are for the questions as written, asked of all
notes and within one.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from regression import fit
from scipy.special import expit
from sets import knowledge_base_of, questions_of

from kbqa.answering.confidence import THRESHOLD, UNSURE, Signals, features
from kbqa.evaluation.questions import ANSWERS, EvaluationQuestion
from kbqa.evaluation.runner import Variant, variants_of
from kbqa.retrieval.retriever import HybridRetriever
from kbqa.types import EVERYTHING, Filters

SETS = ("corpus", "together", "vault", "encyclopedia", "worklog", "essays")
SAME_NOTES = {"corpus": "together", "together": "corpus"}
PENALTY = 1.0
WITHIN = 0.5
"""Share of a question that is asked within a note, beside the same question of all notes."""
FAMILIES = ("original", "paraphrase", "english")
KINDS = ("off_topic", "missing_note", "near_miss", "false_premise")
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
Array = NDArray[np.float64]


@dataclass
class Asked:
    """A variant of a question, and its signals."""

    group: str
    family: str
    question: EvaluationQuestion
    signals: Signals

    @property
    def in_note(self) -> bool:
        """Whether it was asked within a note."""
        return bool(self.signals.in_note)


def ask(name: str) -> list[Asked]:
    """Ask every question; one that names nothing is refused before any signal and is left out."""
    engine = knowledge_base_of(name).as_query_engine()
    variants = [variant for variant in variants_of(questions_of(name), seed=1) if variant.family in FAMILIES]
    places = [
        (variant, filters)
        for variant in variants
        for filters in (EVERYTHING, note_for(variant, engine.retriever))
        if filters is not None
    ]
    examined = [(variant, engine.signals(variant.text, filters)) for variant, filters in places]
    return [Asked(name, variant.family, variant.question, features(found)) for variant, found in examined if found]


def note_for(variant: Variant, retriever: HybridRetriever) -> Filters | None:
    """The note that a question is asked within; None: in none, as its answer is in several, or it is not in Russian."""
    if variant.family == "english":
        return None
    if variant.question.answerable:
        notes = {section.note for section in variant.question.expected if section.relevance == ANSWERS}
    else:
        notes = {hit.chunk.note for hit in retriever.find(variant.text, 1)}
    return Filters(notes=tuple(notes)) if len(notes) == 1 else None


def auroc(scores: Array, answerable: Array) -> float:
    """Chance that an answerable question scores higher than an unanswerable one (Hanley & McNeil 1982)."""
    differences = scores[answerable == 1][:, None] - scores[answerable == 0][None, :]
    return float(((differences > 0) + 0.5 * (differences == 0)).mean())


def shares_of(asked: Sequence[Asked]) -> Array:
    """A hundred for each set's answerable questions, divided among them; in each language as much for the others.

    Within a note each is worth half as much.
    """
    answerable = Counter((one.group, one.in_note) for one in asked if one.question.answerable)
    sizes = Counter((one.group, one.in_note, one.signals.foreign, one.question.answerable) for one in asked)

    def share(one: Asked) -> float:
        kind = one.group, one.in_note, one.signals.foreign
        balance = 1.0 if one.question.answerable else sizes[*kind, True] / sizes[*kind, False]
        return (WITHIN if one.in_note else 1.0) * 100 / answerable[kind[:2]] * balance

    return np.array([share(one) for one in asked])


def fitted(asked: Sequence[Asked], without: int | None = None) -> tuple[Array, float]:
    """Weights and bias; the weight of the signal `without` is 0."""
    used = np.arange(len(Signals._fields)) != (-1 if without is None else without)
    signals = np.array([one.signals for one in asked]) * used
    answerable = np.array([float(one.question.answerable) for one in asked])
    return fit(signals, answerable, shares_of(asked), penalty=PENALTY)


def judged(asked: Sequence[Asked], without: int | None = None) -> Array:
    """The probability of each case by a fit on the other sets."""
    chances = np.empty(len(asked))
    for name in SETS:
        weights, bias = fitted([one for one in asked if one.group not in {name, SAME_NOTES.get(name)}], without)
        for place, one in enumerate(asked):
            if one.group == name:
                chances[place] = expit(np.array(one.signals) @ weights + bias)
    return chances


def show(
    asked: Sequence[Asked], chances: Array, thresholds: Sequence[float], label: str = "", *, in_note: bool = False
) -> None:
    """Print the figures of each set and the mean over the sets."""
    for threshold in thresholds:
        rows = []
        for name in SETS:
            written = [
                (one, chance)
                for one, chance in zip(asked, chances, strict=True)
                if (one.group, one.family, one.in_note) == (name, "original", in_note)
            ]
            scores = np.array([chance for _, chance in written])
            answerable = np.array([float(one.question.answerable) for one, _ in written])
            kinds = [
                np.mean(
                    [chance < threshold for one, chance in written if one.question.unanswerable_kind == kind]
                    or [np.nan]
                )
                for kind in KINDS
            ]
            rows.append([auroc(scores, answerable), (scores[answerable == 1] < threshold).mean(), *kinds])
        print(
            f"{label:22}{threshold:.2f}  ",
            *("/".join(f"{x:.2f}" for x in row) for row in [*rows, np.nanmean(rows, axis=0)]),
        )


def show_unsure(asked: Sequence[Asked], chances: Array) -> None:
    """Print how many of the answers to each kind of question say that they may be none, over all sets."""
    for family in FAMILIES:
        rows = []
        for kind in (None, *KINDS):
            given = [
                chance
                for one, chance in zip(asked, chances, strict=True)
                if (one.family, one.question.unanswerable_kind, one.in_note) == (family, kind, False)
                and chance >= THRESHOLD
            ]
            rows.append(f"{kind or 'answerable'} {sum(chance < UNSURE for chance in given)} of {len(given)}")
        print(f"unsure, {family}:", *rows, sep="  ")


def main(*, ablation: bool) -> None:
    """Ask, fit, judge each set by a fit without it, print."""
    asked = [one for name in SETS for one in ask(name)]
    print("AUROC / false refusals / refused:", *KINDS)
    print(" " * 28, *SETS, "mean")
    chances = judged(asked)
    show(asked, chances, THRESHOLDS)
    show(asked, chances, THRESHOLDS, "within a note", in_note=True)
    show_unsure(asked, chances)
    if ablation:
        for place, name in enumerate(Signals._fields):
            show(asked, judged(asked, place), [THRESHOLD], f"without {name}")
    weights, bias = fitted(asked)
    for name, weight in zip(Signals._fields, weights, strict=True):
        print(f"    {name}={weight:.2f},")
    print("BIAS =", round(bias, 2), "THRESHOLD in force", THRESHOLD)


if __name__ == "__main__":
    main(ablation="--ablation" in sys.argv[1:])
