"""The knobs of kbqa, read once, frozen, and passed down.

Sources in rising order: the defaults below, `KBQA_*` environment variables, a `kbqa.toml` in the working
folder, then what the caller (a command-line flag, the Python API) gives.
"""

import hashlib
import json
import re
import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from kbqa.errors import ConfigurationError
from kbqa.types import Language

CONFIG_FILE = "kbqa.toml"

_ANSWER_SETTINGS = ("language", "chunk_tokens", "min_section_tokens", "top_k", "dense_weight", "candidates")
# Of a knowledge base with a language model, too; not the key, and not the time limits.
_MODEL_SETTINGS = ("llm_url", "llm_model", "llm_context_tokens", "llm_answer_tokens", "llm_extra", "unsupported")
HIDDEN = frozenset({"llm_url", "llm_key", "llm_extra", "password", "chroma_url", "chroma_api_key"})
"""Settings whose values no message and no page repeats: they are, or may by mistake hold, a key."""
_EXTRA_TAKEN = ("messages", "model", "stream")
"""Fields of a request that `llm_extra` cannot set."""


class Settings(BaseSettings):
    """Settings of one knowledge base. Field docstrings are what the README's table says."""

    model_config = SettingsConfigDict(
        env_prefix="KBQA_",
        toml_file=CONFIG_FILE,
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        hide_input_in_errors=True,  # pydantic's messages would show the key
    )

    corpus: Path = Path("corpus")
    """Folder of notes."""
    index: Path = Path("index")
    """Folder of the index; derived, may be deleted at any time."""
    data: Path = Path("data")
    """Folder of what you leave: marked answers and the history of your talks; cannot be made again, keep it."""
    history: bool = True
    """Whether the chat keeps your talks, in `data`; `false`: nothing of them is written."""
    language: Language = "ru"
    """Language of the interface, answers and messages: `ru` or `en`."""
    chunk_tokens: int = Field(default=320, ge=32, le=480)
    """Longest chunk, in tiktoken tokens, title and headings included; the embedding model reads 512 of its own."""
    min_section_tokens: int = Field(default=16, ge=0, le=200)
    """A section shorter than this many tokens goes into one chunk with its parent."""
    top_k: int = Field(default=10, ge=1, le=100)
    """How many chunks a search returns."""
    dense_weight: float = Field(default=0.75, ge=0, le=1)
    """Share of the embedding similarity in the fused score; the rest is the lexical score's."""
    candidates: int = Field(default=100, ge=1, le=1000)
    """How many candidates each ranker hands to the fusion."""
    max_question_chars: int = Field(default=2000, ge=1)
    """Longest question, in characters."""
    threads: int = Field(default=2, ge=1, le=64)
    """Processor threads of the embedding model."""
    host: str = "127.0.0.1"
    """Address that the server listens on; one that other machines can reach needs a password."""
    port: int = Field(default=7860, ge=0, le=65535)
    """Port of the server; 0: any free one."""
    password: SecretStr | None = None
    """Password for everything that the server serves, 12 characters or more; kept in the environment, not in a file."""
    hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Names that the server answers to besides those of this machine, as behind a reverse proxy; needs a password."""
    proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses or networks of reverse proxies that are believed when they say who asks, and that it was by https."""
    questions_per_minute: int = Field(default=600, ge=1)
    """How many questions a minute one address may ask."""
    questions_waiting: int = Field(default=100, ge=0)
    """How many questions may wait while others are being answered; more are refused."""
    llm_url: str | None = None
    """Address of a language model's OpenAI-compatible endpoint, such as `http://127.0.0.1:11434/v1`; None: no model."""
    llm_model: str | None = None
    """Name of the language model at that address."""
    llm_key: SecretStr | None = None
    """Key for that address, if it wants one; better kept in the environment than in a file."""
    llm_context_tokens: int = Field(default=4096, ge=1024)
    """The language model's context, in its tokens: the request and the reply together."""
    llm_answer_tokens: int = Field(default=768, ge=16)
    """Longest reply of the language model, in its tokens; less than half of the context."""
    llm_first_token_seconds: float = Field(default=15.0, ge=0.1, le=3600)
    """How long the language model may take to begin its reply, attempts to reach it again included."""
    llm_gap_seconds: float = Field(default=10.0, ge=0.1, le=3600)
    """How long the language model may fall silent in mid-reply."""
    llm_seconds: float = Field(default=28.0, ge=0.1, le=3600)
    """How long the whole reply may take; after that the answer is made without the language model."""
    llm_extra: dict[str, Any] = {}
    """More fields for the request to the language model: JSON in the environment, a table in `kbqa.toml`."""
    unsupported: Literal["mark", "remove"] = "mark"
    """What becomes of a language model's sentences that the notes do not support: `mark` or `remove`."""
    chroma_url: str | None = None
    """Chroma server that holds the published index, such as `http://127.0.0.1:8000`; None: the index folder alone."""
    chroma_api_key: SecretStr | None = None
    """Key of that server (Chroma Cloud, or a proxy in front of it); better kept in the environment than in a file."""
    chroma_tenant: str | None = None
    """Tenant on that server; None: the one that the server names."""
    chroma_database: str | None = None
    """Database on that server; None: the one that the server names."""
    chroma_vault: str = Field(default="notes", pattern="^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$")
    """Name of these notes on that server: another one for each vault. Latin letters, digits, hyphens."""

    @classmethod
    def load(cls, **given: Any) -> Self:
        """Settings from all sources; `given` values that are None count as not given.

        Raises:
            ConfigurationError: a value does not fit, a name is unknown, or `kbqa.toml` cannot be read as TOML.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})
        except ValidationError as error:
            raise _first_problem(error) from error
        except SettingsError as error:
            # The one setting whose variable is read as JSON.
            raise ConfigurationError("llm_extra_json") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise ConfigurationError("config_file", file=CONFIG_FILE, detail=error) from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library names the parameters
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where values come from, the strongest first; called by pydantic."""
        # The order is the contract's, with the file above the environment.
        return init_settings, TomlConfigSettingsSource(settings_cls), env_settings

    @field_validator("hosts", "proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator(
        "llm_url",
        "llm_model",
        "llm_key",
        "password",
        "chroma_url",
        "chroma_api_key",
        "chroma_tenant",
        "chroma_database",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _check_model(self) -> Self:
        if self.llm_url is not None:
            _address_parts(self.llm_url, "llm_url")
        if (self.llm_url is None) != (self.llm_model is None):
            raise ConfigurationError("llm_incomplete", missing="llm_url" if self.llm_url is None else "llm_model")
        if self.llm_key and not re.fullmatch("[!-~]+", self.llm_key.get_secret_value()):
            raise ConfigurationError("llm_key_form")
        if not self.llm_extra.keys().isdisjoint(_EXTRA_TAKEN) or not _is_json(self.llm_extra):
            raise ConfigurationError("llm_extra_form", taken=", ".join(_EXTRA_TAKEN))
        if 2 * self.llm_answer_tokens >= self.llm_context_tokens:
            raise ConfigurationError(
                "llm_answer_too_long", answer=self.llm_answer_tokens, context=self.llm_context_tokens
            )
        return self

    @model_validator(mode="after")
    def _check_chroma(self) -> Self:
        if self.chroma_url is None:
            if self.chroma_api_key or self.chroma_tenant or self.chroma_database:
                raise ConfigurationError("chroma_incomplete")
            return self
        parts = _address_parts(self.chroma_url, "chroma_url")
        if parts.path not in {"", "/"}:
            raise ConfigurationError("chroma_url_form")
        if self.chroma_api_key:
            if not re.fullmatch("[!-~]+", self.chroma_api_key.get_secret_value()):
                raise ConfigurationError("chroma_key_form")
            if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
                raise ConfigurationError("chroma_key_open")
        return self

    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that change when a setting changes that answers depend on."""
        names = _ANSWER_SETTINGS if self.llm_url is None else _ANSWER_SETTINGS + _MODEL_SETTINGS
        values = {name: getattr(self, name) for name in names}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address without port and brackets, can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _address_parts(url: str, setting: str) -> SplitResult:
    """The parts of an http(s) address without a name, password, query or fragment.

    Raises:
        ConfigurationError: `<setting>_form`, it is no address; `<setting>_secret`, it has more.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises if it is no number, or too large
    except ValueError:
        raise ConfigurationError(f"{setting}_form") from None
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise ConfigurationError(f"{setting}_secret")
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in url or not url.isprintable():
        raise ConfigurationError(f"{setting}_form")
    return parts


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _first_problem(error: ValidationError) -> ConfigurationError:
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    if problem["loc"][0] in HIDDEN:
        return ConfigurationError("bad_setting_hidden", name=name)
    if problem["type"] == "extra_forbidden":
        return ConfigurationError("unknown_setting", name=name, known=", ".join(Settings.model_fields))
    limits = problem.get("ctx", {})
    for kind, key in (("ge", "setting_at_least"), ("le", "setting_at_most"), ("expected", "setting_one_of")):
        if kind in limits:
            return ConfigurationError(key, name=name, value=problem["input"], limit=limits[kind])
    return ConfigurationError("bad_setting", name=name, value=problem["input"])
