"""The figures as a table for the terminal."""

from collections.abc import Sequence

from kbqa.evaluation.runner import Row, summary
from kbqa.texts import Texts

_RETRIEVAL = ("recall@1", "recall@5", "recall@10", "mrr", "ndcg@10")
_CITATION = ("citation_validity", "citation_precision", "citation_recall", "nugget_recall")
_REFUSAL = ("refusal_recall", "false_refusals")


def table(rows: Sequence[Row], texts: Texts) -> str:
    """Figures over all questions, then by type; a dash where a figure is not defined."""
    total = summary(rows)
    lines = [texts("eval.questions", count=len(rows), answerable=sum(row.question.answerable for row in rows)), ""]
    for heading, group in (("retrieval", _RETRIEVAL), ("citations", _CITATION), ("refusal", _REFUSAL)):
        lines.append(texts(f"eval.{heading}"))
        lines += [f"  {texts(f'eval.{_key(name)}'):<58} {_figure(total, name)}" for name in group]
    lines += [f"{texts('eval.latency'):<60} {total.get('median_ms', 0):.0f}", ""]

    columns = ("recall@5", "ndcg@10", "nugget_recall", "citation_precision", "false_refusals", "refusal_recall")
    lines.append(f"{texts('eval.type'):<16}" + "".join(f"{name:>20}" for name in ("n", *columns)))
    for kind in sorted({row.question.unanswerable_kind or row.question.type for row in rows}):
        part = [row for row in rows if (row.question.unanswerable_kind or row.question.type) == kind]
        figures = summary(part)
        lines.append(f"{kind:<16}{len(part):>20}" + "".join(f"{_figure(figures, name):>20}" for name in columns))
    return "\n".join(lines)


def _figure(figures: dict[str, float], name: str) -> str:
    return f"{figures[name]:.3f}" if name in figures else "–"


def _key(name: str) -> str:
    return name.replace("@", "_")
