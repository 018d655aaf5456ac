"""Language models that programs on this machine offer already."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import anyio
import httpx

from kbqa.llm.background import portal

DEFAULT_PORTS: Final[Mapping[str, int]] = MappingProxyType({"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080})
"""Where each program listens if it is not told otherwise."""
_LARGEST_LIST: Final = 256 * 1024
"""Bytes of a list of models; a hundred of them take 20 KB."""
_LONGEST_NAME: Final = 200
_NO_CHAT: Final = re.compile(
    r"embed|rerank|whisper|minilm|speech|(?<![a-z])(bge|e5|gte|tts|stt|asr|clip|piper|kokoro)(?![a-z])", re.IGNORECASE
)
"""Words in the names of models that embed, rank, listen or speak."""


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that can be asked."""

    server: str
    """The program that offers it, such as `Ollama`."""
    url: str
    """Its endpoint, for the setting `llm_url`."""
    model: str
    """The model's name there, for the setting `llm_model`."""


def find_local_models(ports: Mapping[str, int] = DEFAULT_PORTS, timeout: float = 0.5) -> tuple[FoundModel, ...]:
    """Models that programs on this machine offer, in the order of `ports`; nothing is sent but the question for them.

    A port where anything else answers, or nothing in time, offers none.

    Args:
        ports: name of a program → the port of 127.0.0.1 where it listens.
        timeout: seconds that all of it may take.
    """
    return portal().call(_find, dict(ports), timeout)


async def _find(ports: Mapping[str, int], timeout: float) -> tuple[FoundModel, ...]:
    found: dict[str, tuple[FoundModel, ...]] = {}

    async def ask(server: str, port: int) -> None:
        url = f"http://127.0.0.1:{port}/v1"
        found[server] = tuple(FoundModel(server, url, name) for name in await _models_at(client, url))

    with anyio.move_on_after(timeout):
        async with (
            httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout) as client,
            anyio.create_task_group() as group,
        ):
            for server, port in ports.items():
                group.start_soon(ask, server, port)
    return tuple(model for server in ports for model in found.get(server, ()))


async def _models_at(client: httpx.AsyncClient, url: str) -> tuple[str, ...]:
    try:
        async with client.stream("GET", f"{url}/models", headers={"Accept-Encoding": "identity"}) as response:
            return _chat_models(await _read(response)) if response.status_code == httpx.codes.OK else ()
    except (httpx.HTTPError, ValueError, RecursionError):  # no server, not HTTP, not JSON
        return ()


async def _read(response: httpx.Response) -> bytes:
    body = b""
    async for part in response.aiter_raw():
        body += part
        if len(body) > _LARGEST_LIST:
            raise ValueError("too long")
    return body


def _chat_models(body: bytes) -> tuple[str, ...]:
    match json.loads(body):
        case {"data": [*models]} if all(isinstance(model, dict) and _is_name(model.get("id")) for model in models):
            return tuple(model["id"] for model in models if not _NO_CHAT.search(model["id"]))
    return ()


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()
