"""The door for assistants: an MCP server on standard input and output, with the tools `ask`, `search` and `read_note`.

The protocol has standard output for itself; what is to be told besides goes to standard error. The index is opened, or
made, while the assistant introduces itself, and follows the vault from then on; a question waits until it is there.
"""

import threading
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from kbqa.answering.markdown import answer_markdown
from kbqa.json_shapes import AnswerData, FoundData, NoteData, answer_data, found_data, note_data
from kbqa.serving.desk import Desk, told
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Filters

READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
"""Notes are only read, and nothing else is reached."""


def serve_stdio(settings: Settings) -> None:
    """Serve until the client closes standard input."""
    desk = Desk(settings)
    desk.open()
    threading.Thread(target=desk.follow, args=(threading.Event(),), name="kbqa-follow", daemon=True).start()
    create_server(desk, Texts.load(settings.language)).run("stdio")


def create_server(desk: Desk, texts: Texts) -> MCPServer[Any]:
    """The server with its tools; what they are for is said in the language of `texts`.

    Args:
        desk: hands out the knowledge base.
        texts: the catalogue.
    """
    instructions = texts("doors.mcp.instructions")
    server = MCPServer[Any]("kbqa", instructions=instructions, version=version("kbqa"), log_level="WARNING")

    def about(key: str) -> Any:
        return Field(description=texts(f"doors.mcp.{key}"))

    def tool(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        title, description = texts(f"doors.mcp.{name}_title"), texts(f"doors.mcp.{name}")
        return server.tool(name=name, title=title, description=description, annotations=READ_ONLY)

    @tool("ask")
    def ask(
        question: Annotated[str, about("question")],
        notes: Annotated[tuple[str, ...], about("notes")] = (),
        folders: Annotated[tuple[str, ...], about("folders")] = (),
        tags: Annotated[tuple[str, ...], about("tags")] = (),
    ) -> Annotated[CallToolResult, AnswerData]:
        def work() -> CallToolResult:
            answer = desk.knowledge_base().ask(question, filters=Filters(notes, folders, tags))
            return _result(answer_markdown(answer, texts), answer_data(answer))

        return _answered(work, texts)

    @tool("search")
    def search(
        question: Annotated[str, about("question")],
        limit: Annotated[int, Field(ge=1, le=100, description=texts("doors.mcp.limit"))] = 5,
        notes: Annotated[tuple[str, ...], about("notes")] = (),
        folders: Annotated[tuple[str, ...], about("folders")] = (),
        tags: Annotated[tuple[str, ...], about("tags")] = (),
    ) -> Annotated[CallToolResult, FoundData]:
        def work() -> CallToolResult:
            hits = desk.knowledge_base().search(question, limit, Filters(notes, folders, tags))
            chunks = [hit.chunk for hit in hits]
            shown = [f"{chunk.note}:{chunk.start_line}-{chunk.end_line}\n{chunk.text}" for chunk in chunks]
            return _result("\n\n---\n\n".join(shown), found_data(question, hits))

        return _answered(work, texts)

    @tool("read_note")
    def read_note(note: Annotated[str, about("note")]) -> Annotated[CallToolResult, NoteData]:
        def work() -> CallToolResult:
            found = desk.knowledge_base().note(note)
            return _result(found.text, note_data(found))

        return _answered(work, texts)

    return server


def _answered(work: Callable[[], CallToolResult], texts: Texts) -> CallToolResult:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the assistant gets a message, whatever it was
        return CallToolResult(content=[TextContent(text=told(error, texts))], is_error=True)


def _result(text: str, data: AnswerData | FoundData | NoteData) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)], structured_content=data)
