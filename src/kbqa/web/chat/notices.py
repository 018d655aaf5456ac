"""What the page is told beside the messages, as HTML: which marks are stored and why, which talk this is.

Half of it is for the page's scripts and hidden: `data-answer` with `data-verdict` says which of an answer's buttons is
pressed, `data-talk` under which id the talk is kept.
"""

from collections.abc import Mapping
from typing import get_args

from kbqa.feedback import COMMENT_CHARS, Reason
from kbqa.texts import Texts
from kbqa.types import Answer
from kbqa.web.elements.escaping import escape, inert


def marks_html(verdicts: Mapping[str, str]) -> str:
    """Which button of each answer is pressed: `right`, `wrong`, or none (empty)."""
    return inert(
        "".join(
            f'<span hidden data-answer="{escape(answer)}" data-verdict="{escape(verdict)}"></span>'
            for answer, verdict in verdicts.items()
        )
    )


def reasons_html(answer: Answer, answer_id: str, texts: Texts) -> str:
    """Asks why an answer was marked as wrong; can be passed over."""
    refused = answer.status == "no_evidence"
    of_refusal = "_refusal" if refused else ""
    heading = escape(texts(f"talks.reasons.heading{of_refusal}", question=answer.question))
    comment = escape(texts(f"talks.reasons.comment{of_refusal}"))
    send, close = escape(texts("talks.reasons.send")), escape(texts("talks.reasons.close"))
    choices = "".join(
        f'<button type="button" class="kbqa-reason" data-reason="{reason}" aria-pressed="false">'
        f"{escape(texts(f'talks.reasons.{reason}'))}</button>"
        for reason in (() if refused else get_args(Reason))
    )
    return inert(
        f'<form class="kbqa-why" data-about="{escape(answer_id)}" aria-labelledby="kbqa-why-heading">'
        f'<p id="kbqa-why-heading">{heading}</p>'
        f'<button type="button" class="kbqa-why-close" aria-label="{close}" title="{close}"></button>'
        f'<div class="kbqa-why-choices">{choices}</div>'
        f'<div class="kbqa-why-words"><input type="text" name="comment" maxlength="{COMMENT_CHARS}" '
        f'aria-label="{comment}" placeholder="{comment}" autocomplete="off"><button type="submit">{send}</button></div>'
        "</form>"
    )


def said_html(message: str) -> str:
    """A line for the reader."""
    return inert(f'<p class="kbqa-lost" role="status">{escape(message)}</p>')


def talk_html(talk: str, texts: Texts, *, message: str = "", editing: bool = False) -> str:
    """Which talk the page shows (empty: one that is not kept), and what the reader should know of it.

    Args:
        talk: its id.
        texts: the catalogue.
        message: a line for the reader.
        editing: whether the box holds an earlier question, which will be replaced.
    """
    strip = ""
    if editing:
        words, cancel = escape(texts("talks.ask.editing")), escape(texts("talks.ask.cancel"))
        strip = (
            f'<div class="kbqa-editing" role="status"><span>{words}</span>'
            f'<button type="button" class="kbqa-edit-cancel">{cancel}</button></div>'
        )
    said = said_html(message) if message else ""
    return inert(f'<span hidden data-talk="{escape(talk)}"></span>{said}{strip}')
