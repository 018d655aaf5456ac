"""A talk as Gradio's chatbot takes it: a list of messages, each a piece of HTML."""

from collections.abc import Sequence

from kbqa.texts import Texts
from kbqa.web.chat import messages
from kbqa.web.chat.turns import Turn


def chat_log(turns: Sequence[Turn], texts: Texts, *, waiting: bool = False) -> list[dict[str, str]]:
    """The turns, what can be done about their questions, and, under the last, questions to go on with.

    Args:
        turns: in order.
        texts: the catalogue.
        waiting: whether the last answer is on its way; nothing else can be asked until it is there.
    """
    log = []
    for turn in turns:
        is_last = turn is turns[-1]
        if turn.question.strip():
            deeds = "" if waiting else messages.question_deeds(turn.id, texts, last=is_last)
            log.append({"role": "user", "content": messages.question_html(turn.question, deeds)})
        following = messages.next_html(turn.next, texts) if is_last and not waiting else ""
        log.append({"role": "assistant", "content": turn.reply + following})
    return log
