"""The only place where text from notes, questions and answers becomes HTML.

Two things read the page's HTML besides the browser: Gradio's Markdown renderer, through which every chat message
goes, and its formula renderer. `inert` leaves them nothing to interpret.
"""

import html

_MEANINGFUL = str.maketrans({"\n": "&#10;", "\r": None, "$": "&#36;", "`": "&#96;", "{": "&#123;", "}": "&#125;"})


def escape(text: str) -> str:
    """`text` as HTML text or as the value of a quoted attribute."""
    return html.escape(text, quote=True)


def inert(markup: str) -> str:
    """The same HTML on one line, without a character that Markdown, formulas or templates would act upon.

    A blank line would end the HTML block, and what follows it would be read as Markdown.
    """
    return markup.strip().translate(_MEANINGFUL)
