"""The event loop behind requests: one for a process, which does not keep the process from ending."""

import subprocess
import sys
import textwrap
import time

import pytest

from kbqa.llm.background import portal


def test_there_is_one() -> None:
    """Asking for it again starts no other thread."""
    assert portal() is portal()


def run(code: str, *arguments: str) -> tuple[str, float]:
    """What a process says, and how long it takes."""
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(code), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout, time.monotonic() - began


def test_a_process_ends_with_a_request_under_way() -> None:
    """What is still being waited for is given up at the end."""
    said, seconds = run(
        """
        import anyio
        from kbqa.llm.background import portal
        portal().start_task_soon(anyio.sleep, 60)
        print("the end")
        """
    )
    assert said == "the end\n"
    assert seconds < 10


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="no fork here")
def test_a_forked_child_has_its_own() -> None:
    """Its parent's thread is not there, and neither process waits for the other's."""
    said, _ = run(
        """
        import os
        from kbqa.llm.background import portal
        parents = portal()
        child = os.fork()
        assert (portal() is parents) is bool(child)
        print(portal().call(abs, -7), flush=True)
        if child:
            assert os.waitpid(child, 0)[1] == 0
        """
    )
    assert said == "7\n7\n"
