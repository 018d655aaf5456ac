"""A reply, chunk by chunk: whether it shows signs of life in time, is well-formed, and ends as it should."""

from collections.abc import AsyncIterator
from typing import Final

import anyio
import openai
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta

from kbqa.errors import ModelFault
from kbqa.llm.address import Limits, ModelAddress

_CHARS_PER_TOKEN: Final = 8
"""More than the mean of any tokenizer on Russian (2 to 4) or English text (4 to 5): a longer reply has too many."""
_SPARE_CHARS: Final = 256
"""So much more a short reply may have, whose mean says little."""
_OTHER_ENDS: Final = {"content_filter", "tool_calls", "function_call"}


class Reading:
    """Follows one reply, from the moment that it is asked for.

    Attributes:
        time: the cancel scope to read it in; it ends when the reply is late, and `out_of_time` then says how.
    """

    def __init__(self, address: ModelAddress, limits: Limits) -> None:
        now = anyio.current_time()
        self._address = address
        self._limits = limits
        self._begin_until = now + limits.first_token_seconds
        self._end_until = now + limits.total_seconds
        self._has_begun = False
        self._has_text = False
        self._chars = 0
        self.time = anyio.CancelScope(deadline=min(self._begin_until, self._end_until))

    async def chunks(self, stream: openai.AsyncStream[ChatCompletionChunk]) -> AsyncIterator[ChatCompletionChunk]:
        """The text of each chunk of the reply, and nothing else of it; "" where it has none.

        LlamaIndex drops a first chunk without text, and with it that the model is alive or has ended; this does not.

        Raises:
            ModelFault: the reply is malformed, too long, empty, or does not end with "stop".
        """
        async with stream:
            async for chunk in stream:
                text, finish = self._read(chunk)
                yield _plain(text)
                if finish:
                    self._check_end(finish)
                    return
        is_reply = self._has_begun or "json" not in stream.response.headers["Content-Type"].lower()
        raise self._address.fault("model_dropped" if is_reply else "model_garbled")

    def out_of_time(self) -> ModelFault:
        """What went wrong if `time` was up."""
        limits = self._limits
        if not self._has_begun:
            return self._address.fault("model_slow", seconds=min(limits.first_token_seconds, limits.total_seconds))
        if anyio.current_time() >= self._end_until:
            return self._endless()
        return self._address.fault("model_stalled", seconds=limits.gap_seconds)

    def _read(self, chunk: object) -> tuple[str, str | None]:
        """The chunk's text and the reason why it is the last, if it is; the library does not check what it reads."""
        choices = getattr(chunk, "choices", None)
        if not isinstance(choices, list):
            raise self._address.fault("model_garbled")
        if not choices:  # it tells of the tokens used, or of a filter's verdict on the request
            self._is_alive()
            return "", None
        text = getattr(getattr(choices[0], "delta", None), "content", None) or ""
        finish = getattr(choices[0], "finish_reason", None)
        if not isinstance(text, str) or not isinstance(finish, str | None):
            raise self._address.fault("model_garbled")
        self._has_text |= bool(text.strip())
        self._is_alive()
        self._chars += len(text)
        if self._chars > self._limits.answer_tokens * _CHARS_PER_TOKEN + _SPARE_CHARS:
            raise self._endless()
        return _without_half_characters(text), finish

    def _is_alive(self) -> None:
        self._has_begun = True
        until = anyio.current_time() + self._limits.gap_seconds
        # A server may say at once who speaks, long before the first token.
        self.time.deadline = min(until if self._has_text else max(until, self._begin_until), self._end_until)

    def _check_end(self, finish: str) -> None:
        if finish == "length":
            raise self._address.fault("model_cut", tokens=self._limits.answer_tokens)
        if finish != "stop":
            # A word that we know; another is the server's own and might be anything.
            named = finish if finish in _OTHER_ENDS else "?"
            raise self._address.fault("model_failed", reason=f"finish_reason: {named}")
        if not self._has_text:
            raise self._address.fault("model_empty")

    def _endless(self) -> ModelFault:
        limits = self._limits
        return self._address.fault("model_endless", seconds=limits.total_seconds, tokens=limits.answer_tokens)


def _plain(text: str) -> ChatCompletionChunk:
    choice = Choice.model_construct(index=0, delta=ChoiceDelta(content=text), finish_reason=None)
    return ChatCompletionChunk.model_construct(choices=[choice])


def _without_half_characters(text: str) -> str:
    # JSON can hold half of a surrogate pair, which no file or page can.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
