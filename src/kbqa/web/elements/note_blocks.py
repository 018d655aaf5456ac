"""What Obsidian makes of CommonMark's blocks: callouts, boxes of tasks; and the pairs of `==`."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from kbqa.notes.markdown import HIGHLIGHT

CALLOUT, CALLOUT_TITLE, CALLOUT_END = "callout_open", "callout_title", "callout_close"
TASK = "task"
"""Name in the `meta` of an item's token: whether its box is ticked."""
PARTNER = "partner"
"""Name in the `meta` of a mark `==` that has one: `open` or `close`."""

_CALLOUT = re.compile(r"\[!([^\]\n]+)\]([+-]?)[ \t]*")
_TASK = re.compile(r"\[(.)\][ \t]+")
_TONES = {
    "good": ("tip", "hint", "important", "success", "check", "done"),
    "wait": ("warning", "caution", "attention", "question", "help", "faq"),
    "bad": ("danger", "error", "bug", "failure", "fail", "missing"),
    "quiet": ("quote", "cite", "example", "abstract", "summary", "tldr"),
}
_TONE_OF = {kind: tone for tone, kinds in _TONES.items() for kind in kinds}


def with_obsidian_blocks(tokens: Sequence[Token]) -> list[Token]:
    """The same tokens, in which callouts, tasks and pairs of `==` are what they are in Obsidian; changes them."""
    shown: list[Token] = []
    quotes: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        inline = _opening_line(tokens, position)
        if token.type == "blockquote_open":
            title = _callout(token, inline) if inline else None
            quotes.append(token)
            if title is not None and inline is not None:
                shown += [token, title]
                # A callout may have a title and nothing else in its first paragraph.
                position += 1 if inline.children else 4
                continue
        elif token.type == "blockquote_close":
            quote = quotes.pop()
            if quote.type == CALLOUT:
                token.type, token.meta = CALLOUT_END, quote.meta
        elif token.type == "list_item_open" and inline:
            _task(token, inline)
        elif token.type == "inline":
            _pair_highlights(token.children or [])
        shown.append(token)
        position += 1
    return shown


def _opening_line(tokens: Sequence[Token], position: int) -> Token | None:
    """The text with which a container begins, if it begins with a paragraph."""
    following = tokens[position + 1 : position + 3]
    is_text = len(following) == 2 and following[0].type == "paragraph_open" and following[1].type == "inline"  # noqa: PLR2004
    return following[1] if is_text else None


def _callout(quote: Token, inline: Token) -> Token | None:
    """The title of a callout, taken out of its first paragraph; None: it is a quotation."""
    children = inline.children or []
    match = _CALLOUT.match(children[0].content) if children and children[0].type == "text" else None
    if match is None:
        return None
    children[0].content = children[0].content[match.end() :]
    end = next((at for at, child in enumerate(children) if child.type in {"softbreak", "hardbreak"}), len(children))
    kind = match[1].strip().lower()
    title = Token(
        CALLOUT_TITLE, "", 0, children=[child for child in children[:end] if child.type != "text" or child.content]
    )
    title.content = match[1].strip().capitalize()
    _pair_highlights(title.children or [])
    inline.children = children[end + 1 :]
    quote.type = CALLOUT
    quote.meta = {"tone": _TONE_OF.get(kind, "note"), "folds": match[2]}
    title.meta = quote.meta
    return title


def _task(item: Token, inline: Token) -> None:
    first = next(iter(inline.children or []), None)
    match = _TASK.match(first.content) if first and first.type == "text" else None
    if first and match:
        item.meta = {TASK: match[1] != " "}
        first.content = first.content[match.end() :]


def _pair_highlights(children: Sequence[Token]) -> None:
    """Pairs marks at the same depth, so that what is between them is whole."""
    waiting: dict[int, Token] = {}
    for child in children:
        if child.type != HIGHLIGHT:
            continue
        if opened := waiting.pop(child.level, None):
            opened.meta, child.meta = {PARTNER: "open"}, {PARTNER: "close"}
        else:
            waiting[child.level] = child
