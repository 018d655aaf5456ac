"""A question in the chat → what stands in its place, from the first moment to the finished answer."""

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile
from threading import Event, Lock
from typing import Self
from uuid import uuid4

from kbqa.errors import CrowdedError
from kbqa.knowledge_base import KnowledgeBase
from kbqa.llm import ChatModel
from kbqa.serving.desk import told
from kbqa.serving.following import followed
from kbqa.serving.turnstile import Turnstile
from kbqa.texts import Texts
from kbqa.types import Answer, Citation, Filters, Token, Withdrawn
from kbqa.web.chat import messages, panel

REDRAWN_SECONDS = 0.08
"""A growing answer is drawn anew no sooner than this after the last time."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what came of it."""

    question: str
    reply: str
    """HTML of the chat message."""
    sources: str = ""
    """HTML of the panel's part; empty when there was no answer."""
    answer: Answer | None = None
    """What later questions refer to, and what can be marked; None when there was an error."""
    id: str = ""
    """The turn's name in the page, and the answer's."""
    asked: str = ""
    """When, in UTC, ISO 8601 with microseconds."""
    within: tuple[str, ...] = ()
    """What was chosen to search, each as `folder:…` or `tag:…`."""
    next: tuple[str, ...] = ()
    """Questions to go on with."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What one page shows."""

    turns: tuple[Turn, ...] = ()
    id: str = ""
    """Under which it is kept; empty: it is not."""

    def turn(self, turn_id: str) -> Turn | None:
        """The turn of that name."""
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    def before(self, turn_id: str) -> Self:
        """The talk up to that turn, without it; the whole talk where it has no such turn."""
        return replace(self, turns=tuple(takewhile(lambda turn: turn.id != turn_id, self.turns)))

    def and_then(self, turn: Turn) -> Self:
        """The talk with one more turn."""
        return replace(self, turns=(*self.turns, turn))

    @property
    def history(self) -> list[tuple[str, str]]:
        """Its questions and answers, as the knowledge base takes them."""
        return [(turn.question, turn.answer.text) for turn in self.turns if turn.answer]


@dataclass(frozen=True, slots=True)
class Writing:
    """A model's answer that is not finished yet."""

    reply: str
    """HTML of the chat message."""


@dataclass(slots=True)
class Stops:
    """What ends the answer that a visitor is waiting for, by visitor. Safe to use from many threads."""

    _events: dict[str, Event] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, visitor: str) -> Event:
        """An event for the visitor's next answer; the one before it, if somebody still writes that, is stopped."""
        event = Event()
        with self._lock:
            before = self._events.get(visitor)
            self._events[visitor] = event
        if before:
            before.set()
        return event

    def end(self, visitor: str) -> None:
        """Stop what is being written for the visitor, if anything is."""
        with self._lock:
            event = self._events.pop(visitor, None)
        if event:
            event.set()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and how it is to be answered."""

    question: str
    """In the user's words."""
    talk: Talk
    """What was said before."""
    within: tuple[str, ...]
    """What is chosen to search, each as `folder:…` or `tag:…`."""
    model: ChatModel | None
    """Writes the answer; None: it is composed of the notes' own words."""
    stop: Event
    """Set to end the writing."""


def turn_of(asked: Asked, kb: Callable[[], KnowledgeBase], texts: Texts) -> Iterator[Writing | Turn]:
    """The answer as it is being written, then the finished turn; whatever goes wrong is told in the answer's place.

    Args:
        asked: what the answer is for.
        kb: hands out the knowledge base.
        texts: the catalogue.
    """
    when = datetime.now(UTC).isoformat(timespec="microseconds")
    begun = Turn(asked.question, "", id=uuid4().hex[:8], asked=when, within=asked.within)
    try:
        base = kb()
        filters = filters_of(asked.within)
        events = base.stream(asked.question, asked.talk.history, filters, model=asked.model, stop=asked.stop)
        for event in _drawn(events):
            if isinstance(event, Answer):
                yield turn_again((*asked.talk.turns, replace(begun, answer=event)), base, texts)
            elif asked.model:
                name = asked.model.address.model
                yield Writing(messages.writing_html(event.text, event.citations, begun.id, name, texts))
    except Exception as error:  # noqa: BLE001 - the user gets a message, whatever it was
        yield replace(begun, reply=messages.failure_html(told(error, texts), texts))


def turn_again(turns: Sequence[Turn], kb: KnowledgeBase, texts: Texts) -> Turn:
    """The last of these turns, which has an answer, with what the page shows of it; the notes are those of now."""
    turn = turns[-1]
    if turn.answer is None:
        return turn
    return replace(
        turn,
        reply=messages.answer_html(turn.answer, turn.id, texts),
        sources=panel.sources_html(turn.answer, turn.id, panel.surroundings_in(kb), texts),
        next=kb.follow_ups(turn.answer, [earlier.question for earlier in turns]),
    )


def filters_of(within: Sequence[str]) -> Filters:
    """What is chosen above the question, each as `note:…`, `folder:…` or `tag:…`."""
    chosen = [place.partition(":") for place in within]
    return Filters(
        notes=tuple(name for kind, _, name in chosen if kind == "note"),
        folders=tuple(name for kind, _, name in chosen if kind == "folder"),
        tags=tuple(name for kind, _, name in chosen if kind == "tag"),
    )


async def turn_in_line(
    asked: Asked, kb: Callable[[], KnowledgeBase], texts: Texts, turnstile: Turnstile, client: str
) -> AsyncGenerator[Writing | Turn, None]:
    """What `turn_of` gives, once it is the question's turn; made in a thread of its own.

    Args:
        asked: what the answer is for.
        kb: hands out the knowledge base.
        texts: the catalogue.
        turnstile: lets the question through.
        client: address of who asks.
    """
    try:
        async with turnstile.turn(client), aclosing(followed(turn_of(asked, kb, texts), asked.stop)) as turns:
            async for turn in turns:
                yield turn
    except CrowdedError as error:
        yield Turn(asked.question, messages.failure_html(told(error, texts), texts))


@dataclass(frozen=True, slots=True)
class _Part:
    """What has come of an answer so far."""

    text: str
    citations: tuple[Citation, ...]


def _drawn(events: Iterator[Token | Withdrawn | Answer]) -> Iterator[_Part | Answer]:
    """The growing text, not more often than a reader can follow, then the answer."""
    text, citations = "", tuple[Citation, ...]()
    drawn = 0.0
    for event in events:
        match event:
            case Token():
                text, citations = text + event.text, citations + event.citations
            case Withdrawn():
                text, citations, drawn = "", (), 0.0
            case Answer():
                yield event
                return
        if time.monotonic() - drawn >= REDRAWN_SECONDS:
            drawn = time.monotonic()
            yield _Part(text, citations)
