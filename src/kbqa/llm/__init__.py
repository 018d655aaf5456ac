"""A conversation → a language model's reply: the one door to a model behind an OpenAI-compatible endpoint.

`address` says where the model is and what it may take, `chat_model` hands out its reply piece by piece, `breaker` stops
asking one that keeps failing, `local_servers` finds models on this machine. `exchange` holds one request and its reply,
`faults` names what went wrong with it; both load LlamaIndex and are imported when a model is first asked. `background`
is the event loop that they run in.
"""

from kbqa.llm.address import Limits, Message, ModelAddress, limits_of
from kbqa.llm.chat_model import ChatModel
from kbqa.llm.local_servers import DEFAULT_PORTS, FoundModel, find_local_models

__all__ = [
    "DEFAULT_PORTS",
    "ChatModel",
    "FoundModel",
    "Limits",
    "Message",
    "ModelAddress",
    "find_local_models",
    "limits_of",
]
