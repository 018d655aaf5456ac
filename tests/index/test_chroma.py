"""The door to Chroma: what a server is asked, and how."""

from pathlib import Path

import pytest
from chroma_run import ChromaRun

from kbqa import Settings
from kbqa.index.chroma import ServerAddress, close_embedded, make_client


def test_a_folder_is_opened(tmp_path: Path) -> None:
    """And let go of."""
    client = make_client(tmp_path / "store")
    assert client.list_collections() == []
    close_embedded(client)
    assert (tmp_path / "store" / "chroma.sqlite3").exists()


def test_a_server_on_this_machine_is_not_asked_through_a_proxy(
    chroma_run: ChromaRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert make_client(ServerAddress(chroma_run.url), seconds=20).heartbeat() > 0


def test_nothing_is_asked_before_it_must_be() -> None:
    """A client of a server that is away is made at once; no request has no limit of time."""
    client = make_client(ServerAddress("http://127.0.0.1:9"), seconds=7)
    timeout = client._session.timeout  # type: ignore[attr-defined]
    assert (timeout.connect, timeout.read, timeout.write, timeout.pool) == (5, 7, 7, 7)


def test_the_address_is_that_of_the_settings() -> None:
    """None without a server."""
    assert ServerAddress.of(Settings()) is None
    address = ServerAddress.of(Settings(chroma_url="https://example.org", chroma_api_key="ck", chroma_tenant="t"))  # type: ignore[arg-type]
    assert address is not None
    assert (address.url, address.tenant, address.database, address.is_on_this_machine) == (
        "https://example.org",
        "t",
        None,
        False,
    )
    assert "ck" not in repr(address)
