"""How a place in the notes is written: a section as a breadcrumb, lines as a range."""

from collections.abc import Sequence

from kbqa.texts import Texts

CRUMB = " › "


def breadcrumb(heading_path: Sequence[str]) -> str:
    """A section's place."""
    return CRUMB.join(heading_path)


def line_range(start: int, end: int, texts: Texts) -> str:
    """Lines, 1-based and inclusive, in words."""
    if start == end:
        return texts("web.sources.line", start=start)
    return texts("web.sources.lines", start=start, end=end)
