"""Leaves a model in peace that keeps failing, so that questions are not held up by it."""

import threading
import time
from collections.abc import Callable
from typing import Literal

Outcome = Literal["answered", "failed", "unknown"]
"""Of a call: "unknown" if it was given up before the model could show what it does."""


class Breaker:
    """Admits calls until some have failed in a row; then none for a while, then one to try. Safe between threads.

    Args:
        faults: so many failures in a row are enough.
        rest_seconds: how long no call is admitted then.
        clock: tells the time in seconds.
    """

    def __init__(
        self, *, faults: int = 3, rest_seconds: float = 30, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = faults
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._rest_until = 0.0
        self._trying = False

    def admit(self) -> float:
        """0 if a call may go ahead, whose outcome is then to be reported; else the seconds until the next one may."""
        with self._lock:
            now = self._clock()
            if self._failed < self._most:
                return 0
            if now < self._rest_until:
                return self._rest_until - now
            # The others go on resting while one tries; if it never reports, another may try after that.
            self._trying = True
            self._rest_until = now + self._rest_seconds
            return 0

    def report(self, outcome: Outcome) -> None:
        """How an admitted call went."""
        with self._lock:
            if outcome == "answered":
                self._failed = 0
            elif outcome == "failed":
                self._failed += 1
                self._rest_until = self._clock() + self._rest_seconds
            elif self._trying:
                self._rest_until = self._clock()
            self._trying = False
