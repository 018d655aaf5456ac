"""How long an index run will still take: what the shell and the chat say of it."""

import time
from collections.abc import Callable

from kbqa.texts import Texts

_SURE_AFTER = 2.0
"""Seconds before anything is said: the first texts wait for the model."""
_FEW_SECONDS, _SECONDS_STEP = 10, 10
_MINUTE, _HOUR = 60, 3600


class TimeLeft:
    """Estimates the time left from the progress of a run; texts of every length come in turn, so each is one step.

    Args:
        clock: seconds that pass.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first: tuple[float, int] | None = None

    def seconds(self, done: int, total: int) -> float | None:
        """Seconds until all `total` texts are embedded; None: too early to tell. To be called at each progress."""
        now = self._clock()
        if self._first is None:
            # What is done at first was known before.
            self._first = (now, done)
        since, known = self._first
        if done <= known or now - since < _SURE_AFTER:
            return None
        return (now - since) / (done - known) * (total - done)

    def words(self, done: int, total: int, texts: Texts) -> str:
        """The same for the user; once all texts are embedded, what is done last; empty where nothing can be told."""
        seconds = self.seconds(done, total)
        if done >= total:
            return texts("status.left.building")
        return "" if seconds is None else _about(seconds, texts)


def _about(seconds: float, texts: Texts) -> str:
    if seconds < _FEW_SECONDS:
        return texts("status.left.moment")
    if seconds < _MINUTE - _SECONDS_STEP / 2:
        return texts("status.left.seconds", seconds=round(seconds / _SECONDS_STEP) * _SECONDS_STEP)
    minutes = round(seconds / _MINUTE)
    if minutes < _HOUR // _MINUTE:
        return texts("status.left.minutes", minutes=max(1, minutes))
    return texts("status.left.hours", hours=minutes // 60, minutes=minutes % 60)
