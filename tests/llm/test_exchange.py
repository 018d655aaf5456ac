"""The parts of an exchange that cannot be seen over the wire."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from scripted_endpoint import Endpoint, reply

from kbqa.errors import ModelFault
from kbqa.llm import ChatModel
from kbqa.llm.exchange import _retry_after


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0), ("7", 7), ("", None), ("soon", None), ("1.5", None), ("-1", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    """Whole seconds, or a date; what lies in the past needs no wait, and nonsense is none of the two."""
    assert _retry_after(httpx.Headers({"Retry-After": header})) == seconds


def test_retry_after_a_date() -> None:
    """A date is turned into the seconds until then."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert _retry_after(httpx.Headers({"Retry-After": date})) == pytest.approx(60, abs=5)


def test_retry_after_nothing() -> None:
    """The server need not say."""
    assert _retry_after(httpx.Headers()) is None


def test_a_model_that_is_not_for_conversations(endpoint: Endpoint, model_at: Callable[..., ChatModel]) -> None:
    """LlamaIndex refuses some names of OpenAI's own; that is a fault like others."""
    endpoint.will(reply("да"))
    with pytest.raises(ModelFault) as caught:
        list(model_at(endpoint, model="gpt-5.4-pro").stream([("user", "да")]))
    assert caught.value.key == "model_unknown"
    assert endpoint.requests == []
