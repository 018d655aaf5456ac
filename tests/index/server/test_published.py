"""What stands on a server: the pointer, who may publish, and whose is what."""

import time

import pytest

from kbqa.errors import BrokenIndexError, BusyIndexError, MissingIndexError
from kbqa.index.server import published as module
from kbqa.index.server.published import Part, Pointer, PublishedVault, listing_of

FIRST, SECOND = "20261125T100000-aaaaaaaa", "20261125T110000-bbbbbbbb"


def test_the_pointer_comes_back(published: PublishedVault) -> None:
    """Nothing at first; then the last one that was written."""
    with pytest.raises(MissingIndexError):
        published.pointer()
    for pointer in (Pointer(FIRST, "", 9, 1, "seal"), Pointer(SECOND, FIRST, 8, 1, "another")):
        published.point_to(pointer)
        assert published.pointer() == pointer


def test_a_pointer_of_another_form_is_told(published: PublishedVault) -> None:
    """As one of a later version of kbqa might be."""
    published._write("current", {"something": "else"})
    with pytest.raises(BrokenIndexError):
        published.pointer()


def test_a_vault_has_only_its_own_generations(published: PublishedVault) -> None:
    """Not those of a vault whose name begins with its own."""
    other = PublishedVault(published.server, f"{published.vault}-2")
    published.make(FIRST)
    other.make(SECOND)
    assert (published.generations(), other.generations()) == ({FIRST}, {SECOND})
    published.remove(FIRST)
    assert (published.generations(), other.generations()) == (set(), {SECOND})
    other.remove(SECOND)


def test_one_may_publish_at_a_time(published: PublishedVault) -> None:
    """The other one may when the first has given the right back; who has it may ask again, as after a crash."""
    lease = published.lease("one")
    with pytest.raises(BusyIndexError) as caught:
        published.lease("other")
    assert caught.value.values["seconds"] <= module.LEASE_SECONDS
    published.lease("one")
    lease.give_back()
    published.lease("other").renew()
    with pytest.raises(BusyIndexError):
        lease.renew()
    lease.give_back()
    with pytest.raises(BusyIndexError):
        published.lease("one")


def test_the_right_of_the_dead_ends(published: PublishedVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it is renewed."""
    monkeypatch.setattr(module, "LEASE_SECONDS", 0.2)
    published.lease("one")
    time.sleep(0.3)
    published.lease("other")


def test_a_listing_comes_back() -> None:
    """With names in any script."""
    parts = (Part("lexical/стемы.json", "seal", 0, 1), Part("words.npy", "another", 1, 0))
    assert Part.list_of(listing_of(parts)) == parts
