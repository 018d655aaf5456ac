"""The door for chat clients: OpenAI's `/v1/models` and `/v1/chat/completions`, with answers from the notes.

What that protocol has no place for is in fields of ours, which clients ignore: `citations` of a message, and of the
last piece of a stream. Its text ends with the sources, so that a reader has them, too.
"""

import json
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from kbqa.answering.markdown import answer_markdown, answer_text_in, places_markdown, remarks_markdown
from kbqa.errors import KbqaError
from kbqa.index.tokens import count_tokens
from kbqa.json_shapes import citation_data
from kbqa.serving.desk import told
from kbqa.serving.service import Question, Service
from kbqa.serving.turnstile import client_of
from kbqa.texts import Texts
from kbqa.types import Answer, Token, Withdrawn
from kbqa.web.api.streams import EventStream, begun, while_there
from kbqa.web.guard.problems import openai_error, status_of

BY_NOTES = "kbqa"
"""The model that answers in the notes' own words."""
BY_MODEL = "kbqa-llm"
"""The model that lets the language model of the settings write."""
RULE = "\n\n---\n\n"
"""Between what a model had begun to write and the answer that counts."""
QUOTED_CHARS = 80
"""How much of a sentence is repeated where it is said that the notes do not support it."""


class Message(BaseModel):
    """A message of the conversation."""

    role: str
    content: str | list[dict[str, Any]] | None = None
    """Text, or parts of which those of text are read."""

    @property
    def text(self) -> str:
        """What is said in words."""
        if isinstance(self.content, str):
            return self.content
        parts = self.content or ()
        return "\n".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")

    @property
    def has_more(self) -> bool:
        """Whether it has anything that is no text."""
        return isinstance(self.content, list) and any(part.get("type") != "text" for part in self.content)


class Completion(BaseModel):
    """A request for a completion; how to write is not for the client to say, so the fields for that are ignored."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    model: str
    """`kbqa`, or `kbqa-llm` where the settings name a language model."""
    messages: list[Message]
    """The last is the question; of those before it, what user and assistant said is the history."""
    stream: bool = False
    stream_options: dict[str, Any] | None = None
    n: int | None = None
    """Only 1."""
    response_format: dict[str, Any] | None = None
    """Only `text`."""
    tool_choice: str | dict[str, Any] | None = None
    """Anything but `required` or a named tool: there are none to call."""


class _Refused(Exception):  # noqa: N818 - an answer to the client, not a fault
    """What is asked for cannot be done."""

    def __init__(self, key: str, status: int = HTTPStatus.BAD_REQUEST, param: str | None = None, **values: str) -> None:
        super().__init__(key)
        self.key, self.status, self.param, self.values = key, status, param, values


def router(service: Service, texts: Texts) -> APIRouter:
    """The routes under `/v1`."""
    api = APIRouter(prefix="/v1")

    @api.get("/models")
    async def models() -> dict[str, Any]:
        """List the models: `kbqa`, and `kbqa-llm` where the settings name a language model."""
        return {"object": "list", "data": [_model(name) for name in _names(service)]}

    @api.get("/models/{name}")
    async def model(name: str) -> Response:
        """Describe one model."""
        try:
            return JSONResponse(_model(_checked_name(name, service)))
        except _Refused as refused:
            return _refusal(refused, texts)

    @api.post("/chat/completions")
    async def completions(asked: Completion, request: Request) -> Response:
        """Answer the last message from the notes."""
        try:
            question = _question(asked, request, service, texts)
        except _Refused as refused:
            return _refusal(refused, texts)
        reply = _Reply(asked, texts)
        if not asked.stream:
            answer = await while_there(request.receive, service.ask(question))
            return JSONResponse(reply.whole(answer))
        is_live = question.by_model and service.marks_unsupported
        events = await while_there(request.receive, begun(service.stream(question)))
        return EventStream(_streamed(events, reply, is_live=is_live))

    return api


def _names(service: Service) -> list[str]:
    return [BY_NOTES, BY_MODEL] if service.model else [BY_NOTES]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "kbqa"}


def _checked_name(name: str, service: Service) -> str:
    names = _names(service)
    if name not in names:
        known = ", ".join(names)
        raise _Refused("model_not_found", HTTPStatus.NOT_FOUND, "model", model=name, known=known)
    return name


def _question(asked: Completion, request: Request, service: Service, texts: Texts) -> Question:
    """What is asked, and what was said before.

    Raises:
        _Refused: there is no question in it, or it wants what an answer from notes cannot be.
    """
    name = _checked_name(asked.model, service)
    if not asked.messages or asked.messages[-1].role != "user":
        raise _Refused("no_question", param="messages")
    if asked.messages[-1].has_more:
        raise _Refused("only_text", param="messages")
    wants_tool = isinstance(asked.tool_choice, dict) or asked.tool_choice == "required"
    wants_json = (asked.response_format or {}).get("type", "text") != "text"
    for param, is_wanted in (("n", (asked.n or 1) > 1), ("response_format", wants_json), ("tool_choice", wants_tool)):
        if is_wanted:
            raise _Refused("unsupported_parameter", param=param, name=param)
    history: list[tuple[str, str]] = []
    before: str | None = None
    for message in asked.messages[:-1]:
        if message.role == "user":
            before = message.text
        elif message.role == "assistant" and before is not None:
            history.append((before, answer_text_in(message.text, texts)))
            before = None
    text = asked.messages[-1].text
    return Question(text, client_of(request), tuple(history), by_model=name == BY_MODEL)


@dataclass(frozen=True, slots=True)
class _Reply:
    """Writes answers in OpenAI's shapes."""

    asked: Completion
    texts: Texts
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The answer at once."""
        text = answer_markdown(answer, self.texts)
        message = {"role": "assistant", "content": text, "refusal": None, **_more(answer)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage(text)}

    def piece(self, delta: dict[str, Any], finish: str | None = None) -> str:
        """A piece of a stream."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({**self._head("chat.completion.chunk"), "choices": [choice]})

    def usage_piece(self, text: str) -> str:
        """The piece that counts tokens, where the client wants one."""
        if not (self.asked.stream_options or {}).get("include_usage"):
            return ""
        return _data({**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage(text)})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.asked.model}

    def _usage(self, text: str) -> dict[str, int]:
        asked = sum(count_tokens(message.text) for message in self.asked.messages)
        written = count_tokens(text)
        return {"prompt_tokens": asked, "completion_tokens": written, "total_tokens": asked + written}


