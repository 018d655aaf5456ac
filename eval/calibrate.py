"""Fit the weights of `kbqa.answering.confidence` on the dev split of a question set, and print them.

    .venv/bin/python eval/calibrate.py [eval/questions/corpus.jsonl]

Logistic regression with a quadratic penalty on standardised signals, by Newton's method (Hastie, Tibshirani &
Friedman 2009, section 4.4). Every figure is from leaving each question out of the fit that judges it.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbqa import KnowledgeBase, Settings
from kbqa.answering.confidence import THRESHOLD, Signals, features
from kbqa.evaluation.questions import read_questions

PENALTY = 1.0
Array = NDArray[np.float64]


def fit(signals: Array, answerable: Array) -> tuple[Array, float]:
    """Weights, shape (signals,), and bias, for the signals as they come."""
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    inputs = np.column_stack([(signals - mean) / spread, np.ones(len(signals))])
    penalty = np.diag([PENALTY] * signals.shape[1] + [0.0])
    weights = np.zeros(inputs.shape[1])
    for _ in range(50):
        predicted = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (predicted - answerable) + penalty @ weights
        curvature = (inputs * (predicted * (1 - predicted))[:, None]).T @ inputs + penalty
        weights -= np.linalg.solve(curvature, gradient)
    scaled = weights[:-1] / spread
    return scaled, float(weights[-1] - scaled @ mean)


def auroc(scores: Array, answerable: Array) -> float:
    """Chance that an answerable question scores higher than an unanswerable one (Hanley & McNeil 1982)."""
    differences = scores[answerable == 1][:, None] - scores[answerable == 0][None, :]
    return float(((differences > 0) + 0.5 * (differences == 0)).mean())


def main(file: Path) -> None:
    """Fit, judge each question by a fit without it, print."""
    settings = Settings.load()
    engine = KnowledgeBase.build(settings.corpus, settings.index, settings=settings).as_query_engine()
    examined = [(question, engine.signals(question.question)) for question in read_questions(file, "dev")]
    # A question that names nothing is refused before any signal.
    questions = [question for question, found in examined if found]
    signals = np.array([features(found) for _, found in examined if found])
    answerable = np.array([float(question.answerable) for question in questions])

    judged = np.empty(len(questions))
    for left_out in range(len(questions)):
        rest = np.arange(len(questions)) != left_out
        weights, bias = fit(signals[rest], answerable[rest])
        judged[left_out] = 1 / (1 + np.exp(-(signals[left_out] @ weights + bias)))

    weights, bias = fit(signals, answerable)
    print("WEIGHTS", Signals(*(round(float(weight), 2) for weight in weights)))
    print("BIAS   ", round(bias, 2))
    print(f"AUROC    {auroc(judged, answerable):.3f}")
    for number, name in enumerate(Signals.__dataclass_fields__):
        print(f"  {name} alone {auroc(signals[:, number], answerable):.3f}")
    for threshold in (0.4, 0.5, 0.6, 0.7, 0.8):
        refused = judged < threshold
        print(
            f"{threshold:.1f}  false refusals {refused[answerable == 1].mean():.3f}"
            f"  refusal recall {refused[answerable == 0].mean():.3f}{'  <- in force' if threshold == THRESHOLD else ''}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "questions" / "corpus.jsonl")
