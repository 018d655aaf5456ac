"""Where a language model is, and what one of its replies may take."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from kbqa.errors import ModelFault
from kbqa.settings import Settings, is_loopback

Message = tuple[Literal["system", "user", "assistant"], str]
"""Who speaks, and the text."""


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """A model behind an OpenAI-compatible endpoint."""

    url: str
    """The endpoint's base address; `/chat/completions` is put behind it."""
    model: str
    """The model's name there."""
    key: SecretStr | None = None
    """Goes into the Authorization header of requests to `url`, and nowhere else."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """More fields for the request's body; they win over ours."""

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the endpoint can only be a program on this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")

    def fault(self, key: str, **values: object) -> ModelFault:
        """What went wrong with this model, to be raised."""
        return ModelFault(key, model=self.model, url=self.url, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a reply may take. Seconds count from the request, for all attempts together, if not said otherwise."""

    connect_seconds: float = 5
    """For one connection, looking up the host's name included."""
    first_token_seconds: float
    """Until the first sign of life: a token of the text or of the reasoning before it."""
    gap_seconds: float
    """Between two signs of life."""
    total_seconds: float
    """Until the reply's end."""
    answer_tokens: int
    """Longest reply, in the model's tokens."""
    context_tokens: int
    """Request and reply together, in the model's tokens."""

    def within(self, answer_tokens: int | None, seconds: float | None) -> "Limits":
        """The same with a longest reply of its own, and no more than so many seconds for all of it."""
        most = self.total_seconds if seconds is None else min(seconds, self.total_seconds)
        return replace(
            self,
            answer_tokens=answer_tokens or self.answer_tokens,
            first_token_seconds=min(self.first_token_seconds, most),
            total_seconds=most,
        )


def limits_of(settings: Settings) -> Limits:
    """What the settings let a reply take."""
    return Limits(
        first_token_seconds=settings.llm_first_token_seconds,
        gap_seconds=settings.llm_gap_seconds,
        total_seconds=settings.llm_seconds,
        answer_tokens=settings.llm_answer_tokens,
        context_tokens=settings.llm_context_tokens,
    )
