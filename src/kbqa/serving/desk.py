"""The state behind the page: which knowledge base answers now, or why none does yet.

The index is opened in the background while the page is being built. Where there is no usable one, it is made,
with its progress for all to see. Once the server runs, the vault is followed: it is compared with the index as soon
as it is watched, and whenever notes change, and what has changed is indexed while the old index goes on answering.

With a Chroma server in the settings the desk only reads: what the indexer publishes there is opened as it comes, and a
server that is away is asked again until it answers.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Condition, Event, Lock, Thread
from typing import TYPE_CHECKING

import kbqa
from kbqa.errors import BrokenIndexError, KbqaError, MissingIndexError, StaleIndexError
from kbqa.notes.watching import changes_in
from kbqa.serving.writers import Writers
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Problem

if TYPE_CHECKING:
    from kbqa.knowledge_base import KnowledgeBase

_log = logging.getLogger(__name__)

EXAMPLES = 4
"""How many example questions are kept ready."""
_ASK_SERVER_AGAIN = 2.0
"""Seconds after which a server is asked for a newer index."""
_BEHIND_READERS = 10
"""How nice the threads are that index while others ask."""


@dataclass(frozen=True, slots=True)
class Preparing:
    """No knowledge base yet; one is being opened or made."""

    done: int = 0
    """Steps of the indexing done so far."""
    total: int = 0
    """Steps in all; 0 while that is not known."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Questions are answered."""

    kb: "KnowledgeBase"
    notes: int
    """How many notes are indexed."""
    chunks: int
    """Into how many chunks they are divided."""
    problems: tuple[Problem, ...]
    """Notes that were skipped or read only in part."""
    current: bool
    """Whether the vault has been compared with the index since the desk opened."""
    examples: tuple[str, ...] | None = None
    """Questions that the notes answer, to begin with; None while they are being looked for."""
    updating: bool = False
    """Whether that is going on now."""
    done: int = 0
    """Steps of that done so far."""
    total: int = 0
    """Steps of it in all; 0 while that is not known."""
    failure: Exception | None = None
    """Why the last comparison failed, if it did; the old index answers."""


@dataclass(frozen=True, slots=True)
class Failed:
    """There is nothing to answer from."""

    error: Exception


State = Preparing | Ready | Failed


