"""Marks in an answer's text where a model's sentences begin and end, and what the page shows for them.

The marks are set in the Markdown and become HTML once it is rendered: a sentence may hold part of a list or of
emphasis, which no rule for inline Markdown could. They are rare marks of punctuation, as letters in their place would
keep the asterisks beside them from being emphasis; where the text has them itself, it loses them.
"""

import re

from kbqa.texts import Texts
from kbqa.types import Answer, Sentence
from kbqa.web.elements.escaping import escape

_BEGIN, _NUMBER_END, _END = "\u2e50", "\u2e52", "\u2e51"
_ANY = re.compile(f"[{_BEGIN}{_NUMBER_END}{_END}]")
_OPENING = re.compile(f"{_BEGIN}(\\d+){_NUMBER_END}")
_CLOSING = re.compile(f"{_END}(\\d+){_NUMBER_END}")
_ROW_END = re.compile(r"\s*\|\s*$")


def with_marks(answer: Answer) -> str:
    """The answer's Markdown with marks around its sentences."""
    text = _ANY.sub("?", answer.text)
    for number in range(len(answer.sentences) - 1, -1, -1):
        sentence = answer.sentences[number]
        said = text[sentence.start : sentence.end]
        is_row = said.startswith("|")
        bar = _ROW_END.search(said) if is_row else None
        inner = said[: bar.start()] if bar else said.rstrip()
        # A mark before the first bar of a table's row would make the row a line of text.
        begin = "" if is_row else f"{_BEGIN}{number}{_NUMBER_END}"
        marked = f"{begin}{inner}{_END}{number}{_NUMBER_END}{said[len(inner) :]}"
        text = text[: sentence.start] + marked + text[sentence.end :]
    return text


def with_verdicts(markup: str, answer: Answer, texts: Texts) -> str:
    """The HTML of what `with_marks` gave, with its marks replaced by what the page shows."""
    markup = _OPENING.sub(lambda match: _opened(answer.sentences[int(match[1])]), markup)
    return _CLOSING.sub(lambda match: _closed(answer.sentences[int(match[1])], answer, texts), markup)


def _opened(sentence: Sentence) -> str:
    return f'<span class="kbqa-claim kbqa-{"supported" if sentence.supported else "unsupported"}">'


def _closed(sentence: Sentence, answer: Answer, texts: Texts) -> str:
    closing = "" if answer.text[sentence.start] == "|" else "</span>"
    if sentence.doubt is None:
        name = escape(texts("web.answer.supported"))
        return f'<span class="kbqa-check" title="{name}"><span class="kbqa-hidden">{name}</span></span>{closing}'
    remark, reason = escape(texts("web.answer.unsupported")), escape(texts(f"answers.doubt_{sentence.doubt}"))
    return (
        f'{closing}<span class="kbqa-doubt" title="{reason}">{remark}<span class="kbqa-hidden">: {reason}</span></span>'
    )
