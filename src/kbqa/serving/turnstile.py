"""Who asks next: questions from the chat and from programs stand in one line, and nobody asks without end.

A question holds a place while it is answered, not while it waits for one, and waiting costs no thread.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.requests import HTTPConnection

from kbqa.errors import CrowdedError
from kbqa.settings import Settings

AT_ONCE = 4
"""Questions that are answered at the same time; without a language model, two processors are busy with fewer."""
REMEMBERED = 10_000
"""Clients whose pace is known; beyond that, those who have not asked for the longest are forgotten."""
TRY_AGAIN_SECONDS = 5
"""What those are told who find the line too long."""


class Pace:
    """How fast each client may ask: a bucket of tokens each, full at first, filled again over a minute.

    Args:
        per_minute: a bucket's tokens.
        now: seconds, never going back.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._now = now
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, client: str) -> float:
        """Take a token; 0, or the seconds until there is one."""
        now = self._now()
        tokens, then = self._buckets.pop(client, (float(self.per_minute), now))
        tokens = min(self.per_minute, tokens + (now - then) * self.per_minute / 60)
        missing = max(0.0, 1 - tokens)
        # Taken out and put in again, so that the dictionary's order is that of the last questions.
        self._buckets[client] = (tokens if missing else tokens - 1, now)
        if len(self._buckets) > REMEMBERED:
            del self._buckets[next(iter(self._buckets))]
        return missing * 60 / self.per_minute


class Turnstile:
    """Lets questions through, some at a time, in the order in which they came. For one event loop."""

    def __init__(self, settings: Settings, at_once: int = AT_ONCE, pace: Pace | None = None) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._pace = pace or Pace(settings.questions_per_minute)
        self._most_waiting = settings.questions_waiting
        self._waiting = 0

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it.

        Args:
            client: who asks; those at one address share a pace.

        Raises:
            CrowdedError: too many wait already, or this client asks too fast.
        """
        if seconds := self._pace.take(client):
            limit = self._pace.per_minute
            raise CrowdedError("asked_too_fast", limit=limit, seconds=math.ceil(seconds))
        if self._waiting >= self._most_waiting and self._places.locked():
            raise CrowdedError("line_too_long", waiting=self._waiting, seconds=TRY_AGAIN_SECONDS)
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()


def client_of(request: HTTPConnection | None) -> str:
    """The address of who asks, by which clients are told apart; empty if it is not known."""
    return request.client.host if request and request.client else ""
