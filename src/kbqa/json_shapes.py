"""Answers and hits as plain data: the JSON that the shell, the web API and the evaluation share.

The shapes are stable: a change is a new key, never a changed one.
"""

from collections.abc import Sequence
from typing import Any

from kbqa.types import Answer, Citation, Hit, Sentence


def answer_data(answer: Answer) -> dict[str, Any]:
    """An answer as a JSON object. No key is named `path`: Gradio's clients take such an object for a file."""
    filters = answer.filters
    return {
        "question": answer.question,
        "understood": answer.understood,
        "status": answer.status,
        "mode": answer.mode,
        "text": answer.text,
        "citations": [_citation(citation) for citation in answer.citations],
        "hits": hits_data(answer.hits),
        "confidence": round(answer.confidence, 4),
        "timings_ms": dict(answer.timings_ms),
        "fingerprint": answer.fingerprint,
        "filters": {"notes": [*filters.notes], "folders": [*filters.folders], "tags": [*filters.tags]},
        "within": answer.within,
        "sentences": [_sentence(sentence) for sentence in answer.sentences],
        "model": answer.model,
        "invalid_citations": answer.invalid_citations,
        "notice": answer.notice,
    }


def hits_data(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """Hits as JSON objects, best first."""
    return [
        {
            "note": hit.chunk.note,
            "title": hit.chunk.title,
            "heading_path": list(hit.chunk.heading_path),
            "start_line": hit.chunk.start_line,
            "end_line": hit.chunk.end_line,
            "score": round(hit.score, 6),
            "reasons": list(hit.reasons),
        }
        for hit in hits
    ]


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {
        "start": sentence.start,
        "end": sentence.end,
        "supported": sentence.supported,
        "doubt": sentence.doubt,
        "sources": [
            {
                "number": source.number,
                "start_line": source.start_line,
                "end_line": source.end_line,
                "quote": source.quote,
            }
            for source in sentence.sources
        ],
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "note": citation.note,
        "title": citation.title,
        "heading_path": list(citation.heading_path),
        "start_line": citation.start_line,
        "end_line": citation.end_line,
        "quote": citation.quote,
    }
