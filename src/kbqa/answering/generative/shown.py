"""What is shown of a model's reply: text that has been decided on, and its markers numbered by first mention."""

import re

_TAIL = 300
"""Characters of the shown text that are kept to look back at."""
_BLANKS = 300
"""Blanks in a row that may be dropped together with the marker behind them."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Control, zero-width, bidirectional and tag characters, and halves of surrogate pairs; not line feed and tab."""
_LINES = str.maketrans("\u2028\u2029", "\n\n")
_UNSAFE = re.compile(r"(?<!\\)\[\Z|\\\Z")
"""What a marker may not directly follow: it would be read as something else."""
_OPEN_NUMBER = re.compile(r"(?<!\\)\[\d+\Z")


class Shown:
    """Takes text bit by bit; whatever was cut out between two bits, they form no marker, link or tag together.

    Attributes:
        cited: Excerpt numbers by first mention.
        dropped: How many numbers in markers were no excerpt's.
        line_start: Whether the line has nothing yet but the signs of what it is within, such as `> ` and `- `.
    """

    def __init__(self, excerpts: int) -> None:
        self.cited: list[int] = []
        self.dropped = 0
        self.line_start = True
        self._excerpts = excerpts
        self._numbers: dict[int, int] = {}
        self._out: list[str] = []
        self._tail = ""
        self._blanks = ""  # not shown yet: they go if a dropped marker follows
        self._adjacent: set[int] = set()  # markers since the last text

    def take(self) -> str:
        """What has come since the last time."""
        text = "".join(self._out)
        self._out.clear()
        return text

    def text(self, text: str, *, line_start: bool = False) -> None:
        """Show text as it is; nothing before the first that is not blank."""
        if self._tail or text.strip():
            text = self._blanks + text if self._tail else text
            self._out.append(text)
            self._tail = (self._tail + text)[-_TAIL:]
            self.line_start = line_start
            self._adjacent.clear()
        self._blanks = ""

    def escaped(self, text: str) -> None:
        """Show text that begins with a backslash; a lone one before it would pair with that."""
        lone = not self._blanks and (len(self._tail) - len(self._tail.rstrip("\\"))) % 2
        self.text(" " + text if lone else text)

    def sign(self, sign: str) -> None:
        """Show `(` or `]`, escaped where it would continue a link or marker that the reply did not have."""
        continues = self._tail.endswith("]") if sign == "(" else _OPEN_NUMBER.search(self._tail)
        self.text("\\" + sign if continues and not self._blanks else sign)

    def blank(self, character: str) -> None:
        """Show a blank within a line, when something follows that is shown."""
        self._blanks += character
        if len(self._blanks) == _BLANKS:
            self.text("", line_start=self.line_start)

    def drop_blanks(self) -> None:
        """Drop those that nothing has followed."""
        self._blanks = ""

    def markers(self, numbers: list[range]) -> bool:
        """Show the markers of excerpts, those beside each other once; whether any was left to show."""
        new: list[int] = []
        for asked in numbers:
            known = range(max(asked.start, 1), min(asked.stop, self._excerpts + 1))
            self.dropped += len(asked) - len(known)
            for excerpt in known:
                if excerpt not in self._numbers:
                    self.cited.append(excerpt)
                    self._numbers[excerpt] = len(self.cited)
                if self._numbers[excerpt] not in self._adjacent:
                    self._adjacent.add(self._numbers[excerpt])
                    new.append(self._numbers[excerpt])
        if new:
            adjacent = self._adjacent.copy()
            gap = " " if not self._blanks and _UNSAFE.search(self._tail) else ""
            self.text(gap + "".join(f"[{number}]" for number in new))
            self._adjacent = adjacent
        return bool(new)

    def after_word(self) -> bool:
        """Whether a letter or digit is the last that was shown, with no blank behind it."""
        return not self._blanks and self._tail[-1:].isalnum()

    def line(self) -> str:
        """What was shown of the last line."""
        return self._tail.rpartition("\n")[2]


def visible(text: str) -> str:
    """Without characters that nobody sees but that something may act upon; every line ends in a line feed."""
    return _UNSEEN.sub("", text.translate(_LINES))
