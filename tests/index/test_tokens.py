"""Counting tokens: without the network, and safe against text that looks like control tokens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kbqa.index.tokens import count_tokens

OFFLINE = """
import socket

def refuse(*_args, **_options):
    raise OSError("no network here")

socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from kbqa.index.tokens import count_tokens
print(count_tokens("Виды партнёрства"))
"""


def test_counting_needs_no_network(tmp_path: Path) -> None:
    """In a fresh process without sockets, and with no cache of tiktoken's anywhere, tokens are counted."""
    clean = {name: value for name, value in os.environ.items() if not name.endswith("CACHE_DIR")}
    run = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        env=clean | {"TMPDIR": str(tmp_path), "HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(run.stdout) == count_tokens("Виды партнёрства")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("слово", 2), ("привет", 2), ("\x00", 1)])
def test_counts(text: str, tokens: int) -> None:
    """Counts are those of o200k_base."""
    assert count_tokens(text) == tokens


def test_control_tokens_are_text() -> None:
    """A note may write `<|endoftext|>`."""
    assert count_tokens("<|endoftext|>") > 1
