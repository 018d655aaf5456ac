"""The JSON that the shell, the web API and the evaluation share: a contract, so it is spelled out here once more."""

import json
from types import NoneType
from typing import Any

import pytest

from kbqa import KnowledgeBase
from kbqa.json_shapes import answer_data, hits_data
from kbqa.stored_answers import answer_of
from kbqa.types import Answer, Citation, Sentence, Source

HIT = {
    "note": str,
    "title": str,
    "heading_path": list,
    "start_line": int,
    "end_line": int,
    "score": float,
    "reasons": list,
}
CITATION = {
    "number": int,
    "note": str,
    "title": str,
    "heading_path": list,
    "start_line": int,
    "end_line": int,
    "quote": str,
}
ANSWER = {
    "question": str,
    "understood": NoneType,  # a text where the question was repaired
    "status": str,
    "mode": str,
    "text": str,
    "citations": list,
    "hits": list,
    "confidence": float,
    "timings_ms": dict,
    "fingerprint": str,
    "filters": dict,
    "within": NoneType,  # a text where a part of the notes was searched
    "sentences": list,  # empty where no model wrote the text
    "model": NoneType,
    "invalid_citations": int,
    "notice": NoneType,
}


@pytest.fixture(scope="module", params=["Какие бывают виды партнёрства?", "Как приготовить борщ?"])
def data(request: pytest.FixtureRequest, kb: KnowledgeBase) -> dict[str, Any]:
    """An answer and a refusal, as they come out of JSON."""
    parsed: dict[str, Any] = json.loads(json.dumps(answer_data(kb.ask(request.param))))
    return parsed


def shape(value: dict[str, Any]) -> dict[str, type]:
    """Keys and the types of their values."""
    return {key: type(item) for key, item in value.items()}


def keys_of(value: Any) -> set[str]:
    """All keys at all depths."""
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in keys_of(item)}
    return {key for item in value for key in keys_of(item)} if isinstance(value, list) else set()


def test_an_answer_has_the_contract_s_keys_and_types(data: dict[str, Any]) -> None:
    """Top level, citations, hits, timings."""
    assert shape(data) == ANSWER
    assert all(shape(citation) == CITATION for citation in data["citations"])
    assert all(shape(hit) == HIT for hit in data["hits"])
    assert shape(data["timings_ms"]) == {"retrieve": float, "compose": float, "total": float}


def test_answers_and_refusals_differ_in_status(data: dict[str, Any]) -> None:
    """Citations with the one, none with the other, hits with both."""
    assert data["status"] == ("answered" if data["citations"] else "no_evidence")
    assert data["mode"] == "extractive"
    assert data["hits"]


def test_no_key_is_named_path(data: dict[str, Any]) -> None:
    """Gradio's clients would take such an object for a file."""
    assert "path" not in keys_of(data)


def test_heading_paths_begin_with_the_title(data: dict[str, Any]) -> None:
    """Of citations and hits."""
    for place in data["citations"] + data["hits"]:
        assert place["heading_path"][0] == place["title"]


def test_hits_alone_are_the_answer_s_hits(kb: KnowledgeBase) -> None:
    """Search and ask describe a hit in the same words."""
    question = "Какие бывают виды партнёрства?"
    assert hits_data(kb.search(question)) == answer_data(kb.ask(question))["hits"]


WRITTEN = Answer(
    "Что?",
    None,
    "answered",
    "Раз [1]. Два.",
    (Citation(1, "К.md", "К", ("К",), 3, 4, "Раз."),),
    (),
    0.9,
    "generative",
    {"total": 1.0},
    "f",
    sentences=(
        Sentence(0, 8, supported=True, doubt=None, sources=(Source(1, 3, 3, "Раз."),)),
        Sentence(9, 13, supported=False, doubt="uncited", sources=()),
    ),
    model="модель",
    invalid_citations=2,
    notice="Замечание.",
)


def test_what_a_model_wrote_has_its_verdicts() -> None:
    """Sentence by sentence, each with the lines that say it."""
    written = json.loads(json.dumps(answer_data(WRITTEN)))
    assert shape(written) == ANSWER | {"model": str, "notice": str}
    assert written["sentences"] == [
        {
            "start": 0,
            "end": 8,
            "supported": True,
            "doubt": None,
            "sources": [{"number": 1, "start_line": 3, "end_line": 3, "quote": "Раз."}],
        },
        {"start": 9, "end": 13, "supported": False, "doubt": "uncited", "sources": []},
    ]
    assert (written["mode"], written["model"], written["invalid_citations"]) == ("generative", "модель", 2)
    assert written["notice"] == "Замечание."
    assert "path" not in keys_of(written)


def test_an_answer_is_read_back(data: dict[str, Any]) -> None:
    """All that its JSON says; what a later version may add does not matter."""
    for citation in data["citations"]:
        citation["later"] = 1
    read = answer_of(data | {"later": 1})
    for citation in data["citations"]:
        del citation["later"]
    assert answer_data(read) == data
    assert {type(hit.chunk.heading_path) for hit in read.hits} == {tuple}


def test_a_written_answer_is_read_back() -> None:
    """With its verdicts."""
    assert answer_of(json.loads(json.dumps(answer_data(WRITTEN)))) == WRITTEN


@pytest.mark.parametrize("change", [{"status": "может быть"}, {"hits": [1]}, {"citations": None}])
def test_what_is_no_answer_is_refused(data: dict[str, Any], change: dict[str, Any]) -> None:
    """With an error that the reader of a damaged file can tell from others."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        answer_of(data | change)
