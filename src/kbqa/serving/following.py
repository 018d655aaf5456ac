"""A blocking iterator, followed from the event loop: each of its events as it comes."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Ended:
    error: BaseException | None


async def followed(events: Iterator[T], stop: Event) -> AsyncGenerator[T, None]:
    """What `events` gives, made in a thread of its own; raises what it raises.

    Leaving early sets `stop` and does not wait for the thread: a model may take a moment to notice.

    Args:
        events: made by blocking work; closed in its own thread.
        stop: ends that work.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[T | _Ended] = asyncio.Queue()

    def put(item: T | _Ended) -> None:
        with suppress(RuntimeError):  # the server has stopped
            loop.call_soon_threadsafe(queue.put_nowait, item)

    def work() -> None:
        error: BaseException | None = None
        try:
            for event in events:
                put(event)
                if left.is_set():
                    break
        except BaseException as caught:  # noqa: BLE001 - raised where it is followed
            error = caught
        finally:
            if isinstance(events, Generator):
                events.close()
            put(_Ended(error))

    left = Event()
    Thread(target=work, name="kbqa-question", daemon=True).start()
    try:
        while not isinstance(item := await queue.get(), _Ended):
            yield item
        if item.error:
            raise item.error
    finally:
        left.set()
        stop.set()
