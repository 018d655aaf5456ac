"""Sections → chunks: one section, one chunk, unless it is too long or too short to stand alone."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kbqa.index.tokens import count_tokens
from kbqa.types import Block, Chunk, Note, Section

CHUNKER_VERSION = 1
"""Goes into the index's signature: a change here rebuilds every index."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_WORD_END = re.compile(r"(?<=\s)(?=\S)")


@dataclass(frozen=True, slots=True)
class _Span:
    """A run of whole lines, or a part of one line."""

    start_line: int
    end_line: int
    text: str


def chunks_of(
    note: Note, *, limit: int, min_tokens: int, count: Callable[[str], int] = count_tokens
) -> Iterator[Chunk]:
    """Chunks of a note in the order of its lines.

    Args:
        note: the parsed note.
        limit: longest chunk, in tokens, title and headings included.
        min_tokens: a section without subsections that has fewer tokens joins its parent's chunk, where it
            follows the parent's own text directly; so does the next such section.
        count: counts tokens of a text.
    """
    aliases = tuple(alias for alias in note.aliases if alias != note.title)
    for section, end_line, blocks in _groups(note.sections, min_tokens, count):
        prefix = embedding_text(section.heading_path, aliases, "")
        # A heading may itself be absurdly long; the text keeps at least half of the room.
        room = max(limit - count(prefix), limit // 2)
        lines = note.text.split("\n")[section.start_line - 1 : end_line]
        whole = _Span(section.start_line, end_line, "\n".join(lines))
        for span in _split(whole, blocks, room, count):
            yield _chunk(note, section.heading_path, aliases, span, count)
            aliases = ()


def embedding_text(heading_path: Sequence[str], aliases: Sequence[str], body: str) -> str:
    """What the rankers read: title and headings, other names of the note, then the text without its heading line."""
    path = ". ".join(part.rstrip(".") for part in heading_path)
    if aliases:
        path += f" ({'; '.join(aliases)})"
    lines = body.split("\n")
    if lines and lines[0].lstrip().startswith("#"):
        lines = lines[1:]
    return f"{path}.\n" + "\n".join(lines).strip()


def make_chunk(
    *,
    chunk_id: str,
    note: str,
    heading_path: tuple[str, ...],
    aliases: tuple[str, ...],
    text: str,
    tokens: int,
    start_line: int,
    end_line: int,
) -> Chunk:
    """A chunk whose derived fields are filled in; the one way in which chunks are made, fresh or from the index."""
    return Chunk(
        id=chunk_id,
        note=note,
        title=heading_path[0],
        heading_path=heading_path,
        aliases=aliases,
        text=text,
        embedding_text=embedding_text(heading_path, aliases, text),
        token_count=tokens,
        start_line=start_line,
        end_line=end_line,
    )


def _chunk(
    note: Note, heading_path: tuple[str, ...], aliases: tuple[str, ...], span: _Span, count: Callable[[str], int]
) -> Chunk:
    address = json.dumps(
        [note.path, heading_path, aliases, span.start_line, span.end_line, span.text], ensure_ascii=False
    )
    return make_chunk(
        chunk_id=hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        note=note.path,
        heading_path=heading_path,
        aliases=aliases,
        text=span.text,
        tokens=count(embedding_text(heading_path, aliases, span.text)),
        start_line=span.start_line,
        end_line=span.end_line,
    )


def _groups(
    sections: Sequence[Section], min_tokens: int, count: Callable[[str], int]
) -> Iterator[tuple[Section, int, tuple[Block, ...]]]:
    """Each section that opens a chunk, the last line of the group it opens, and the group's blocks."""
    index = 0
    while index < len(sections):
        opening = sections[index]
        end_line, blocks = opening.end_line, opening.blocks
        index += 1
        has_children = index < len(sections) and sections[index].level > opening.level
        while (
            index < len(sections)
            and sections[index].level > opening.level
            and _is_short_leaf(sections, index, min_tokens, count)
            and sections[index].heading_path[:-1] == opening.heading_path
        ):
            end_line, blocks = sections[index].end_line, blocks + sections[index].blocks
            index += 1
        if blocks or end_line > opening.end_line or not has_children:
            yield opening, end_line, blocks


def _is_short_leaf(sections: Sequence[Section], index: int, min_tokens: int, count: Callable[[str], int]) -> bool:
    section = sections[index]
    if index + 1 < len(sections) and sections[index + 1].level > section.level:
        return False
    return count(section.text) < min_tokens


def _split(span: _Span, blocks: Sequence[Block], room: int, count: Callable[[str], int]) -> Iterator[_Span]:
    """Cut at the outermost blocks; where one does not fit, at its items, its lines, its sentences, its words."""
    if count(span.text) <= room:
        yield span
        return
    depths = sorted({block.depth for block in blocks})
    for depth in depths:
        starts = sorted({block.start_line for block in blocks if block.depth <= depth} - {span.start_line})
        if starts:
            for part in _pack(list(_cut_at(span, starts)), room, count):
                inner = [block for block in blocks if part.start_line <= block.start_line <= part.end_line]
                deeper = [block for block in inner if block.depth > depth]
                yield from _split(part, deeper, room, count)
            return
    if span.end_line > span.start_line:
        parts = list(_cut_at(span, range(span.start_line + 1, span.end_line + 1)))
        for part in _pack(parts, room, count):
            yield from _split(part, [], room, count)
        return
    yield from _split_line(span, room, count)


def _cut_at(span: _Span, starts: Iterable[int]) -> Iterator[_Span]:
    lines = span.text.split("\n")
    edges = [span.start_line, *starts, span.end_line + 1]
    for start, end in pairwise(edges):
        yield _Span(start, end - 1, "\n".join(lines[start - span.start_line : end - span.start_line]))


def _pack(parts: Sequence[_Span], room: int, count: Callable[[str], int]) -> Iterator[_Span]:
    """Join neighbours while they fit; a sum of counts, which never falls short by more than the joints."""
    current, used = parts[0], count(parts[0].text)
    for part in parts[1:]:
        tokens = count(part.text)
        if used + tokens + 1 <= room:
            current = _Span(current.start_line, part.end_line, f"{current.text}\n{part.text}")
            used += tokens + 1
        else:
            yield _trimmed(current)
            current, used = part, tokens
    yield _trimmed(current)


def _trimmed(span: _Span) -> _Span:
    text = span.text.rstrip()
    return _Span(span.start_line, span.start_line + text.count("\n"), text)


def _split_line(span: _Span, room: int, count: Callable[[str], int]) -> Iterator[_Span]:
    for pieces in (_pieces(span.text, _SENTENCE_END), _pieces(span.text, _WORD_END)):
        if len(pieces) > 1 and all(count(piece) <= room for piece in pieces):
            break
    else:
        # A "word" longer than the limit: a token is at least one character, so this many always fit.
        pieces = [span.text[i : i + room] for i in range(0, len(span.text), room)]
    current, used = "", 0
    for piece in pieces:
        tokens = count(piece)
        if current and used + tokens > room:
            yield _Span(span.start_line, span.end_line, current.strip())
            current, used = "", 0
        current, used = current + piece, used + tokens
    if current.strip():
        yield _Span(span.start_line, span.end_line, current.strip())


def _pieces(text: str, boundary: re.Pattern[str]) -> list[str]:
    """`text` cut after each boundary; joined, the pieces are `text` again."""
    edges = [0, *(match.end() for match in boundary.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(edges) if end > start]
