"""Sections → chunks: one section, one chunk, unless it is too long or too short to stand alone."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kbqa.index.tokens import count_tokens
from kbqa.notes.private import MARK
from kbqa.types import Block, Chunk, Note, Section

CHUNKER_VERSION = 2
"""Goes into the index's signature: a change here rebuilds every index."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")
_BOUNDARIES = (_SENTENCE_END, _WORD_END)
_HEADING_LINE = re.compile(r" {0,3}#{1,6}(?:\s|$)")


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
        limit: longest chunk, in tokens, title and headings included; exceeded only where these take more than half.
        min_tokens: a section without subsections that has fewer tokens joins its parent's chunk, where it
            follows the parent's own text directly and fits; so does the next such section.
        count: counts tokens of a text.
    """
    aliases = tuple(alias for alias in note.aliases if alias != note.title)
    lines = note.text.split("\n")
    seen = set[str]()

    def room(section: Section) -> int:
        # A heading may itself be absurdly long; the text keeps at least half of the room.
        return max(limit - count(embedding_text(section.heading_path, aliases, "")), limit // 2)

    for section, end_line in _groups(note.sections, lines, room, min_tokens, count):
        whole = _Span(section.start_line, end_line, "\n".join(lines[section.start_line - 1 : end_line]))
        for span in _split(whole, section.blocks, room(section), count):
            chunk = _chunk(note, section.heading_path, aliases, span, count)
            # The parts of one long line may repeat; they are the same text at the same place.
            if chunk.text.replace(MARK, "").strip() and chunk.id not in seen:
                seen.add(chunk.id)
                yield chunk
                aliases = ()


def embedding_text(heading_path: Sequence[str], aliases: Sequence[str], body: str) -> str:
    """What the rankers read: title and headings, other names of the note, then the text without its heading line."""
    path = ". ".join(part.rstrip(".") for part in heading_path)
    if aliases:
        path += f" ({'; '.join(aliases)})"
    lines = body.split("\n")
    if _HEADING_LINE.match(lines[0]):
        lines = lines[1:]
    return f"{path}.\n" + "\n".join(lines).replace(MARK, "").strip()


def make_chunk(
    *,
    note: str,
    heading_path: tuple[str, ...],
    aliases: tuple[str, ...],
    text: str,
    tokens: int,
    start_line: int,
    end_line: int,
) -> Chunk:
    """A chunk whose derived fields are filled in; the one way in which chunks are made, fresh or from the index."""
    address = json.dumps([note, heading_path, aliases, start_line, end_line, text], ensure_ascii=False)
    return Chunk(
        id=hashlib.sha256(address.encode()).hexdigest()[:32],
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
    return make_chunk(
        note=note.path,
        heading_path=heading_path,
        aliases=aliases,
        text=span.text,
        tokens=count(embedding_text(heading_path, aliases, span.text)),
        start_line=span.start_line,
        end_line=span.end_line,
    )


def _groups(
    sections: Sequence[Section],
    lines: Sequence[str],
    room: Callable[[Section], int],
    min_tokens: int,
    count: Callable[[str], int],
) -> Iterator[tuple[Section, int]]:
    """Each section that opens a chunk, and the last line of the group it opens."""
    index = 0
    while index < len(sections):
        opening = sections[index]
        end_line = opening.end_line
        index += 1
        has_children = index < len(sections) and sections[index].level > opening.level
        while (
            index < len(sections)
            and sections[index].level > opening.level
            and _is_short_leaf(sections, index, min_tokens, count)
            and sections[index].heading_path[:-1] == opening.heading_path
            # A group is never split: its parts would lose their own headings.
            and count("\n".join(lines[opening.start_line - 1 : sections[index].end_line])) <= room(opening)
        ):
            end_line = sections[index].end_line
            index += 1
        if opening.blocks or end_line > opening.end_line or not has_children:
            yield opening, end_line


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
    current, used = "", 0
    for piece in _pieces_that_fit(span.text, room, count, _BOUNDARIES):
        tokens = count(piece)
        if current and used + tokens > room:
            yield _Span(span.start_line, span.end_line, current.strip())
            current, used = "", 0
        current, used = current + piece, used + tokens
    if current.strip():
        yield _Span(span.start_line, span.end_line, current.strip())


def _pieces_that_fit(
    text: str, room: int, count: Callable[[str], int], boundaries: Sequence[re.Pattern[str]]
) -> Iterator[str]:
    """`text` in sentences; a sentence that does not fit in words; such a "word" in halves. Joined, `text` again."""
    if len(text) == 1 or count(text) <= room:
        yield text
        return
    half = len(text) // 2
    pieces = _pieces(text, boundaries[0]) if boundaries else [text[:half], text[half:]]
    for piece in pieces:
        yield from _pieces_that_fit(piece, room, count, boundaries[1:])


def _pieces(text: str, boundary: re.Pattern[str]) -> list[str]:
    """`text` cut after each boundary; joined, the pieces are `text` again."""
    edges = [0, *(match.end() for match in boundary.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(edges) if end > start]
