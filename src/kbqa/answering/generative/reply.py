"""A model's reply as it comes: clean Markdown with citations, or the agreed words that there is no answer."""

import re
from collections.abc import Sequence

from kbqa.answering.generative.excerpts import Excerpt
from kbqa.answering.generative.live_text import LiveText
from kbqa.answering.generative.prompt import wording_in
from kbqa.index.analysis import folded
from kbqa.types import Citation, Token

_REFUSALS = tuple(folded(wording_in(language).refusal) for language in ("ru", "en"))
"""Either will do, whatever the question's language."""
_BEGINNING = 60
"""Characters among which a refusal is looked for."""
_NO_LETTER = re.compile(r"[\W_]+")


class Reply:
    """Takes the pieces of one reply.

    Args:
        excerpts: what the model was given, in order.
    """

    def __init__(self, excerpts: Sequence[Excerpt]) -> None:
        self._excerpts = excerpts
        self.text = ""
        """What may be shown of what has come."""
        self._live = LiveText(len(excerpts))
        self._held = ""
        self._told = 0

    def take(self, piece: str) -> Token | None:
        """What a piece adds to what may be shown; None: nothing yet."""
        self._held += self._live.feed(piece)
        return None if self._may_refuse() else self._release()

    def finish(self) -> Token | None:
        """The rest, once the reply has ended; None where there is none or the model refuses."""
        self._held += self._live.finish()
        return None if self.refuses else self._release()

    @property
    def refuses(self) -> bool:
        """Whether the reply begins with the words for no answer, and cites nothing."""
        begun = f"{self._begun()} "
        return not self._live.cited and any(begun.startswith(f"{refusal} ") for refusal in _REFUSALS)

    @property
    def invalid_citations(self) -> int:
        """How many markers named no excerpt, and were dropped."""
        return self._live.dropped

    @property
    def cited(self) -> tuple[Excerpt, ...]:
        """What the markers in the text stand for: `[1]` for the first."""
        return tuple(self._excerpts[number - 1] for number in self._live.cited)

    def _may_refuse(self) -> bool:
        begun = self._begun()
        return self.refuses or (not self._live.cited and any(refusal.startswith(begun) for refusal in _REFUSALS))

    def _begun(self) -> str:
        return _NO_LETTER.sub(" ", folded((self.text + self._held)[:_BEGINNING])).strip()

    def _release(self) -> Token | None:
        if not self._held:
            return None
        piece, self._held = self._held, ""
        self.text += piece
        cited = self.cited
        new = tuple(_citation(number, excerpt) for number, excerpt in enumerate(cited, start=1) if number > self._told)
        self._told = len(cited)
        return Token(piece, new)


def _citation(number: int, excerpt: Excerpt) -> Citation:
    start, end, quote = excerpt.passage(())
    return Citation(number, excerpt.note, excerpt.title, excerpt.heading_path, start, end, quote)
