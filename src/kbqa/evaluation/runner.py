"""Asks a question set and sums up: one row a question, then means."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kbqa.evaluation import metrics
from kbqa.evaluation.questions import EvaluationQuestion
from kbqa.knowledge_base import KnowledgeBase
from kbqa.types import Answer


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its answer and figures."""

    question: EvaluationQuestion
    answer: Answer
    figures: dict[str, float]
    """By metric name; only what is defined for this question."""


def run(kb: KnowledgeBase, questions: Sequence[EvaluationQuestion], progress: Callable[[int, int], None]) -> list[Row]:
    """Ask every question once; `progress` is called with the questions done and all of them."""
    rows = []
    for number, question in enumerate(questions, start=1):
        answer = kb.ask(question.question)
        rows.append(Row(question, answer, _figures(kb, question, answer)))
        progress(number, len(questions))
    return rows


def summary(rows: Iterable[Row]) -> dict[str, float]:
    """The mean of each figure over the questions for which it is defined; the latency's median besides."""
    by_name: dict[str, list[float]] = {}
    latencies = []
    for row in rows:
        latencies.append(row.answer.timings_ms["total"])
        for name, value in row.figures.items():
            by_name.setdefault(name, []).append(value)
    means = {name: statistics.fmean(values) for name, values in by_name.items()}
    return means | {"median_ms": statistics.median(latencies)} if latencies else means


def as_dict(row: Row) -> dict[str, Any]:
    """A row for a JSON Lines file."""
    return {
        "id": row.question.id,
        "question": row.question.question,
        "type": row.question.type,
        "status": row.answer.status,
        "text": row.answer.text,
        "figures": row.figures,
    }


def _figures(kb: KnowledgeBase, question: EvaluationQuestion, answer: Answer) -> dict[str, float]:
    refused = answer.status == "no_evidence"
    resolved = [metrics.citation_resolves(citation, kb.note(citation.note)) for citation in answer.citations]
    figures: dict[str, float] = {}
    if not refused:
        figures["citation_validity"] = float(bool(resolved) and all(resolved) and metrics.markers_agree(answer))
    if not question.answerable:
        return figures | {"refusal_recall": float(refused)}
    relevance, ranking = metrics.qrels(question), metrics.ranked_sections(answer.hits)
    figures |= {
        "recall@1": metrics.recall_at(1, ranking, relevance),
        "recall@5": metrics.recall_at(5, ranking, relevance),
        "recall@10": metrics.recall_at(10, ranking, relevance),
        "mrr": metrics.reciprocal_rank(ranking, relevance),
        "ndcg@10": metrics.ndcg_at(10, ranking, relevance),
        "false_refusals": float(refused),
        # A refusal states nothing: it loses the nuggets and the sections, which is what the user loses.
        "nugget_recall": metrics.nugget_recall(answer, question) if not refused else 0.0,
        "citation_recall": metrics.citation_recall(answer, relevance),
    }
    if not refused:
        figures["citation_precision"] = metrics.citation_precision(answer, relevance)
    return figures
