"""The door for programs that speak HTTP: `/api`, described by its own OpenAPI document."""

import json
from collections.abc import AsyncGenerator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from kbqa.json_shapes import (
    AnswerData,
    HitData,
    NoteData,
    NoteSummaryData,
    answer_data,
    citation_data,
    hits_data,
    note_data,
    summary_data,
)
from kbqa.serving.service import Question, Service
from kbqa.serving.turnstile import client_of
from kbqa.types import Answer, Filters, Token, Withdrawn
from kbqa.web.api.streams import EventStream, begun, while_there
from kbqa.web.guard.problems import documented

EVENTS: dict[str, Any] = {
    "description": "Server-sent events.",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


class Within(BaseModel):
    """What to search; nothing given: everything. Names are as users write them."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    notes: tuple[str, ...] = ()
    """Paths, titles or aliases of notes."""
    folders: tuple[str, ...] = ()
    """Folders, those below them included."""
    tags: tuple[str, ...] = ()
    """Tags, those nested in them included."""


class Asked(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    question: str
    """In the user's words."""
    history: tuple[tuple[str, str], ...] = ()
    """Earlier pairs of question and answer text, oldest first."""
    filters: Within = Within()
    """What to search."""
    model: bool = True
    """Whether the language model of the settings writes, if there is one; false: the notes' own words."""

    def by(self, request: Request) -> Question:
        """The question as the service takes it."""
        filters = Filters(self.filters.notes, self.filters.folders, self.filters.tags)
        return Question(self.question, client_of(request), self.history, filters, by_model=self.model)


def router(service: Service) -> APIRouter:
    """The routes under `/api`."""
    api = APIRouter(prefix="/api")
    troubles: dict[str, Any] = {"responses": documented(400, 401, 422, 429, 503)}

    @api.post("/ask", **troubles)
    async def ask(asked: Asked, request: Request) -> AnswerData:
        """Answer a question from the notes, with a citation for every statement."""
        return answer_data(await while_there(request.receive, service.ask(asked.by(request))))

    @api.post(
        "/ask/stream",
        response_class=EventStream,
        responses=documented(400, 401, 422, 429, 503) | {200: EVENTS},
    )
    async def ask_stream(asked: Asked, request: Request) -> Response:
        """Answer a question as it is written: server-sent events `token`, `withdrawn` and, last, `answer`.

        A token has `text` and the `citations` that it mentions first; a `withdrawn` says, with a `notice`, that all
        tokens before it are void; the answer is what `/api/ask` gives, and alone counts.
        """
        events = await while_there(request.receive, begun(service.stream(asked.by(request))))
        return EventStream(_written(events))

    @api.get("/search", **troubles)
    async def search(
        request: Request,
        q: Annotated[str, Query(description="The question, or words of it.")],
        *,
        limit: Annotated[int | None, Query(ge=1, le=100, description="How many; by default as set.")] = None,
        note: Annotated[tuple[str, ...], Query(description="Only in these notes.")] = (),
        folder: Annotated[tuple[str, ...], Query(description="Only in these folders.")] = (),
        tag: Annotated[tuple[str, ...], Query(description="Only in notes with these tags.")] = (),
    ) -> list[HitData]:
        """Find passages of the notes for a question, best first."""
        question = Question(q, client_of(request), filters=Filters(note, folder, tag))
        return hits_data(await while_there(request.receive, service.search(question, limit)))

    # Not `async`: both read files.
    @api.get("/notes", responses=documented(401, 503))
    def notes() -> list[NoteSummaryData]:
        """List all indexed notes, in the order of their paths."""
        return [summary_data(note) for note in service.notes()]

    @api.get("/notes/{path:path}", responses=documented(401, 404, 422, 503))
    def note(path: str) -> NoteData:
        """Read a note as it was indexed, by its path in the vault."""
        return note_data(service.note(path))

    @api.get("/openapi.json", include_in_schema=False)
    async def openapi(request: Request) -> dict[str, Any]:
        document: dict[str, Any] = request.app.openapi()
        return document

    return api


async def _written(events: AsyncGenerator[Token | Withdrawn | Answer, None]) -> AsyncGenerator[str, None]:
    async for event in events:
        match event:
            case Token():
                citations = [citation_data(citation) for citation in event.citations]
                yield _event("token", {"text": event.text, "citations": citations})
            case Withdrawn():
                yield _event("withdrawn", {"notice": event.notice})
            case Answer():
                yield _event("answer", answer_data(event))


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
