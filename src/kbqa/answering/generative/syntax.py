"""Syntax in a model's reply: citation markers in the forms that models write, links, code, quotations.

The functions see the beginning of what follows, at least `WINDOW` characters unless there are no more yet, or, with
`final`, at all. They answer None while more could change their answer, so that it does not depend on how much came.
"""

import re
from dataclasses import dataclass

WINDOW = 300
"""Characters ahead that a decision may wait for."""
LABEL = 200
"""Characters in which a bracket must close to be a marker or a link."""
ADDRESS = 95
"""Characters of a link's address, its parentheses included, that are waited for."""
NESTING = 8
"""Brackets in brackets that a link's text may have."""
ENDLESS = -1
"""What `address_length` says of an address that is longer."""

SIGNS = JOINT, LONG_ADDRESS, DEFINED = "\x00", "\x01", "\x02"
"""Put into the text while it is scanned, for no reply has them: where a link was cut out; where its long address or
that of a definition begins."""

DIGITS = re.compile(r"\[\d+\]")
PAGE_LINK = re.compile(r"\[\[[^\[\]\n]+\]\]")

_S = r"[^\S\n]"
_WORD = r"(?:выписк[аеиу]|выписок|источник(?:[аеиу]|ов)?|sources?|excerpts?)"
_ITEM = (
    rf"(?:{_WORD}{_S}*:?{_S}*)?(?:№{_S}*|\^)?\d{{1,3}}(?:{_S}*[-–—]{_S}*\d{{1,3}})?"
    r"(?:†[^\[\]【】［］〔〕,;<\n\x00-\x02]*)?"
)
_LIST = rf"{_S}*{_ITEM}(?:(?:{_S}*[,;]{_S}*(?:(?:и|and){_S}+)?|{_S}+(?:и|and){_S}+){_ITEM})*{_S}*"
_MARK = re.compile(rf"\[[\[【［〔]{_LIST}[\]】］〕]\]|[\[【［〔]{_LIST}[\]】］〕]", re.IGNORECASE)
_RANGE = re.compile(rf"†[^,;]*|(\d+)(?:{_S}*[-–—]{_S}*(\d+))?")

_CODE = re.compile(r"(`+)(?!`)[^\n\x00-\x02]*?(?<!`)\1(?!`)")
_LINE_END = re.compile(r"[\n\x00-\x02]")
_LABEL_PART = re.compile(r"\\[^\n\x00-\x02]|(?<!`)(`+)(?!`)[^\n\x00-\x02]*?(?<!`)\1(?!`)|`+|[\[\]\n\x00-\x02]")
_LABEL_STOP = re.compile(r"[\]】］〕\n\x00-\x02]")
_BARE = r"(?!<)(?:[^\s()\x00-\x02]|\([^\s()\x00-\x02]*\))*"
_LINK_ADDRESS = re.compile(
    rf"""{_S}*(?:<[^<>\n\x00-\x02]*>|{_BARE})(?:{_S}+(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?{_S}*\)""",
)
_NO_ADDRESS = re.compile(rf"""[^\n\x00-\x02]*[\n\x00-\x02]|{_S}*[^\s<()]+{_S}+[^\s"'()]""")
_DEFINITION = re.compile(rf"(\[[^\[\]\n\x00-\x02]+\]:{_S}*)(?:<|//|www\.|[A-Za-z][A-Za-z0-9+.-]{{1,20}}:)")
_DEFINITION_BEGUN = re.compile(rf"\[[^\[\]\n\x00-\x02]*(?:\](?::{_S}*[A-Za-z0-9+./-]{{0,21}})?)?")

