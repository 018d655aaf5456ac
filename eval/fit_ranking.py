"""Fit the weights of `kbqa.retrieval.ranking` on the dev halves of both question sets, and print them.

    .venv/bin/python eval/fit_ranking.py [--ablation]

The questions, their paraphrases and translations are asked over both vaults together. The loss is ListNet's (Cao et al.
2007, "Learning to rank: from pairwise approach to listwise approach"): the cross entropy between the grades of the
candidates, as shares, and the softmax of their scores; with a quadratic penalty. The figures are from five folds, each
judged by a fit without its questions; `--ablation` adds those of fits without each of the numbers.
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from kbqa import KnowledgeBase, Settings
from kbqa.evaluation.metrics import retrieval_figures
from kbqa.evaluation.questions import EvaluationQuestion, read_questions
from kbqa.evaluation.runner import variants_of
from kbqa.retrieval.ranking import Fit
from kbqa.types import Note

HERE = Path(__file__).parent
FOLDS, PENALTY = 5, 0.02
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


def main(*, ablation: bool) -> None:
    """Ask, fit, print."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        shutil.copytree(HERE / "vault", vault)
        shutil.copytree(HERE.parent / "corpus", vault, dirs_exist_ok=True)
        index = HERE.parent / "index" / "fit-ranking"
        kb = KnowledgeBase.build(vault, index, settings=Settings.load(corpus=vault, index=index))
        sets = {name: read_questions(HERE / "questions" / f"{name}.jsonl", "dev") for name in ("corpus", "vault")}
        asked = {
            name: [
                Asked(variant.id, variant.family, variant.question, kb, variant.text)
                for variant in variants_of([question for question in questions if question.answerable], seed=1)
                if variant.family in FAMILIES
            ]
            for name, questions in sets.items()
        }
    everything = [one for group in asked.values() for one in group]
    ids = sorted({one.question.id for one in everything})
    random.Random(1).shuffle(ids)  # noqa: S311 - a fold is no secret
    fold_of = {question_id: place % FOLDS for place, question_id in enumerate(ids)}

    def fits(without: int | None = None) -> list[Array]:
        return [fit([one for one in everything if fold_of[one.question.id] != fold], without) for fold in range(FOLDS)]

    def show(label: str, weights: Sequence[Array], families: Sequence[str]) -> None:
        for name, group in asked.items():
            for family in families:
                members = [one for one in group if one.family == family]
                figures = [one.figures(weights[fold_of[one.question.id]]) for one in members]
                mean = {key: np.mean([each[f"section {key}"] for each in figures]) for key in FIGURES}
                means = "  ".join(f"{key} {value:.3f}" for key, value in mean.items())
                print(f"{label:20}{name:7}{family:11}{means}  of {len(members)}")

    weights = fits()
    show("text alone", [np.eye(len(Fit._fields))[0]] * FOLDS, FAMILIES)
    show("fitted", weights, FAMILIES)
    if ablation:
        for place, field in enumerate(Fit._fields[1:], start=1):
            show(f"without {field}", fits(place), FAMILIES)
    spread = np.std([each / each[0] for each in weights], axis=0)
    final = fit(everything)
    for field, value, deviation in zip(Fit._fields, final / final[0], spread, strict=True):
        print(f"    {field}={value:.2f},  # ± {deviation:.2f} over the folds")


if __name__ == "__main__":
    main(ablation="--ablation" in sys.argv[1:])
