"""Question answering over a personal knowledge base of Markdown notes, with every statement cited.

    from kbqa import KnowledgeBase

    kb = KnowledgeBase.build("corpus", "index")
    answer = kb.ask("Какие бывают виды партнёрства?")

The names load when they are first used, so that `import kbqa` costs nothing.
"""

import gc
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kbqa.errors import KbqaError
    from kbqa.knowledge_base import KnowledgeBase
    from kbqa.llm import ChatModel
    from kbqa.settings import Settings
    from kbqa.types import Answer, Chunk, Citation, Filters, Hit, Note, Section, Sentence, Source, Token, Withdrawn

__all__ = [
    "Answer",
    "ChatModel",
    "Chunk",
    "Citation",
    "Filters",
    "Hit",
    "KbqaError",
    "KnowledgeBase",
    "Note",
    "Section",
    "Sentence",
    "Settings",
    "Source",
    "Token",
    "Withdrawn",
]

_HOMES = {
    "KnowledgeBase": "kbqa.knowledge_base",
    "ChatModel": "kbqa.llm",
    "KbqaError": "kbqa.errors",
    "Settings": "kbqa.settings",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # The garbage collector finds nothing to collect among modules, and takes a sixth of the time to import them.
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        home = import_module(_HOMES.get(name, "kbqa.types"))
    finally:
        if was_collecting:
            gc.enable()
    return getattr(home, name)
