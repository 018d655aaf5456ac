"""The settings in force, in the dialog on the index: what each is for, its value, whether it was set, its name."""

from pathlib import Path

from pydantic import SecretStr

from kbqa.settings import HIDDEN, Settings
from kbqa.texts import Texts
from kbqa.web.elements.escaping import escape


def settings_html(settings: Settings, texts: Texts) -> str:
    """All settings, those that were set first."""
    names = sorted(Settings.model_fields, key=lambda name: name not in settings.model_fields_set)
    rows = "".join(_row(name, settings, texts) for name in names)
    heading = texts("settings.heading", count=len(settings.model_fields_set))
    return f"<details><summary>{escape(heading)}</summary><ul>{rows}</ul></details>"


def _row(name: str, settings: Settings, texts: Texts) -> str:
    value = _shown(name, getattr(settings, name), texts)
    origin = "" if name in settings.model_fields_set else f" · {texts('settings.default')}"
    return (
        f"<li><strong>{escape(texts(f'settings.{name}'))}</strong> <span>{escape(value)}{escape(origin)}</span> "
        f'<code class="kbqa-setting">{escape(name)}</code></li>'
    )


def _shown(name: str, value: object, texts: Texts) -> str:
    """A value as one reads it; nothing of what may hold a key."""
    match value:
        case None | () | {}:
            return texts("settings.nothing")
        case bool():
            return texts("settings.yes" if value else "settings.no")
        case _ if isinstance(value, SecretStr) or name in HIDDEN:
            return texts("settings.hidden")
        case Path():
            return str(value.absolute())
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)
