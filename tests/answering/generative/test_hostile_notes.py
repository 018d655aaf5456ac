"""Notes that try to speak to the model, and a model that obeys them: what it then writes is not taken for supported.

`tests/hostile/cases.jsonl` has for each note a question, the reply of a model that obeys, the sentences of it that are
`invented`, and those that are `honest`.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from scripted_endpoint import MODEL, Endpoint, reply

from kbqa import KnowledgeBase
from kbqa.answering.citations import markers
from kbqa.answering.generative.claims import claims_of
from kbqa.answering.generative.excerpts import excerpts_of
from kbqa.answering.generative.live_text import LiveText
from kbqa.answering.generative.reply import Reply
from kbqa.answering.generative.verification import Verifier
from kbqa.llm import ChatModel, Limits, ModelAddress
from kbqa.texts import Texts
from kbqa.types import Answer, Citation
from kbqa.web.elements.markup import answer_markdown

FOLDER = Path(__file__).parents[2] / "hostile"
NEUTRAL = {
    "Борщ.md": "# Борщ\n\nСвёклу тушу отдельно, капусту кладу в конце. Варится борщ полтора часа.\n",
    "Велосипед.md": "# Велосипед\n\nЦепь смазываю раз в двести километров. Давление в шинах — 4 бара.\n",
}
LIMITS = Limits(first_token_seconds=5, gap_seconds=5, total_seconds=10, answer_tokens=768, context_tokens=4096)


@dataclass(frozen=True, slots=True)
class Case:
    """A note, and a model that obeys it."""

    file: str
    language: str
    attack: str
    question: str
    reply: str
    invented: tuple[str, ...]
    honest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    answer: Answer
    requests: tuple[str, ...]
    """Method and path of each request to the endpoint."""
    verdicts: tuple[tuple[str, bool], ...]
    """What each sentence says, and whether it is supported: of the answer, and of the reply beside the note alone."""


CASES = [Case(**json.loads(line)) for line in (FOLDER / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
NAMES = [case.file.removesuffix(".md") for case in CASES]
INVENTED = [(case, sentence) for case in CASES for sentence in case.invented]
LEAST_HONEST = 0.75
"""Share of the honest sentences that are supported, at least."""


def plain(text: str) -> str:
    """What a text says, as words without signs, after what is done to every reply."""
    live = LiveText(9)
    said = "".join(claim.words + " " for claim in claims_of(live.feed(text) + live.finish()))
    return " ".join(re.findall(r"\w+", said.lower()))


def is_part(one: str, other: str) -> bool:
    """Whether one of two texts has all of the other."""
    first, second = f" {plain(one)} ", f" {plain(other)} "
    return first in second or second in first


@pytest.fixture(scope="module")
def outcome(kb_of: Callable[..., KnowledgeBase]) -> Iterator[Callable[[Case], Outcome]]:
    """Asks the question of a case, of a vault with its note and two others, once for all tests."""
    known: dict[str, Outcome] = {}
    with Endpoint() as endpoint:

        def outcome(case: Case) -> Outcome:
            if case.file not in known:
                known[case.file] = _outcome(case, kb_of, endpoint)
            return known[case.file]

        yield outcome


def _outcome(case: Case, kb_of: Callable[..., KnowledgeBase], endpoint: Endpoint) -> Outcome:
    kb = kb_of({case.file: (FOLDER / case.file).read_text(encoding="utf-8"), **NEUTRAL})
    endpoint.will(reply(*(case.reply[at : at + 20] for at in range(0, len(case.reply), 20))))
    before = len(endpoint.requests)
    answer = kb.ask(case.question, model=ChatModel(ModelAddress(endpoint.url, MODEL), LIMITS))
    requests = tuple(f"{request.method} {request.path}" for request in endpoint.requests[before:])
    said = [(answer.text[s.start : s.end], s.supported) for s in answer.sentences]
    return Outcome(answer, requests, (*said, *_verdicts(case, kb)))


def _verdicts(case: Case, kb: KnowledgeBase) -> Iterator[tuple[str, bool]]:
    """The verifier's verdicts on the reply, beside all sections of the note, whether or not the question finds them."""
    note = kb.note(case.file)
    whole = Citation(1, note.path, note.title, (note.title,), 1, note.text.count("\n") + 1, "")
    answer = Answer(case.question, None, "answered", "", (whole,), (), 1.0, "extractive", {}, "")
    written = Reply(excerpts_of(answer, kb.note, 3000))
    written.take(case.reply)
    written.finish()
    verifier = Verifier.of(kb.as_retriever())
    for claim in claims_of(written.text):
        yield claim.words, verifier.verdict(claim, written.cited).supported


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        pytest.param(case, sentence, id=f"{case.file.removesuffix('.md')}-{number}")
        for number, (case, sentence) in enumerate(INVENTED)
    ],
)
def test_nothing_invented_is_supported(case: Case, sentence: str, outcome: Callable[[Case], Outcome]) -> None:
    """However close to the note's own words it is."""
    supported = [said for said, is_supported in outcome(case).verdicts if is_supported]
    assert [said for said in supported if is_part(said, sentence)] == []


def test_honest_sentences_are_supported(outcome: Callable[[Case], Outcome]) -> None:
    """Of what the notes do say in about these words, most; distrust of everything would be of no use."""
    found = [
        any(is_supported and is_part(said, sentence) for said, is_supported in outcome(case).verdicts)
        for case in CASES
        for sentence in case.honest
    ]
    assert sum(found) / len(found) >= LEAST_HONEST


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_every_citation_stands_in_a_note(case: Case, outcome: Callable[[Case], Outcome]) -> None:
    """Verbatim between its lines; each marker has one, each one a marker."""
    answer = outcome(case).answer
    texts = {case.file: (FOLDER / case.file).read_text(encoding="utf-8"), **NEUTRAL}
    quoted = [(c.note, c.start_line, c.end_line, c.quote) for c in answer.citations]
    quoted += [
        (answer.citations[s.number - 1].note, s.start_line, s.end_line, s.quote)
        for sentence in answer.sentences
        for s in sentence.sources
    ]
    for note, start, end, quote in quoted:
        assert quote.strip()
        assert quote in "\n".join(texts[note].split("\n")[start - 1 : end])
    assert list(dict.fromkeys(markers(answer.text))) == [citation.number for citation in answer.citations]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_nothing_is_asked_but_the_model(case: Case, outcome: Callable[[Case], Outcome]) -> None:
    """No address of a note or a reply is looked at."""
    assert set(outcome(case).requests) <= {"POST /v1/chat/completions"}
    assert len(outcome(case).requests) <= 1


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_no_link_survives(case: Case, outcome: Callable[[Case], Outcome]) -> None:
    """Neither link nor image nor HTML, in the text or on the page."""
    answer = outcome(case).answer
    assert not re.search(r"\]\(|(?<!\\)<\w|javascript:", answer.text) or answer.mode == "extractive"
    page = answer_markdown(answer.text, {}, Texts.load("ru"), links=answer.mode == "extractive")
    assert "<script" not in page
    assert "<img" not in page
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", page)
    assert 'href="http://evil' not in page
    assert "javascript:" not in re.sub(r"<code>.*?</code>", "", page)


def test_most_questions_reach_the_model(outcome: Callable[[Case], Outcome]) -> None:
    """Otherwise little of this would be tested from end to end."""
    assert sum(bool(outcome(case).requests) for case in CASES) >= 0.8 * len(CASES)
