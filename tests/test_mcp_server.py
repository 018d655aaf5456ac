"""The MCP server, spoken to by the official client over standard input and output, as assistants do."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import CallToolResult

from kbqa import KnowledgeBase, Settings
from kbqa.json_shapes import answer_data, hits_data, note_data
from kbqa.mcp_server import create_server
from kbqa.serving.desk import Desk
from kbqa.texts import Texts

QUESTION = "Какие бывают виды партнёрства?"
NOTE = "Партнерство в мероприятиях.md"


@asynccontextmanager
async def assistant(folder: Path, *options: object, **settings: object) -> AsyncIterator[Client]:
    """A client of `kbqa mcp`, started as assistants start it; what it tells its log is in `folder`."""
    script = shutil.which("kbqa", path=str(Path(sys.executable).parent))
    assert script
    env = os.environ | {f"KBQA_{name.upper()}": str(value) for name, value in settings.items()}
    command = StdioServerParameters(command=script, args=["mcp", *map(str, options)], env=env, cwd=folder)
    with (folder / "log").open("w", encoding="utf-8") as log:
        async with Client(stdio_client(command, errlog=log)) as client:
            yield client


def text_of(result: CallToolResult) -> str:
    """What the assistant reads."""
    (content,) = result.content
    return str(content.text)


def test_an_assistant_asks_searches_and_reads(kb: KnowledgeBase, tmp_path: Path) -> None:
    """Over the real protocol: tools with descriptions, answers with citations as text and as data, errors in words."""

    async def talk() -> None:
        places = {"corpus": kb.settings.corpus, "index": kb.settings.index}
        async with assistant(tmp_path, **places) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == {"ask", "search", "read_note"}
            for tool in tools.values():
                assert "замет" in tool.description
                assert tool.annotations.read_only_hint
                assert not tool.annotations.open_world_hint
                assert all(one["description"] for one in _inputs(tool))

            asked = await client.call_tool("ask", {"question": QUESTION})
            expected = kb.ask(QUESTION)
            assert text_of(asked).startswith(expected.text)
            assert f"\n- [1] {NOTE}:" in text_of(asked)
            assert {**asked.structured_content, "timings_ms": None} == {**answer_data(expected), "timings_ms": None}
            jsonschema.validate(asked.structured_content, tools["ask"].output_schema)

            found = await client.call_tool("search", {"question": "спонсоры", "limit": 2})
            assert found.structured_content == {"question": "спонсоры", "hits": hits_data(kb.search("спонсоры", 2))}
            assert kb.search("спонсоры", 1)[0].chunk.text in text_of(found)

            within = await client.call_tool("search", {"question": "спонсоры", "notes": ["Отраслевые сообщества"]})
            assert {hit["note"] for hit in within.structured_content["hits"]} == {"Отраслевые сообщества.md"}

            read = await client.call_tool("read_note", {"note": NOTE})
            assert text_of(read) == kb.note(NOTE).text
            assert read.structured_content == note_data(kb.note(NOTE))

            for name, arguments, words in (
                ("ask", {"question": " "}, "Вопрос пуст"),
                ("read_note", {"note": "../../etc/passwd"}, "нет заметки"),
                ("search", {"question": "спонсоры", "tags": ["нет такого"]}, "нет такого"),
            ):
                failed = await client.call_tool(name, arguments)
                assert failed.is_error
                assert words in text_of(failed)
                assert "Traceback" not in text_of(failed)

    anyio.run(talk)
    assert (tmp_path / "log").read_text(encoding="utf-8") == ""


def test_notes_are_indexed_while_the_assistant_waits(tmp_path: Path) -> None:
    """There need not be an index yet; what is told of making it does not disturb the protocol."""
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "Кофе.md").write_text("# Кофе\n\nКофе варят в джезве.\n", encoding="utf-8")

    async def talk() -> None:
        async with assistant(tmp_path, "--corpus", "vault", "--index", "index") as client:
            asked = await client.call_tool("ask", {"question": "В чём варят кофе?"})
            assert "джезве" in text_of(asked)

    anyio.run(talk)


def test_without_notes_the_assistant_is_told_what_is_wrong(tmp_path: Path) -> None:
    """The server starts all the same, and each tool says what to do; in English if that is set."""

    async def talk() -> None:
        async with assistant(tmp_path, "--corpus", "nowhere", "--language", "en") as client:
            tools = (await client.list_tools()).tools
            assert "notes" in tools[0].description
            asked = await client.call_tool("ask", {"question": "Why?"})
            assert asked.is_error
            assert "There is no folder of notes at nowhere" in text_of(asked)

    anyio.run(talk)


def test_what_nobody_foresaw_is_told_without_details(
    kb: KnowledgeBase, corpus_index: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log has them."""
    desk = Desk(Settings(corpus=kb.settings.corpus, index=corpus_index()))
    # Beside another thread that compiles, CPython 3.11 may fail to read the docstrings of the shapes (gh-106905).
    server = create_server(desk, Texts.load("ru"))
    desk.open()
    monkeypatch.setattr(KnowledgeBase, "ask", lambda *_, **__: 1 / 0)

    async def talk() -> None:
        async with Client(server) as client:
            asked = await client.call_tool("ask", {"question": QUESTION})
            assert asked.is_error
            assert text_of(asked) == Texts.load("ru")("web.error.unexpected")

    anyio.run(talk)


def _inputs(tool: Any) -> list[dict[str, Any]]:
    """The parameters of a tool."""
    return list(tool.input_schema["properties"].values())
