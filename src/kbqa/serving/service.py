"""What the doors for programs share: one question asked, searched or streamed, in its turn."""

import unicodedata
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from threading import Event

from kbqa.errors import NotReadyError
from kbqa.knowledge_base import KnowledgeBase
from kbqa.llm import ChatModel
from kbqa.serving.desk import Desk, Failed, Preparing
from kbqa.serving.following import followed
from kbqa.serving.turnstile import Turnstile
from kbqa.serving.writers import CONFIGURED
from kbqa.types import EVERYTHING, Answer, Filters, Hit, Note, NoteSummary, Token, Withdrawn


@dataclass(frozen=True, slots=True)
class Question:
    """What a program asks."""

    text: str
    client: str
    """Address of who asks."""
    history: tuple[tuple[str, str], ...] = ()
    """Earlier pairs of question and answer text, oldest first."""
    filters: Filters = EVERYTHING
    by_model: bool = True
    """Whether the language model of the settings writes, if there is one."""


class Service:
    """Answers programs from the notes; waits for nothing but its turn."""

    def __init__(self, desk: Desk, turnstile: Turnstile) -> None:
        self._desk = desk
        self._turnstile = turnstile

    @property
    def model(self) -> ChatModel | None:
        """The language model of the settings."""
        return self._desk.writers.model(CONFIGURED)

    @property
    def marks_unsupported(self) -> bool:
        """Whether a model's sentences that the notes do not support stay in the answer."""
        return self._desk.settings.unsupported == "mark"

    def knowledge_base(self) -> KnowledgeBase:
        """The knowledge base that answers now.

        Raises:
            NotReadyError: the notes are still being read.
            Exception: why they could not be, usually a KbqaError.
        """
        state = self._desk.state
        if isinstance(state, Preparing):
            raise NotReadyError("notes_being_read", done=state.done, total=state.total)
        if isinstance(state, Failed):
            raise state.error
        return state.kb

    async def stream(self, question: Question) -> AsyncGenerator[Token | Withdrawn | Answer, None]:
        """The answer as it is written, then as it is finished; leaving early ends the writing.

        Raises:
            QuestionError, CrowdedError, NotReadyError: before the first event.
        """
        stop = Event()

        def events() -> Iterator[Token | Withdrawn | Answer]:
            model = self.model if question.by_model else None
            return self.knowledge_base().stream(
                question.text, question.history, question.filters, model=model, stop=stop
            )

        self.knowledge_base()  # nobody waits in line for notes that are not there
        async with self._turnstile.turn(question.client), aclosing(followed(events(), stop)) as written:
            async for event in written:
                yield event

    async def ask(self, question: Question) -> Answer:
        """The finished answer; raises what `stream` does."""
        async with aclosing(self.stream(question)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise RuntimeError("the stream ended without an answer")

    async def search(self, question: Question, limit: int | None) -> list[Hit]:
        """What is found for a question; raises what `stream` does."""

        def found() -> Iterator[list[Hit]]:
            yield self.knowledge_base().search(question.text, limit, question.filters)

        self.knowledge_base()
        async with self._turnstile.turn(question.client), aclosing(followed(found(), Event())) as made:
            return await anext(made)

    def notes(self) -> tuple[NoteSummary, ...]:
        """All indexed notes."""
        return self.knowledge_base().notes()

    def note(self, path: str) -> Note:
        """A note as it was indexed.

        Raises:
            VaultError: there is none of that path.
        """
        return self.knowledge_base().note(unicodedata.normalize("NFC", path))
