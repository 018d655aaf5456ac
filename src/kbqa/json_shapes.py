"""Answers, hits and notes as plain data: the JSON that the shell, the doors for programs and the evaluation share.

The shapes are stable: a change is a new key, never a changed one. They are types, so that what a door publishes as its
schema is what it sends. No key is named `path`: Gradio's clients take an object with such a key for a file.
"""

from collections.abc import Sequence

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from kbqa.types import Answer, Citation, Doubt, Filters, Hit, Mode, Note, NoteSummary, Sentence, Status

_documented = with_config(ConfigDict(use_attribute_docstrings=True))


@_documented
class SourceData(TypedDict):
    """The very lines that say what a sentence says."""

    number: int
    """The citation that they belong to."""
    start_line: int
    """1-based line in the note file."""
    end_line: int
    """Inclusive."""
    quote: str
    """Verbatim between the two lines."""


@_documented
class SentenceData(TypedDict):
    """A sentence of a language model, and whether the notes say so."""

    start: int
    """Where it begins in the answer's text, in characters."""
    end: int
    """Behind its last character, markers included."""
    supported: bool
    """Whether the cited lines say it."""
    doubt: Doubt | None
    """Why not; null where it is supported."""
    sources: list[SourceData]
    """Empty where it is not supported."""


@_documented
class CitationData(TypedDict):
    """Where a statement of an answer stands in the notes."""

    number: int
    """The number in the answer's `[1]` marker."""
    note: str
    """Path of the note in the vault."""
    title: str
    """The note's title."""
    heading_path: list[str]
    """The note's title, then the headings down to the section."""
    start_line: int
    """1-based line in the note file."""
    end_line: int
    """Inclusive."""
    quote: str
    """Verbatim between the two lines."""


@_documented
class HitData(TypedDict):
    """A passage that was found for a question."""

    note: str
    """Path of the note in the vault."""
    title: str
    """The note's title."""
    heading_path: list[str]
    """The note's title, then the headings down to the section."""
    start_line: int
    """1-based line in the note file."""
    end_line: int
    """Inclusive."""
    score: float
    """Higher is better; comparable within one search only; not a probability."""
    reasons: list[str]
    """Why it was found, in words for the user."""


@_documented
class FoundData(TypedDict):
    """What was found for a question."""

    question: str
    """As it was asked."""
    hits: list[HitData]
    """Best first."""


@_documented
class FiltersData(TypedDict):
    """What was searched: notes, folders and tags as the notes have them; all empty: everything."""

    notes: list[str]
    """Paths of notes."""
    folders: list[str]
    """Paths of folders."""
    tags: list[str]
    """Without `#`."""


@_documented
class AnswerData(TypedDict):
    """An answer from the notes: text with markers, and what each marker stands for."""

    question: str
    """As it was asked."""
    understood: str | None
    """The question as it was searched for, where that is not what was asked."""
    status: Status
    """Whether the notes answer the question."""
    mode: Mode
    """`extractive`: the notes' own words; `generative`: a language model's."""
    text: str
    """Markdown with `[1]` markers; for `no_evidence`, the sentence that says so."""
    citations: list[CitationData]
    """One for each marker, in order; empty for `no_evidence`."""
    hits: list[HitData]
    """Everything found, best first, cited or not."""
    confidence: float
    """How likely the notes answer the question, 0 to 1."""
    timings_ms: dict[str, float]
    """Milliseconds by step."""
    fingerprint: str
    """Identifies the index and the settings that the answer depends on."""
    filters: FiltersData
    """What was searched."""
    within: str | None
    """The same in words for the user; null: everything."""
    sentences: list[SentenceData]
    """What a model wrote, sentence by sentence; empty for an extractive answer."""
    model: str | None
    """The language model that wrote the text, or that found no answer in the excerpts."""
    invalid_citations: int
    """Markers of the model that named no excerpt, and were dropped."""
    notice: str | None
    """What the user should know of how the answer came about."""


@_documented
class NoteSummaryData(TypedDict):
    """A note in a list of notes."""

    note: str
    """Path of the note in the vault."""
    title: str
    """The note's title."""
    aliases: list[str]
    """Its other names."""
    tags: list[str]
    """Without `#`."""


@_documented
class SectionData(TypedDict):
    """A heading with the text under it, up to the next heading."""

    heading_path: list[str]
    """The note's title, then the headings down to this one."""
    level: int
    """1 to 6; 0 for text before the first heading."""
    start_line: int
    """1-based line in the note file."""
    end_line: int
    """Inclusive."""


@_documented
class NoteData(NoteSummaryData):
    """A note as it was indexed."""

    text: str
    """The whole file; where it has private text, an invisible U+2063 on each line instead."""
    sections: list[SectionData]
    """In order; their text stands between their lines."""


def answer_data(answer: Answer) -> AnswerData:
    """An answer as a JSON object."""
    return {
        "question": answer.question,
        "understood": answer.understood,
        "status": answer.status,
        "mode": answer.mode,
        "text": answer.text,
        "citations": [citation_data(citation) for citation in answer.citations],
        "hits": hits_data(answer.hits),
        "confidence": round(answer.confidence, 4),
        "timings_ms": dict(answer.timings_ms),
        "fingerprint": answer.fingerprint,
        "filters": _filters(answer.filters),
        "within": answer.within,
        "sentences": [_sentence(sentence) for sentence in answer.sentences],
        "model": answer.model,
        "invalid_citations": answer.invalid_citations,
        "notice": answer.notice,
    }


def hits_data(hits: Sequence[Hit]) -> list[HitData]:
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


def found_data(question: str, hits: Sequence[Hit]) -> FoundData:
    """What was found for a question as a JSON object."""
    return {"question": question, "hits": hits_data(hits)}


def citation_data(citation: Citation) -> CitationData:
    """A citation as a JSON object."""
    return {
        "number": citation.number,
        "note": citation.note,
        "title": citation.title,
        "heading_path": list(citation.heading_path),
        "start_line": citation.start_line,
        "end_line": citation.end_line,
        "quote": citation.quote,
    }


def summary_data(note: NoteSummary | Note) -> NoteSummaryData:
    """A note in a list as a JSON object."""
    return {"note": note.path, "title": note.title, "aliases": list(note.aliases), "tags": list(note.tags)}


def note_data(note: Note) -> NoteData:
    """A note as a JSON object."""
    return {
        **summary_data(note),
        "text": note.text,
        "sections": [
            {
                "heading_path": list(section.heading_path),
                "level": section.level,
                "start_line": section.start_line,
                "end_line": section.end_line,
            }
            for section in note.sections
        ],
    }


def _filters(filters: Filters) -> FiltersData:
    return {"notes": [*filters.notes], "folders": [*filters.folders], "tags": [*filters.tags]}


def _sentence(sentence: Sentence) -> SentenceData:
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
