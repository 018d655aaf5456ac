"""Counting tokens with tiktoken, without the network."""

import importlib.util
import os
from functools import cache
from pathlib import Path

import tiktoken

ENCODING = "o200k_base"
OLDER_ENCODING = "cl100k_base"
"""Takes nearly twice as many tokens for Russian; models other than OpenAI's newest need as many."""


def count_tokens(text: str, encoding: str = ENCODING) -> int:
    """Tokens of `text`; text that looks like a control token is plain text."""
    return len(_encoding(encoding).encode_ordinary(text))


@cache
def _encoding(name: str) -> tiktoken.Encoding:
    # tiktoken downloads its tables unless they lie in this folder; llama-index-core ships them.
    spec = importlib.util.find_spec("llama_index.core")
    if spec and spec.origin:
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(Path(spec.origin).parent / "_static" / "tiktoken_cache"))
    return tiktoken.get_encoding(name)
