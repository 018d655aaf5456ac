"""Following a blocking iterator from the event loop."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from threading import Event, current_thread

import pytest

from kbqa.serving.following import followed


def test_events_come_in_order_from_another_thread() -> None:
    """The loop is free meanwhile."""
    main = current_thread()

    def events() -> Iterator[int]:
        for number in range(5):
            assert current_thread() is not main
            yield number

    async def run() -> list[int]:
        return [event async for event in followed(events(), Event())]

    assert asyncio.run(run()) == [0, 1, 2, 3, 4]


def test_errors_are_raised_where_it_is_followed() -> None:
    """After the events before them."""

    def events() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    async def run() -> list[int]:
        seen = []
        following = followed(events(), Event())
        seen.append(await anext(following))
        with pytest.raises(ValueError, match="broken"):
            await anext(following)
        return seen

    assert asyncio.run(run()) == [1]


def test_leaving_early_stops_the_work_and_closes_it() -> None:
    """Without waiting for it."""
    stop, closed = Event(), Event()

    def events() -> Iterator[int]:
        try:
            yield 1
            assert stop.wait(10)
            yield 2
            yield 3
        finally:
            closed.set()

    async def run() -> None:
        async with aclosing(followed(events(), stop)) as seen:
            assert await anext(seen) == 1
        assert stop.is_set()

    asyncio.run(run())
    assert closed.wait(10)
