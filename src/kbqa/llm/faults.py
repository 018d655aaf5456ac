"""The one table that translates what libraries raise into `ModelFault`s."""

import json
from collections.abc import Mapping
from typing import Final

import httpx
import openai

from kbqa.errors import ModelFault
from kbqa.llm.address import ModelAddress

# A class that is not named here counts as the nearest of its bases that is.
FAULTS: Final[Mapping[type[Exception], str]] = {
    # The server answered with a status of its own.
    openai.AuthenticationError: "model_key",
    openai.PermissionDeniedError: "model_key",
    openai.NotFoundError: "model_unknown",
    openai.RateLimitError: "model_busy",
    openai.APIStatusError: "model_failed",
    # What it sent is no reply: an error amid the stream, fields that do not fit, no JSON, no UTF-8.
    openai.APIError: "model_garbled",
    httpx.DecodingError: "model_garbled",
    json.JSONDecodeError: "model_garbled",
    UnicodeDecodeError: "model_garbled",
    RecursionError: "model_garbled",
    # Nobody is there.
    openai.APITimeoutError: "model_unreachable",
    httpx.ConnectError: "model_unreachable",
    httpx.ConnectTimeout: "model_unreachable",
    httpx.ProxyError: "model_proxy",
    httpx.UnsupportedProtocol: "model_unreachable",
    httpx.InvalidURL: "model_unreachable",
    # Somebody was, and the connection broke.
    openai.APIConnectionError: "model_dropped",
    httpx.TransportError: "model_dropped",
    # Not of a request like ours.
    openai.OpenAIError: "model_failed",
}


def fault_of(error: Exception, address: ModelAddress) -> ModelFault:
    """The fault that `error`, of a class in `FAULTS`, stands for. It holds nothing of what the server sent."""
    cause = _cause(error)
    if isinstance(cause, ModelFault):
        return cause
    reason = f"HTTP {cause.status_code}" if isinstance(cause, openai.APIStatusError) else type(cause).__name__
    key = next(FAULTS[kind] for kind in type(cause).__mro__ if kind in FAULTS)
    return address.fault(key, reason=reason)


def is_passing(error: BaseException) -> bool:
    """Whether another attempt may well succeed: the connection was refused, or the server is busy or in trouble."""
    return isinstance(error, openai.RateLimitError | openai.InternalServerError) or isinstance(
        _cause(error), httpx.ConnectError
    )


def _cause(error: BaseException) -> BaseException:
    # openai hides in its APIConnectionError whatever else was raised while the request was sent.
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else None
    return cause if cause is not None and isinstance(cause, (ModelFault, *FAULTS)) else error
