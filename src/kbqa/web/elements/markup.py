"""The Markdown of an answer → HTML: nothing is fetched, no HTML of a note or a model is taken as such."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from kbqa.answering.citations import MARKER
from kbqa.notes.markdown import WIKILINK, wikilink_plugin
from kbqa.texts import Texts
from kbqa.web.elements.escaping import escape

IN_A_ROW = 3
"""So many chips are shown next to each other; the rest of a row unfolds."""


def answer_markdown(text: str, chips: Mapping[int, str], texts: Texts, *, links: bool = True) -> str:
    """An answer's Markdown as HTML: `[n]` markers become their `chips`, wikilinks the words that they display.

    Of more than `IN_A_ROW` chips in a row, the rest comes folded, behind a button.

    Nothing is fetched: an image is named, not shown. Raw HTML is shown as text. Only http(s) links lead anywhere, and
    none without `links`: what a model writes into an address would go out with a click.
    """
    return str(_MARKDOWN.render(text, {"chips": chips, "texts": texts, "links": links}))


def _citation(state: StateInline, silent: bool) -> bool:
    match = MARKER.match(state.src, state.pos, state.posMax)
    if match is None or int(match[1]) not in state.env["chips"]:
        return False
    if not silent:
        state.push("citation", "", 0).meta = {"number": int(match[1])}
    state.pos = match.end()
    return True


def _fold(state: StateCore) -> None:
    """Put marks around what is folded of each long row of chips."""
    for block in state.tokens:
        if block.children and sum(token.type == "citation" for token in block.children) > IN_A_ROW:
            block.children = list(_folded(block.children))


def _folded(tokens: Sequence[Token]) -> Iterator[Token]:
    def in_row(token: Token) -> bool:
        return token.type == "citation" or (token.type == "text" and not token.content.strip())

    for is_row, group in groupby(tokens, in_row):
        row = list(group)
        places = [place for place, token in enumerate(row) if token.type == "citation"]
        if not is_row or len(places) <= IN_A_ROW:
            yield from row
            continue
        first, last = places[IN_A_ROW], places[-1] + 1
        numbers = [token.meta["number"] for token in row[first:last] if token.type == "citation"]
        yield from row[:first]
        yield Token("fold_open", "", 0, meta={"numbers": numbers})
        yield from row[first:last]
        yield Token("fold_close", "", 0)
        yield from row[last:]


Env = MutableMapping[str, Any]


def _render_citation(_: object, tokens: Sequence[Token], index: int, options: OptionsDict, env: Env) -> str:  # noqa: ARG001
    return str(env["chips"][tokens[index].meta["number"]])


def _render_fold_open(_: object, tokens: Sequence[Token], index: int, options: OptionsDict, env: Env) -> str:  # noqa: ARG001
    numbers = tokens[index].meta["numbers"]
    name = escape(env["texts"]("web.answer.more", numbers=", ".join(map(str, numbers))))
    return (
        f'<button type="button" class="kbqa-more" title="{name}"><span class="kbqa-hidden">{name}</span>'
        f'<span class="kbqa-count">+{len(numbers)}</span></button><span class="kbqa-rest">'
    )


def _render_fold_close(_: object, tokens: Sequence[Token], index: int, options: OptionsDict, env: Env) -> str:  # noqa: ARG001
    return "</span>"


def _render_wikilink(_: object, tokens: Sequence[Token], index: int, options: OptionsDict, env: Env) -> str:  # noqa: ARG001
    token = tokens[index]
    if token.meta["embed"]:
        return escape(env["texts"]("web.answer.attachment", place=token.content))
    return f'<span class="kbqa-wikilink">{escape(token.content)}</span>'


def _render_image(_: object, tokens: Sequence[Token], index: int, options: OptionsDict, env: Env) -> str:  # noqa: ARG001
    source = str(tokens[index].attrGet("src") or "")
    place = _host(source) or unquote(source).rpartition("/")[2]
    return escape(env["texts"]("web.answer.image", place=place))


def _render_link_open(_: object, tokens: Sequence[Token], index: int, options: OptionsDict, env: Env) -> str:  # noqa: ARG001
    target = str(tokens[index].attrGet("href") or "")
    if not env["links"] or not target.lower().startswith(("http://", "https://")):
        return "<a>"  # without href it is a placeholder that leads nowhere
    return f'<a href="{escape(target)}" target="_blank" rel="noopener noreferrer">'


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # A line `[1]: address` in a note would otherwise turn the markers `[1]` into links.
    parser.disable("reference")
    parser.inline.ruler.before("link", "citation", _citation)
    parser.use(wikilink_plugin)
    # Addresses are judged when they are rendered; refusing them here would show the raw syntax instead.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005 - named as in the base
    parser.core.ruler.push("fold", _fold)
    parser.add_render_rule("citation", _render_citation)
    parser.add_render_rule("fold_open", _render_fold_open)
    parser.add_render_rule("fold_close", _render_fold_close)
    parser.add_render_rule(WIKILINK, _render_wikilink)
    parser.add_render_rule("image", _render_image)
    parser.add_render_rule("link_open", _render_link_open)
    return parser


_MARKDOWN = _parser()
