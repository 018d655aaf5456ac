"""A note's text → its title, sections and blocks, each with its lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from kbqa.notes.front_matter import FrontMatter, read_front_matter, unique
from kbqa.notes.markdown import CALLOUT, links, parser, plain_text, tags
from kbqa.notes.private import MARK, is_blank, public_text
from kbqa.types import Block, BlockId, BlockKind, Link, Section

PARSER_VERSION = 5
"""Goes into the index's recipe: a change in how notes are read rebuilds every index."""

_WORD = re.compile(r"\w+")
_BLOCK_ID = re.compile(r"(?:^|\s)\^([A-Za-z0-9-]+)$")
"""A block's name, at the end of its text without the spaces there."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What one parse of a note gives."""

    title: str
    aliases: tuple[str, ...]
    """Other names: those of the properties, the only top heading, where the properties have another title, and the
    file's name, where that has other words."""
    front_matter: FrontMatter
    sections: tuple[Section, ...]
    links: tuple[Link, ...]
    tags: tuple[str, ...]
    """Of the properties and of the text."""
    text: str
    """The note's text without its private parts."""
    unclosed_comment_at: int | None
    """1-based line of a comment that runs to the end of the note."""


def outline(text: str, fallback_title: str) -> Outline:
    """Parse a whole note, whose line ends are single line feeds. `fallback_title`: the file's name, no ending."""
    public = public_text(text)
    lines = public.text.split("\n")
    tokens = public.tokens
    front_matter, body_start, properties = FrontMatter(), 0, list[Link]()
    if tokens and tokens[0].type == "front_matter":
        front_matter = read_front_matter(tokens[0].content, first_line=2)
        body_start = _range(tokens[0])[1]
        properties = list(_links_in_properties(tokens[0].content))
    walk = _Walk(tokens, lines)
    blocks = tuple(walk.blocks())
    top = _only_top_heading(blocks)
    title = front_matter.title or (top.plain if top else fallback_title)
    inlines = [token for token in tokens if token.type == "inline"]
    return Outline(
        title=title,
        aliases=unique((*front_matter.aliases, *_other_names(title, top, fallback_title))),
        front_matter=front_matter,
        sections=tuple(_sections(lines, blocks, walk.block_ids, title, body_start + 1, top=top)),
        links=(*properties, *(link for token in inlines if "[" in token.content for link in links(token))),
        tags=unique((*front_matter.tags, *(tag for token in inlines if "#" in token.content for tag in tags(token)))),
        text=public.text,
        unclosed_comment_at=public.unclosed_at,
    )


def _other_names(title: str, top: Block | None, file_name: str) -> Iterator[str]:
    """What a note is called besides its title: by its only top heading, and by its file, by which others link to it."""
    if top and top.plain != title:
        yield top.plain
    if _WORD.findall(file_name.casefold()) != _WORD.findall(title.casefold()):
        yield file_name


def _links_in_properties(source: str) -> Iterator[Link]:
    """Obsidian takes `"[[Note]]"`, quoted, for a link in properties, too."""
    for number, line in enumerate(source.split("\n"), start=2):
        if '"[[' in line or "'[[" in line:
            (inline,) = parser().parseInline(line)
            inline.map = [number - 1, number]
            yield from links(inline)


def _only_top_heading(blocks: Sequence[Block]) -> Block | None:
    """The one that stands above all other headings: it names the note."""
    headings = [block for block in blocks if block.kind == "heading"]
    top = [heading for heading in headings if heading.depth == 1]
    return top[0] if len(top) == 1 and headings[0] is top[0] and top[0].plain else None


