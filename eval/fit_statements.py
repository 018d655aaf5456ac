"""Fit the weights of `kbqa.answering.statements` on the dev halves of the question sets, and print them.

    .venv/bin/python eval/fit_statements.py

Of each section that answers a question, paraphrases and translations too, the statements that state a vital fact are
needed, the others not. Logistic regression with a quadratic penalty on standardised numbers (Hastie, Tibshirani &
Friedman 2009, section 4.4); the statements of a section of n weigh 1/√n each. Each set is judged by a fit on the
others: what share of the vital facts of a section is given, and of its characters, from several probabilities on.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from regression import fit
from scipy.special import expit
from sets import knowledge_base_of, questions_of

from kbqa.answering.choosing import NEEDED, Chooser, StatementFit
from kbqa.answering.named import split_exception
from kbqa.answering.passages import passages_of_section
from kbqa.answering.statements import statements_of
from kbqa.evaluation.questions import ANSWERS, EvaluationQuestion
from kbqa.evaluation.runner import variants_of
from kbqa.evaluation.wording import states
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import read_question

SETS = ("corpus", "vault", "encyclopedia", "worklog", "essays")
FAMILIES = ("original", "paraphrase", "english")
Array = NDArray[np.float64]


@dataclass
class Shown:
    """A section that answers a variant of a question."""

    group: str
    fits: Array
    facts: list[list[int]]
    """Of each vital fact that the section states, the statements that do."""
    lengths: Array

    @property
    def needed(self) -> Array:
        """1 for each statement that states a vital fact."""
        return np.isin(np.arange(len(self.fits)), [place for places in self.facts for place in places]).astype(float)


def shown(name: str) -> list[Shown]:
    """Every answering section of a set, for every variant of its question."""
    engine = knowledge_base_of(name).as_query_engine()
    found = []
    for variant in variants_of([one for one in questions_of(name) if one.answerable], seed=1):
        if variant.family not in FAMILIES:
            continue
        question = read_question(engine.understood(variant.text))
        matcher = Matcher(split_exception(question.topic)[0], engine.retriever.generation.lexical.idf)
        retriever = engine.retriever
        chooser = Chooser(
            question, matcher, retriever.meaning(matcher.words), partial(retriever.similarities, question.text)
        )
        for expected in variant.question.expected:
            if expected.relevance < ANSWERS:
                continue
            note = engine.note_of(expected.note)
            section = next(one for one in note.sections if one.heading_path == expected.heading_path)
            statements = [one for one in statements_of(passages_of_section(note, section)) if not one.announces]
            facts = _facts(variant.question, [one.compared for one in statements])
            if facts:
                context = matcher.strengths(statements[0].passage.context)
                fits = np.array(chooser.fits(statements, context), dtype=np.float64)
                found.append(Shown(name, fits, facts, np.array([len(one.compared) for one in statements])))
    return found


def _facts(question: EvaluationQuestion, texts: list[str]) -> list[list[int]]:
    vital = [nugget for nugget in question.nuggets if nugget.vital and nugget.any_of]
    places = [
        [place for place, text in enumerate(texts) if any(states(text, wording) for wording in nugget.any_of)]
        for nugget in vital
    ]
    return [found for found in places if found]


def fitted(sections: list[Shown]) -> tuple[Array, float]:
    """Weights and bias."""
    shares = np.concatenate([np.full(len(one.fits), len(one.fits) ** -0.5) for one in sections])
    return fit(
        np.vstack([one.fits for one in sections]), np.concatenate([one.needed for one in sections]), shares, penalty=0.5
    )


def main() -> None:
    """Show, fit, print."""
    sections = [one for name in SETS for one in shown(name)]
    chances: dict[str, tuple[Array, float]] = {
        name: fitted([one for one in sections if one.group != name]) for name in SETS
    }
    for least in (0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3):
        figures = []
        for name in SETS:
            weights, bias = chances[name]
            told, given = [], []
            for one in (one for one in sections if one.group == name):
                chance = expit(one.fits @ weights + bias)
                chosen = set(np.flatnonzero(chance >= min(least, chance.max())))
                told.append(np.mean([bool(chosen.intersection(fact)) for fact in one.facts]))
                given.append(one.lengths[sorted(chosen)].sum() / one.lengths.sum())
            figures.append(f"{name} {np.mean(told):.3f} {np.mean(given):.2f}")
        print(f"{least:.2f}  facts, characters:  ", *figures, "<- in force" if least == NEEDED else "", sep="  ")
    weights, bias = fitted(sections)
    for name, weight in zip(StatementFit._fields, weights, strict=True):
        print(f"    {name}={weight:.2f},")
    print("BIAS =", round(bias, 2))


if __name__ == "__main__":
    main()
