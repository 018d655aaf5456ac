"""A question of the chat in the line that it shares with programs."""

import asyncio
from threading import Event

from kbqa import KnowledgeBase
from kbqa.serving.turnstile import Turnstile
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.web.chat.turns import Asked, Talk, Turn, Writing, turn_in_line

QUESTION = "Что такое консорциум?"


async def _asked(kb: KnowledgeBase, line: Turnstile) -> list[Writing | Turn]:
    asked = Asked(QUESTION, Talk(), (), None, Event())
    return [turn async for turn in turn_in_line(asked, lambda: kb, Texts.load("ru"), line, "client")]


def test_a_question_is_answered_in_its_turn(kb: KnowledgeBase) -> None:
    """And the place is free again."""

    async def run() -> None:
        line = Turnstile(Settings(), at_once=1)
        for _ in range(2):
            (*_, turn) = await _asked(kb, line)
            assert isinstance(turn, Turn)
            assert turn.answer
            assert turn.answer.status == "answered"

    asyncio.run(run())


def test_who_finds_the_line_too_long_is_told_so_in_the_answers_place(kb: KnowledgeBase) -> None:
    """As whatever goes wrong is."""

    async def run() -> None:
        line = Turnstile(Settings(questions_waiting=0), at_once=1)
        async with line.turn("program"):
            (turn,) = await _asked(kb, line)
        assert isinstance(turn, Turn)
        assert turn.answer is None
        assert "Слишком много вопросов сразу" in turn.reply

    asyncio.run(run())
