"""A language model's reply while it arrives: clean Markdown, with markers as `kbqa.answering.citations` writes them.

A scanner takes one token at a time off the front of a buffer, or waits while more text could still change what the
token is. Every decision looks at a bounded window, so it falls the same way however the reply was cut into pieces.
"""

import re
from math import inf

from kbqa.answering.generative import syntax
from kbqa.answering.generative.shown import Shown, visible

_SLICE = 256
"""Characters that are scanned at a time, so that the buffer stays small and the work linear."""
_NOTHING = -1

_PLAIN = re.compile(r'[^\s\[\]【［〔`<\\!"«»„“”(\x00-\x02]+')
_CONTAINER = re.compile(r">|[-+*](?=\s)|\d{1,9}[.)](?=\s)")
_FENCE = re.compile(r"~{3,}|`{3,}(?=[^`\n]*(?:\n|\Z))")
_BEGUN = re.compile(r"[-+*]|\d{1,9}[.)]?|~{1,}|`{3,}[^`\n]*")
"""What may become one of the two."""
_THINK = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_THINK_TAGS = ("<thinking>", "</thinking>", "<think>", "</think>")
_THOUGHT_END = re.compile(r"</think(?:ing)?>", re.IGNORECASE)


class LiveText:
    """Turns the pieces of a reply into Markdown that can be shown at once.

    Attributes:
        cited: Excerpt numbers by first mention: the marker `[k]` stands for excerpt `cited[k - 1]`.
    """

    def __init__(self, excerpts: int) -> None:
        self._shown = Shown(excerpts)
        self.cited = self._shown.cited
        self._buffer = ""
        self._final = False
        self._quotations = syntax.Quotations()
        self._swallow = ""  # blank characters that are being skipped
        self._fence: syntax.Fence | None = None
        self._thinking = False
        self._depth: float | None = None  # of parentheses in an address that is being skipped

    @property
    def dropped(self) -> int:
        """How many numbers in markers were no excerpt's."""
        return self._shown.dropped

    def feed(self, piece: str) -> str:
        """What can be shown after `piece`, the next part of the reply."""
        piece = visible(piece)
        for start in range(0, len(piece), _SLICE):
            self._buffer += piece[start : start + _SLICE]
            self._scan()
        return self._shown.take()

    def finish(self) -> str:
        """The rest, when nothing more will come."""
        self._final = True
        self._scan()
        return self._shown.take()

    def _scan(self) -> None:
        while self._buffer:
            window = self._buffer[: syntax.WINDOW]
            length: int | None
            if self._thinking:
                length = self._thought()
            elif self._depth is not None:
                length = self._address(self._depth)
            elif self._fence is not None:
                length = self._code_line(window, self._fence)
            else:
                length = self._token(window)
            if length is None:
                return
            self._buffer = self._buffer[length:]

    # Each of the rest takes a token from the front and returns its length, or None while it is undecided.

    def _token(self, window: str) -> int | None:
        first = window[0]
        if first in self._swallow:
            return 1
        self._swallow = ""
        if not first.isspace():
            return self._solid(window)
        if first == "\n":
            self._quotations.open.clear()
            self._shown.text("\n", line_start=True)
        else:
            self._shown.blank(first)
        return 1

    def _solid(self, window: str) -> int | None:
        if self._shown.line_start and (length := self._line_beginning(window)) != _NOTHING:
            return length
        if plain := _PLAIN.match(self._buffer):
            self._shown.text(plain[0])
            return plain.end()
        for characters, take in (
            ("[【［〔!", self._bracket),
            ('"«»„“”', self._quotation_mark),
            ("`", self._code),
            ("<", self._tag),
            ("\\", self._escape),
        ):
            if window[0] in characters:
                return take(window)
        return self._sign(window[0])

    def _sign(self, first: str) -> int:
        """A bracket that closes or a parenthesis, or a sign of the scanner's own."""
        if first == syntax.LONG_ADDRESS:
            self._depth = 0
        elif first == syntax.DEFINED:
            self._depth = inf
            self._shown.drop_blanks()
        elif first != syntax.JOINT:
            self._shown.sign(first)
        return 1

    def _line_beginning(self, window: str) -> int | None:
        """What only counts at the start of a line: its indentation's signs, a fence, a link's definition."""
        waiting = not self._final and len(window) < syntax.WINDOW
        if container := _CONTAINER.match(window):
            self._shown.text(container[0], line_start=True)
            return container.end()
        if waiting and _BEGUN.fullmatch(window):
            return None
        fence = _FENCE.match(window)
        if fence and (self._final or fence[0][0] == "~" or "\n" in window):
            self._shown.text(fence[0])
            self._fence = syntax.Fence(fence[0], self._shown.line().removesuffix(fence[0]))
            return fence.end()
        defined = syntax.definition_length(window, final=self._final) if window[0] == "[" else 0
        if defined:
            self._cut(window[:defined] + syntax.DEFINED, defined)
            return 0
        return defined if defined is None else _NOTHING

    def _cut(self, text: str, length: int) -> None:
        """Replace what the buffer begins with."""
        self._buffer = text + self._buffer[length:]
        self._shown.line_start = False

    def _code_line(self, window: str, fence: syntax.Fence) -> int | None:
        """A line of fenced code, or the part of it that has come."""
        if self._shown.line_start:
            line, ended, _ = window.partition("\n")
            if not ended and fence.may_close(line) and not self._final and len(window) < syntax.WINDOW:
                return None
            if fence.is_left(line):
                self._fence = None
                return 0
            if fence.closes(line):
                self._fence = None
                self._shown.text(line)
                return len(line)
        length = self._buffer.find("\n") + 1
        self._shown.text(self._buffer[: length or None], line_start=length > 0)
        return length or len(self._buffer)

    def _code(self, window: str) -> int | None:
        length = syntax.code_length(window, final=self._final)
        if length:
            self._shown.text(window[:length])
        elif length == 0:
            # What closes on no line of its own could be closed by a later one.
            length = len(window) - len(window.lstrip("`"))
            self._shown.escaped("\\`" * length)
        return length

    def _escape(self, window: str) -> int | None:
        if len(window) == 1 and not self._final:
            return None
        if window[1:2] in tuple("\\`[]<!()"):
            self._shown.escaped(window[:2])
            return 2
        self._shown.text("\\")
        return 1

    def _quotation_mark(self, window: str) -> int | None:
        if window == '"' and not self._final:
            return None
        # A straight mark behind a word is the sign for inches or a stray.
        before_word = bool(window[1:2].strip()) and not self._shown.after_word()
        self._quotations.mark(window[0], may_open=before_word)
        self._shown.text(window[0])
        return 1

    def _tag(self, window: str) -> int | None:
        tag = _THINK.match(window)
        if tag is None:
            if not self._final and any(known.startswith(window.lower()) for known in _THINK_TAGS):
                return None
            self._shown.escaped("\\<")
            return 1
        self._thinking = not tag[1]
        self._swallow = " \t\n"
        return tag.end()

    def _thought(self) -> int | None:
        end = _THOUGHT_END.search(self._buffer)
        if end is None:
            # The tag may have begun at the end of what has come.
            return max(0, len(self._buffer) - len(_THINK_TAGS[1]) + 1) or None
        self._thinking = False
        return end.end()

    def _address(self, depth: float) -> int:
        """An address too long to wait for is skipped as it comes, up to its parenthesis or a blank."""
        for index, character in enumerate(self._buffer):
            depth += (character == "(") - (character == ")")
            if depth < 0 or character.isspace() or character in syntax.SIGNS:
                self._depth = None
                return index + (depth < 0)
        self._depth = depth
        return len(self._buffer)

    def _bracket(self, window: str) -> int | None:
        """A marker, a link, or a sign that brackets something else."""
        image = window[0] == "!"
        if image and not window.startswith("!["):
            if window == "!" and not self._final:
                return None
            self._shown.text("!")
            return 1
        bracket = window[image:]
        numbers, end = syntax.marker(bracket) or ([], syntax.label_length(bracket, final=self._final))
        address = syntax.address_length(bracket[end:], final=self._final) if end else end
        if end is None or address is None:
            return None
        if address:
            # An image shows nothing that the notes say; a link is what its text says.
            label = "" if image else bracket[:end] if numbers else bracket[1 : end - 1]
            long = address == syntax.ENDLESS
            self._cut(label + (syntax.LONG_ADDRESS if long else syntax.JOINT), image + end + (1 if long else address))
            return 0
        if image:
            self._shown.text("!")
            return 1
        return self._bracketed(bracket, end, numbers)

    def _bracketed(self, text: str, end: int, numbers: list[range]) -> int:
        """A marker or what no link's address follows; `end` is 0 if the bracket does not close."""
        if numbers and not self._quotations.open:
            if not self._shown.markers(numbers):
                if self._shown.line_start:
                    self._swallow = " \t"
                else:
                    self._shown.drop_blanks()
            return end
        if text[0] != "[":
            self._shown.text(text[0])
        elif numbers or syntax.DIGITS.fullmatch(text[:end]):
            self._shown.escaped(re.sub(r"[\[\]]", r"\\\g<0>", text[:end]))
            return end
        elif end and (text[1] != "[" or syntax.PAGE_LINK.match(text)):
            self._shown.text("[")
        else:
            self._shown.escaped("\\[")
        return 1
