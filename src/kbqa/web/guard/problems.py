"""What went wrong, as programs expect it: RFC 9457 problem JSON, under `/v1` OpenAI's errors."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from kbqa.errors import CrowdedError, KbqaError, QuestionError
from kbqa.serving.desk import told
from kbqa.texts import Texts

OPENAI_PREFIX = "/v1/"
RETRY_SECONDS = 5
"""When to ask again while the notes are being read."""
CLIENT_GONE = 499
"""What nobody receives: the client has closed the connection."""

_OPENAI_TYPES = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: str
    """`urn:kbqa:` and the message's key, which programs can go by."""
    title: str
    """The status in words."""
    status: int
    """The HTTP status."""
    detail: str
    """What is wrong and what to do, in the language of the settings."""


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route answers with, for its OpenAPI description."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def refusal(path: str, status: int, key: str, detail: str, *, retry_after: int | None = None) -> Response:
    """An error in the shape that clients of `path` expect."""
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": str(retry_after)} if retry_after else {})
    if path.startswith(OPENAI_PREFIX):
        return JSONResponse(openai_error(status, key, detail), status, headers)
    problem = Problem(type=f"urn:kbqa:{key}", title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(problem.model_dump(), status, headers, "application/problem+json")


def openai_error(status: int, key: str, detail: str, param: str | None = None) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    kind = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    return {"error": {"message": detail, "type": _OPENAI_TYPES.get(status, kind), "param": param, "code": key}}


def answer_problems(app: FastAPI, texts: Texts) -> None:
    """Have `app` answer with problems wherever something goes wrong behind a route of ours."""

    @app.exception_handler(KbqaError)
    async def known(request: Request, error: KbqaError) -> Response:
        retry_after = RETRY_SECONDS if status_of(error) == HTTPStatus.SERVICE_UNAVAILABLE else None
        if isinstance(error, CrowdedError):
            retry_after = int(str(error.values["seconds"]))
        detail = error.message(texts.language)
        return refusal(request.url.path, status_of(error), error.key, detail, retry_after=retry_after)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        detail = texts("doors.malformed", place=place, detail=first["msg"])
        path = request.url.path
        status = HTTPStatus.BAD_REQUEST if path.startswith(OPENAI_PREFIX) else HTTPStatus.UNPROCESSABLE_ENTITY
        return refusal(path, status, "malformed", detail)

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=CLIENT_GONE)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        return refusal(request.url.path, HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", told(error, texts))


def status_of(error: KbqaError) -> int:
    """The HTTP status that says best what is wrong."""
    if isinstance(error, QuestionError):
        return HTTPStatus.BAD_REQUEST
    if error.key == "note_unknown":
        return HTTPStatus.NOT_FOUND
    if isinstance(error, CrowdedError):
        return HTTPStatus.TOO_MANY_REQUESTS
    # The rest is trouble with the notes or the index, which somebody may be mending.
    return HTTPStatus.SERVICE_UNAVAILABLE
