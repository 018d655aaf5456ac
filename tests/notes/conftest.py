"""A parsed note, written down for reading."""

from collections.abc import Callable

import pytest

from kbqa.notes.sections import Outline


def _described(outline: Outline) -> str:
    lines = [f"title: {outline.title}"]
    for section in outline.sections:
        path = " / ".join(part or "∅" for part in section.heading_path)
        lines.append(f"{section.start_line}-{section.end_line} h{section.level} {path}")
        lines += [
            f"  {block.start_line}-{block.end_line} {block.kind}{block.depth or ''}: {block.plain}"
            for block in section.blocks
        ]
    lines += [f"link {link.line}: {link.target} # {link.heading} | {link.display}" for link in outline.links]
    return "\n".join(lines)


@pytest.fixture(scope="session")
def described() -> Callable[[Outline], str]:
    """The outline as text: the title, the sections with their lines, the blocks in them, the links."""
    return _described
