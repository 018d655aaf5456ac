"""A SQuAD-format file (XQuAD, SberQuAD) → a vault, each paragraph a note, and a question set for `kbqa eval`.

    .venv/bin/python eval/squad.py xquad.ru.json /tmp/xquad
    .venv/bin/kbqa eval --corpus /tmp/xquad/vault --index /tmp/xquad/index --questions /tmp/xquad/questions.jsonl

To have unanswerable questions, one article in six is left out whole (`off_topic`), and of each other article the
last paragraph (`near_miss`: the article is there, the fact is not); `--all` leaves nothing out.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kbqa.evaluation.questions import EvaluationQuestion, ExpectedSection, Nugget, UnanswerableKind

LEFT_OUT_OF = 6


def main(source: Path, folder: Path, *, leave_out: bool) -> None:
    """Write the vault and the question set."""
    vault = folder / "vault"
    vault.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, article in enumerate(json.loads(source.read_text(encoding="utf-8"))["data"]):
        paragraphs = article["paragraphs"]
        for position, paragraph in enumerate(paragraphs, start=1):
            kind: UnanswerableKind | None = None
            if leave_out and number % LEFT_OUT_OF == 0:
                kind = "off_topic"
            elif leave_out and position == len(paragraphs) > 1:
                kind = "near_miss"
            name = f"{article['title'].replace('_', ' ').replace('/', '-')} {position}"
            if kind is None:
                (vault / f"{name}.md").write_text(paragraph["context"] + "\n", encoding="utf-8")
            lines += [question.model_dump_json() for question in questions_on(paragraph, name, kind)]
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(list(vault.glob('*.md')))} notes, {len(lines)} questions: {folder}")


def questions_on(paragraph: dict[str, Any], name: str, kind: UnanswerableKind | None) -> Iterator[EvaluationQuestion]:
    """The paragraph's questions; with a `kind`, unanswerable ones."""
    for asked in paragraph["qas"]:
        answers = tuple(dict.fromkeys(answer["text"] for answer in asked["answers"]))
        common = {"id": asked["id"], "question": asked["question"], "language": "ru", "split": "test"}
        if kind:
            yield EvaluationQuestion(type="unanswerable", answerable=False, unanswerable_kind=kind, **common)
        else:
            section = ExpectedSection(note=f"{name}.md", heading_path=(name,), relevance=2, evidence=answers[0])
            nuggets = (Nugget(any_of=answers),)
            yield EvaluationQuestion(type="fact", answerable=True, expected=(section,), nuggets=nuggets, **common)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), leave_out="--all" not in sys.argv[3:])
