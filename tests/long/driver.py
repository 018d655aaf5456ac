"""A process that forks one child for each job, so that a child may be killed or starved at any moment.

Reads jobs as lines of JSON, writes for each the child's status as the system tells it, and how many of its steps the
child took. A step is what changes the index folder and is seen by Python: a file opened for writing, a folder made, a
rename, a removal, a sync. No library is changed: the steps are audit events.

    {"command": ["index", "--corpus", …], "errors": FILE}     run kbqa with this command line
    "kill_at": 7          dies by SIGKILL before its seventh step
    "kill_after": 0.2     is killed by the driver after as many seconds
    "full_at": 7          from its seventh step on, whatever writes fails as on a full disk
    "file_limit": 5000    no file may grow beyond so many bytes
    "user": 65534         runs as this user
"""

import errno
import json
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import chromadb.api.rust

import kbqa.knowledge_base
from kbqa.cli import main
from kbqa.index.tokens import count_tokens

# What a child would else import for itself.
IMPORTED = (chromadb.api.rust, kbqa.knowledge_base)

_WRITES = {"os.mkdir", "os.rename", "sync"}
_REMOVALS = {"os.remove", "os.rmdir"}


class Steps:
    """Counts the steps of a run, and interferes at the one that is asked for."""

    def __init__(self, job: dict[str, Any], counter: Path) -> None:
        self._folder = str(job["index"])
        self._kill_at = job.get("kill_at", sys.maxsize)
        self._full_at = job.get("full_at", sys.maxsize)
        self._counter = os.open(counter, os.O_RDWR | os.O_CREAT)
        self._count = 0

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        """One audit event."""
        writing = event in _WRITES or (event == "open" and self._is_for_writing(given))
        if not (writing or event in _REMOVALS) or not self._is_ours(given):
            return
        self._count += 1
        os.pwrite(self._counter, str(self._count).encode(), 0)
        if self._count >= self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if writing and self._count >= self._full_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _is_ours(self, given: tuple[Any, ...]) -> bool:
        # What is synced, and what is removed below an open folder, has no path: all of it is the run's.
        return (
            not isinstance(given[0], str | os.PathLike)
            or not os.path.isabs(given[0])
            or (os.fspath(given[0]).startswith(self._folder))
        )

    @staticmethod
    def _is_for_writing(given: tuple[Any, ...]) -> bool:
        return bool(given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _run(job: dict[str, Any], counter: Path) -> None:
    """The child."""
    errors = os.open(job["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(errors, 2)
    os.dup2(errors, 1)
    steps = Steps(job, counter)
    os.chdir(Path(job["index"]).parent)
    if "user" in job:
        os.setgid(job["user"])
        os.setuid(job["user"])
    if "file_limit" in job:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["file_limit"], resource.RLIM_INFINITY))
    sync = os.fsync

    def synced(descriptor: int) -> None:
        # Syncing is no audit event by itself.
        sys.audit("sync", descriptor)
        sync(descriptor)

    os.fsync = synced
    sys.addaudithook(steps)
    code = main(job["command"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _drive(job: dict[str, Any]) -> dict[str, int]:
    counter = Path(job["errors"] + ".steps")
    counter.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        try:
            _run(job, counter)
        finally:
            # A traceback in the errors is a failed test.
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(70)
    if "kill_after" in job:
        time.sleep(job["kill_after"])
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    steps = int(counter.read_text() or 0) if counter.exists() else 0
    return {"status": os.waitstatus_to_exitcode(status), "steps": steps}


if __name__ == "__main__":
    count_tokens("")
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_drive(json.loads(line))) + "\n")
        sys.stdout.flush()
