"""The settings in force, as the dialog shows them."""

import re
from pathlib import Path

from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.web.chat.settings_view import settings_html

RU = Texts.load("ru")


def test_every_setting_is_shown_and_no_secret() -> None:
    """What was set comes first; of what may hold a key, only that it is set."""
    secret = "очень-тайный-ключ"  # noqa: S105 - the test's own
    settings = Settings(
        top_k=7, password=secret, llm_url="http://secret.example/v1", llm_model="м", llm_extra={"key": "sk-1"}
    )
    shown = settings_html(settings, RU)
    names = re.findall(r'<code class="kbqa-setting">(\w+)</code>', shown)
    assert sorted(names) == sorted(Settings.model_fields)
    assert set(names[:5]) == {"top_k", "password", "llm_url", "llm_model", "llm_extra"}
    assert "<span>7</span>" in shown
    assert "заданных: 5" in shown
    for hidden in (secret, "secret.example", "sk-1"):
        assert hidden not in shown
    assert f"{Path('corpus').absolute()} · по умолчанию" in shown
