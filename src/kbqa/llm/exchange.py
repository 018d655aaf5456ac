"""One request to a model and its reply, within limits; whatever does not end well is a `ModelFault`."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any, Final, cast

import httpx
import openai
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import OpenAILike

# Left to itself, the library loads its 500 modules amid the first request, and the time for the first token runs.
from openai.resources.chat import AsyncCompletions
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential,
    wait_random,
)

from kbqa.llm.address import Limits, Message, ModelAddress
from kbqa.llm.connection import open_client
from kbqa.llm.faults import FAULTS, fault_of, is_passing
from kbqa.llm.reading import Reading

_ATTEMPTS: Final = 3
_PAUSE: Final = wait_exponential(multiplier=0.15) + wait_random(0, 0.05)
"""Between attempts, in seconds: 0.15, then 0.3, and up to 0.05 more."""
_NO_KEY: Final = "none"
"""Given to libraries, which would else look for a key in the environment; the real one is put on in `connection`."""


async def converse(
    address: ModelAddress, limits: Limits, messages: Sequence[Message], say: Callable[[str], None]
) -> None:
    """Let the model reply to `messages`, and say each piece of its text as it comes.

    Returns when the reply has ended as it should and was not empty.

    Raises:
        ModelFault: it has not.
    """
    reading = Reading(address, limits)
    retrying = AsyncRetrying(
        stop=stop_after_attempt(_ATTEMPTS) | stop_before_delay(limits.first_token_seconds),
        wait=_pause,
        retry=retry_if_exception(is_passing),
        reraise=True,
    )
    with reading.time:
        try:
            return await retrying(_attempt, address, limits, messages, reading, say)
        except tuple(FAULTS) as error:
            fault = fault_of(error, address)
        # Not raised amid the handling, so that it does not carry the libraries' errors, and what they hold, along.
        raise fault
    raise reading.out_of_time()


async def _attempt(
    address: ModelAddress,
    limits: Limits,
    messages: Sequence[Message],
    reading: Reading,
    say: Callable[[str], None],
) -> None:
    async with open_client(address, limits) as http:
        model = _language_model(address, limits, reading, http)
        async for response in await model.astream_chat([ChatMessage(role=who, content=text) for who, text in messages]):
            if response.delta:
                say(response.delta)


def _language_model(address: ModelAddress, limits: Limits, reading: Reading, http: httpx.AsyncClient) -> OpenAILike:
    """The model as LlamaIndex knows it; `reading` sees each chunk of a reply first."""
    client = openai.AsyncOpenAI(
        api_key=_NO_KEY, base_url=address.url, max_retries=0, timeout=http.timeout, http_client=http
    )

    completions = AsyncCompletions(client)

    async def create(**fields: Any) -> AsyncIterator[object]:
        return reading.chunks(await completions.create(**fields))

    chat = SimpleNamespace(completions=SimpleNamespace(create=create))
    try:
        return OpenAILike(
            model=address.model,
            api_base=address.url,
            api_key=_NO_KEY,
            is_chat_model=True,
            context_window=limits.context_tokens,
            max_tokens=limits.answer_tokens,
            max_retries=0,
            temperature=0,
            additional_kwargs={"extra_body": dict(address.extra)} if address.extra else {},
            async_openai_client=cast("openai.AsyncOpenAI", SimpleNamespace(chat=chat)),
        )
    except ValueError:  # one of OpenAI's own that are not for conversations
        fault = address.fault("model_unknown")
    raise fault


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = _retry_after(error.response.headers) if isinstance(error, openai.APIStatusError) else None
    return _PAUSE(state) if asked is None else asked


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds that the server asks to wait; it gives them as such or as a date."""
    asked = headers.get("Retry-After", "")
    try:
        if asked.isdecimal():
            return float(asked)
        date = parsedate_to_datetime(asked)
        return max(0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None
