"""The YAML between the `---` lines at the top of a note."""

from dataclasses import dataclass

import yaml


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
        # A surrogate or control character is YAMLError too, but deep nesting is not.
        values = yaml.safe_load(source)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        return FrontMatter(unreadable_at=first_line + (mark.line if mark else 0))
    if values is None:
        return FrontMatter()
    if not isinstance(values, dict):
        return FrontMatter(unreadable_at=first_line)
    title = values.get("title")
    return FrontMatter(
        title=str(title).strip() or None if title is not None else None,
        aliases=_names(values.get("aliases", values.get("alias"))),
        tags=tuple(tag.lstrip("#") for tag in _names(values.get("tags", values.get("tag")), separators=", ")),
    )


def _names(value: object, separators: str = "") -> tuple[str, ...]:
    """A YAML list, or a single string, as names; a string of tags is split at commas and spaces, as Obsidian does."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(name for item in value if item is not None and (name := str(item).strip()))
    text = str(value)
    for separator in separators:
        text = text.replace(separator, "\n")
    return tuple(name for line in text.split("\n") if (name := line.strip()))