_CLOSES = {"»": "«", "”": "“„", "“": "„", '"': '"'}
"""What each closing quotation mark closes."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What fenced code began with."""

    marks: str
    before: str
    """What stands before it on its line: blanks and the signs of the list item or block quotation that it is in."""

    def may_close(self, line: str) -> bool:
        """Whether a line that begins so can be the closing one, or blank."""
        return not line.lstrip(self._indent()).strip(self.marks[0] + " \t")

    def closes(self, line: str) -> bool:
        """Whether the line is the closing one."""
        marks = line.lstrip(self._indent()).rstrip(" \t")
        return len(marks) >= len(self.marks) and not marks.strip(self.marks[0])

    def is_left(self, line: str) -> bool:
        """Whether the line is outside the item or quotation, which ends the code as well."""
        text = line.lstrip(" \t")
        if ">" in self.before:
            return not text.startswith(">")
        indent = len(line.expandtabs(4)) - len(text.expandtabs(4))
        return bool(text and self.before.strip()) and indent < len(self.before.expandtabs(4))

    def _indent(self) -> str:
        return " \t>" if ">" in self.before else " \t"


class Quotations:
    """Which quotation marks are open on a line."""

    def __init__(self) -> None:
        self.open: list[str] = []

    def mark(self, mark: str, *, may_open: bool) -> None:
        """Another one; `may_open` is of a straight mark only, which does not show whether it does."""
        openers = _CLOSES.get(mark, "")
        opened = [index for index, opener in enumerate(self.open) if opener in openers]
        if opened:
            del self.open[opened[-1] :]
        elif len(self.open) < NESTING and (mark in "«„“" or (mark == '"' and may_open)):
            self.open.append(mark)


def marker(text: str) -> tuple[list[range], int] | None:
    """The excerpt numbers of the marker that `text` begins with, and its length in characters."""
    mark = _MARK.match(text[:LABEL])
    if mark is None:
        return None
    ranges = [range(int(first), int(last or first) + 1) for first, last in _RANGE.findall(mark[0]) if first]
    return (ranges, mark.end()) if all(ranges) else None


def label_length(text: str, *, final: bool) -> int | None:
    """Length up to the bracket that closes the first; 0 if none does on its line or near enough."""
    head = text[:LABEL]
    settled = final or len(head) == LABEL
    if head[0] != "[":  # only a marker has such brackets
        return 0 if settled or _LABEL_STOP.search(head) else None
    depth = 0
    for part in _LABEL_PART.finditer(head):
        if part[0][0] == "`":
            unclosed = part[1] is None and "\n" not in head
            if not settled and (unclosed or part.end() == len(head)):
                return None
        elif part[0] in "[]":
            depth += 1 if part[0] == "[" else -1
            if depth == 0:
                return part.end()
            if depth > NESTING:
                return 0
        elif part[0][0] != "\\":
            return 0
    return 0 if settled else None


def address_length(text: str, *, final: bool) -> int | None:
    """Length of the `(address)` or `(address "title")` that a link's text is followed by.

    0 if `text`, what stands behind the closing bracket, begins otherwise; `ENDLESS` if it is too long to wait for.
    """
    if not text:
        return 0 if final else None
    inside = text[1:ADDRESS]
    if text[0] == "(" and (address := _LINK_ADDRESS.match(inside)):
        return address.end() + 1
    if text[0] != "(" or _NO_ADDRESS.match(inside):
        return 0
    if len(text) < ADDRESS:
        return 0 if final else None
    return 0 if re.search(r"\s", inside) else ENDLESS


def definition_length(text: str, *, final: bool) -> int | None:
    """Length of the `[label]: ` that an address follows; 0 if `text` does not begin so."""
    window = text[:WINDOW]
    if definition := _DEFINITION.match(window):
        return definition.end(1)
    return None if not final and len(window) < WINDOW and _DEFINITION_BEGUN.fullmatch(window) else 0


def code_length(text: str, *, final: bool) -> int | None:
    """Length of the code, its backticks included, that ends on the line on which it begins; 0 if none does."""
    window = text[:WINDOW]
    code = _CODE.match(window)
    waiting = not final and len(window) < WINDOW
    if waiting and (code.end() == len(window) if code else not _LINE_END.search(window)):
        return None
    return code.end() if code else 0
