"""A note's text → its title, sections and blocks, each with its lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from kbqa.notes.front_matter import FrontMatter, read_front_matter
from kbqa.notes.markdown import parser, plain_text, wikilinks
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


def blocks_of(text: str, first_line: int) -> tuple[Block, ...]:
    """The blocks of a passage cut out of a note at `first_line`; headings inside it included."""
    return tuple(_blocks(parser().parse(text), text.split("\n"), offset=first_line - 1))


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


_CONTAINERS: dict[str, BlockKind] = {"bullet_list_open": "bullet", "ordered_list_open": "step"}


def _blocks(tokens: list[Token], lines: list[str], offset: int = 0) -> Iterator[Block]:
    """Walk the tokens once; `offset` lines stand before `lines` in the file."""
    lists: list[BlockKind] = []
    table_depth = 0
    for index, token in enumerate(tokens):
        if token.type in _CONTAINERS:
            lists.append(_CONTAINERS[token.type])
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type in {"table_open", "table_close"}:
            table_depth += token.nesting
            if token.nesting > 0:
                cells = [plain_text(cell) for cell in _table_cells(tokens, index)]
                yield _block("table", token, lines, offset, plain=" | ".join(cells))
        elif token.type in {"fence", "code_block", "html_block"}:
            yield _block("code", token, lines, offset, plain=token.content.strip())
        elif token.type == "inline" and not table_depth and token.map:
            before = tokens[index - 1]
            if before.type == "heading_open" and before.level == 0:
                yield _block("heading", before, lines, offset, plain=plain_text(token), depth=int(before.tag[1]))
            else:
                kind: BlockKind = lists[-1] if lists else "paragraph"
                yield _block(kind, token, lines, offset, plain=plain_text(token), depth=max(0, len(lists) - 1))


def _block(kind: BlockKind, token: Token, lines: list[str], offset: int, *, plain: str, depth: int = 0) -> Block:
    start, end = _range(token)
    if kind != "table":
        end = max(start + 1, _last_text_line(lines, start + 1, end))
    text = "\n".join(lines[start:end])
    if token.type == "inline":
        # The first line without what stands before the paragraph: list markers, quote signs, indentation.
        text = text[max(0, lines[start].find(token.content.split("\n")[0])) :].rstrip()
    return Block(kind, text, plain, offset + start + 1, offset + end, depth)


def _table_cells(tokens: list[Token], opening: int) -> Iterator[Token]:
    for token in tokens[opening:]:
        if token.type == "table_close":
            return
        if token.type == "inline":
            yield token


def _range(token: Token) -> tuple[int, int]:
    """0-based first line and the line after the last, as the parser counts."""
    if token.map is None:
        raise ValueError(f"block token without lines: {token.type}")
    return token.map[0], token.map[1]
