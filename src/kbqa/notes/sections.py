"""A note's text → its title, sections and blocks, each with its lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from kbqa.notes.front_matter import FrontMatter, read_front_matter
from kbqa.notes.markdown import CALLOUT, parser, plain_text, wikilinks
from kbqa.types import Block, BlockKind, Link, Section


@dataclass(frozen=True, slots=True)
class Outline:
    """What one parse of a note gives."""

    title: str
    front_matter: FrontMatter
    sections: tuple[Section, ...]
    links: tuple[Link, ...]


def outline(text: str, fallback_title: str) -> Outline:
    """Parse a whole note, whose line ends are single line feeds. `fallback_title`: the file's name, no ending."""
    lines = text.split("\n")
    tokens = parser().parse(text)
    front_matter, body_start = FrontMatter(), 0
    if tokens and tokens[0].type == "front_matter":
        front_matter = read_front_matter(tokens[0].content, first_line=2)
        body_start = _range(tokens[0])[1]
    blocks = tuple(_blocks(tokens, lines))
    headings = [block for block in blocks if block.kind == "heading"]
    title = front_matter.title or _only_top_heading(headings) or fallback_title
    return Outline(
        title=title,
        front_matter=front_matter,
        sections=tuple(_sections(lines, blocks, title, body_start + 1)),
        links=tuple(link for token in tokens if token.type == "inline" for link in wikilinks(token)),
    )


def _only_top_heading(headings: list[Block]) -> str | None:
    top = [heading for heading in headings if heading.depth == 1]
    if len(top) == 1 and headings[0] is top[0] and top[0].plain:
        return top[0].plain
    return None


def _sections(lines: list[str], blocks: tuple[Block, ...], title: str, first_line: int) -> Iterator[Section]:
    """Cut the note at its headings; a section's heading path is `title` and the open headings above it."""
    open_headings: list[Block] = []
    start, level, content = first_line, 0, list[Block]()
    for block in (*blocks, None):
        if block is not None and block.kind != "heading":
            content.append(block)
            continue
        next_start = block.start_line if block else len(lines) + 1
        end = _last_text_line(lines, start, next_start - 1)
        if level or end >= start:
            path = (title, *(heading.plain for heading in open_headings if not _is_title(heading, title)))
            yield Section(
                path, level, start, max(start, end), "\n".join(lines[start - 1 : max(start, end)]), tuple(content)
            )
        if block is not None:
            open_headings = [heading for heading in open_headings if heading.depth < block.depth] + [block]
            start, level, content = block.start_line, block.depth, []


def _is_title(heading: Block, title: str) -> bool:
    return heading.depth == 1 and heading.plain == title


def _last_text_line(lines: list[str], start: int, end: int) -> int:
    while end >= start and not lines[end - 1].strip():
        end -= 1
    return end


_KEY_AND_VALUE = 2

_CONTAINERS: dict[str, BlockKind] = {"bullet_list_open": "bullet", "ordered_list_open": "step"}


def _blocks(tokens: list[Token], lines: list[str]) -> Iterator[Block]:
    """Walk the tokens once."""
    lists: list[BlockKind] = []
    in_table = False
    for index, token in enumerate(tokens):
        if token.type in _CONTAINERS:
            lists.append(_CONTAINERS[token.type])
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "table_open":
            in_table = True
            yield from _rows(tokens, index, lines)
        elif token.type == "table_close":
            in_table = False
        elif token.type in {"fence", "code_block", "html_block"}:
            kind: BlockKind = "html" if token.type == "html_block" else "code"
            yield _block(kind, token, lines, plain=token.content.strip("\n"))
        elif token.type == "inline" and not in_table and token.map:
            before = tokens[index - 1]
            if before.type == "heading_open" and before.level == 0:
                yield _block("heading", before, lines, plain=plain_text(token), depth=int(before.tag[1]))
            elif token.content.strip():
                # Markdown takes a no-break space for text; here it is none.
                kind = lists[-1] if lists else "paragraph"
                yield _block(kind, token, lines, plain=plain_text(token), depth=max(0, len(lists) - 1))


def _block(kind: BlockKind, token: Token, lines: list[str], *, plain: str, depth: int = 0) -> Block:
    start, end = _range(token)
    if kind != "row":
        end = max(start + 1, _last_text_line(lines, start + 1, end))
    text = "\n".join(lines[start:end])
    if token.type == "inline":
        # The first line without what stands before the paragraph: list markers, quote signs, indentation.
        text = text[max(0, lines[start].find(token.content.split("\n")[0])) :].rstrip()
        if callout := CALLOUT.match(text):
            text, plain = text[callout.end() :], plain[callout.end() :]
    return Block(kind, text, plain, start + 1, end, depth)


def _rows(tokens: list[Token], opening: int, lines: list[str]) -> Iterator[Block]:
    """The rows of the table that opens at `opening`, but for its head."""
    head: list[str] = []
    cells: list[str] = []
    for index in range(opening, len(tokens)):
        token = tokens[index]
        if token.type == "table_close":
            return
        if token.type == "tr_open":
            cells, row = [], token
        elif token.type == "inline":
            cells.append(plain_text(token))
        elif token.type == "tr_close":
            if head:
                yield _block("row", row, lines, plain=_row_in_words(head, cells))
            head = head or cells


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
