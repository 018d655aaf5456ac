"""Seconds from the command `kbqa serve` to the first answer, with the index built; and warm answers over the same door.

At the end, on Linux, what the server takes of a processor while nobody asks.

    .venv/bin/python eval/start_time.py [times]

The question goes the way the page's own questions go: through Gradio's queue, over HTTP on loopback.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from gradio_client import Client

QUESTION = "Какие бывают виды партнёрства?"
WARM = 20
SETTLING, IDLE = 10, 15
"""Seconds after the start until examples have been found, and over which a server that nobody asks is watched."""


def first_answer(index: Path) -> tuple[float, float]:
    """Seconds to the first answer of a fresh process, and the median of the ones after it."""
    started = time.perf_counter()
    with _server(index) as server:
        try:
            client = Client(_address(server), verbose=False)
            answer = client.predict(QUESTION, api_name="/ask")
            first = time.perf_counter() - started
            if answer["status"] != "answered":
                raise SystemExit(f"not answered: {answer}")
            warm = []
            for _ in range(WARM):
                begun = time.perf_counter()
                client.predict(QUESTION, api_name="/ask")
                warm.append(time.perf_counter() - begun)
        finally:
            server.terminate()
    return first, statistics.median(warm)


def idle_share(index: Path) -> float:
    """Processor seconds a second of a server that nobody asks, all its threads together."""
    with _server(index) as server:
        try:
            _address(server)
            time.sleep(SETTLING)
            before, began = _processor_seconds(server.pid), time.perf_counter()
            time.sleep(IDLE)
            return (_processor_seconds(server.pid) - before) / (time.perf_counter() - began)
        finally:
            server.terminate()


def _server(index: Path) -> "subprocess.Popen[str]":
    command = [Path(sys.executable).with_name("kbqa"), "serve", "--port", "0", "--index", index]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command


def _processor_seconds(pid: int) -> float:
    # In nanoseconds; what `times` counts is sampled, and short wakes count for much more than they take.
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def _address(server: "subprocess.Popen[str]") -> str:
    for line in server.stdout or ():
        if "http://" in line:
            return line[line.index("http://") :].split()[0].rstrip(".,")
    raise SystemExit("the server ended before it was ready")


def main(times: int) -> None:
    """Start the server `times` times; print each and the median."""
    index = Path("index")
    subprocess.run([Path(sys.executable).with_name("kbqa"), "index", "--index", index], check=True)  # noqa: S603
    firsts = []
    for _ in range(times):
        first, warm = first_answer(index)
        firsts.append(first)
        print(f"first answer {first:.2f} s, warm {1000 * warm:.0f} ms")
    print(f"median of {times}: {statistics.median(firsts):.2f} s")
    if sys.platform == "linux":
        print(f"while nobody asks: {idle_share(index):.1%} of a processor")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
