"""What stands above the parts of an answer, and what stands together under one label."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from kbqa.answering.citations import Quote
from kbqa.answering.draft import Part


def with_titles(parts: Sequence[Part]) -> list[Part]:
    """Parts as they are labelled: one for a section, with their notes where there are several of them.

    Where nothing is labelled before it, a part goes without a label that its first sentence begins with. A single item
    is no list.
    """
    sections = _told_apart(_merged(parts))
    if len({part.note for part in sections}) > 1:
        titles = {part.note: part.quotes[0].title for part in sections}
        shared = {title for title, count in Counter(titles.values()).items() if count > 1}
        names = {note: _placed(note, title) if title in shared else title for note, title in titles.items()}
        sections = [
            replace(part, label=under(names[part.note], part.quotes[0].title, part.label)) if part.label else part
            for part in sections
        ]
    unlabelled = takewhile(lambda part: part.label is None or _names_itself(part), sections)
    bare = [replace(part, label=None) for part in unlabelled]
    return [replace(part, quotes=_alone(part.quotes)) for part in (*bare, *sections[len(bare) :])]


def _merged(parts: Sequence[Part]) -> list[Part]:
    """One part for each section and label; labels that end with the section's heading are one, however long."""
    merged: dict[tuple[str, tuple[str, ...], str | None], Part] = {}
    for part in parts:
        note, path = part.section
        last = part.label.rpartition(" › ")[2] if part.label else None
        key = note, path, last if last in path[-1:] else part.label
        same = merged.get(key)
        merged[key] = replace(same, quotes=distinct((*same.quotes, *part.quotes))) if same else part
    return list(merged.values())


def _told_apart(parts: Sequence[Part]) -> list[Part]:
    """Parts with all headings down to them where two sections of a note go by one label: «Шаги» and «Шаги»."""
    counts = Counter((part.note, part.label) for part in parts)
    return [
        replace(part, label=breadcrumb(part.section[1])) if part.label and counts[part.note, part.label] > 1 else part
        for part in parts
    ]


def _alone(quotes: tuple[Quote, ...]) -> tuple[Quote, ...]:
    return tuple(quote.as_prose() for quote in quotes) if len(quotes) == 1 else quotes


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
