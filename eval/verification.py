"""How often the verdicts on sentences are right, on labelled pairs (`verification/*.jsonl`), and how annotators agree.

    .venv/bin/python eval/verification.py [SET …]

Precision: of the sentences taken for supported, the share that is. Recall: of the supported ones, the share that is
taken for it. With 95 % Wilson intervals; then the share taken for supported, by kind of pair.
"""

import json
import sys
from collections import defaultdict

from pairs import FOLDER, Pair, alignments_of, pairs_of

from kbqa.evaluation.statistics import proportion

SETS = ("replies-dev", "replies-test", "retold-dev", "retold-test")


def report(name: str) -> None:
    """Print the figures of one set."""
    taken = [
        (pair, verifier.judged(alignment, leads=leads) is None)
        for pair, verifier, alignment, leads in alignments_of(pairs_of(name))
    ]
    print(f"\n{name}: {len(taken)} pairs")
    for language in ("ru", "en"):
        rows = [(pair, is_taken) for pair, is_taken in taken if pair.language == language]
        for label, values in (
            ("precision", [pair.supported for pair, is_taken in rows if is_taken]),
            ("recall", [is_taken for pair, is_taken in rows if pair.supported]),
        ):
            if values:
                figure = proportion([float(value) for value in values])
                print(
                    f"  {language} {label:<10}{figure.value:.3f}  [{figure.low:.3f}, {figure.high:.3f}]  {len(values)}"
                )
    by_kind: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    for pair, is_taken in taken:
        by_kind[not pair.supported, pair.kind].append(is_taken)
    for (wrong, kind), values in sorted(by_kind.items()):
        print(f"  {'wrong' if wrong else 'right'} {kind:<12}{sum(values) / len(values):.2f} of {len(values)}")


def agreement(pairs: dict[str, Pair]) -> None:
    """Print how far a second annotator, who saw neither labels nor verdicts, agrees with the first."""
    rows = [json.loads(line) for line in (FOLDER / "second-labels.jsonl").read_text(encoding="utf-8").splitlines()]
    same = [pairs[row["id"]].supported == row["supported"] for row in rows]
    agreed = sum(same) / len(same)
    first = sum(pairs[row["id"]].supported for row in rows) / len(rows)
    second = sum(row["supported"] for row in rows) / len(rows)
    by_chance = first * second + (1 - first) * (1 - second)
    kappa = (agreed - by_chance) / (1 - by_chance)
    print(f"\ntwo annotators: {agreed:.3f} of {len(rows)} the same, Cohen's kappa {kappa:.2f}")


if __name__ == "__main__":
    chosen = sys.argv[1:] or SETS
    for chosen_set in chosen:
        report(chosen_set)
    if not sys.argv[1:]:
        agreement({pair.id: pair for one in SETS for pair in pairs_of(one)})
