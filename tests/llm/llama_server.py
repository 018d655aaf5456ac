"""The real server of llama.cpp with the tiny model, in a process of its own: `llama_server.py MODEL.gguf`.

def test_something(llama_server: LlamaServer) -> None:
    settings = Settings(llm_url=llama_server.url, llm_model=llama_server.model,
                        llm_extra={"grammar": grammar_for("Спонсоры платят деньгами [1].")})
"""

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tiny_model import CONTEXT, NAME, grammar_for, write_model

__all__ = ["LlamaServer", "grammar_for", "llama_server", "serving"]


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """A running server."""

    url: str
    """For the setting `llm_url`."""
    model: str = NAME
    """For the setting `llm_model`."""

    def is_idle(self) -> bool:
        """Whether no reply is being generated."""
        with urllib.request.urlopen(f"{self.url.removesuffix('/v1')}/slots", timeout=5) as response:
            return not any(slot["is_processing"] for slot in json.load(response))

    def becomes_idle(self, seconds: float) -> bool:
        """Whether it is idle now or within `seconds`."""
        until = time.monotonic() + seconds
        while not self.is_idle():
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True


@contextmanager
def serving(file: Path) -> Iterator[LlamaServer]:
    """A server of the model in a GGUF file."""
    process = subprocess.Popen(
        [sys.executable, __file__, file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address
        yield LlamaServer(f"{address}/v1")
    finally:
        process.terminate()
        process.wait(10)
        process.stdin.close()
        process.stdout.close()


@pytest.fixture(scope="session")
def llama_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """One server for all tests of the process."""
    file = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    write_model(file)
    with serving(file) as server:
        yield server


def serve(model: str) -> None:
    """Serve `model` on a free port of loopback until told to stop, or until whoever started this is gone."""
    import xllamacpp  # noqa: PLC0415 - for this process only

    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    parameters.model_alias = {NAME}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    parameters.sampling.seed = 42
    parameters.endpoint_slots = True
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    while not stop.wait(0.1):  # a thread of the server's own may take the signal; waiting without end would miss it
        pass
    del server


if __name__ == "__main__":
    serve(sys.argv[1])
