"""Chunks taken apart into what can be quoted: blocks, their terms, their sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kbqa.answering.citations import Quote
from kbqa.notes.markdown import WIKILINK, parser
from kbqa.notes.sections import blocks_of
from kbqa.types import Block, Chunk

_TERM = re.compile(r"^(?P<term>[^:.!?]{2,80}?)(?:\s*:\s|\s+[-–—]\s+(?:это\s+)?)(?=\S)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[«\"(\[A-ZА-ЯЁ*\d])")


@dataclass(frozen=True, slots=True)
class Passage:
    """A block where it stands: the statement of an answer."""

    chunk: Chunk
    heading_path: tuple[str, ...]
    block: Block

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list."""
        return self.block.kind in {"bullet", "step"}

    @property
    def is_lead_in(self) -> bool:
        """Whether it only announces the list after it."""
        return self.block.kind == "paragraph" and self.block.plain.endswith(":")

    @property
    def is_navigation(self) -> bool:
        """Whether it is nothing but links to other notes."""
        (inline,) = parser().parseInline(self.block.text)
        kinds = {token.type for token in inline.children or [] if token.content.strip(" ,;.")}
        return kinds == {WIKILINK}

    @property
    def term(self) -> str | None:
        """The term that the block explains: what stands before its first colon or dash."""
        match = _TERM.match(self.block.plain)
        return match["term"].strip() if match else None

    @property
    def names(self) -> tuple[str, ...]:
        """What the block explains: its term, and the note's other names where that term is the note's title."""
        term = self.term
        if term is None:
            return ()
        return (term, *self.chunk.aliases) if term == self.chunk.title else (term,)

    @property
    def context(self) -> str:
        """Title and headings above the block."""
        return ". ".join(self.heading_path)

    def quote(self) -> Quote:
        """The whole block."""
        return self._quote(self.block.text)

    def sentences(self) -> list[Quote]:
        """The block's sentences, each a quote of its own."""
        edges = [0, *(match.end() for match in _SENTENCE_END.finditer(self.block.text)), len(self.block.text)]
        parts = (self.block.text[start:end].strip() for start, end in pairwise(edges))
        return [self._quote(part) for part in parts if part]

    def _quote(self, text: str) -> Quote:
        before = self.block.text[: self.block.text.index(text)]
        start = self.block.start_line + before.count("\n")
        return Quote(
            note=self.chunk.note,
            title=self.chunk.title,
            heading_path=self.heading_path,
            start_line=start,
            end_line=start + text.count("\n"),
            text=text,
            shown=" ".join(line.strip().removeprefix("> ") for line in text.split("\n")),
        )


def passages_of(chunk: Chunk) -> list[Passage]:
    """The chunk's blocks but for headings, each with the headings above it."""
    return list(_passages(chunk))


def _passages(chunk: Chunk) -> Iterator[Passage]:
    path = chunk.heading_path
    for block in blocks_of(chunk.text, chunk.start_line):
        if block.kind != "heading":
            yield Passage(chunk, path, block)
        elif block.start_line > chunk.start_line:
            # A short section that shares its parent's chunk.
            path = (*chunk.heading_path, block.plain)


def join_quotes(passages: list[Passage], shown: str) -> Quote:
    """One quote from the first passage's start to the last one's end; they stand in one chunk, in order."""
    first, last = passages[0], passages[-1]
    chunk = first.chunk
    start, end = first.block.start_line - chunk.start_line, last.block.end_line - chunk.start_line
    text = "\n".join(chunk.text.split("\n")[start : end + 1])
    return Quote(
        note=chunk.note,
        title=chunk.title,
        heading_path=first.heading_path,
        start_line=first.block.start_line,
        end_line=last.block.end_line,
        text=text,
        shown=shown,
    )
