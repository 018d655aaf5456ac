"""The vocabulary of kbqa: frozen values without I/O, in the order in which data flows.

A vault's files become `Note`s with `Section`s; sections become `Chunk`s, which are indexed; a question
finds `Hit`s; the evidence in them becomes an `Answer` whose every statement carries a `Citation`.

Lines are 1-based and inclusive, as editors count them. Note paths are relative to the vault, POSIX, NFC.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["ru", "en"]
Status = Literal["answered", "no_evidence"]
Mode = Literal["extractive", "generative"]
"""Who wrote the answer's text; `extractive`: composed of verbatim lines of the notes, without a language model;
`generative`: a language model, from excerpts of the notes."""
Doubt = Literal[
    "uncited", "address", "number", "name", "exchanged", "contrary", "denied", "too_strong", "told", "unsaid"
]
"""Why a sentence of a model is not taken for supported: it cites nothing; an address, a number, a name or date is not
in what it cites; what it says is said of something else there; it says the opposite, or denies what is not denied; it
says all for some, or must for may; the source only tells somebody to say so; or part of it is not said there."""

BlockKind = Literal["heading", "paragraph", "bullet", "step", "row", "code", "html"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a note: `[[target#heading|display]]`, `[[target#^block]]`, or `[display](target.md#heading)`."""

    target: str
    """The note's name as written, before any `#` and `|`, not resolved to a path; empty: the note itself."""
    heading: str | None
    """The part after `#`, if any; of nested headings `H2#H3` all, as written."""
    display: str
    """What a reader sees."""
    line: int
    """1-based line in the note file."""
    block: str | None = None
    """The block id after `#^`, without the sign."""
    embed: bool = False
    """Whether the place is shown within the note: `![[target]]`."""
    relative: bool = False
    """A Markdown link, whose address counts from the note's own folder first."""


@dataclass(frozen=True, slots=True)
class ResolvedLink:
    """A link of one note, and the note that it leads to."""

    source: str
    """Path of the note that the link stands in."""
    link: Link
    path: str | None
    """The note it leads to; None: there is no such note (yet)."""
    by_alias: bool = False
    """Found by an alias of the note; Obsidian itself would not resolve it."""


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest unit that can be quoted whole: a paragraph, one item, one row of a table, code, HTML, a heading."""

    kind: BlockKind
    text: str
    """Verbatim, without the list marker, the block id and nested items; lines joined by `\\n`, indentation kept. Text
    with a private comment in it is several blocks, none of which has a part of the comment."""
    plain: str
    """The text as a reader sees it: no emphasis marks, links replaced by what they display; of a row, its cells with
    the names of their columns."""
    start_line: int
    end_line: int
    depth: int
    """Nesting of a list item, 0 for the outermost; level of a heading, 1 to 6; otherwise 0."""


@dataclass(frozen=True, slots=True)
class BlockId:
    """A name that a note gives to one of its blocks: `^name` at its end, or below a list, table or quote."""

    name: str
    """Without the sign, as written."""
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text under it, up to the next heading of any level."""

    heading_path: tuple[str, ...]
    """The note's title, then the headings down to this one."""
    level: int
    """1 to 6; 0 for text that stands before the first heading."""
    start_line: int
    """The heading's line; for level 0, the first line after the front matter."""
    end_line: int
    text: str
    """The lines from `start_line` to `end_line`, verbatim but for private comments, each part of which is one
    invisible mark."""
    blocks: tuple[Block, ...]
    """What the text consists of, the section's own heading left out."""
    block_ids: tuple[BlockId, ...] = ()
    """Blocks that links can lead to, in order."""


