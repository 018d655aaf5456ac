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
"""Type of the inline token for `[[target#heading|display]]`; its `content` is what a reader sees."""


@cache
def parser() -> MarkdownIt:
    """The one parser; parsing keeps no state in it."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(front_matter_plugin)
    markdown.inline.ruler.before("link", WIKILINK, _wikilink)
    return markdown


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
    if not state.src.startswith("[[", state.pos):
        return False
    end = state.src.find("]]", state.pos + 2, state.posMax)
    inner = state.src[state.pos + 2 : end] if end > 0 else ""
    if not inner.strip() or "\n" in inner or "[[" in inner:
        return False
    # In a table the bar is written `\|`, or it would end the cell.
    address, _, display = inner.replace("\\|", "|").partition("|")
    target, _, heading = address.partition("#")
    if not silent:
        token = state.push(WIKILINK, "", 0)
        token.meta = {"target": target.strip(), "heading": heading.strip() or None}
        token.content = display.strip() or address.replace("#", " › ").removeprefix(" › ").strip()
    state.pos = end + 2
    return True
