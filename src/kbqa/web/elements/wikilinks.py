"""Sections as Obsidian links to them: `[[Заметка#Раздел#Подраздел|как показать]]`."""

import re
from collections.abc import Sequence

from kbqa.notes.listing import NOTE_SUFFIX
from kbqa.web.elements.places import breadcrumb

_NOT_IN_LINK = re.compile(r"[#|^:\[\]\\]+|%%")
"""What Obsidian itself leaves out of a link to a heading, or would read as a part of the link."""


def wikilink(note: str, heading_path: Sequence[str], *, shown: bool = False) -> str:
    """A link to a section.

    Args:
        note: the note's path, which stands in the link: two notes may share a name.
        heading_path: headings from the note's title to the section's own.
        shown: whether the link says how it is displayed, as a breadcrumb.
    """
    headings = [plain for heading in heading_path[1:] if (plain := _plain(heading))]
    anchor = "".join(f"#{heading}" for heading in headings)
    display = f"|{breadcrumb([_plain(heading) for heading in heading_path])}" if shown else ""
    return f"[[{note.removesuffix(NOTE_SUFFIX)}{anchor}{display}]]"


def _plain(heading: str) -> str:
    return " ".join(_NOT_IN_LINK.sub(" ", heading).split())
