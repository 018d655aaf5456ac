"""The line of questions: how many at once, how many wait, how fast one client may ask."""

import asyncio

import pytest

from kbqa.errors import CrowdedError
from kbqa.serving import turnstile
from kbqa.serving.turnstile import Pace, Turnstile
from kbqa.settings import Settings


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


async def _spin(times: int = 20) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


def test_questions_are_let_through_in_order_and_so_many_at_once() -> None:
    """Nobody overtakes, and no more than two are inside."""
    order: list[int] = []
    inside = most = 0

    async def ask(line: Turnstile, number: int) -> None:
        nonlocal inside, most
        async with line.turn("client"):
            inside += 1
            most = max(most, inside)
            await _spin(3)
            order.append(number)
            inside -= 1

    async def run() -> None:
        line = Turnstile(Settings(), at_once=2)
        await asyncio.gather(*(ask(line, number) for number in range(50)))

    asyncio.run(run())
    assert order == list(range(50))
    assert most == 2


def test_a_line_that_is_too_long_is_refused() -> None:
    """Those who wait are not disturbed by those who are sent away."""

    async def run() -> None:
        line = Turnstile(Settings(questions_waiting=2), at_once=1)
        go = asyncio.Event()

        async def ask() -> str:
            async with line.turn("client"):
                await go.wait()
            return "answered"

        tasks = [asyncio.create_task(ask()) for _ in range(3)]
        await _spin()
        with pytest.raises(CrowdedError) as caught:
            await ask()
        assert caught.value.key == "line_too_long"
        go.set()
        assert await asyncio.gather(*tasks) == ["answered"] * 3
        assert await ask() == "answered"

    asyncio.run(run())


def test_who_gives_up_leaves_the_line() -> None:
    """A client that closes the connection, waiting or inside, holds no place."""

    async def run() -> None:
        line = Turnstile(Settings(questions_waiting=1), at_once=1)

        async def ask(seconds: float) -> None:
            async with line.turn("client"):
                await asyncio.sleep(seconds)

        for _ in range(5):
            inside = asyncio.create_task(ask(60))
            await _spin()
            waiting = asyncio.create_task(ask(60))
            await _spin()
            waiting.cancel()
            inside.cancel()
            await asyncio.gather(inside, waiting, return_exceptions=True)
        await asyncio.wait_for(ask(0), 1)

    asyncio.run(run())


def test_a_client_may_ask_so_often_and_others_are_not_slowed() -> None:
    """A minute's questions at once, then as many as the minute has; the error says when."""
    clock = Clock()
    pace = Pace(6, clock)
    assert [pace.take("a") for _ in range(6)] == [0.0] * 6
    assert pace.take("a") == pytest.approx(10)
    assert pace.take("b") == 0
    clock.seconds = 9.0
    assert pace.take("a") == pytest.approx(1)
    clock.seconds = 10.0
    assert pace.take("a") == 0
    clock.seconds = 1e6
    assert [pace.take("a") for _ in range(7)][-2:] == [0.0, pytest.approx(10)]


def test_a_client_that_asks_too_fast_is_told_when_to_ask_again() -> None:
    """In seconds, in the error's values and words."""

    async def run() -> None:
        line = Turnstile(Settings(questions_per_minute=1), pace=Pace(1, Clock()))
        async with line.turn("client"):
            pass
        with pytest.raises(CrowdedError, match="60") as caught:
            async with line.turn("client"):
                pass
        assert (caught.value.key, caught.value.values["seconds"]) == ("asked_too_fast", 60)

    asyncio.run(run())


def test_the_pace_of_so_many_clients_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded; those who asked last are kept."""
    monkeypatch.setattr(turnstile, "REMEMBERED", 3)
    pace = Pace(1, Clock())
    for client in "abcd":
        pace.take(client)
    assert pace.take("d") > 0
    assert pace.take("a") == 0
