"""A real Chroma server on this machine, for tests: `chroma run`, killed and started again at will."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

_START_SECONDS = 60


class ChromaRun:
    """`chroma run` over a folder, always on the same port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self._folder)]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/api/v2/heartbeat", trust_env=False).is_success:
                    return
            time.sleep(0.05)
        raise TimeoutError("chroma run does not answer")

    def kill(self) -> None:
        """As a power cut would end it."""
        if self._process:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="session")
def chroma_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaRun]:
    """A server for all tests of this process, each of which uses a vault of its own; running when a test begins."""
    run = ChromaRun(tmp_path_factory.mktemp("chroma"))
    run.start()
    yield run
    run.kill()
