"""The Markdown that notes are written in: CommonMark with tables, front matter and `[[wikilinks]]`."""

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from kbqa.types import Link

CALLOUT = re.compile(r"\[![\w-]+\][+-]?[ \t]*")
"""What makes a quotation a callout in Obsidian: `[!note]` at its beginning."""
WIKILINK = "wikilink"
"""Type of the inline token for `[[target#heading|display]]`, embedded with `!` in front; what a reader sees is its
`content`, and `meta` has `target`, `heading` (or None) and `embed`."""


@cache
def parser() -> MarkdownIt:
    """The one parser; parsing keeps no state in it."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(front_matter_plugin)
    return markdown.use(wikilink_plugin)


def wikilink_plugin(markdown: MarkdownIt) -> None:
    """Teach a parser wikilinks."""
    markdown.inline.ruler.before("link", WIKILINK, _wikilink)


def plain_text(inline: Token) -> str:
    """What a reader sees of an `inline` token: no emphasis marks, links as their display text."""
    return "".join(_plain_parts(inline.children or [])).strip()


def wikilinks(inline: Token) -> Iterator[Link]:
    """The wikilinks of an `inline` token, in order."""
    first_line = inline.map[0] + 1 if inline.map else 1
    breaks = 0
    for token in inline.children or []:
        if token.type in {"softbreak", "hardbreak"}:
            breaks += 1
        elif token.type == WIKILINK:
            yield Link(token.meta["target"], token.meta["heading"], token.content, first_line + breaks)


def _plain_parts(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"text", "code_inline", WIKILINK}:
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
        elif token.type == "image":
            yield from _plain_parts(token.children or [])


def _wikilink(state: StateInline, silent: bool) -> bool:
    embed = state.src.startswith("![[", state.pos)
    start = state.pos + (3 if embed else 2)
    if not embed and not state.src.startswith("[[", state.pos):
        return False
    end = state.src.find("]]", start, state.posMax)
    inner = state.src[start:end] if end > 0 else ""
    if not inner.strip() or "\n" in inner or "[[" in inner:
        return False
    # In a table the bar is written `\|`, or it would end the cell.
    address, _, display = inner.replace("\\|", "|").partition("|")
    target, _, heading = address.partition("#")
    if not silent:
        token = state.push(WIKILINK, "", 0)
        token.meta = {"target": target.strip(), "heading": heading.strip() or None, "embed": embed}
        token.content = display.strip() or address.replace("#", " › ").removeprefix(" › ").strip()
    state.pos = end + 2
    return True
