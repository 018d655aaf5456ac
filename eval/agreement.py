"""How far the nugget matcher agrees with labels: `judge_nuggets` against `eval/labels.jsonl`.

    .venv/bin/python eval/agreement.py [eval/labels.jsonl]

The labels say for each nugget of a question whether an answer's text states it in meaning, and whether it states what
the nugget forbids. They were given by reading, before the matcher was run on the answers, by a language model acting
as the annotator; no person has checked them. `system` answers are what kbqa says today, verbatim from the notes.
`written` ones are a stress test composed for this: reworded, negated or with changed numbers; a lemma matcher misses
most rewordings. Judgements of one answer are not independent of each other: the intervals are somewhat too narrow.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kbqa.evaluation.metrics import judge_nuggets
from kbqa.evaluation.questions import EvaluationQuestion, read_questions
from kbqa.evaluation.statistics import proportion

EVAL = Path(__file__).parent
SETS = ("corpus", "vault")
Kind = Literal["stated", "forbidden"]

_STEM = 4
"""Letters by which two Russian words count as alike, for picking a line to show; shorter words do not count."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One nugget of one answer, judged twice."""

    place: str
    """Set, question and nugget."""
    origin: str
    """`system` or `written`."""
    kind: Kind
    wordings: tuple[str, ...]
    text: str
    label: bool
    verdict: bool
    """The matcher's."""


def judgements(labels: Path) -> Iterator[Judgement]:
    """Each label with the matcher's verdict on the same nugget."""
    questions = {
        (name, question.id): question
        for name in SETS
        for question in read_questions(EVAL / "questions" / f"{name}.jsonl")
    }
    for line in labels.read_text(encoding="utf-8").splitlines():
        answer: dict[str, Any] = json.loads(line)
        yield from _judged(answer, questions[answer["set"], answer["question_id"]])


def _judged(answer: dict[str, Any], question: EvaluationQuestion) -> Iterator[Judgement]:
    verdict = judge_nuggets(answer["text"], question)
    labels = zip(question.nuggets, answer["stated"], answer["forbidden"], strict=True)
    for position, (nugget, stated, forbidden) in enumerate(labels):
        shared = (f"{answer['set']} {question.id} [{position}]", answer["origin"])
        if stated is not None:
            matched = position not in verdict.missed
            yield Judgement(*shared, "stated", nugget.any_of, answer["text"], stated, matched)
        if forbidden is not None:
            matched = position in verdict.forbidden
            yield Judgement(*shared, "forbidden", nugget.none_of, answer["text"], forbidden, matched)


def kappa(judged: Sequence[Judgement]) -> float:
    """Agreement beyond chance, (observed - expected) / (1 - expected) (Cohen 1960); nan where chance explains all."""
    count = len(judged)
    observed = sum(one.label == one.verdict for one in judged) / count
    labelled = sum(one.label for one in judged) / count
    matched = sum(one.verdict for one in judged) / count
    expected = labelled * matched + (1 - labelled) * (1 - matched)
    return (observed - expected) / (1 - expected) if expected < 1 else float("nan")


def _relevant(text: str, wordings: Sequence[str]) -> str:
    """The line or sentence of the text that shares most words with the wordings; the whole text if none does."""
    wanted = _stems(" ".join(wordings))
    lines = [line for line in re.split(r"\n+|(?<=[.!?])\s+(?=[A-ZА-ЯЁ])", text) if line.strip()]
    best = max(lines, key=lambda line: len(_stems(line) & wanted))
    return " ".join((best if _stems(best) & wanted else text).split())


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(rf"\w{{{_STEM},}}|\d+", text.casefold())}


def _print_figures(name: str, judged: Sequence[Judgement]) -> None:
    share = proportion([one.label == one.verdict for one in judged])
    wrongly = sum(one.verdict and not one.label for one in judged)
    missed = sum(one.label and not one.verdict for one in judged)
    print(
        f"{name:<18} {share.count:4}  labelled true {sum(one.label for one in judged):3}"
        f"  agreement {share.value:.3f} [{share.low:.3f}, {share.high:.3f}]  kappa {kappa(judged):6.3f}"
        f"  matched wrongly {wrongly:2}  missed {missed:2}"
    )


def main(labels: Path) -> None:
    """Print the figures by kind and origin, then every disagreement."""
    judged = list(judgements(labels))
    _print_figures("all", judged)
    for kind in ("stated", "forbidden"):
        for origin in ("", "system", "written"):
            part = [one for one in judged if one.kind == kind and origin in ("", one.origin)]
            _print_figures(f"{kind} {origin}".strip(), part)
    for one in judged:
        if one.label != one.verdict:
            print(f"\n{one.place} {one.origin}, {one.kind}: label {one.label}, matcher {one.verdict}")
            print(f"  wordings: {' | '.join(one.wordings)}")
            print(f"  text:     {_relevant(one.text, one.wordings)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else EVAL / "labels.jsonl")
