"""Notes taken apart into what can be quoted: blocks, their terms, their sentences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, takewhile

from kbqa.answering.citations import Layout, Quote
from kbqa.notes.markdown import WIKILINK, parser
from kbqa.notes.private import MARK
from kbqa.notes.statements import context_of, is_one_statement, is_titled, on_one_line, quotable_blocks, statements_of
from kbqa.types import Block, Note, Section

_TERM = re.compile(r"^(?P<term>[^:.!?]{2,80}?)(?:\s*:\s|\s+[-–—]\s+(?:это\s+)?)(?=.*[^\W\d_]{2})", re.DOTALL)

_BOLD_OPENING = re.compile(r"\W*(?:\d+[.)]\s+)?\*\*(?P<term>[^*.!?:]{2,60})\*\*\s+(?=[a-zа-яё(])")
_ALSO_CALLED = re.compile(r"(?P<name>[^()]+?)\s*\((?P<other>[^()]+)\)")
"""«BLUF (Bottom Line Up Front)» has two names."""
_BAR_IN_LINK = re.compile(r"(\[\[[^\[\]|\n]*(?<!\\))\|(?=[^\[\]|\n]*\]\])")
_TASK = re.compile(r"\[(?P<mark>[ xX])\]\s+")
_TAGS_AT_END = re.compile(r"(?<=[.!?…»”)])(?:\s+#[\w/-]*[^\W\d][\w/-]*)+$")
"""Tags after the end of a sentence; within it, one may be a word of it."""
_SEE_ALSO = re.compile(r"[\W_]*(?:см\.?|смотри(?:те)?|see|also)\s+(?:также|also|see)\b", re.IGNORECASE)
_BETWEEN_LINKS = re.compile(r"[\W_]+|\b(?:и|and)\b", re.IGNORECASE)
_SHORT_OPENING = 320
"""What explains something goes on to the end of a sentence within so many characters."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A block where it stands: the statement of an answer."""

    note: str
    title: str
    aliases: tuple[str, ...]
    heading_path: tuple[str, ...]
    block: Block
    titled: bool = False
    """Whether its first line is the title of a callout, which no mark of punctuation ends."""

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list, or a row of a table."""
        return self.block.kind in {"bullet", "step", "row"}

    @property
    def is_lead_in(self) -> bool:
        """Whether it only announces the list after it."""
        return self.block.kind == "paragraph" and self.block.plain.endswith(":")

    @property
    def is_navigation(self) -> bool:
        """Whether it is nothing but links to other notes."""
        if self.block.kind == "code":
            return False
        (inline,) = parser().parseInline(self.block.text)
        kinds = {token.type for token in inline.children or [] if token.content.strip(" ,;.")}
        return kinds == {WIKILINK} or is_see_also(self.block.text)

    @property
    def term(self) -> str | None:
        """The term that the block explains, in words: what stands before its first colon or dash; None of code."""
        match = _TERM.match(self.block.plain) if self.block.kind != "code" else None
        return match["term"].strip() if match else None

    @property
    def names(self) -> tuple[str, ...]:
        """What the block explains: its term; where it opens the note or explains its title, all names of the note."""
        term = self.term or self._bold_opening
        if term is None:
            return ()
        also = _ALSO_CALLED.fullmatch(term)
        names = (term, *(also.groups() if also else ()))
        if self.opens_note or self.title in names:
            names = (*names, self.title, *self.aliases)
        return tuple(dict.fromkeys(names))

    @property
    def _bold_opening(self) -> str | None:
        """The bold words that an item begins with and goes on after: «**Ментор** советует»."""
        match = _BOLD_OPENING.match(self.block.text) if self.is_item else None
        return match["term"] if match else None

    @property
    def opens_note(self) -> bool:
        """Whether it stands above every heading but the title, in a sentence rather than a list."""
        return self.heading_path == (self.title,) and self.block.kind == "paragraph"

    @property
    def gist(self) -> str:
        """The block in a few words: the term that it explains, else all of it; with a box where it is a task.

        Of a row of a table, its first cell.
        """
        if self.block.kind == "row":
            return self.block.plain.partition(": ")[0]
        return _as_shown(self.term or self.block.plain.rstrip(".;"), "bullet")

    @property
    def context(self) -> str:
        """Title and headings above the block."""
        return context_of(self.heading_path)

    def quote(self) -> Quote:
        """The whole block."""
        match self.block.kind:
            case "row":
                return self._quote(self.block.text, "bullet", self.block.plain)
            case "code":
                return self._quote(self.block.text, "code", _fenced(self.block.plain))
            case "bullet":
                return self._quote(self.block.text, "bullet")
            case "step":
                return self._quote(self.block.text, "step")
            case _:
                return self._quote(self.block.text, "prose")

    def sentences(self) -> list[Quote]:
        """The block's sentences, each a quote of its own; an item or code is one."""
        if is_one_statement(self.block):
            return [self.quote()]
        return [
            replace(self._quote(part.text, "prose"), place=place)
            for place, part in enumerate(statements_of(self.block, titled=self.titled))
        ]

    def opening(self) -> tuple[Quote, ...]:
        """The first sentence, and what the block says next while that is short."""
        sentences = self.sentences()
        lengths = accumulate(len(quote.text) for quote in sentences)
        short = [quote for quote, length in zip(sentences, lengths, strict=True) if length <= _SHORT_OPENING]
        return tuple(short or sentences[:1])

    def _quote(self, text: str, layout: Layout, shown: str | None = None) -> Quote:
        before = self.block.text[: self.block.text.index(text)]
        start = self.block.start_line + before.count("\n")
        return Quote(
            note=self.note,
            title=self.title,
            heading_path=self.heading_path,
            start_line=start,
            end_line=start + text.count("\n"),
            text=text,
            shown=shown or _as_shown(on_one_line(self.block, text, titled=self.titled), layout),
            layout=layout,
            block=self.block.start_line,
        )


