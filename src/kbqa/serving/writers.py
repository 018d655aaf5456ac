"""Who can write the answers: the notes themselves, the model of the settings, and models found on this machine."""

import time
from collections.abc import Mapping
from threading import Lock, Thread
from urllib.parse import urlsplit

from kbqa.llm import DEFAULT_PORTS, ChatModel, FoundModel, ModelAddress, find_local_models, limits_of
from kbqa.settings import Settings

NOTES = "notes"
"""Who writes the answers where no model does: they are composed of the notes' own words."""
CONFIGURED = "configured"
"""The model of the settings."""
_LOOK_AGAIN = 30.0
"""Seconds after which models on this machine are looked for again."""


class Writers:
    """Knows them by name. Safe to use from many threads.

    Args:
        settings: name a model, or none.
        ports: where servers of language models may listen on this machine, by the server's name.
    """

    def __init__(self, settings: Settings, ports: Mapping[str, int] = DEFAULT_PORTS) -> None:
        self._settings = settings
        self._ports = ports
        self._configured = ChatModel.from_settings(settings)
        self._lock = Lock()
        self._found: tuple[str, ...] = ()
        self._known: dict[str, tuple[FoundModel, ChatModel]] = {}
        self._looked = -_LOOK_AGAIN

    @property
    def default(self) -> str:
        """Who writes unless somebody else is chosen: never a model that nobody set."""
        return CONFIGURED if self._configured else NOTES

    def models(self) -> list[tuple[str, str, str]]:
        """The models that can be chosen: a name for `model`, the model, its server's name or address.

        Those that run on this machine are looked for in the background, again every now and then.
        """
        with self._lock:
            is_old = time.monotonic() - self._looked >= _LOOK_AGAIN
            if is_old:
                self._looked = time.monotonic()
            found = [self._known[name][0] for name in self._found]
        if is_old:
            Thread(target=self._look, name="kbqa-models", daemon=True).start()
        models = [(_name(one), one.model, one.server) for one in found]
        if self._configured is None:
            return models
        address = self._configured.address
        same = [(one.url, one.model) == (address.url, address.model) for one in found]
        others = [model for model, is_configured in zip(models, same, strict=True) if not is_configured]
        return [(CONFIGURED, address.model, urlsplit(address.url).netloc), *others]

    def model(self, writer: str | None) -> ChatModel | None:
        """The model of that name, even if it has not been found of late; None for `NOTES`."""
        if writer == CONFIGURED:
            return self._configured
        with self._lock:
            known = self._known.get(writer or "")
        return known[1] if known else None

    def _look(self) -> None:
        found = {_name(one): one for one in find_local_models(self._ports)}
        limits, extra = limits_of(self._settings), self._settings.llm_extra
        with self._lock:
            for name, one in found.items():
                # One that is known already is kept: it knows how often it has failed of late.
                if name not in self._known:
                    self._known[name] = one, ChatModel(ModelAddress(one.url, one.model, extra=extra), limits)
            self._found = tuple(found)


def _name(model: FoundModel) -> str:
    return f"{model.server} {model.model}"
