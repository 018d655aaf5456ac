"""The table of what libraries raise: nothing is missing from it, and nothing of the server's words passes."""

import json

import httpx
import openai
import pytest

from kbqa.errors import ModelFault
from kbqa.llm import ModelAddress
from kbqa.llm.faults import FAULTS, fault_of, is_passing
from kbqa.texts import Texts

ADDRESS = ModelAddress("http://127.0.0.1:1/v1", "модель")
REQUEST = httpx.Request("POST", ADDRESS.url)
OPENAI_KEYS = {
    "AuthenticationError": "model_key",
    "OAuthError": "model_key",
    "PermissionDeniedError": "model_key",
    "NotFoundError": "model_unknown",
    "RateLimitError": "model_busy",
    "APIStatusError": "model_failed",
    "BadRequestError": "model_failed",
    "ConflictError": "model_failed",
    "UnprocessableEntityError": "model_failed",
    "InternalServerError": "model_failed",
    "APIError": "model_garbled",
    "APIResponseValidationError": "model_garbled",
    "APITimeoutError": "model_unreachable",
    "APIConnectionError": "model_dropped",
    # Of requests that kbqa does not make.
    "OpenAIError": "model_failed",
    "LengthFinishReasonError": "model_failed",
    "ContentFilterFinishReasonError": "model_failed",
    "SubjectTokenProviderError": "model_failed",
    "WebSocketConnectionClosedError": "model_failed",
    "WebSocketQueueFullError": "model_failed",
}


OPENAI_CLASSES = {
    name: kind
    for name, kind in vars(openai._exceptions).items()
    if isinstance(kind, type) and issubclass(kind, openai.OpenAIError)
}


def test_every_error_of_the_library_is_in_the_list() -> None:
    """A class that a new version brings must be given a key here."""
    assert OPENAI_CLASSES.keys() == OPENAI_KEYS.keys()


@pytest.mark.parametrize("name", OPENAI_KEYS)
def test_an_error_of_the_library_is_a_fault(name: str) -> None:
    """Whatever is raised while a request is made has a key."""
    kind = OPENAI_CLASSES[name]
    error = kind.__new__(kind)
    error.status_code = 499  # type: ignore[attr-defined]
    fault = fault_of(error, ADDRESS)
    assert (fault.key, fault.values["model"], fault.values["url"]) == (OPENAI_KEYS[name], ADDRESS.model, ADDRESS.url)


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (httpx.ConnectError("refused"), "model_unreachable"),
        (httpx.ConnectTimeout("slow"), "model_unreachable"),
        (httpx.ProxyError("no"), "model_proxy"),
        (httpx.InvalidURL("no"), "model_unreachable"),
        (httpx.ReadError("reset"), "model_dropped"),
        (httpx.RemoteProtocolError("closed"), "model_dropped"),
        (httpx.DecodingError("no gzip"), "model_garbled"),
        (json.JSONDecodeError("no", "x", 0), "model_garbled"),
        (ModelFault("model_endless"), "model_endless"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_library_hides_is_found(error: Exception, key: str) -> None:
    """An error of the connection counts the same by itself and inside the library's."""
    wrapped = openai.APIConnectionError(request=REQUEST)
    wrapped.__cause__ = error
    assert fault_of(wrapped, ADDRESS).key == key
    if not isinstance(error, ModelFault):
        assert fault_of(error, ADDRESS).key == key


def test_the_servers_words_stay_outside() -> None:
    """A status is told by its number: the server's text may repeat the key."""
    response = httpx.Response(418, request=REQUEST, text="your key s3cret is odd")
    error = openai.APIStatusError("your key s3cret is odd", response=response, body={"key": "s3cret"})
    fault = fault_of(error, ADDRESS)
    assert "HTTP 418" in str(fault)
    assert "s3cret" not in f"{fault} {fault!r} {fault.values}"


@pytest.mark.parametrize(
    ("code", "passing"), [(400, False), (401, False), (404, False), (429, True), (500, True), (503, True)]
)
def test_what_may_pass(code: int, passing: bool) -> None:
    """A busy server is asked again, one that refuses is not."""
    client = openai.OpenAI(api_key="none", base_url=ADDRESS.url)
    error = client._make_status_error("", body=None, response=httpx.Response(code, request=REQUEST))
    assert is_passing(error) is passing


@pytest.mark.parametrize("key", sorted({*FAULTS.values(), "model_slow", "model_resting"}))
def test_each_key_has_a_message(key: str) -> None:
    """Both languages can say it, with what every fault knows."""
    for language in ("ru", "en"):
        assert ADDRESS.fault(key, reason="HTTP 500", seconds=5, tokens=7).message(language)
        assert f"errors.{key}" in Texts.load(language).keys()  # noqa: SIM118 - not a mapping
