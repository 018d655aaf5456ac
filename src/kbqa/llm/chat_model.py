"""A language model as the rest of kbqa sees it: messages in, the reply's text out, piece by piece."""

import math
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Final, Self

from kbqa.errors import ModelFault
from kbqa.llm.address import Limits, Message, ModelAddress, limits_of
from kbqa.llm.background import portal
from kbqa.llm.breaker import Breaker, Outcome
from kbqa.settings import Settings

_LOOK_SECONDS: Final = 0.05
"""How often `stop` is looked at."""
_UNKNOWN_KEYS: Final = {"model_stopped"}
_ANSWERED_KEYS: Final = {"model_cut", "model_empty", "model_endless"}
"""The model is there, and another question may fare better."""


class ChatModel:
    """Asks one model; safe between threads. LlamaIndex is loaded with the first question.

    After three faults in a row the model is left in peace for half a minute, and `stream` fails at once.
    """

    def __init__(self, address: ModelAddress, limits: Limits) -> None:
        self._address = address
        self._limits = limits
        self._breaker = Breaker()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """The model that the settings name; None if they name none."""
        if settings.llm_url is None or settings.llm_model is None:
            return None
        return cls(
            ModelAddress(settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_extra),
            limits_of(settings),
        )

    @property
    def address(self) -> ModelAddress:
        """Where the model is."""
        return self._address

    @property
    def limits(self) -> Limits:
        """What a reply may take."""
        return self._limits

    def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: threading.Event | None = None,
        answer_tokens: int | None = None,
        seconds: float | None = None,
    ) -> Iterator[str]:
        """The reply, in pieces as they come; it is whole if the iterator ends by itself.

        Closing the iterator, or setting `stop`, closes the connection, so that the model stops.

        Args:
            messages: the conversation, the last message being the one to reply to.
            stop: looked at many times a second, also while nothing comes.
            answer_tokens: longest reply, in the model's tokens, if not that of the limits.
            seconds: for the whole reply, if less than the limits give it.

        Raises:
            ModelFault: the model cannot be asked, or what came so far is all of its reply that there will be.
        """
        rest = self._breaker.admit()
        if rest:
            raise self._address.fault("model_resting", seconds=math.ceil(rest))
        outcome: Outcome = "unknown"
        try:
            limits = self._limits.within(answer_tokens, seconds)
            yield from self._pieces(messages, stop or threading.Event(), limits)
            outcome = "answered"
        except ModelFault as fault:
            if fault.key not in _UNKNOWN_KEYS:
                outcome = "answered" if fault.key in _ANSWERED_KEYS else "failed"
            raise
        finally:
            self._breaker.report(outcome)

    def _pieces(self, messages: Sequence[Message], stop: threading.Event, limits: Limits) -> Iterator[str]:
        from kbqa.llm.exchange import converse  # noqa: PLC0415 - a second that only those with a model pay

        pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        reply = portal().start_task_soon(converse, self._address, limits, tuple(messages), pieces.put)
        reply.add_done_callback(lambda _: pieces.put(None))
        try:
            while not stop.is_set():
                try:
                    piece = pieces.get(timeout=_LOOK_SECONDS)
                except queue.Empty:
                    continue
                if piece is None:
                    return reply.result()
                yield piece
            raise self._address.fault("model_stopped")
        finally:
            reply.cancel()
