"""How long those wait who guess passwords."""

import pytest

from kbqa.web.guard.lockout import (
    ALL_FAILURES,
    ALL_SECONDS,
    FIRST_WAIT,
    FORGOTTEN_SECONDS,
    FREE_FAILURES,
    REMEMBERED,
    Lockout,
)


@pytest.fixture
def lockout(clock) -> Lockout:
    """By that time."""
    return Lockout(clock)


def fail(lockout: Lockout, address: str, times: int) -> None:
    """Fail so many times."""
    for _ in range(times):
        lockout.failed(address)


def test_a_slip_costs_nothing(lockout: Lockout) -> None:
    """Four wrong passwords, and the fifth may be tried at once."""
    fail(lockout, "10.0.0.1", FREE_FAILURES - 1)
    assert lockout.wait("10.0.0.1") == 0


def test_waits_grow_up_to_an_hour(lockout: Lockout, clock) -> None:
    """Each failure after the fifth doubles the wait; others do not wait."""
    fail(lockout, "10.0.0.1", FREE_FAILURES)
    waits = []
    for _ in range(10):
        waits.append(lockout.wait("10.0.0.1"))
        assert lockout.wait("10.0.0.2") == 0
        clock.seconds += waits[-1]
        assert lockout.wait("10.0.0.1") == 0
        lockout.failed("10.0.0.1")
    assert waits == [min(3600, int(FIRST_WAIT) * 2**n) for n in range(10)]


def test_the_right_password_clears_the_count(lockout: Lockout) -> None:
    """Whoever knows it begins anew."""
    fail(lockout, "10.0.0.1", FREE_FAILURES - 1)
    lockout.succeeded("10.0.0.1")
    fail(lockout, "10.0.0.1", FREE_FAILURES - 1)
    assert lockout.wait("10.0.0.1") == 0


def test_failures_are_forgotten_after_a_day(lockout: Lockout, clock) -> None:
    """A slip a day never adds up."""
    fail(lockout, "10.0.0.1", FREE_FAILURES)
    clock.seconds += FORGOTTEN_SECONDS + 1
    lockout.failed("10.0.0.1")
    assert lockout.wait("10.0.0.1") == 0


def test_many_addresses_wait_together(lockout: Lockout, clock) -> None:
    """One guess each from many addresses gains nothing; who knew the password before is not shut out."""
    lockout.succeeded("10.9.9.9")
    for n in range(ALL_FAILURES):
        lockout.failed(f"10.0.{n // 250}.{n % 250}")
    assert lockout.wait("10.5.5.5") == ALL_SECONDS
    assert lockout.wait("10.9.9.9") == 0
    clock.seconds += ALL_SECONDS
    assert lockout.wait("10.5.5.5") == 0


def test_a_network_of_ipv6_counts_as_one(lockout: Lockout) -> None:
    """Whoever has one such address has as many as there are."""
    for n in range(FREE_FAILURES):
        lockout.failed(f"2001:db8:1:2::{n:x}")
    assert lockout.wait("2001:db8:1:2:ffff::1") > 0
    assert lockout.wait("2001:db8:1:3::1") == 0


def test_memory_is_bounded(lockout: Lockout, clock) -> None:
    """However many addresses fail, only so many are kept."""
    for n in range(REMEMBERED + 10):
        clock.seconds += ALL_SECONDS  # so that those before are not counted together
        lockout.wait("::")
        lockout.failed(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert len(lockout._failures) == REMEMBERED
