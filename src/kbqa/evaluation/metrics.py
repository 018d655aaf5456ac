"""What is measured, by the standard names. Every figure is in [0, 1]."""

import math
from collections.abc import Sequence

from kbqa.answering.citations import markers
from kbqa.evaluation.questions import EvaluationQuestion
from kbqa.index.analysis import folded
from kbqa.types import Answer, Citation, Hit, Note

SectionKey = tuple[str, tuple[str, ...]]
"""Note path and heading path."""


def qrels(question: EvaluationQuestion) -> dict[SectionKey, int]:
    """Relevance of the expected sections."""
    return {(section.note, section.heading_path): section.relevance for section in question.expected}


def ranked_sections(hits: Sequence[Hit]) -> list[SectionKey]:
    """The sections of the hits, best first; further chunks of one section do not count again."""
    return list(dict.fromkeys((hit.chunk.note, hit.chunk.heading_path) for hit in hits))


def recall_at(k: int, ranking: Sequence[SectionKey], relevance: dict[SectionKey, int]) -> float:
    """Share of the answering sections (relevance 2) among the first `k`; at most `k` can be asked for."""
    answering = _answering(relevance)
    return len(answering & set(ranking[:k])) / min(k, len(answering))


def reciprocal_rank(ranking: Sequence[SectionKey], relevance: dict[SectionKey, int]) -> float:
    """1 / rank of the first relevant section, 0 if there is none (Voorhees 1999)."""
    return next((1 / rank for rank, section in enumerate(ranking, start=1) if section in relevance), 0.0)


def ndcg_at(k: int, ranking: Sequence[SectionKey], relevance: dict[SectionKey, int]) -> float:
    """Normalised discounted cumulative gain with the grade as the gain (Järvelin & Kekäläinen 2002)."""
    gains = [relevance.get(section, 0) for section in ranking[:k]]
    ideal = sorted(relevance.values(), reverse=True)[:k]
    return _discounted(gains) / _discounted(ideal)


def citation_resolves(citation: Citation, note: Note) -> bool:
    """Whether the quote stands verbatim between its lines of the note."""
    lines = note.text.split("\n")[citation.start_line - 1 : citation.end_line]
    return bool(citation.quote.strip()) and citation.quote in "\n".join(lines)


def markers_agree(answer: Answer) -> bool:
    """Whether the markers in the text and the citations are the same numbers, from 1 in order of first mention."""
    mentioned = list(dict.fromkeys(markers(answer.text)))
    return mentioned == [citation.number for citation in answer.citations] == list(range(1, len(mentioned) + 1))


def citation_precision(answer: Answer, relevance: dict[SectionKey, int]) -> float:
    """Share of the citations that lie in an expected section."""
    inside = [(citation.note, citation.heading_path) in relevance for citation in answer.citations]
    return sum(inside) / len(inside) if inside else 0.0


def citation_recall(answer: Answer, relevance: dict[SectionKey, int]) -> float:
    """Share of the answering sections that are cited."""
    answering = _answering(relevance)
    cited = {(citation.note, citation.heading_path) for citation in answer.citations}
    return len(answering & cited) / len(answering)


def nugget_recall(answer: Answer, question: EvaluationQuestion) -> float:
    """Share of the vital nuggets that the answer states in one of their wordings."""
    text = folded(answer.text)
    vital = [nugget for nugget in question.nuggets if nugget.vital]
    stated = [any(folded(wording) in text for wording in nugget.any_of) for nugget in vital]
    return sum(stated) / len(stated) if stated else 1.0


def _answering(relevance: dict[SectionKey, int]) -> set[SectionKey]:
    return {section for section, grade in relevance.items() if grade == 2}  # noqa: PLR2004 - the top grade


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
