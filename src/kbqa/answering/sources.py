"""Where the composer of an answer looks things up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kbqa.answering.named import NoteNames
from kbqa.retrieval.fusion import blend
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.meaning import Meaning
from kbqa.types import Hit, Note

_WHOLE = 0.4
"""How much the whole question counts where the best section for a part of it is looked for: at a third more of the
sections found are about something else, at a half the part itself may go unanswered."""
_MEANT = 0.25
"""A thing is told in other words («менторинг» by "Mentoring") when a word comes at least so near."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The notes that a question may be answered from."""

    note_of: Callable[[str], Note]
    """A note by its path, as it was indexed."""
    search: Callable[[str, str | None], Sequence[Hit]]
    """What is found for a question or a part of one, in all notes or in one."""
    names: NoteNames
    """Of all notes."""
    meaning_of: Callable[[tuple[str, ...]], Meaning]
    """What texts have of the content words of a question."""
    standalone: Callable[[str, str], str]
    """A question as one that stands alone, after another one."""
    similarities: Callable[[str, Sequence[str]], NDArray[np.float32]]
    """Cosine of a question and each of some statements; NaN for one that is not in the index."""

    def tell(self, text: str, matcher: Matcher) -> bool:
        """Whether a text from the notes has one of a matcher's words, or one that means nearly the same."""
        # To ask what words mean may embed them, which takes longer than all the rest.
        if matcher.strengths(text).any():
            return True
        return bool((self.meaning_of(matcher.words).strengths(text) >= _MEANT).any())


def with_whole(hits: Sequence[Hit], of_whole: Sequence[Hit]) -> Sequence[Hit]:
    """What is found for a part of a question, what was found for the whole counting, too."""
    return blend(hits, of_whole, _WHOLE)
