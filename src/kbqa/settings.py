"""The knobs of kbqa, read once, frozen, and passed down.

Sources in rising order: the defaults below, `KBQA_*` environment variables, a `kbqa.toml` in the working
folder, then what the caller (a command-line flag, the Python API) gives.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from kbqa.errors import ConfigurationError
from kbqa.types import Language

CONFIG_FILE = "kbqa.toml"

_ANSWER_SETTINGS = ("language", "chunk_tokens", "min_section_tokens", "top_k", "dense_weight", "candidates")


class Settings(BaseSettings):
    """Settings of one knowledge base. Field docstrings are what the README's table says."""

    model_config = SettingsConfigDict(
        env_prefix="KBQA_", toml_file=CONFIG_FILE, frozen=True, extra="forbid", use_attribute_docstrings=True
    )

    corpus: Path = Path("corpus")
    """Folder of notes."""
    index: Path = Path("index")
    """Folder of the index; derived, may be deleted at any time."""
    data: Path = Path("data")
    """Folder of what you leave: marked answers (and later the history of your talks); cannot be made again, keep it."""
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
    """Address that the chat listens on; only addresses of this machine are accepted."""
    port: int = Field(default=7860, ge=0, le=65535)
    """Port of the chat; 0: any free one."""

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

    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that change when a setting changes that answers depend on."""
        values = {name: getattr(self, name) for name in _ANSWER_SETTINGS}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]


def _first_problem(error: ValidationError) -> ConfigurationError:
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return ConfigurationError("unknown_setting", name=name, known=", ".join(Settings.model_fields))
    limits = problem.get("ctx", {})
    for kind, key in (("ge", "setting_at_least"), ("le", "setting_at_most"), ("expected", "setting_one_of")):
        if kind in limits:
            return ConfigurationError(key, name=name, value=problem["input"], limit=limits[kind])
    return ConfigurationError("bad_setting", name=name, value=problem["input"])