def _sections(
    lines: list[str],
    blocks: tuple[Block, ...],
    block_ids: list[BlockId],
    title: str,
    first_line: int,
    *,
    top: Block | None,
) -> Iterator[Section]:
    """Cut the note at its headings; a section's heading path is `title` and the open headings above it.

    Those that name the note are left out: `top`, the only top heading, and one that repeats the title.
    """

    def names_note(heading: Block) -> bool:
        return heading is top or (heading.depth == 1 and heading.plain == title)

    open_headings: list[Block] = []
    start, level, content = first_line, 0, list[Block]()
    names = sorted(block_ids, key=lambda name: name.start_line)
    named = 0
    for block in (*blocks, None):
        if block is not None and block.kind != "heading":
            content.append(block)
            continue
        next_start = block.start_line if block else len(lines) + 1
        end = _last_text_line(lines, start, next_start - 1)
        first_name = named
        while named < len(names) and names[named].start_line < next_start:
            named += 1
        if level or end >= start:
            yield Section(
                heading_path=(title, *(heading.plain for heading in open_headings if not names_note(heading))),
                level=level,
                start_line=start,
                end_line=max(start, end),
                text="\n".join(lines[start - 1 : max(start, end)]),
                blocks=tuple(content),
                block_ids=tuple(names[first_name:named]),
            )
        if block is not None:
            open_headings = [heading for heading in open_headings if heading.depth < block.depth] + [block]
            start, level, content = block.start_line, block.depth, []


def _last_text_line(lines: list[str], start: int, end: int) -> int:
    while end >= start and is_blank(lines[end - 1]):
        end -= 1
    return end


_KEY_AND_VALUE = 2

_CONTAINERS: dict[str, BlockKind] = {"bullet_list_open": "bullet", "ordered_list_open": "step"}


