"""What stands above the parts of an answer, and what stands together under one label."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from kbqa.answering.citations import Quote
from kbqa.answering.draft import Part


def with_titles(parts: Sequence[Part]) -> list[Part]:
    """Parts as they are labelled: with their notes, where there are several, and not with what they begin with."""
    if len({part.note for part in parts}) > 1:
        titles = {part.note: part.quotes[0].title for part in parts}
        shared = {title for title, count in Counter(titles.values()).items() if count > 1}
        names = {note: _placed(note, title) if title in shared else title for note, title in titles.items()}
        parts = [
            replace(part, label=under(names[part.note], part.quotes[0].title, part.label)) if part.label else part
            for part in parts
        ]
    merged: dict[tuple[str, str | None], Part] = {}
    for part in parts:
        same = merged.get((part.note, part.label))
        whole = replace(same, quotes=distinct((*same.quotes, *part.quotes))) if same else part
        merged[part.note, part.label] = whole
    return [replace(part, label=None) if _names_itself(part) else part for part in merged.values()]


def distinct(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Quotes of one section once each, in the order of the note; rows of one table together under its head."""
    found: dict[tuple[int, str], Quote] = {}
    for quote in sorted(dict.fromkeys(quotes), key=lambda quote: (quote.start_line, quote.end_line)):
        key = (quote.start_line, "" if quote.layout == "table" else quote.text)
        found[key] = _one_table(found[key], quote) if key in found else quote
    return tuple(found.values())


def under(name: str, title: str, label: str) -> str:
    """A label under the name that its note goes by; a label that begins with the note's title is what is below it."""
    below = label.removeprefix(title).removeprefix(" › ") if label.split(" › ", maxsplit=1)[0] == title else label
    return f"{name} › {below}" if below else name


def breadcrumb(heading_path: Sequence[str]) -> str:
    """Where a section stands in its note: the headings down to it, the note's title only where nothing else is."""
    return " › ".join(heading_path[1:] or heading_path)


def _placed(note: str, title: str) -> str:
    """The title of a note with its folder, for notes of one title."""
    folder = note.rpartition("/")[0]
    return f"{folder}/{title}" if folder else title


def _names_itself(part: Part) -> bool:
    """Whether its first sentence begins with its label: «Хакатон - это …» under «Хакатон»."""
    if part.label is None or not part.is_prose:
        return False
    return part.quotes[0].shown.casefold().startswith(part.label.rpartition(" › ")[2].casefold())


def _one_table(shorter: Quote, longer: Quote) -> Quote:
    """Two quotes of a table, each from its head, as one that shows the rows of both."""
    rows = [*shorter.shown.split("\n"), *longer.shown.split("\n")]
    lines = [line.lstrip(" \t>").rstrip() for line in longer.text.split("\n")]
    return replace(longer, shown="\n".join(line for line in lines if line in rows))
