"""Counting tokens with tiktoken, without the network."""

import importlib.util
import os
from functools import cache
from pathlib import Path

import tiktoken

ENCODING = "o200k_base"


def count_tokens(text: str) -> int:
    """Tokens of `text` in o200k_base; text that looks like a control token is plain text."""
    return len(_encoding().encode_ordinary(text))


@cache
def _encoding() -> tiktoken.Encoding:
    # tiktoken downloads its tables unless they lie in this folder; llama-index-core ships them.
    spec = importlib.util.find_spec("llama_index.core")
    if spec and spec.origin:
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(Path(spec.origin).parent / "_static" / "tiktoken_cache"))
    return tiktoken.get_encoding(ENCODING)
