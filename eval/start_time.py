"""Seconds from the command `kbqa serve` to the first answer, with the index built; and warm answers over the same door.

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


def first_answer(index: Path) -> tuple[float, float]:
    """Seconds to the first answer of a fresh process, and the median of the ones after it."""
    started = time.perf_counter()
    command = [Path(sys.executable).with_name("kbqa"), "serve", "--port", "0", "--index", index]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
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


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
