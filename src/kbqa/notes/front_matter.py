"""The YAML between the `---` lines at the top of a note."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import yaml

LENGTH_LIMIT = 100_000
"""Characters; more than a thousand times what people write, and what the YAML parser takes about a second for."""

_NOTHING = ("", "~", "null")
"""How YAML spells that there is no value."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What kbqa reads of a note's metadata."""

    title: str | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """Without `#`."""
    unreadable_at: int | None = None
    """1-based line of the file where the YAML breaks, or grows too long; None: all of it was read."""


def read_front_matter(source: str, first_line: int) -> FrontMatter:
    """Read the YAML `source`, which begins at `first_line` of the file.

    Broken YAML costs the note its metadata, never its text, so it is reported in the value instead of raised.
    """
    if len(source) > LENGTH_LIMIT:
        return FrontMatter(unreadable_at=first_line + source.count("\n", 0, LENGTH_LIMIT))
    try:
        # Strings, lists and mappings only: a title `12:30` or an alias `1.10` is a name, not a number.
        values = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506 - this loader makes no objects
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return FrontMatter(unreadable_at=first_line + (mark.line if mark else 0))
    if values is None or values in _NOTHING:
        return FrontMatter()
    if not isinstance(values, dict):
        return FrontMatter(unreadable_at=first_line)
    return FrontMatter(
        title=next((name for value in _values(values, "title") for name in _names([value])), None),
        aliases=unique(name for value in _values(values, "aliases", "alias") for name in _names(value)),
        tags=unique(
            tag.strip("#/")
            for value in _values(values, "tags", "tag")
            for tag in _names(value, separators=", ")
            if tag.strip("#/")
        ),
    )


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, letter case apart, as first written."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.casefold(), name)
    return tuple(first.values())


def _values(properties: Mapping[object, object], *keys: str) -> list[object]:
    """What stands under any of the `keys`, which Obsidian reads in either letter case, in the order of the file."""
    return [value for key, value in properties.items() if isinstance(key, str) and key.casefold() in keys]


def _names(value: object, separators: str = "") -> tuple[str, ...]:
    """A YAML list, or a single string, as names; a string of tags is split at commas and spaces, as Obsidian does."""
    if isinstance(value, str):
        for separator in separators:
            value = value.replace(separator, "\n")
        value = value.split("\n")
    if not isinstance(value, list):
        return ()
    return tuple(_name(item) for item in value if isinstance(item, str) and item.strip() not in _NOTHING)


def _name(text: str) -> str:
    """`text` in one line; half of a surrogate pair, which YAML can spell, as a question mark."""
    return " ".join(text.split()).encode(errors="replace").decode()
