"""An answer read back from the JSON that `json_shapes` writes."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args

from kbqa.types import Answer, Chunk, Citation, Filters, Hit, Mode, Sentence, Source, Status


def answer_of(data: Mapping[str, Any]) -> Answer:
    """The answer that `json_shapes.answer_data` wrote, today or by an earlier version.

    Of what was found, the JSON has no text, unless a hit has the key `text`; such a chunk has no id.

    Raises:
        KeyError, TypeError, ValueError: it is no such JSON.
    """
    if data["status"] not in get_args(Status) or data["mode"] not in get_args(Mode):
        raise ValueError(data["status"], data["mode"])
    return Answer(
        question=data["question"],
        understood=data["understood"],
        status=data["status"],
        text=data["text"],
        citations=tuple(
            Citation(**_known(Citation, citation) | {"heading_path": tuple(citation["heading_path"])})
            for citation in data["citations"]
        ),
        hits=tuple(_hit_of(hit, rank) for rank, hit in enumerate(data["hits"], start=1)),
        confidence=data["confidence"],
        mode=data["mode"],
        timings_ms=data["timings_ms"],
        fingerprint=data["fingerprint"],
        filters=Filters(**{kind: tuple(names) for kind, names in data["filters"].items()}),
        within=data["within"],
        sentences=tuple(
            Sentence(
                **_known(Sentence, sentence)
                | {"sources": tuple(Source(**_known(Source, source)) for source in sentence["sources"])}
            )
            for sentence in data["sentences"]
        ),
        model=data["model"],
        invalid_citations=data["invalid_citations"],
        notice=data["notice"],
    )


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a value of this kind has fields for: a later version may have written more."""
    return {field.name: data[field.name] for field in fields(kind) if field.name in data}


def _hit_of(data: Mapping[str, Any], rank: int) -> Hit:
    chunk = Chunk(
        id="",
        note=data["note"],
        title=data["title"],
        heading_path=tuple(data["heading_path"]),
        aliases=(),
        text=data.get("text", ""),
        embedding_text="",
        token_count=0,
        start_line=data["start_line"],
        end_line=data["end_line"],
    )
    return Hit(chunk, data["score"], rank, tuple(data["reasons"]))
