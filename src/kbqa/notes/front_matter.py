"""The YAML between the `---` lines at the top of a note."""

from dataclasses import dataclass

import yaml

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
    """1-based line of the file where the YAML breaks; None: all of it was read."""


def read_front_matter(source: str, first_line: int) -> FrontMatter:
    """Read the YAML `source`, which begins at `first_line` of the file.

    Broken YAML costs the note its metadata, never its text, so it is reported in the value instead of raised.
    """
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
    title = values.get("title")
    return FrontMatter(
        title=next(iter(_names([title])), None),
        aliases=_names(values.get("aliases", values.get("alias"))),
        tags=tuple(tag.lstrip("#") for tag in _names(values.get("tags", values.get("tag")), separators=", ")),
    )


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
