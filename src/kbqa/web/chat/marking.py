"""What readers say of answers: stored, taken back, and told to the page. An answer stands, whatever becomes of it."""

from collections.abc import Mapping
from typing import Any, get_args

from kbqa.feedback import Mark, MarkStore, Reason, Verdict
from kbqa.serving.desk import Desk, told
from kbqa.texts import Texts
from kbqa.types import Answer
from kbqa.web.chat import notices
from kbqa.web.chat.turns import Talk, Turn

VERDICTS: dict[str, Verdict] = {"right": "right", "wrong": "wrong"}
"""What a button can say; anything else takes a mark back."""


class Marking:
    """Marks on the answers of a talk."""

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk = desk
        self._texts = texts

    def unanswered(self, turn: Turn, answer: Answer) -> str:
        """Note by itself that a question found no answer."""
        return self._keep(turn, answer, "unanswered")

    def said(self, talk: Talk, said: Mapping[str, Any]) -> str | None:
        """Store what a button or the form under it says; None: there is nothing new to tell the page.

        Of a refusal, a mark that is taken back leaves the note that there was no answer.

        Args:
            talk: what the page shows.
            said: `answer`, its id; `verdict`; of the form, `reasons`, `comment`, and whether that is all (`done`).
        """
        turn = talk.turn(str(said.get("answer")))
        if turn is None or turn.answer is None:
            return None
        verdict = VERDICTS.get(str(said.get("verdict")))
        if "reasons" not in said:
            if verdict is None and turn.answer.status == "no_evidence":
                verdict = "unanswered"
            asking = verdict == "wrong"
            return self._keep(turn, turn.answer, verdict, asking=asking)
        reasons = tuple(reason for reason in get_args(Reason) if reason in said["reasons"])
        notice = self._keep(turn, turn.answer, verdict, reasons=reasons, comment=str(said.get("comment", "")))
        if said.get("done"):
            return notice + ("" if "kbqa-lost" in notice else notices.said_html(self._texts("talks.reasons.kept")))
        return notice if "kbqa-lost" in notice else None

    def stored(self, talk: Talk) -> str:
        """Which buttons of a restored talk are pressed."""
        try:
            settings = self._desk.knowledge_base().settings
            marks = MarkStore(settings.data).marks(settings.corpus)
        except Exception as error:  # noqa: BLE001 - the talk stands without them
            return notices.said_html(told(error, self._texts))
        verdicts = {(mark.asked, mark.question): mark.verdict for mark in marks if mark.verdict != "unanswered"}
        return notices.marks_html(
            {
                turn.id: verdicts.get((turn.asked, turn.answer.question), "")
                for turn in talk.turns
                if turn.answer is not None
            }
        )

    def _keep(
        self,
        turn: Turn,
        answer: Answer,
        verdict: Verdict | None,
        *,
        reasons: tuple[Reason, ...] = (),
        comment: str = "",
        asking: bool = False,
    ) -> str:
        """Store a mark, or remove it; what to tell the page."""
        try:
            settings = self._desk.knowledge_base().settings
            store = MarkStore(settings.data)
            mark = Mark.of(
                answer,
                verdict or "unanswered",
                asked=turn.asked,
                corpus=settings.corpus,
                reasons=reasons,
                comment=comment,
            )
            if verdict is None:
                store.remove(mark)
            else:
                store.put(mark)
        except Exception as error:  # noqa: BLE001 - as above
            return notices.said_html(self._texts("web.mark.lost", message=told(error, self._texts)))
        pressed = notices.marks_html({turn.id: "" if verdict in (None, "unanswered") else verdict})
        return pressed + (notices.reasons_html(answer, turn.id, self._texts) if asking else "")
