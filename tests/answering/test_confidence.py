"""Whether what was found answers the question."""

from dataclasses import fields, replace

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.confidence import THRESHOLD, WEIGHTS, Signals, probability

MIDDLING = Signals(top_cosine=0.85, coverage=0.5, best_chunk=0.5, unmeasured=0.0, foreign=0.0)


@pytest.mark.parametrize("signal", [field.name for field in fields(Signals)])
def test_more_of_a_signal_moves_the_probability_its_way(signal: str) -> None:
    """All signals speak for an answer but a missing measure, which speaks against."""
    more = replace(MIDDLING, **{signal: getattr(MIDDLING, signal) + 0.1})
    rises = probability(more) > probability(MIDDLING)
    assert rises == (signal != "unmeasured")
    assert probability(more) != probability(MIDDLING)


@pytest.mark.parametrize(
    "signals", [Signals(0, 0, 0, 0, 0), Signals(1, 1, 1, 1, 1), Signals(1, 1, 1, 0, 1), Signals(-1, 0, 0, 1, 0)]
)
def test_a_probability_is_one(signals: Signals) -> None:
    """Within 0 and 1, however strange the signals."""
    assert 0 <= probability(signals) <= 1


def test_weights_and_bias_may_be_given() -> None:
    """Without weights only the bias decides."""
    nothing = replace(WEIGHTS, **{field.name: 0.0 for field in fields(Signals)})
    assert probability(MIDDLING, nothing, bias=0.0) == 0.5


@pytest.mark.parametrize(
    ("question", "status"), [("Что такое консорциум?", "answered"), ("Как приготовить борщ?", "no_evidence")]
)
def test_the_threshold_decides(kb: KnowledgeBase, question: str, status: str) -> None:
    """An answer is given exactly when its probability reaches the threshold."""
    signals = kb.as_query_engine().signals(question)
    assert signals is not None
    assert kb.ask(question).status == status
    assert (probability(signals) >= THRESHOLD) == (status == "answered")


def test_a_measure_that_the_notes_lack_pulls_down(kb: KnowledgeBase) -> None:
    """A phone number without a digit in the draft is refused; were none asked for, it would be answered."""
    signals = kb.as_query_engine().signals("Какой телефон у Общества педагогов?")
    assert signals is not None
    assert signals.unmeasured == 1.0
    assert probability(signals) < THRESHOLD < probability(replace(signals, unmeasured=0.0))


def test_a_question_in_another_script_is_marked(kb: KnowledgeBase) -> None:
    """The words of an English question cannot be looked for in Russian notes."""
    engine = kb.as_query_engine()
    assert [engine.signals(text).foreign for text in ("What is a consortium?", "Что такое консорциум?")] == [1.0, 0.0]
