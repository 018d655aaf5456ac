"""Guessing a password takes for ever: after some failures a client waits, ever longer, and so do many together."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

FREE_FAILURES = 5
"""Failures of one client before it has to wait."""
FIRST_WAIT = 30.0
"""Seconds; each failure more doubles it."""
LONGEST_WAIT = 3600.0
FORGOTTEN_SECONDS = 24 * 3600.0
"""A client that has not failed for so long begins anew."""
ALL_FAILURES = 100
"""Failures of all clients together within `ALL_SECONDS`, after which only clients that knew the password may try."""
ALL_SECONDS = 600.0
REMEMBERED = 10_000
"""Clients that are remembered; beyond that, those who failed first are forgotten."""
IPV6_PREFIX = 64
"""One customer has so many addresses; they count as one client."""


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: float


class Lockout:
    """Counts failures by client address. For one event loop.

    Args:
        now: seconds, never going back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures: dict[str, _Failures] = {}
        self._recent: list[float] = []
        self._trusted: dict[str, None] = {}

    def wait(self, address: str) -> int:
        """Seconds until the client may try again; 0: now."""
        now, client = self._now(), _client(address)
        until = 0.0
        if (failures := self._failures.get(client)) and failures.count >= FREE_FAILURES:
            until = failures.last + min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures.count - FREE_FAILURES))
        self._recent = [then for then in self._recent if then > now - ALL_SECONDS]
        if len(self._recent) >= ALL_FAILURES and client not in self._trusted:
            until = max(until, self._recent[0] + ALL_SECONDS)
        return max(0, math.ceil(until - now))

    def failed(self, address: str) -> None:
        """A wrong password."""
        now, client = self._now(), _client(address)
        before = self._failures.pop(client, None)
        is_old = before is None or before.last < now - FORGOTTEN_SECONDS
        self._failures[client] = _Failures(1 if is_old or before is None else min(before.count + 1, 32), now)
        self._recent.append(now)
        _forget_first(self._failures)

    def succeeded(self, address: str) -> None:
        """The right password."""
        client = _client(address)
        self._failures.pop(client, None)
        self._trusted.pop(client, None)
        self._trusted[client] = None
        _forget_first(self._trusted)


def _forget_first(remembered: dict[str, _Failures] | dict[str, None]) -> None:
    if len(remembered) > REMEMBERED:
        del remembered[next(iter(remembered))]


def _client(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ip_network((parsed, IPV6_PREFIX), strict=False))  # noqa: PLR2004
