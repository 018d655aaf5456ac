"""The event loop, in a thread of its own, in which requests run so that they can be cancelled at any moment.

There is one for the process, and it is not ended between requests: to end an event loop means to wait until its
look-ups of host names are done, which may take longer than a reply is allowed to.
"""

import atexit
import contextlib
import os
import threading
from concurrent.futures import Future
from functools import cache

import anyio
from anyio.from_thread import BlockingPortal

_lock = threading.Lock()


def portal() -> BlockingPortal:
    """The door to the event loop; a forked child gets one of its own."""
    with _lock:
        return _started(os.getpid())


@cache
def _started(process: int) -> BlockingPortal:
    opened: Future[BlockingPortal] = Future()

    async def run() -> None:
        async with BlockingPortal() as door:
            opened.set_result(door)
            await door.sleep_until_stopped()

    # anyio's own start_blocking_portal would have a forked child wait at its end for a thread that it does not have.
    thread = threading.Thread(target=anyio.run, args=(run,), name="kbqa requests", daemon=True)
    thread.start()
    door = opened.result()

    def end() -> None:
        if os.getpid() == process:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                door.call(door.stop, True)
            thread.join()

    atexit.register(end)
    return door