@dataclass(frozen=True, slots=True)
class Note:
    """One Markdown file of the vault."""

    path: str
    """The note's identity."""
    title: str
    """From the front matter, else the note's only top heading, else the file's name."""
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    """From the properties and the text, without `#`, each once, in the order and spelling of its first mention."""
    links: tuple[Link, ...]
    """To notes, in order; links to attachments and other sites are none."""
    content_hash: str
    """SHA-256 of the file's bytes, hexadecimal."""
    text: str
    """The whole file, decoded, line ends as `\\n`, private comments blanked out as in `Section.text`."""
    sections: tuple[Section, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the note is called: its title, then its aliases."""
        return self.title, *self.aliases

    def sections_on(self, start_line: int, end_line: int) -> Iterator[Section]:
        """The sections that stand on these lines, or reach into them, in order."""
        return (
            section for section in self.sections if section.start_line <= end_line and start_line <= section.end_line
        )


@dataclass(frozen=True, slots=True)
class LinkedNote:
    """A note as far as links go: what it can be called by, and what it calls others."""

    path: str
    aliases: tuple[str, ...]
    links: tuple[Link, ...]
    """As in `Note`."""


@dataclass(frozen=True, slots=True)
class NoteSummary:
    """A note in a list of notes."""

    path: str
    title: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is embedded and ranked: one section, a part of a long one, or one with its tiny neighbours."""

    id: str
    """Content address: the same note, place and text have the same id everywhere."""
    note: str
    title: str
    heading_path: tuple[str, ...]
    aliases: tuple[str, ...]
    """Other names of the note; on the chunk that opens the note, elsewhere empty."""
    text: str
    """The lines from `start_line` to `end_line`, verbatim (of a line longer than the limit, a part)."""
    embedding_text: str
    """What the rankers read: the title and headings in front of the text."""
    token_count: int
    """Tokens of `embedding_text` by tiktoken's o200k_base."""
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found for a question."""

    chunk: Chunk
    score: float
    """Fused rank score; higher is better; comparable within one search only; not a probability."""
    rank: int
    """1 for the best."""
    reasons: tuple[str, ...]
    """Why it was found, in words for the user."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is kept within; nothing given: everything.

    A note passes when it fits each kind that is given: it is one of the notes, and in one of the folders or below it,
    and has one of the tags or one nested below it (`работа` takes `работа/встречи`). Names are as users write them:
    letter case, ё, the Unicode form, `#` before a tag and `.md` do not count; a note goes by its path, the end of it,
    its title or an alias.
    """

    notes: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.notes or self.folders or self.tags)


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Citation:
    """Where one statement of an answer stands in the notes."""

    number: int
    """The number in the answer's `[1]` marker; numbered by first mention from 1."""
    note: str
    title: str
    heading_path: tuple[str, ...]
    start_line: int
    end_line: int
    quote: str
    """Verbatim between the two lines of the file."""


@dataclass(frozen=True, slots=True)
class Source:
    """The very lines that say what a sentence says."""

    number: int
    """The citation that they belong to."""
    start_line: int
    end_line: int
    quote: str
    """Verbatim between the two lines of the note."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a model says in one place of an answer, and whether the notes say so."""

    start: int
    end: int
    """Where it stands in the answer's text, its markers included: `text[start:end]`."""
    supported: bool
    doubt: Doubt | None
    """Why not; None where it is supported."""
    sources: tuple[Source, ...]
    """Empty where it is not supported."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets: text with markers, and what each marker stands for."""

    question: str
    understood: str | None
    """The question as it was searched for, where that is not what was typed: layout, transliteration, typos, what it
    leaves out after an earlier one."""
    status: Status
    text: str
    """Markdown with `[1]` markers; for `no_evidence`, the sentence that says so."""
    citations: tuple[Citation, ...]
    """One for each marker in the text, in order; empty for `no_evidence`."""
    hits: tuple[Hit, ...]
    """Everything found, best first, cited or not."""
    confidence: float
    """How likely the notes answer the question, in [0, 1], by the model that decides on refusals; 0 where nothing was
    found, 1 where mentions are asked for and every word stands there."""
    mode: Mode
    timings_ms: Mapping[str, float]
    """Milliseconds by step: `retrieve`, `compose`, `total`; where a model wrote the text, `write` and `verify`, too."""
    fingerprint: str
    """Identifies the index generation and the settings that the answer depends on."""
    filters: Filters = EVERYTHING
    """What was searched, by the paths of notes and folders and the tags as the notes have them."""
    within: str | None = None
    """The same in words for the user; None: everything."""
    sentences: tuple[Sentence, ...] = ()
    """What a model wrote, sentence by sentence, in order; empty for an extractive answer: every word is quoted."""
    model: str | None = None
    """The model that wrote the text, or that found no answer in the excerpts."""
    invalid_citations: int = 0
    """Markers of the model that named no excerpt, and were dropped."""
    notice: str | None = None
    """What the user should know of the answer: what it lacks, that it may be none, why it is no model's, what a model
    left out."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an answer's text while it is being written."""

    text: str
    citations: tuple[Citation, ...] = ()
    """What the markers stand for that are mentioned here for the first time; their quotes are whole excerpts yet."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """All tokens so far are void: a model's reply failed, and another answer follows."""

    notice: str
    """Why, in words for the user."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A note that was skipped, or indexed with something missing, and why."""

    note: str
    reason: str
    """What is wrong, where, and what to do, in words for the user."""
    skipped: bool
    """True: nothing of the note is indexed. False: its text is, but for what `reason` names."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an index run did; note paths in each list are sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    problems: tuple[Problem, ...]
    chunks: int
    """Chunks in the published index."""
    embedded: int
    """Texts that had to be embedded; the rest came from the cache."""
    seconds: float
    generation: str
    """Id of the generation that is current after the run."""
    published: bool
    """False: nothing had changed, and the index was left as it was."""
    repairs: tuple[str, ...] = ()
    """What was found damaged and has been made anew, in words for the user."""
    sent: bool = False
    """Whether this run published the index on the server of the settings; it may have had it already."""
