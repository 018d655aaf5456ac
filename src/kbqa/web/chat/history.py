"""The history as the page has it: talks are kept turn by turn, and shown again as they were.

An answer is shown as it was given; the panel shows the notes as they are now, and says where they have changed since.
"""

from typing import Any
from uuid import uuid4

from kbqa.answering.markdown import NEAREST
from kbqa.errors import DataError
from kbqa.json_shapes import answer_data
from kbqa.knowledge_base import KnowledgeBase
from kbqa.serving.desk import told
from kbqa.stored_answers import answer_of
from kbqa.talks import StoredTurn, TalkStore
from kbqa.texts import Texts
from kbqa.types import Answer
from kbqa.web.chat.turns import Talk, Turn, turn_again


class History:
    """Keeps talks and restores them.

    Args:
        store: where they are kept; None: nowhere.
        texts: the catalogue.
    """

    def __init__(self, store: TalkStore | None, texts: Texts) -> None:
        self._store = store
        self._texts = texts

    def keep(self, before: Talk, turn: Turn, answer: Answer, replaced: str) -> tuple[str, str]:
        """Keep the last turn of a talk.

        Args:
            before: the talk without it.
            turn: with the answer.
            answer: the turn's.
            replaced: id of the first earlier turn that goes for it, or nothing.

        Returns:
            The talk's id, empty if it is not kept; and what to tell the reader, if anything. The answer stands.
        """
        if self._store is None:
            return "", ""
        talk = before.id or uuid4().hex[:12]
        stored = StoredTurn(turn.id, turn.asked, turn.question.strip(), turn.within, _data(answer))
        try:
            self._store.add(talk, stored, replaced or None)
        except Exception as error:  # noqa: BLE001 - the answer must be shown, whatever it was
            return before.id, self._texts("talks.unkept", message=told(error, self._texts))
        return talk, ""

    def restored(self, talk: str, kb: KnowledgeBase) -> Talk | None:
        """A talk as it was; None where there is no such talk.

        Raises:
            DataError: the history cannot be read.
        """
        stored = self._store.talk(talk) if self._store else None
        if stored is None or self._store is None:
            return None
        try:
            answers = [answer_of(turn.answer) for turn in stored.turns]
        except (KeyError, TypeError, ValueError) as error:
            raise DataError("data_damaged", file=self._store.file, detail=repr(error)) from error
        turns = tuple(
            Turn(turn.question, "", "", answer, turn.id, turn.asked, turn.within)
            for turn, answer in zip(stored.turns, answers, strict=True)
        )
        return Talk(tuple(turn_again(turns[: place + 1], kb, self._texts) for place in range(len(turns))), talk)


def _data(answer: Answer) -> dict[str, Any]:
    """An answer with all that is needed to show it again: of a refusal, the nearest sections' text, too."""
    data: dict[str, Any] = {**answer_data(answer)}
    if answer.status == "no_evidence":
        shown = [
            {**hit, "text": found.chunk.text} for hit, found in zip(data["hits"][:NEAREST], answer.hits, strict=False)
        ]
        data["hits"] = [*shown, *data["hits"][NEAREST:]]
    return data
