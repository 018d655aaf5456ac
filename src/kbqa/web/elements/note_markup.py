"""A whole note → HTML, as one reads it: wikilinks are live, nothing is fetched, no HTML of a note is taken as such."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from kbqa.notes.markdown import links as links_of
from kbqa.notes.markdown import parser
from kbqa.notes.private import MARK, public_text
from kbqa.texts import Texts
from kbqa.types import Link, Note
from kbqa.web.elements.addresses import place_address, tag_address
from kbqa.web.elements.escaping import escape
from kbqa.web.elements.note_blocks import PARTNER, TASK, with_obsidian_blocks

LeadsTo = Callable[[Link], str | None]
"""The path of the note that a link leads to; None: it is not written yet."""

_OUTSIDE = ("http://", "https://", "obsidian://")
"""Addresses that a note may lead to, beside other notes."""
_DEEPEST = 6


def note_html(note: Note, leads_to: LeadsTo, texts: Texts) -> str:
    """The body of a note; elements have their lines as ids, `L12`.

    The properties are left out, and so is a heading at the beginning that repeats the title.
    """
    tokens = with_obsidian_blocks(public_text(note.text).tokens)
    tokens = [token for token in tokens if token.type != "front_matter"]
    if _repeats_title(tokens, note.title):
        tokens = tokens[3:]
    return _Renderer(note, leads_to, texts).render(tokens, parser().options, {})


def _repeats_title(tokens: Sequence[Token], title: str) -> bool:
    return bool(tokens) and tokens[0].type == "heading_open" and tokens[1].content.strip(f"{MARK} ") == title


class _Renderer(RendererHTML):
    """Rules by the types of tokens; markdown-it finds them by their names.

    Of the arguments that it gives, tokens and place are enough for most.
    """

    def __init__(self, note: Note, leads_to: LeadsTo, texts: Texts) -> None:
        super().__init__()
        self._note, self._leads_to, self._texts = note, leads_to, texts
        self._lines: set[int] = set()

    # ---- Blocks ----

    def _id(self, token: Token) -> str:
        """The line that an element begins on, as its id; the first element on a line has it."""
        line = token.map[0] + 1 if token.map else 0
        if not line or line in self._lines:
            return ""
        self._lines.add(line)
        return f' id="L{line}"'

    def _opening(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        token = tokens[at]
        return "" if token.hidden else f"<{token.tag}{self._id(token)}>"

    paragraph_open = blockquote_open = tr_open = _opening

    def heading_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """One level lower: the title of the page is the note's."""
        return f"<h{self._level(tokens[at])}{self._id(tokens[at])}>"

    def heading_close(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """The end of a heading."""
        return f"</h{self._level(tokens[at])}>\n"

    def _level(self, token: Token) -> int:
        return min(_DEEPEST, int(token.tag[1]) + 1)

    def list_item_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """An item; of a task, with its box."""
        token = tokens[at]
        if TASK not in token.meta:
            return f"<li{self._id(token)}>"
        done = token.meta[TASK]
        name = escape(self._texts("pages.note.done" if done else "pages.note.to_do"))
        box = f'<span class="box" role="img" aria-label="{name}"></span>'
        return f'<li class="task{" done" * done}"{self._id(token)}>{box}'

    def table_open(self, *_: Any) -> str:
        """In a frame that scrolls: a wide table does not widen the page."""
        name = escape(self._texts("pages.note.table"))
        return f'<div class="table" tabindex="0" role="region" aria-label="{name}"><table>'

    def table_close(self, *_: Any) -> str:
        """The end of a table."""
        return "</table></div>\n"

    def _cell(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        token = tokens[at]
        side = str(token.attrGet("style") or "").removeprefix("text-align:")
        return f"<{token.tag}{f' class={side}' if side in {'left', 'right', 'center'} else ''}>"

    th_open = td_open = _cell

    def fence(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        token = tokens[at]
        return f'<pre{self._id(token)} tabindex="0"><code>{self._plain(token.content)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """Indented code, like fenced."""
        return self.fence(tokens, at)

    def html_block(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """HTML as text."""
        return self.fence(tokens, at)

    def callout_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """A box in the colour of its kind; one that folds is a disclosure."""
        token = tokens[at]
        tag = "details" if token.meta["folds"] else "div"
        opened = " open" if token.meta["folds"] == "+" else ""
        return f'<{tag} class="callout {token.meta["tone"]}"{self._id(token)}{opened}>'

    def callout_title(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any) -> str:
        """The title as written, else the kind."""
        token = tokens[at]
        tag = "summary" if token.meta["folds"] else "p"
        title = self.renderInline(token.children, options, env) if token.children else escape(token.content)
        return f'<{tag} class="callout-title">{title}</{tag}>'

    def callout_close(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """The end of a callout."""
        return "</details>\n" if tokens[at].meta["folds"] else "</div>\n"

    def footnote_reference_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """A footnote where it stands."""
        label = str(tokens[at].meta["label"])
        name = f'<span class="footnote-label" id="fn-{escape(quote(label))}">{escape(label)}</span>'
        return f'<div class="footnote"{self._id(tokens[at])}>{name}<div>'

    def footnote_reference_close(self, *_: Any) -> str:
        """The end of a footnote."""
        return "</div></div>\n"

    # ---- Within a line ----

    def _plain(self, text: str) -> str:
        """Text without the marks that stand for private parts."""
        return escape(text.replace(MARK, ""))

    def text(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """Text as it is."""
        return self._plain(tokens[at].content)

    def html_inline(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """HTML within a line, as text."""
        return self._plain(tokens[at].content)

    def softbreak(self, *_: Any) -> str:
        """A line ends where it ends in the note, as in Obsidian."""
        return "<br>\n"

    def hardbreak(self, *_: Any) -> str:
        """As above."""
        return "<br>\n"

    def code_inline(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """Code within a line."""
        return f"<code>{self._plain(tokens[at].content)}</code>"

    def math(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """A formula as written."""
        return f'<span class="math">{self._plain(tokens[at].content)}</span>'

    def highlight(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """`==` with a partner begins or ends a marked part."""
        return {"open": "<mark>", "close": "</mark>"}.get(tokens[at].meta.get(PARTNER, ""), "==")

    def footnote_ref(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """The number of a footnote leads to it."""
        label = str(tokens[at].meta["label"])
        return f'<sup><a href="#fn-{escape(quote(quote(label)))}">{escape(label)}</a></sup>'

    def tag(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """A tag leads to the notes that have it."""
        name = tokens[at].content
        address = tag_address(name[1:].rstrip("/"), self._note.path)
        return f'<a class="tag" href="{escape(address)}">{self._plain(name)}</a>'

    def wikilink(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """To a note that there is; an attachment is named."""
        token = tokens[at]
        link = self._link(token)
        if link is None:
            return self._named("pages.note.attachment", token.content)
        return f"{self._link_opening(link)}{self._plain(token.content)}</a>"

    def link_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """To a note, to the web or into Obsidian; an address of another kind leads nowhere."""
        token = tokens[at]
        if link := self._link(token):
            return self._link_opening(link)
        address = str(token.attrGet("href") or "")
        if not address.lower().startswith(_OUTSIDE):
            return "<a>"
        return f'<a class="outside" href="{escape(address)}" rel="noopener noreferrer" target="_blank">'

    def image(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """Named, never fetched; a note that is shown within this one is a link."""
        token = tokens[at]
        if link := self._link(token):
            return f"{self._link_opening(link)}{self._plain(token.content or link.target)}</a>"
        source = str(token.attrGet("src") or "")
        return self._named("pages.note.image", _host(source) or unquote(source).rpartition("/")[2])

    def _link(self, token: Token) -> Link | None:
        """What a token links to, if it can be a note."""
        alone = Token("inline", "", 0, children=[token])
        return next(links_of(alone), None)

    def _link_opening(self, link: Link) -> str:
        path = self._leads_to(link)
        if path is None:
            return f'<a class="unwritten" title="{escape(self._texts("web.links.unwritten"))}">'
        return f'<a class="wikilink" href="{escape(place_address(path, link))}">'

    def _named(self, key: str, place: str) -> str:
        return f'<span class="placeholder">{self._plain(self._texts(key, place=place))}</span>'


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
