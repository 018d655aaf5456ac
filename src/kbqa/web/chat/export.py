"""Talks and answers → Markdown that Obsidian likes: properties, wikilinks to the cited sections, quotes as callouts."""

import re
from datetime import datetime

import yaml

from kbqa.answering.citations import MARKER
from kbqa.notes.listing import NOTE_SUFFIX
from kbqa.stored_answers import answer_of
from kbqa.talks import StoredTalk
from kbqa.texts import Texts
from kbqa.types import Answer, Citation
from kbqa.web.elements.places import line_range
from kbqa.web.elements.wikilinks import wikilink

_NOT_IN_NAME = re.compile(r'[\\/:*?"<>|#^\[\]\x00-\x1f]+')
"""What some file system, or Obsidian, does not take in the name of a file."""
_NAME_CHARS = 80


def talk_markdown(talk: StoredTalk, texts: Texts) -> str:
    """A whole talk: properties, then each question as a heading over its answer and the quotes that it rests on.

    Raises:
        KeyError, TypeError, ValueError: what is stored is no talk.
    """
    started = datetime.fromisoformat(talk.head.started).astimezone()
    properties = yaml.safe_dump(
        {
            "title": talk.head.title,
            "date": started.replace(tzinfo=None).isoformat(timespec="minutes"),
            "tags": [texts("talks.markdown.tag")],
        },
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
    )
    parts = [f"---\n{properties}---\n", f"# {_heading(talk.head.title)}\n"]
    for number, turn in enumerate(talk.turns, start=1):
        answer = answer_of(turn.answer)
        parts.append(f"## {_heading(turn.question)}\n\n{answer_markdown(answer, texts, notes=f'{number}-')}")
    return "\n".join(parts)


def answer_markdown(answer: Answer, texts: Texts, *, notes: str = "") -> str:
    """An answer with its markers as footnotes; each names the section by a wikilink, and the quotes follow.

    Args:
        answer: the answer.
        texts: the catalogue.
        notes: stands before the footnotes' numbers, so that those of several answers do not clash.
    """
    known = {citation.number for citation in answer.citations}

    def footnote(match: re.Match[str]) -> str:
        return f"[^{notes}{match[1]}]" if int(match[1]) in known else match[0]

    told = [answer.within] if answer.within else []
    told += [texts("talks.markdown.understood", question=answer.understood)] if answer.understood else []
    told += [answer.notice] if answer.notice else []
    parts = [f"> [!info] {_line(line)}" for line in told]
    parts.append(MARKER.sub(footnote, answer.text).strip())
    parts += [_quote(citation, texts) for citation in answer.citations]
    footnotes = [
        f"[^{notes}{citation.number}]: {_place(citation)}, {_lines(citation, texts)}" for citation in answer.citations
    ]
    if footnotes:
        parts.append("\n".join(footnotes))
    return "\n\n".join(parts) + "\n"


def file_name(title: str) -> str:
    """A name for a talk's file that every system takes."""
    name = " ".join(_NOT_IN_NAME.sub(" ", title).split())[:_NAME_CHARS].strip(" .")
    return f"{name or 'kbqa'}{NOTE_SUFFIX}"


def _quote(citation: Citation, texts: Texts) -> str:
    """What a citation quotes, as a folded callout."""
    head = f"> [!quote]- {_place(citation)}, {_lines(citation, texts)}"
    return "\n".join((head, *(f"> {line}".rstrip() for line in citation.quote.split("\n"))))


def _place(citation: Citation) -> str:
    return wikilink(citation.note, (citation.title, *citation.heading_path[1:]), shown=True)


def _lines(citation: Citation, texts: Texts) -> str:
    return line_range(citation.start_line, citation.end_line, texts)


def _heading(text: str) -> str:
    """A question as a heading: on one line, without what Obsidian would read as a tag, link or comment."""
    return re.sub(r"([#\[\]*_`<>%\\])", r"\\\1", _line(text))


def _line(text: str) -> str:
    return " ".join(text.split())
