"""The Markdown that notes are written in: CommonMark with tables and front matter, and what Obsidian adds to it."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline, backtick
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.footnote.index import footnote_def
from mdit_py_plugins.front_matter import front_matter_plugin

from kbqa.types import Link

CALLOUT = re.compile(r"\[![^\]\n]+\][+-]?[ \t]*\n?")
"""What makes a quotation a callout in Obsidian: `[!note]` at its beginning, its title on the same line or none."""
WIKILINK = "wikilink"
"""Type of the inline token for `[[target#heading|display]]`, embedded with `!` in front; what a reader sees is its
`content`, and `meta` has `target`, `heading` and `block` (or None) and `embed`."""
TAG = "tag"
"""Type of the inline token for `#word`; its `content` is as written, with the sign."""
MATH = "math"
HIGHLIGHT = "highlight"

HIGHLIGHT_MARK = "\0=="
"""A `==` among plain parts; notes have no NUL."""

MAX_NESTING = 40
"""Containers in containers; a list counts two. What is nested deeper is read line by line."""

BRACKET_WORK_LIMIT = 20_000_000
"""Opening brackets of a paragraph times its characters: the parser looks for each bracket's partner. A paragraph
above the limit, which takes about .05 s, is plain text."""

_WHOLE_LINK = re.compile(r"\[\[[^\[\]\n]+\]\]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_ATTACHMENT = re.compile(
    r"\.(?:avif|bmp|gif|ico|jpe?g|png|svg|tiff?|webp|3gp|flac|m4a|mp3|oga|ogg|wav|mkv|mov|mp4|ogv|webm|avi"
    r"|pdf|canvas|base|epub|djvu|docx?|xlsx?|pptx?|odt|ods|odp|rtf|csv|tsv|zip|rar|7z|gz)$",
    re.IGNORECASE,
)
"""Endings that make a wikilink's target an attachment; `[[Node.js]]` and `[[Версия 1.2]]` are names of notes."""
_FILE_ENDING = re.compile(r"\.(?!md$)[A-Za-z0-9]{1,5}$", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\[\^[^\s\[\]]+\]")
_TAG = re.compile(r"#([^\u2000-\u206F\u2E00-\u2E7F'!\"#$%&()*+,.:;<=>?@^`{|}~\[\]\\\s«»]+)")
"""The characters that Obsidian allows, guillemets left out."""


@cache
def parser() -> MarkdownIt:
    """The one parser; parsing keeps no state in it."""
    markdown = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    blocks, inline = _Blocks(), _Inline()
    for mine, theirs in ((blocks.ruler, markdown.block.ruler), (inline.ruler, markdown.inline.ruler)):
        mine.enableOnly(theirs.get_active_rules())
    inline.ruler2.enableOnly(markdown.inline.ruler2.get_active_rules())
    markdown.block, markdown.inline = blocks, inline
    markdown.use(front_matter_plugin)
    markdown.block.ruler.before("reference", "footnote", _footnote, {"alt": ["paragraph", "reference"]})
    markdown.block.ruler.before("reference", "flashcard", _flashcard, {"alt": ["paragraph", "reference"]})
    markdown.inline.ruler.before("link", "obsidian", _obsidian)
    markdown.inline.ruler.at("backticks", _code_span)
    return markdown


def wikilink_plugin(markdown: MarkdownIt) -> None:
    """Teach a parser wikilinks, and nothing else of Obsidian's."""
    markdown.inline.ruler.before("link", WIKILINK, _wikilink)


def plain_text(inline: Token) -> str:
    """What a reader sees of an `inline` token: no emphasis marks, links as their display text, no footnote numbers."""
    parts = list(_plain_parts(inline.children or []))
    if "==" in inline.content and HIGHLIGHT_MARK in parts:
        parts = _without_highlight_marks(parts)
    return "".join(parts).strip()


def links(inline: Token) -> Iterator[Link]:
    """The links of an `inline` token that can lead to notes, in order."""
    line = inline.map[0] + 1 if inline.map else 1
    tokens = inline.children or []
    for index, token in enumerate(tokens):
        if token.type in {"softbreak", "hardbreak"}:
            line += 1
        elif token.type == WIKILINK:
            if not _ATTACHMENT.search(token.meta["target"]):
                yield Link(
                    token.meta["target"],
                    token.meta["heading"],
                    token.content,
                    line,
                    block=token.meta["block"],
                    embed=token.meta["embed"],
                )
        elif token.type == "link_open":
            end = next((i for i in range(index, len(tokens)) if tokens[i].type == "link_close"), len(tokens))
            yield from _markdown_link(str(token.attrGet("href") or ""), tokens[index:end], line, embed=False)
        elif token.type == "image":
            yield from _markdown_link(str(token.attrGet("src") or ""), [token], line, embed=True)


def tags(inline: Token) -> Iterator[str]:
    """The tags of an `inline` token, without `#`, in order."""
    return (token.content[1:].rstrip("/") for token in inline.children or [] if token.type == TAG)


def _plain_parts(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"text", "code_inline", WIKILINK, TAG, MATH}:
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
        elif token.type == HIGHLIGHT:
            yield HIGHLIGHT_MARK
        elif token.type == "image":
            yield from _plain_parts(token.children or [])


def _without_highlight_marks(parts: list[str]) -> list[str]:
    """`==text==` as `text`; a mark without a partner stays as written."""
    open_at, before = None, " "
    for index, part in enumerate(parts):
        if part != HIGHLIGHT_MARK:
            before = part[-1:] or before
            continue
        parts[index] = "=="
        after = parts[index + 1][:1] if index + 1 < len(parts) else " "
        if open_at is not None and not before.isspace():
            parts[open_at] = parts[index] = ""
            open_at = None
        elif not after.isspace():
            open_at = index
    return parts


def _markdown_link(address: str, shown: list[Token], line: int, *, embed: bool) -> Iterator[Link]:
    if not address or _SCHEME.match(address):
        return
    path, _, place = address.partition("#")
    path = unquote(path.partition("?")[0])
    # A picture has to say that it is a note; a link has to say that it is something else.
    if _FILE_ENDING.search(path) or (embed and not path.lower().endswith(".md")) or "\n" in path:
        return
    heading, block = _place(unquote(place))
    if path or heading or block:
        display = "".join(_plain_parts(shown)).strip().replace(HIGHLIGHT_MARK, "==")
        yield Link(path.strip(), heading, display or path, line, block=block, embed=embed, relative=True)


def _place(written: str) -> tuple[str | None, str | None]:
    """What follows `#` in a link, as heading or block id."""
    written = written.strip()
    if written.startswith("^"):
        return None, written[1:].strip() or None
    return written or None, None


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
    target, _, place = address.partition("#")
    heading, block = _place(place)
    if not silent:
        token = state.push(WIKILINK, "", 0)
        token.meta = {"target": target.strip(), "heading": heading, "block": block, "embed": embed}
        if block and target.strip():
            address = target
        token.content = display.strip() or address.replace("#", " › ").removeprefix(" › ").strip()
    state.pos = end + 2
    return True


def _wikilink_or_footnote(state: StateInline, silent: bool) -> bool:
    """A footnote's number is nothing that a reader reads."""
    footnote = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    if not footnote:
        return _wikilink(state, silent)
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": footnote[0][2:-1]}
    state.pos = footnote.end()
    return True


def _footnote(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """`[^1]: text`: a container where it stands, and no address of a link."""
    if not state.src.startswith("[^", state.bMarks[start_line] + state.tShift[start_line]):
        return False
    return footnote_def(state, start_line, end_line, silent)


def _flashcard(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A line with `?` or `??` alone between a flashcard's question and its answer: two paragraphs, and no text."""
    start, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    if not state.src.startswith("?", start) or state.src[start:end].rstrip() not in {"?", "??"}:
        return False
    if start_line == 0 or state.isEmpty(start_line - 1) or start_line + 1 >= end_line or state.isEmpty(start_line + 1):
        return False
    if not silent:
        state.line = start_line + 1
    return True


def _tag(state: StateInline, silent: bool) -> bool:
    match = _TAG.match(state.src, state.pos, state.posMax)
    # A tag stands at the start of a line or after a space, emphasis marks apart, or directly after another tag.
    if not match or not match[1].strip("/0123456789") or not (_after_space(state) or _after_tag(state)):
        return False
    if not silent:
        state.push(TAG, "", 0).content = match[0]
    state.pos = match.end()
    return True


def _after_space(state: StateInline) -> bool:
    before = state.pos - 1
    while before >= 0 and state.src[before] in "*_~=\u2063":
        before -= 1
    return before < 0 or state.src[before].isspace()


def _after_tag(state: StateInline) -> bool:
    return not state.pending and bool(state.tokens) and state.tokens[-1].type == TAG


def _math(state: StateInline, silent: bool) -> bool:
    """`$a_b$` or `$$…$$`: nothing in it is Markdown; a sum of money is none."""
    start = state.pos
    sign = "$$" if state.src.startswith("$$", start) else "$"
    end = state.src.find(sign, start + len(sign), state.posMax)
    inner = state.src[start + len(sign) : end] if end > 0 else ""
    after = state.src[end + 1 : end + 2]
    if not inner.strip() or (sign == "$" and (inner != inner.strip() or after.isdigit() or inner.endswith("\\"))):
        return False
    if not silent:
        for index, line in enumerate(state.src[start : end + len(sign)].split("\n")):
            if index:
                state.push("softbreak", "br", 0)
            state.push(MATH, "", 0).content = line.strip()
    state.pos = end + len(sign)
    return True


def _highlight(state: StateInline, silent: bool) -> bool:
    before = state.src[state.pos - 1] if state.pos else ""
    if not state.src.startswith("==", state.pos) or before == "=" or state.src.startswith("=", state.pos + 2):
        return False
    if not silent:
        state.push(HIGHLIGHT, "", 0)
    state.pos += 2
    return True


_RULES: dict[str, Callable[[StateInline, bool], bool]] = {
    "[": _wikilink_or_footnote,
    "!": _wikilink,
    "#": _tag,
    "$": _math,
    "=": _highlight,
}


def _obsidian(state: StateInline, silent: bool) -> bool:
    """Obsidian's inline syntax; one rule, because each rule costs time at every mark."""
    rule = _RULES.get(state.src[state.pos])
    return rule is not None and rule(state, silent)


def _code_span(state: StateInline, silent: bool) -> bool:
    """Code within a line; `meta` has its place in the inline token's content."""
    start, before = state.pos, len(state.tokens)
    if not backtick(state, silent):
        return False
    if len(state.tokens) > before and state.tokens[-1].type == "code_inline":
        state.tokens[-1].meta = {"span": (start, state.pos)}
    return True


class _Inline(ParserInline):
    """Inline parsing whose time does not grow with the square of a paragraph."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        if len(src) ** 2 > BRACKET_WORK_LIMIT:
            brackets = src.count("[") + src.count("<!") + src.count("<?")
            brackets -= sum(2 for _ in _WHOLE_LINK.finditer(src))
            if brackets * len(src) > BRACKET_WORK_LIMIT:
                return _as_plain_text(src, tokens)
        return super().parse(src, md, env, tokens)


def _as_plain_text(content: str, tokens: list[Token]) -> list[Token]:
    for index, line in enumerate(content.split("\n")):
        if index:
            tokens.append(Token("softbreak", "br", 0))
        tokens.append(Token("text", "", 0, content=line.strip()))
    return tokens


class _Blocks(ParserBlock):
    """Block parsing that loses nothing below the deepest level: there, each line is a paragraph."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - named as in the base
        if state.level < state.md.options.maxNesting:
            super().tokenize(state, startLine, endLine)
            return
        line = startLine
        while line < endLine and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
            if not state.isEmpty(line):
                state.push("paragraph_open", "p", 1).map = [line, line + 1]
                inline = state.push("inline", "", 0)
                inline.map = [line, line + 1]
                inline.content = state.getLines(line, line + 1, state.blkIndent, False).strip()
                inline.children = []
                state.push("paragraph_close", "p", -1)
            line += 1
        state.line = max(line, startLine + 1)
