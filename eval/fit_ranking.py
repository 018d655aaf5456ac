"""Fit the weights of `kbqa.retrieval.ranking` on the dev halves of the question sets, and print them.

    .venv/bin/python eval/fit_ranking.py [--ablation]

The questions, their paraphrases and translations are asked; those on the user's notes among the evaluation vault. The
loss is ListNet's (Cao et al. 2007, "Learning to rank: from pairwise approach to listwise approach"): the cross entropy
between the grades of the candidates, as shares, and the softmax of their scores; with a quadratic penalty. Each set is
judged by a fit on the others: so well do the weights do on notes and questions that they have not seen. `--ablation`
adds the figures of fits without each of the numbers.
"""

import sys
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sets import knowledge_base_of, questions_of

from kbqa import KnowledgeBase
from kbqa.evaluation.metrics import retrieval_figures
from kbqa.evaluation.questions import EvaluationQuestion
from kbqa.evaluation.runner import variants_of
from kbqa.retrieval.ranking import Fit
from kbqa.types import Note

SETS = ("together", "vault", "encyclopedia", "worklog", "essays")
PENALTY = 0.02
FAMILIES = ("original", "paraphrase", "english")
FIGURES = ("R@1", "R@5", "nDCG@10")
Array = NDArray[np.float64]


class Asked:
    """A variant of a question with its candidates."""

    def __init__(
        self, variant_id: str, family: str, question: EvaluationQuestion, kb: KnowledgeBase, text: str
    ) -> None:
        self.id, self.family, self.question = variant_id, family, question
        found = kb.as_retriever().fits(text)
        self.inputs = np.array([fit for _, fit in found], dtype=np.float64)
        expected = {(section.note, section.heading_path): section.relevance for section in question.expected}
        self.sections = [_sections(kb.note(chunk.note), chunk.start_line, chunk.end_line) for chunk, _ in found]
        self.grades = np.array([max((expected.get(key, 0) for key in keys), default=0) for keys in self.sections])

    def figures(self, weights: Array) -> dict[str, float]:
        """Retrieval figures of the order that the weights give."""
        order = np.argsort(-(self.inputs @ weights), kind="stable")
        ranking = list(dict.fromkeys(key for place in order for key in self.sections[place]))
        return retrieval_figures({self.id: ranking}, {self.id: self.question}, "section")[self.id]


def _sections(note: Note, start_line: int, end_line: int) -> list[tuple[str, tuple[str, ...]]]:
    return [(note.path, section.heading_path) for section in note.sections_on(start_line, end_line)]


def fit(asked: list[Asked], without: int | None = None) -> Array:
    """The weights that give the graded candidates the highest share; that of the number `without` is 0."""
    used = np.arange(len(Fit._fields)) != (-1 if without is None else without)
    useful = [(one.inputs, one.grades / one.grades.sum()) for one in asked if one.grades.any()]

    def loss(weights: Array) -> tuple[float, Array]:
        value, slope = PENALTY / 2 * weights @ weights, PENALTY * weights
        for inputs, target in useful:
            scores = inputs @ weights
            value -= target @ log_softmax(scores) / len(useful)
            slope = slope - inputs.T @ (target - softmax(scores)) / len(useful)
        return value, slope * used

    return minimize(loss, np.zeros(len(Fit._fields)), jac=True, method="L-BFGS-B").x


def ask(name: str) -> list[Asked]:
    """All answerable questions of a set with their variants in other words."""
    kb = knowledge_base_of(name)
    questions = [question for question in questions_of(name) if question.answerable]
    return [
        Asked(variant.id, variant.family, variant.question, kb, variant.text)
        for variant in variants_of(questions, seed=1)
        if variant.family in FAMILIES
    ]


def main(*, ablation: bool) -> None:
    """Ask, fit, print."""
    asked = {name: ask(name) for name in SETS}

    def fits(without: int | None = None) -> dict[str, Array]:
        return {
            name: fit([one for other, group in asked.items() if other != name for one in group], without)
            for name in asked
        }

    def show(label: str, weights: Mapping[str, Array]) -> None:
        for family in FAMILIES:
            figures = {
                name: [one.figures(weights[name]) for one in group if one.family == family]
                for name, group in asked.items()
            }
            means = {
                name: "  ".join(f"{np.mean([one[f'section {key}'] for one in found]):.3f}" for key in FIGURES)
                for name, found in figures.items()
            }
            print(f"{label:20}{family:11}", *(f"{name} {mean}" for name, mean in means.items()), sep="  ", flush=True)

    weights = fits()
    print(*FIGURES)
    show("text alone", dict.fromkeys(SETS, np.eye(len(Fit._fields))[0]))
    show("fitted", weights)
    if ablation:
        for place, field in enumerate(Fit._fields[1:], start=1):
            show(f"without {field}", fits(place))
    spread = np.std([each / each[0] for each in weights.values()], axis=0)
    final = fit([one for group in asked.values() for one in group])
    for field, value, deviation in zip(Fit._fields, final / final[0], spread, strict=True):
        print(f"    {field}={value:.2f},  # ± {deviation:.2f} over the fits")


if __name__ == "__main__":
    main(ablation="--ablation" in sys.argv[1:])
