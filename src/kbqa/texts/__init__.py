"""Everything a user reads, in Russian and English.

One folder a language, one TOML file an area (`ru/errors.toml`: keys `errors.*`); the same keys and placeholders
in both languages, which a test holds.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from kbqa.types import Language

DEFAULT_LANGUAGE: Language = "ru"


class Texts:
    """The catalogue of one language; `texts("index.added", count=3)` gives a line with its placeholders filled."""

    def __init__(self, language: Language, entries: dict[str, str]) -> None:
        self.language = language
        self._entries = entries

    @staticmethod
    @cache
    def load(language: Language) -> "Texts":
        """The catalogue of `language`, read once."""
        entries: dict[str, str] = {}
        for area in files(__package__).joinpath(language).iterdir():
            table = tomllib.loads(area.read_text(encoding="utf-8"))
            entries |= _flatten(table, area.name.removesuffix("toml"))
        return Texts(language, entries)

    def __call__(self, key: str, **values: object) -> str:
        """The text under `key` with `{placeholders}` replaced; an unknown key is a programming error (KeyError)."""
        return self._entries[key].format(**values)

    def keys(self) -> frozenset[str]:
        """All keys of the catalogue, dotted."""
        return frozenset(self._entries)

    def template(self, key: str) -> str:
        """The text under `key` with its placeholders unfilled."""
        return self._entries[key]


def _flatten(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    entries: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            entries |= _flatten(value, f"{prefix}{key}.")
        else:
            entries[prefix + key] = value
    return entries