async def _streamed(
    events: AsyncGenerator[Token | Withdrawn | Answer, None], reply: _Reply, *, is_live: bool
) -> AsyncGenerator[str, None]:
    """The answer in pieces.

    Args:
        events: of the answer.
        reply: writes the pieces.
        is_live: whether tokens are shown as they come. Nothing that was sent can be taken back: where unsupported
            sentences are to be removed, and where nothing is gained, the finished answer comes at once.
    """
    written = ""
    yield reply.piece({"role": "assistant", "content": ""})
    try:
        async for event in events:
            text = ""
            match event:
                case Token() if is_live:
                    text = event.text
                case Withdrawn() if written:
                    text = RULE
                case Answer():
                    text = _rest(event, written, reply.texts)
            written += text
            if text:
                yield reply.piece({"content": text})
            if isinstance(event, Answer):
                yield reply.piece(_more(event), "stop")
    except Exception as error:  # noqa: BLE001 - the stream has begun: the client is told in it
        key = error.key if isinstance(error, KbqaError) else "unexpected"
        status = status_of(error) if isinstance(error, KbqaError) else HTTPStatus.INTERNAL_SERVER_ERROR
        yield _data(openai_error(status, key, told(error, reply.texts)))
        return
    yield reply.usage_piece(written)
    yield "data: [DONE]\n\n"


def _rest(answer: Answer, written: str, texts: Texts) -> str:
    """What is still to be sent of an answer."""
    if not written or written.endswith(RULE):
        return answer_markdown(answer, texts)
    if written.strip() != answer.text.strip():
        return RULE + answer_markdown(answer, texts)
    parts = (remarks_markdown(answer, texts), _doubts(answer, texts), places_markdown(answer, texts))
    return "".join(f"\n\n{part}" for part in parts if part)


def _doubts(answer: Answer, texts: Texts) -> str:
    """The sentences that the notes do not support, for a text that is sent already."""
    lines = []
    for sentence in answer.sentences:
        if sentence.doubt:
            said = " ".join(answer.text[sentence.start : sentence.end].split())
            said = said if len(said) <= QUOTED_CHARS else f"{said[:QUOTED_CHARS].rstrip()}…"
            lines.append(f"- {said}: {texts(f'answers.doubt_{sentence.doubt}')}")
    return "\n".join((texts("doors.unsupported"), *lines)) if lines else ""


def _more(answer: Answer) -> dict[str, Any]:
    """What OpenAI's protocol has no place for."""
    return {"citations": [citation_data(citation) for citation in answer.citations], "status": answer.status}


def _refusal(refused: _Refused, texts: Texts) -> Response:
    detail = texts(f"doors.{refused.key}", **refused.values)
    return JSONResponse(openai_error(refused.status, refused.key, detail, refused.param), refused.status)


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
