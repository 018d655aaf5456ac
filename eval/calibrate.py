"""Fit the weights of `kbqa.answering.confidence` on the dev halves of both question sets, and print them.

    .venv/bin/python eval/calibrate.py [VAULT QUESTIONS]

The questions on the user's notes are asked twice: of these alone, and of these among the evaluation vault. A further
vault with its questions (all of them, whatever their half) makes the weights hold for other notes; those in force were
fitted with the Russian half of XQuAD, made a vault by `eval/squad.py`. Logistic regression with a quadratic penalty on
standardised signals (Hastie, Tibshirani & Friedman 2009, section 4.4). Each set, and within it the answerable and the
unanswerable questions, weighs the same. Paraphrases and translations are fitted, too; every figure
is for the questions as written, each judged by a fit without it and its variants.
"""

import random
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from kbqa import KnowledgeBase, Settings
from kbqa.answering.confidence import THRESHOLD, Signals, features
from kbqa.evaluation.questions import EvaluationQuestion, read_questions
from kbqa.evaluation.runner import variants_of

HERE = Path(__file__).parent
PENALTY, FOLDS = 1.0, 10
FAMILIES = ("original", "paraphrase", "english")
KINDS = ("off_topic", "missing_note", "near_miss", "false_premise")
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
Array = NDArray[np.float64]


@dataclass
class Asked:
    """A variant of a question, and its signals."""

    group: str
    family: str
    question: EvaluationQuestion
    signals: Signals


def ask(group: str, vault: Path, questions: list[EvaluationQuestion]) -> list[Asked]:
    """Ask every question; one that names nothing is refused before any signal and is left out."""
    index = HERE.parent / "index" / f"eval-{group}"
    settings = Settings.load(corpus=vault, index=index)
    engine = KnowledgeBase.build(vault, index, settings=settings).as_query_engine()
    variants = [variant for variant in variants_of(questions, seed=1) if variant.family in FAMILIES]
    examined = [(variant, engine.signals(variant.text)) for variant in variants]
    return [Asked(group, variant.family, variant.question, features(found)) for variant, found in examined if found]


def fit(signals: Array, answerable: Array, shares: Array) -> tuple[Array, float]:
    """Weights, shape (signals,), and bias, for the signals as they come; `shares` say how much each question counts."""
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    inputs = np.column_stack([(signals - mean) / spread, np.ones(len(signals))])
    penalty = np.array([PENALTY] * signals.shape[1] + [0.0])

    def loss(weights: Array) -> tuple[float, Array]:
        margins = np.where(answerable, 1, -1) * (inputs @ weights)
        value = shares @ np.logaddexp(0, -margins) + penalty @ weights**2 / 2
        return value, inputs.T @ (shares * (expit(inputs @ weights) - answerable)) + penalty * weights

    weights = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B").x
    scaled = weights[:-1] / spread
    return scaled, float(weights[-1] - scaled @ mean)


def auroc(scores: Array, answerable: Array) -> float:
    """Chance that an answerable question scores higher than an unanswerable one (Hanley & McNeil 1982)."""
    differences = scores[answerable == 1][:, None] - scores[answerable == 0][None, :]
    return float(((differences > 0) + 0.5 * (differences == 0)).mean())


def shares_of(asked: list[Asked]) -> Array:
    """A hundred for each class of each set, divided among its questions."""
    classes = [(one.group, one.question.answerable) for one in asked]
    return np.array([100 / classes.count(one) for one in classes])


def main(more: list[str]) -> None:
    """Fit, judge each question by a fit without it, print."""
    root = HERE.parent
    questions = read_questions(HERE / "questions" / "corpus.jsonl", "dev")
    asked = ask("corpus", root / "corpus", questions)
    asked += ask("vault", HERE / "vault", read_questions(HERE / "questions" / "vault.jsonl", "dev"))
    with tempfile.TemporaryDirectory() as folder:
        together = Path(folder) / "vault"
        shutil.copytree(HERE / "vault", together)
        shutil.copytree(root / "corpus", together, dirs_exist_ok=True)
        # A note that the user's two notes only link to may be written among the others.
        still = [one for one in questions if one.unanswerable_kind != "missing_note"]
        asked += ask("both", together, still)
    if more:
        asked += ask("more", Path(more[0]), read_questions(Path(more[1])))
    signals = np.array([one.signals for one in asked])
    answerable = np.array([float(one.question.answerable) for one in asked])
    shares = shares_of(asked)

    keys = sorted({(one.group, one.question.id) for one in asked})
    random.Random(1).shuffle(keys)  # noqa: S311 - a fold is no secret
    fold_of = {key: place % FOLDS for place, key in enumerate(keys)}
    folds = np.array([fold_of[one.group, one.question.id] for one in asked])
    judged = np.empty(len(asked))
    for fold in range(FOLDS):
        rest = folds != fold
        weights, bias = fit(signals[rest], answerable[rest], shares[rest])
        judged[~rest] = expit(signals[~rest] @ weights + bias)

    weights, bias = fit(signals, answerable, shares)
    for name, weight in zip(Signals._fields, weights, strict=True):
        print(f"    {name}={weight:.2f},")
    print("BIAS =", round(bias, 2))
    for group in dict.fromkeys(one.group for one in asked):
        mine = np.array([one.group == group and one.family == "original" for one in asked])
        print(f"{group}: AUROC {auroc(judged[mine], answerable[mine]):.3f}")
        for threshold in THRESHOLDS:
            refused = judged < threshold
            by_kind = ""
            for kind in KINDS:
                of_kind = mine & np.array([one.question.unanswerable_kind == kind for one in asked])
                by_kind += f"  {kind} {refused[of_kind].mean():.2f}" if of_kind.any() else ""
            print(
                f"  {threshold:.2f}  false refusals {refused[mine & (answerable == 1)].mean():.3f}"
                f"  refused {refused[mine & (answerable == 0)].mean():.2f}:{by_kind}"
                f"{'  <- in force' if threshold == THRESHOLD else ''}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