@dataclass(slots=True)
class _Walk:
    """One walk over a note's tokens: its blocks, and on the way the names that blocks have."""

    tokens: list[Token]
    lines: list[str]
    block_ids: list[BlockId] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        """Every block in order, headings among them."""
        lists: list[BlockKind] = []
        # Lines of the outermost block at hand, and of the one before it.
        outer = before = (0, 0)
        for index, token in enumerate(self.tokens):
            if token.level == 0 and token.map and token.type != "inline":
                before, outer = outer, _range(token)
            if token.type in _CONTAINERS:
                lists.append(_CONTAINERS[token.type])
            elif token.type in {"bullet_list_close", "ordered_list_close"}:
                lists.pop()
            elif token.type == "table_open":
                yield from self._rows(index)
            elif token.type in {"fence", "code_block", "html_block"}:
                kind: BlockKind = "html" if token.type == "html_block" else "code"
                yield from self._pieces(kind, token, self._text(token), token.content.strip("\n"))
            elif token.type == "inline":
                opening = self.tokens[index - 1]
                if opening.type == "heading_open" and opening.level == 0:
                    yield self._heading(opening, plain_text(token))
                elif opening.type not in {"th_open", "td_open"} and token.content.strip():
                    # Markdown takes a no-break space for text; here it is none.
                    kind = lists[-1] if lists else "paragraph"
                    yield from self._paragraph(kind, token, max(0, len(lists) - 1), before)

    def _heading(self, token: Token, plain: str) -> Block:
        start, end = _range(token)
        if MARK in plain:
            plain = " ".join(plain.replace(MARK, " ").split())
        return Block("heading", "\n".join(self.lines[start:end]), plain, start + 1, end, int(token.tag[1]))

    def _paragraph(self, kind: BlockKind, token: Token, depth: int, before: tuple[int, int]) -> Iterator[Block]:
        start, end = _range(token)
        text, plain = self._text(token), plain_text(token)
        skipped = _marker_width(text.partition("\n")[0], token.content.partition("\n")[0])
        if token.content.startswith("[!") and (callout := CALLOUT.match(text, skipped)):
            skipped = callout.end()
            plain = plain[title.end() :] if (title := CALLOUT.match(plain)) else plain
        if "^" in token.content and (name := _BLOCK_ID.search(token.content.rstrip())):
            text, plain = text[: text.rindex("^")].rstrip(), plain[: plain.rindex("^")].rstrip()
            # Alone in its paragraph it names the list, table or quote above.
            first, last = before if name.start() == 0 and before[1] else (start, end)
            self.block_ids.append(BlockId(name[1], first + 1, _last_text_line(self.lines, first + 1, last)))
        return self._pieces(kind, token, text, plain, depth=depth, skipped=skipped)

    def _text(self, token: Token) -> str:
        start, end = _range(token)
        if end == start + 1:
            return self.lines[start].rstrip()
        return "\n".join(self.lines[start : max(start + 1, _last_text_line(self.lines, start + 1, end))]).rstrip()

    def _pieces(
        self, kind: BlockKind, token: Token, whole: str, plain: str, *, depth: int = 0, skipped: int = 0
    ) -> Iterator[Block]:
        """What `token` says, its text from character `skipped` on, as one block, or cut where private text was."""
        text = whole[skipped:]
        line = _range(token)[0] + 1 + whole.count("\n", 0, skipped)
        if MARK not in text:
            if text.strip():
                yield Block(kind, text, plain, line, line + text.count("\n"), depth)
            return
        texts, plains = text.split(MARK), plain.split(MARK)
        for index, part in enumerate(texts):
            if shown := part.strip():
                start = line + part[: len(part) - len(part.lstrip())].count("\n")
                seen = plains[index].strip() if len(plains) == len(texts) else _plain(shown)
                yield Block(kind, shown, seen, start, start + shown.count("\n"), depth)
            line += part.count("\n")

    def _rows(self, opening: int) -> Iterator[Block]:
        """The rows of the table that opens at token `opening`, but for its head."""
        head: list[str] = []
        cells: list[Token] = []
        first_line = _range(self.tokens[opening])[0] + 1
        for index in range(opening, len(self.tokens)):
            token = self.tokens[index]
            if token.type == "table_close":
                return
            if token.type == "tr_open":
                cells, row = [], token
            elif token.type == "inline":
                cells.append(token)
            elif token.type == "tr_close":
                name = _BLOCK_ID.fullmatch(cells[0].content) if head else None
                if name and not any(cell.content for cell in cells[1:]):
                    self.block_ids.append(BlockId(name[1], first_line, _range(row)[0]))
                elif head:
                    yield from self._row(row, head, cells)
                head = head or [plain_text(cell) for cell in cells]

    def _row(self, row: Token, head: list[str], cells: list[Token]) -> Iterator[Block]:
        line = _range(row)[0] + 1
        text = self.lines[line - 1]
        if MARK not in text:
            yield Block("row", text, _row_in_words(head, [plain_text(cell) for cell in cells]), line, line, 0)
            return
        # What stands in each cell between one mark and the next.
        parts: list[dict[int, str]] = [{}]
        for column, cell in enumerate(cells):
            for index, part in enumerate(cell.content.split(MARK)):
                if index:
                    parts.append({})
                parts[-1][column] = _plain(part)
        for shown, seen in zip(text.split(MARK), parts, strict=False):
            plain = _row_in_words(head, [seen.get(column, "") for column in range(len(head))])
            if shown.strip(" \t|>") and plain:
                yield Block("row", shown.strip(), plain, line, line, 0)


def _marker_width(line: str, content: str) -> int:
    """Length of what stands before a paragraph on its first line: list markers, quote signs, indentation."""
    line, content = line.rstrip(), content.rstrip()
    return len(line) - len(content) if line.endswith(content) else max(0, line.find(content))


def _plain(source: str) -> str:
    (inline,) = parser().parseInline(source)
    return plain_text(inline)


def _row_in_words(head: list[str], cells: list[str]) -> str:
    """«Кофе: цена: 100; страна: Бразилия»: the first cell, then the others, named where there are several."""
    others = [(name, cell) for name, cell in zip(head[1:], cells[1:], strict=False) if cell]
    named = "; ".join(f"{name}: {cell}" if name and len(head) > _KEY_AND_VALUE else cell for name, cell in others)
    return ": ".join(part for part in (cells[0], named) if part)


def _range(token: Token) -> tuple[int, int]:
    """0-based first line and the line after the last, as the parser counts."""
    if token.map is None:
        raise ValueError(f"block token without lines: {token.type}")
    return token.map[0], token.map[1]