class Desk:
    """Hands out the knowledge base that answers now. Safe to use from many threads.

    Args:
        settings: name the vault, the index and the model.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.writers = Writers(settings)
        """Who can write the answers."""
        self._state: State = Preparing()
        self._changed = Condition()
        self._turn = Lock()
        self._moved = Event()

    @property
    def settings(self) -> Settings:
        """Those that name the vault and the index."""
        return self._settings

    @property
    def state(self) -> State:
        """What the desk can do at this moment."""
        with self._changed:
            return self._state

    def settled(self) -> Ready | Failed:
        """The state once preparations are over; waits for that."""
        with self._changed:
            while isinstance(self._state, Preparing):
                self._changed.wait()
            return self._state

    def knowledge_base(self) -> "KnowledgeBase":
        """The knowledge base that answers now; waits while it is being prepared.

        Raises:
            Exception: what made the preparations fail, usually a KbqaError.
        """
        state = self.settled()
        if isinstance(state, Failed):
            raise state.error
        return state.kb

    def open(self) -> None:
        """Begin: open the index, or make it where there is none that can be used. Returns at once."""
        self._begin(self._open)

    def follow(self, stop: Event) -> None:
        """Index what has changed in the vault, and what changes, until `stop` is set; the old index answers."""
        if self._settings.chroma_url:
            while not stop.wait(_ASK_SERVER_AGAIN):
                self._work(self._read)
            return
        while not stop.is_set():
            moved = self._moved
            if not self._settings.corpus.is_dir():
                # It is watched only when it is there; until then, the page says why.
                self._work(self._build)
            # The first news come when the watch has begun: no change falls between the comparison and the watch.
            for _ in changes_in(self._settings.corpus, _Either(stop, moved)):
                self._work(self._build)

    def move(self, corpus: Path) -> None:
        """Answer from other notes from now on, once they are indexed; from the old ones no more. Returns at once.

        Args:
            corpus: the folder of the other notes.
        """
        with self._changed:
            self._settings = self._settings.model_copy(update={"corpus": corpus})
            moved, self._moved = self._moved, Event()
            self._set(Preparing())
        moved.set()
        self._begin(self._build)

    def refresh(self) -> None:
        """Index what has changed in the vault; after a failure, try again. Returns at once."""
        self._announce()
        self._begin(self._read if self._settings.chroma_url else self._build)

    def _begin(self, work: Callable[[], None]) -> None:
        # A daemon, so that Ctrl-C need not wait: an index is published by one atomic step, or not at all.
        Thread(target=self._work, args=(work,), name="kbqa-desk", daemon=True).start()

    def _work(self, work: Callable[[], None]) -> None:
        with self._turn:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - the page must show whatever ended the work
                self._fail(error)

    def _read(self) -> None:
        """Open what is published on the server, unless it is open."""
        state = self.state
        if not isinstance(state, Ready):
            self._open()
        elif state.kb.catch_up():
            self._present(state.kb, current=True)
        elif state.updating or state.failure or not state.current:
            self._set(replace(state, current=True, updating=False, failure=None))

    def _open(self) -> None:
        is_read_only = self._settings.chroma_url is not None
        try:
            kb = kbqa.KnowledgeBase.open(self._settings.index, settings=self._settings)
        except (MissingIndexError, StaleIndexError, BrokenIndexError):
            if is_read_only:
                raise
            self._build()
        else:
            self._present(kb, current=is_read_only)

    def _announce(self) -> None:
        with self._changed:
            state = self._state
            self._set(replace(state, updating=True, done=0, total=0) if isinstance(state, Ready) else Preparing())

    def _build(self) -> None:
        self._announce()
        settings, state = self._settings, self._state
        if not isinstance(state, Ready):
            kb = kbqa.KnowledgeBase.build(settings.corpus, settings.index, settings=settings, progress=self._progress)
            report = kb.report
        else:
            step_back()
            kb, report = state.kb, state.kb.update(self._progress)
        for repair in report.repairs if report else ():
            _log.warning("%s", repair)
        if isinstance(state, Ready) and report and not report.published:
            self._set(replace(state, current=True, updating=False, failure=None))
        else:
            self._present(kb, current=True)

    def _present(self, kb: "KnowledgeBase", *, current: bool) -> None:
        """Let `kb` answer, then look for examples, which takes longer."""
        self._set(Ready(kb, len(kb.notes()), kb.chunk_count, kb.problems, current))
        examples = tuple(kb.examples(EXAMPLES))
        with self._changed:
            if isinstance(self._state, Ready):
                self._set(replace(self._state, examples=examples))

    def _progress(self, done: int, total: int) -> None:
        with self._changed:
            if isinstance(self._state, Preparing):
                self._set(Preparing(done, total))
            elif isinstance(self._state, Ready):
                self._set(replace(self._state, done=done, total=total))

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, KbqaError):
            _log.error("the knowledge base could not be prepared", exc_info=error)
        if isinstance(self._state, Ready):
            kept = self._state.examples or ()
            self._set(replace(self._state, current=True, updating=False, examples=kept, failure=error))
        else:
            self._set(Failed(error))

    def _set(self, state: State) -> None:
        with self._changed:
            if isinstance(state, Ready) and state.kb.settings.corpus != self._settings.corpus:
                return  # made before other notes were wanted
            self._state = state
            self._changed.notify_all()


class _Either:
    """Says to stop when one of two events does."""

    def __init__(self, first: Event, second: Event) -> None:
        self._first, self._second = first, second

    def is_set(self) -> bool:
        return self._first.is_set() or self._second.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        return self._first.wait(timeout) or self._second.is_set()


def step_back() -> None:
    """Let all other threads have the processor first, from now on; for a thread that works while questions are asked.

    Only Linux knows the priority of one thread, and not everybody may take this back.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BEHIND_READERS)


def explain(error: Exception, texts: Texts) -> str:
    """What to tell the user: an error's own message, or that something broke, without its inner details."""
    if isinstance(error, KbqaError):
        return error.message(texts.language)
    return texts("web.error.unexpected")


def told(error: Exception, texts: Texts, failed: str = "a question could not be answered") -> str:
    """What to tell the user; what nobody foresaw goes into the log, too, as what has `failed`."""
    if not isinstance(error, KbqaError):
        _log.error(failed, exc_info=error)
    return explain(error, texts)
