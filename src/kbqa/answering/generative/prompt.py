"""The messages to a language model: the rules, the conversation, the excerpts fenced off as data, the question."""

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kbqa.answering.citations import MARKER
from kbqa.answering.conversation import Turn
from kbqa.answering.generative import syntax
from kbqa.answering.generative.excerpts import Excerpt, legible
from kbqa.index.tokens import OLDER_ENCODING, count_tokens
from kbqa.llm import Message
from kbqa.retrieval.repair.letters import CYRILLIC
from kbqa.types import Language

_FILE = files(__package__) / "prompts.toml"
_FENCE = "="
_SHORTEST_FENCE, _LONGEST_RUN = 5, 16
_FENCES = re.compile(rf"{_FENCE}{{{_SHORTEST_FENCE},}}")
_BRACKET = re.compile(r"[\[【［〔]")
_FOR_HISTORY = 4
"""The part of the prompt that earlier turns may take: a quarter."""
_PER_MESSAGE = 6
"""Tokens that a chat template puts around a message, about."""
_MARGIN = 64
"""Tokens to spare: a template's own, and what texts take more together than apart."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a model is told, in one language."""

    system: str
    excerpt: str
    question: str
    refusal: str
    """What it is to write, and nothing else, where the excerpts hold no answer."""
    rewrite: str


@cache
def wording_in(language: Language) -> Wording:
    """The wording in a language."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))[language]
    return Wording(**{name: text.strip().replace("{refusal}", table["refusal"]) for name, text in table.items()})


@cache
def prompt_version() -> str:
    """Changes with the wording; hexadecimal."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()[:8]


def language_of(question: str) -> Language:
    """The language that a question is to be answered in."""
    return "ru" if CYRILLIC.search(question) else "en"


class Prompt:
    """What a model is told of one question.

    Args:
        question: as it is to be answered.
        history: the conversation before it, oldest first; as many of its latest turns as may go into the prompt.
        context_tokens: of the model, reply included.
        answer_tokens: of the longest reply.
    """

    def __init__(self, question: str, history: Sequence[Turn], *, context_tokens: int, answer_tokens: int) -> None:
        self.question = question
        self.wording = wording_in(language_of(question))
        self._history = _messages(history, context_tokens // _FOR_HISTORY)
        taken = (self.wording.system, self._asked, *(text for _, text in self._history))
        self.room = context_tokens - answer_tokens - _MARGIN - sum(map(_cost, taken))
        """Tokens that are left for excerpts; negative where not even the rest has room."""

    def to_answer(self, excerpts: Sequence[Excerpt]) -> list[Message]:
        """The messages that ask for an answer."""
        texts = [_shown(excerpt.text) for excerpt in excerpts]
        # A note that writes the fence itself could end the data where it likes.
        runs = [len(run) for text in texts for run in _FENCES.findall(text)]
        fence = _FENCE * (1 + max(runs, default=_SHORTEST_FENCE))
        blocks = [
            f"{self.wording.excerpt.format(number=number, place=_shown(' › '.join(excerpt.heading_path)))}\n"
            f"{fence}\n{text}\n{fence}"
            for number, (excerpt, text) in enumerate(zip(excerpts, texts, strict=True), start=1)
        ]
        return [("system", self.wording.system), *self._history, ("user", "\n\n".join((*blocks, self._asked)))]

    def to_rewrite(self) -> list[Message]:
        """The messages that ask for a question that stands without the conversation."""
        return [("system", self.wording.rewrite), *self._history, ("user", self._asked)]

    @property
    def _asked(self) -> str:
        return self.wording.question.format(question=self.question)


def _messages(history: Sequence[Turn], budget: int) -> list[Message]:
    """The latest turns whose tokens are within the budget, oldest first.

    Markers are left out: their numbers mean other excerpts than those of the new question.
    """
    messages: list[Message] = []
    for turn in reversed(history):
        question, answer = (MARKER.sub("", legible(text)).strip() for text in turn)
        budget -= _cost(question) + _cost(answer)
        if budget < 0:
            break
        messages = [("user", question), ("assistant", answer), *messages]
    return messages


def _cost(message: str) -> int:
    return count_tokens(message, OLDER_ENCODING) + _PER_MESSAGE


def _shown(text: str) -> str:
    """What a model sees of a note: no line that is longer than a fence may be, no numbers that it might take over."""
    text = _FENCES.sub(lambda run: run[0][:_LONGEST_RUN], legible(text))
    parts, place = [], 0
    for bracket in _BRACKET.finditer(text):
        found = (
            syntax.marker(text[bracket.start() : bracket.start() + syntax.LABEL]) if bracket.start() >= place else None
        )
        if found:
            end = bracket.start() + found[1]
            numbers = text[bracket.start() : end].strip("[]【】［］〔〕").replace("^", "")
            parts += [text[place : bracket.start()], f"({numbers})"]
            place = end
    return "".join((*parts, text[place:]))
