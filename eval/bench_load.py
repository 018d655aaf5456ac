"""Fifty users at once, and ten thousand questions: errors, fairness, waiting, memory.

    .venv/bin/python eval/bench_load.py [--users 50] [--seconds 60] [--questions 10000]

One server, as users start it, over all notes of the repository's sets together; the users ask over REST on loopback,
each the next question as soon as the last is answered, from this process: the asking takes its share of the processors.
First a minute of that; then the users go on until so many questions are asked in all, and the server's memory is read
on the way. Questions are the dev questions of all sets as written; no answer is kept to be given again.
"""

import argparse
import http.client
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sets import SETS, knowledge_base_of, questions_of

SEED = 1
READINGS = 10
"""How often memory is read while the questions are asked."""
JSON = {"Content-Type": "application/json"}


@dataclass
class User:
    """One who asks, and what came of it."""

    address: str
    questions: list[str]
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask_until(self, is_over: threading.Event, counter: "itertools.count[int]") -> None:
        """Ask one question after the other over one connection."""
        connection = http.client.HTTPConnection(self.address, timeout=120)
        for question in itertools.cycle(self.questions):
            if is_over.is_set():
                return
            begun = time.perf_counter()
            try:
                connection.request("POST", "/api/ask", json.dumps({"question": question}).encode(), JSON)
                answer = connection.getresponse()
                body = json.loads(answer.read())
            except OSError as error:
                self.errors.append(repr(error))
                connection.close()
                continue
            next(counter)
            self.seconds.append(time.perf_counter() - begun)
            if answer.status != http.HTTPStatus.OK:
                self.errors.append(f"{answer.status} {body}")


def ask(
    address: str, questions: list[str], users: int, counter: "itertools.count[int]"
) -> tuple[list[User], Callable[[], None]]:
    """Let users begin, each with an order of questions of its own; they, and a function that ends it."""
    is_over = threading.Event()
    asking = []
    for number in range(users):
        order = random.Random(SEED + number).sample(questions, len(questions))  # noqa: S311 - repeatable, not secret
        asking.append(User(address, order))
    threads = [threading.Thread(target=user.ask_until, args=(is_over, counter)) for user in asking]
    for thread in threads:
        thread.start()

    def end() -> None:
        is_over.set()
        for thread in threads:
            thread.join()

    return asking, end


def memory(pid: int) -> float:
    """The process's resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def report(users: list[User], seconds: float) -> None:
    """Print what a minute of asking was like."""
    times = sorted(itertools.chain.from_iterable(user.seconds for user in users))
    errors = list(itertools.chain.from_iterable(user.errors for user in users))
    counts = [len(user.seconds) for user in users]
    percentiles = statistics.quantiles(times, n=100)
    print(f"{len(users)} users, {seconds:.0f} s: {len(times)} answers, {len(times) / seconds:.1f} a second")
    print(f"errors: {len(errors)}", *errors[:3])
    print(f"answers of one user: {min(counts)} to {max(counts)}")
    print(
        f"waiting: median {percentiles[49]:.2f} s, 95th percentile {percentiles[94]:.2f} s, longest {times[-1]:.2f} s"
    )


def main(users: int, seconds: float, most: int) -> None:
    """Start the server, ask, print."""
    kb = knowledge_base_of("everything")
    names = [name for name in SETS if name not in {"everything", "together"}]
    questions = [question.question for name in names for question in questions_of(name)]
    folders = {"KBQA_CORPUS": kb.settings.corpus, "KBQA_INDEX": kb.settings.index}
    environment = os.environ | {name: str(folder) for name, folder in folders.items()}
    environment["KBQA_QUESTIONS_PER_MINUTE"] = "1000000"  # all users are at one address
    command = [Path(sys.executable).with_name("kbqa"), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:  # noqa: S603 - ours
        try:
            address = _address(server)
            asked = itertools.count()
            _, end = ask(address, questions, 1, asked)
            _wait(asked, len(questions))
            end()
            print(f"{len(kb.notes())} notes, {len(questions)} questions; each asked once: {memory(server.pid):.0f} MB")

            begun = time.perf_counter()
            asking, end = ask(address, questions, users, asked)
            time.sleep(seconds)
            end()
            report(asking, time.perf_counter() - begun)

            done = _count(asked)
            _, end = ask(address, questions, users, asked)
            for number in range(1, READINGS + 1):
                goal = done + (most - done) * number // READINGS
                _wait(asked, goal)
                print(f"after {_count(asked)} questions: {memory(server.pid):.0f} MB")
            end()
        finally:
            server.terminate()


def _count(counter: "itertools.count[int]") -> int:
    """How far a counter has come, which its own text says."""
    return int(repr(counter).removeprefix("count(").removesuffix(")"))


def _wait(counter: "itertools.count[int]", goal: int) -> None:
    while _count(counter) < goal:
        time.sleep(0.2)


def _address(server: "subprocess.Popen[str]") -> str:
    for line in server.stdout or ():
        if line.startswith(("Готово", "Ready")):
            return urlsplit(line[line.index("http://") :].split()[0]).netloc
    raise SystemExit("the server ended before it was ready")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--questions", type=int, default=10_000)
    given = parser.parse_args()
    main(given.users, given.seconds, given.questions)
