"""A parsed note, written down for reading."""

from collections.abc import Callable

import pytest

from kbqa.notes.sections import Outline
from kbqa.types import Link


def _link(link: Link) -> str:
    place = f"^{link.block}" if link.block else link.heading
    kind = "embed" * link.embed or "relative" * link.relative or "link"
    return f"{kind} {link.line}: {link.target} # {place} | {link.display}"


def _described(outline: Outline) -> str:
    lines = [f"title: {outline.title}"]
    for section in outline.sections:
        path = " / ".join(part or "∅" for part in section.heading_path)
        lines.append(f"{section.start_line}-{section.end_line} h{section.level} {path}")
        lines += [f"  ^{name.name}: {name.start_line}-{name.end_line}" for name in section.block_ids]
        lines += [
            f"  {block.start_line}-{block.end_line} {block.kind}{block.depth or ''}: {block.plain}"
            for block in section.blocks
        ]
    lines += [_link(link) for link in outline.links]
    lines += [f"tag {tag}" for tag in outline.tags]
    return "\n".join(lines)


@pytest.fixture(scope="session")
def described() -> Callable[[Outline], str]:
    """The outline as text: the title, the sections with their lines, the blocks in them, the links, the tags."""
    return _described
