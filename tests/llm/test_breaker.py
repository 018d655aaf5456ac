"""The breaker: opens after failures in a row, rests, lets one try."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kbqa.llm.breaker import Breaker, Outcome


@pytest.fixture
def breaker(clock) -> Breaker:
    """With the limits in force."""
    return Breaker(clock=clock)


def calls(breaker: Breaker, *outcomes: Outcome) -> None:
    """Calls that are admitted and end so."""
    for outcome in outcomes:
        assert breaker.admit() == 0
        breaker.report(outcome)


def test_three_failures_in_a_row_open_it(breaker: Breaker, clock) -> None:
    """Then no call is admitted for 30 seconds; each is told how long is left."""
    calls(breaker, "failed", "failed", "failed")
    assert breaker.admit() == 30
    clock.seconds += 20.5
    assert breaker.admit() == 9.5


def test_an_answer_between_failures_keeps_it_closed(breaker: Breaker) -> None:
    """Only failures in a row count."""
    calls(breaker, *("failed", "failed", "answered") * 3)


def test_a_call_that_was_given_up_says_nothing(breaker: Breaker) -> None:
    """It neither counts nor breaks the row."""
    calls(breaker, "failed", "unknown", "failed", "unknown", "failed")
    assert breaker.admit() == 30


def test_one_call_tries_after_the_rest(breaker: Breaker, clock) -> None:
    """The others wait for its outcome; if it is answered, all are admitted again."""
    calls(breaker, "failed", "failed", "failed")
    clock.seconds += 30
    assert breaker.admit() == 0
    assert breaker.admit() == 30
    breaker.report("answered")
    calls(breaker, "failed", "failed", "answered")


def test_a_failed_try_starts_another_rest(breaker: Breaker, clock) -> None:
    """One failure is then enough."""
    calls(breaker, "failed", "failed", "failed")
    clock.seconds += 30
    assert breaker.admit() == 0
    clock.seconds += 5
    breaker.report("failed")
    assert breaker.admit() == 30


def test_a_try_that_is_given_up_leaves_room_for_another(breaker: Breaker, clock) -> None:
    """Closing a reply early must not keep the model resting."""
    calls(breaker, "failed", "failed", "failed")
    clock.seconds += 30
    calls(breaker, "unknown", "answered", "answered")


def test_a_try_that_never_reports_is_followed_by_another(breaker: Breaker, clock) -> None:
    """A reply that nobody reads to its end does not block the model for ever."""
    calls(breaker, "failed", "failed", "failed")
    clock.seconds += 30
    assert breaker.admit() == 0
    clock.seconds += 30
    assert breaker.admit() == 0


def test_of_many_threads_one_tries(breaker: Breaker, clock) -> None:
    """After the rest, callers that come at the same moment are told apart."""
    calls(breaker, "failed", "failed", "failed")
    clock.seconds += 30
    together = threading.Barrier(8)

    def call(_: int) -> float:
        together.wait()
        return breaker.admit()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(call, range(8))) == [0, *[30] * 7]
