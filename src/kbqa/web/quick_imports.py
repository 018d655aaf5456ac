"""Importing Gradio in two thirds of the time, and without its calls home.

It is most of what stands between the command and the first answer.
"""

import gc
import inspect
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quick_imports() -> Iterator[None]:
    """Imports within it skip what only costs time.

    The garbage collector finds nothing to collect among modules: a fifth of the time. And Gradio parses the source of
    each of its components and writes a type stub beside it, at every import: two fifths. It leaves that out for
    classes that come from no file.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    getfile = inspect.getfile

    def getfile_except_gradio(subject: Any) -> str:
        if str(getattr(subject, "__module__", "")).startswith("gradio."):
            raise OSError
        return getfile(subject)

    hidden = sys.modules.get("mcp")
    gc.disable()
    inspect.getfile = getfile_except_gradio  # type: ignore[assignment]
    sys.modules["mcp"] = None  # type: ignore[assignment]  # to import it raises ImportError then
    try:
        yield
    finally:
        if hidden:
            sys.modules["mcp"] = hidden
        else:
            del sys.modules["mcp"]
        inspect.getfile = getfile
        gc.freeze()
        gc.enable()
