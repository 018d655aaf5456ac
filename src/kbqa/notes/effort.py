"""How much work the parser will have with a text, told without parsing it."""

import re

EFFORT_LIMIT = 150_000
"""Lines and marks. Each costs the parser up to .07 ms (a list item, a row), so that a note takes at most about 10 s.
A real note of 100,000 characters has about 5,000."""

_MARKS = re.compile(r"[\n*_~\[|`<$&\\]|==|#(?=\S)|(?:[-+*>]|\d[.)])[ \t]")
_LIGHT_MARKS = "!#%+-:=>@]^{}"
_LIGHTER = 12
"""Marks at which the parser only stops and looks around cost it about a twelfth of the others."""
_PARSES_WITH_COMMENTS = 3
"""Comments are blanked out, and the rest is parsed again; of a long note twice at most."""
_DELIMITER_ROW = re.compile(r"^[ \t>]*+\|?(?:[ \t]*+:?-++:?[ \t]*+\|){20,}+[ \t:-]*+$", re.MULTILINE)


def effort(text: str) -> int:
    """Lines and marks of Markdown in `text`, and the empty cells by which its wide tables will be completed."""
    if len(text) <= EFFORT_LIMIT // 10:
        return len(text)
    wide = 0
    for row in _DELIMITER_ROW.finditer(text):
        # Each row of a table gets as many cells as its head has, up to the parser's own limit for one table.
        end = text.find("\n\n", row.end())
        rows = text.count("\n", row.end(), end if end >= 0 else len(text))
        wide += min(row[0].count("|") * rows, 65_536)
    light = sum(text.count(mark) for mark in _LIGHT_MARKS) // _LIGHTER
    once = sum(1 for _ in _MARKS.finditer(text)) + light + wide
    return once * _PARSES_WITH_COMMENTS if "%%" in text or "<!--" in text else once
