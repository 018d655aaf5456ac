"""Questions made from the notes: from their titles and headings, by what the sections hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from kbqa.answering.passages import Passage, passages_of_section
from kbqa.index.analysis import folded, stems
from kbqa.index.dictionary import analyzer
from kbqa.notes.markdown import WIKILINK, parser
from kbqa.texts import Texts
from kbqa.types import Block, Note, Section

_LIST = 2
"""So many items are a list."""
_ENGLISH_PLURAL = re.compile(r"^(\w+ )*\w+s (of|for|in|to)\b", re.IGNORECASE)
_ASKING = re.compile(
    r"(?:(?:с|для|к|у|о|об|от|из|по|на|в|за|до)\s+)?(?:кто|кого|кому|кем|ком|что|чего|чему|чем|как|как\w{2,4}|где|куда|"
    r"откуда|когда|почему|зачем|сколько|who|what|which|where|when|why|how)\b",
    re.IGNORECASE,
)
"""How a heading begins that is a question itself: «Как подготовиться», «С чего начать»."""
_ADDRESS = re.compile(r"https?://\S+")


def example_questions(note: Note, texts: Texts) -> Iterator[str]:
    """Questions that the note should answer: about its headings that name several things, then about its title."""
    for section in note.sections:
        heading = section.heading_path[-1]
        if len(section.heading_path) > 1 and _names_several(heading):
            heading = heading[0].lower() + heading[1:]
            # «Основные признаки» of what? A heading that does not repeat the title's words needs the title.
            alone = set(stems(heading)) & set(stems(note.title))
            key = "answers.example_plural" if alone else "answers.example_plural_of"
            yield texts(key, heading=heading, title=note.title)
    yield texts("answers.example_title", title=note.title)


def _names_several(heading: str) -> bool:
    """Whether «Каковы …?» or "What are the …?" asks for what the heading names, without inflecting it."""
    if _ENGLISH_PLURAL.match(heading):
        return True
    first = re.match(r"[^\W\d_]+(?=\s|$)", heading)
    if first is None:
        return False
    # A heading is in the nominative, so «Преимущества» is a plural; «Дома» may be no noun at all.
    tags = [tag.grammemes for tag in analyzer().tag(folded(first.group()))]
    named = any({"nomn", "plur"} <= tag and {"NOUN", "ADJF", "PRTF"} & tag for tag in tags)
    return named and not any("ADVB" in tag for tag in tags)


@dataclass(frozen=True, slots=True)
class Told:
    """What a section says of its own, without links and lead-ins."""

    note: Note
    section: Section
    says: tuple[Block, ...]
    """Not empty."""

    @property
    def items(self) -> tuple[Block, ...]:
        """The outermost items, if there are enough for a list."""
        items = tuple(block for block in self.says if is_item(block) and block.depth == 0)
        return items if len(items) >= _LIST else ()

    @property
    def kind(self) -> Literal["definition", "howto", "list", "fact"]:
        """What kind of question the section answers."""
        opens = self.section.heading_path == (self.note.title,)
        if opens and Passage("", "", (), (), self.says[0]).term:
            return "definition"
        if not self.items:
            return "fact"
        return "howto" if all(block.kind == "step" for block in self.items) else "list"


def told_by(note: Note, section: Section) -> Told | None:
    """What the section says; None where that is nothing."""
    passages = passages_of_section(note, section)
    says = tuple(passage.block for passage in passages if not (passage.is_lead_in or _is_only_links(passage.block)))
    return Told(note, section, says) if says else None


def questions_on(told: Told, texts: Texts) -> Iterator[str]:
    """Questions on a section, by its heading and by what it holds, the best first."""
    *by_heading, by_title = example_questions(replace(told.note, sections=(told.section,)), texts)
    if told.kind == "definition":
        yield by_title
    elif asked := _asked_by_heading(told.note, told.section, texts):
        yield asked
    elif told.items:
        yield from by_heading
    yield question_on(told, topic_of(told.note, told.section), texts)


def chapter_question(note: Note, section: Section, texts: Texts) -> str | None:
    """A question on a section that only has subsections; None where it has none."""
    depth = len(section.heading_path)
    if depth == 1 or not any(
        other.heading_path[:depth] == section.heading_path for other in note.sections if other != section
    ):
        return None
    if asked := _asked_by_heading(note, section, texts):
        return asked
    *by_heading, _ = example_questions(replace(note, sections=(section,)), texts)
    return by_heading[0] if by_heading else texts("answers.ask_list", topic=topic_of(note, section))


def _asked_by_heading(note: Note, section: Section, texts: Texts) -> str | None:
    """The question that a heading asks, of its note; None where it asks none."""
    heading = section.heading_path[-1]
    if not _ASKING.match(heading) or len(section.heading_path) == 1:
        return None
    asked = heading[:1].lower() + heading[1:].rstrip(" ?.:")
    return texts("answers.ask_heading", title=note.title, heading=asked)


def question_on(told: Told, topic: str, texts: Texts) -> str:
    """The question that asks of a topic what a section holds."""
    key = {"howto": "answers.ask_steps", "list": "answers.ask_list"}.get(told.kind, "answers.ask_text")
    return texts(key, topic=topic)


def topic_of(note: Note, section: Section) -> str:
    """What the section is about: its heading, with the note's title where the heading repeats none of its words."""
    heading = section.heading_path[-1]
    if len(section.heading_path) == 1 or set(stems(heading)) & set(stems(note.title)):
        return heading
    # A capital inside is an abbreviation's: «CRM для контактов».
    lowered = heading if heading[1:2].isupper() else heading[:1].lower() + heading[1:]
    return f"{note.title}, {lowered}"


def is_item(block: Block) -> bool:
    """Whether a block is an item of a list, or a row of a table."""
    return block.kind in {"bullet", "step", "row"}


def _is_only_links(block: Block) -> bool:
    """Whether nothing is said but where to read on: «См. также: [[Обучение]], [[Инновации]]»."""
    if block.kind == "code":
        return False
    (inline,) = parser().parseInline(block.text)
    said, links, inside = [], 0, 0
    for token in inline.children or []:
        inside += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type in {WIKILINK, "image", "link_open"}:
            links += 1
        elif not inside:
            said.append(token.content)
    text, addresses = _ADDRESS.subn("", " ".join(said))
    label, colon, rest = text.partition(":")
    return links + addresses > 0 and not any(map(str.isalnum, rest if colon else label))
