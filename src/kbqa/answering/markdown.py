"""An answer as Markdown that stands by itself, for programs that show nothing but text; and its text read back."""

import re

from kbqa.notes.markdown import WIKILINK, parser
from kbqa.texts import Texts
from kbqa.types import Answer

NEAREST = 3
"""How many sections are offered when there is no answer."""

_CODE_OR_LINK = re.compile(r"(?P<fence>`+).*?(?<!`)(?P=fence)(?!`)|!?\[\[[^\[\]\n]+\]\]", re.DOTALL)
_REMARKS = re.compile(r"\A(?:>[^\n]*\n)+\n?")


def answer_markdown(answer: Answer, texts: Texts) -> str:
    """The remarks, the text, and the places that its numbers stand for."""
    text = links_displayed(with_doubts(answer, texts))
    return "\n\n".join(filter(None, (remarks_markdown(answer, texts), text, places_markdown(answer, texts))))


def remarks_markdown(answer: Answer, texts: Texts) -> str:
    """Where and for what was searched, and whatever else is to be known of the answer; empty if nothing is."""
    understood = texts("answers.understood", question=answer.understood) if answer.understood else None
    return "\n>\n".join(f"> {line}" for line in (answer.within, understood, answer.notice) if line)


def places_markdown(answer: Answer, texts: Texts) -> str:
    """Where the answer's statements stand, or what is nearest where there is no answer; empty if nothing is."""
    if answer.citations:
        lines = [
            f"- [{one.number}] {place_text(one.note, one.start_line, one.heading_path)}" for one in answer.citations
        ]
        return "\n".join((texts("answers.sources"), *lines))
    chunks = [hit.chunk for hit in answer.hits[:NEAREST]]
    lines = [f"- {place_text(chunk.note, chunk.start_line, chunk.heading_path)}" for chunk in chunks]
    return "\n".join((texts("answers.nearest"), *lines)) if lines else ""


def answer_text_in(markdown: str, texts: Texts) -> str:
    """The text without what `answer_markdown` puts around it; any other text as it is."""
    for heading in (texts("answers.sources"), texts("answers.nearest")):
        markdown = markdown.rpartition(f"\n\n{heading}\n- ")[0] or markdown
    return _REMARKS.sub("", markdown)


def with_doubts(answer: Answer, texts: Texts) -> str:
    """The answer's text with a remark after each sentence that the notes do not support."""
    text = answer.text
    for sentence in reversed(answer.sentences):
        if sentence.doubt:
            remark = texts("answers.unsupported", reason=texts(f"answers.doubt_{sentence.doubt}"))
            text = f"{text[: sentence.end].rstrip()} [{remark}]{text[sentence.end :]}"
    return text


def links_displayed(text: str) -> str:
    """Markdown whose wikilinks are replaced by what a reader sees of them; code as it is."""
    return _CODE_OR_LINK.sub(_displayed, text)


def place_text(note: str, line: int, heading_path: tuple[str, ...]) -> str:
    """A place in the notes for readers: the note and line, then the headings."""
    return " › ".join((f"{note}:{line}", *heading_path[1:]))


def _displayed(match: re.Match[str]) -> str:
    if match["fence"]:
        return match[0]
    (inline,) = parser().parseInline(match[0])
    (*_, token) = inline.children or [inline]
    return token.content if token.type == WIKILINK else match[0]