def is_see_also(text: str) -> bool:
    """Whether Markdown says no more than where to read on: «См. также: [[Чай]]», "See also:"."""
    found = _SEE_ALSO.match(text)
    if not found:
        return False
    (inline,) = parser().parseInline(text[found.end() :])
    in_link = 0
    for token in inline.children or []:
        in_link += token.nesting
        said = _BETWEEN_LINKS.sub("", token.content)
        if said and token.type != WIKILINK and not in_link:
            return False
    return True


def passages_of(note: Note, start_line: int, end_line: int) -> list[Passage]:
    """What can be quoted of the blocks that stand on these lines, or reach into them, in order."""
    return [
        passage
        for section in note.sections_on(start_line, end_line)
        for passage in passages_of_section(note, section)
        if passage.block.start_line <= end_line and start_line <= passage.block.end_line
    ]


def passages_of_section(note: Note, section: Section) -> list[Passage]:
    """What can be quoted of one section of the note; HTML is no sentence."""
    lines = note.text.split("\n")
    return [
        Passage(note.path, note.title, note.aliases, section.heading_path, block, titled=is_titled(block, lines))
        for block in quotable_blocks(section)
    ]


def unbroken(note: Note, passages: list[Passage]) -> list[Passage]:
    """The first passages up to a private comment of the note between them: what can be quoted in one piece."""
    lines = note.text.split("\n")
    first = passages[0].block.start_line
    whole = takewhile(lambda passage: MARK not in "".join(lines[first - 1 : passage.block.end_line]), passages)
    return list(whole) or passages[:1]


def join_quotes(note: Note, passages: list[Passage], shown: str) -> Quote:
    """One quote from the first passage's start to the last one's end; they stand in one section, unbroken, in order."""
    if len(passages) == 1:
        return replace(passages[0].quote(), shown=shown)
    first, last = passages[0].block, passages[-1].block
    return Quote(
        note=note.path,
        title=note.title,
        heading_path=passages[0].heading_path,
        start_line=first.start_line,
        end_line=last.end_line,
        text="\n".join(note.text.split("\n")[first.start_line - 1 : last.end_line]),
        shown=shown,
    )


def table_quote(note: Note, rows: Sequence[Passage]) -> Quote | None:
    """Rows of one table under the names of its columns, one quote from there to the last of them.

    None where a private comment stands between: each row then has to speak for itself.
    """
    lines = note.text.split("\n")
    ranges = {block.start_line for section in note.sections for block in section.blocks if block.kind == "row"}
    first = rows[0].block.start_line
    while first - 1 in ranges:
        first -= 1
    # Above the first row of a table stand the line of dashes and the names of the columns.
    head, last = first - 2, rows[-1].block.start_line
    text = "\n".join(lines[head - 1 : last])
    if MARK in text or any(number not in ranges for number in range(first, last + 1)):
        return None
    shown = dict.fromkeys((head, head + 1, *(row.block.start_line for row in rows)))
    return Quote(
        note=note.path,
        title=note.title,
        heading_path=rows[0].heading_path,
        start_line=head,
        end_line=last,
        text=text,
        # A bar within a link would end the cell.
        shown=_BAR_IN_LINK.sub(r"\1\\|", "\n".join(lines[number - 1].lstrip(" \t>").rstrip() for number in shown)),
        layout="table",
    )


def _as_shown(line: str, layout: Layout) -> str:
    """A statement on one line, without the tags after its end, and with a box where it is a task."""
    line = _TAGS_AT_END.sub("", line)
    if layout in {"bullet", "step"} and (task := _TASK.match(line)):
        return f"{'☐' if task['mark'].isspace() else '☑'} {line[task.end() :]}"
    return line


def _fenced(code: str) -> str:
    """Code as a Markdown block; the fence is longer than any in the code."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{code}\n{fence}"
