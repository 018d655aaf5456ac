"""The state of the index in words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kbqa import Settings
from kbqa.index.status import IndexStatus, NoteStatus, State, index_status
from kbqa.index.status_words import note_words, outdated_words, published_words, recipe_words
from kbqa.texts import Texts
from kbqa.types import IndexReport

RU = Texts.load("ru")


@pytest.fixture
def status(index_notes: Callable[..., IndexReport], tmp_path: Path) -> IndexStatus:
    """Of an index that would be made with shorter chunks now."""
    index_notes({"а.md": "Текст."})
    return index_status(Settings(corpus=tmp_path / "vault", index=tmp_path / "index", chunk_tokens=64))


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("skipped", "файл пуст.", "пропущена: файл пуст."),
        ("partial", "YAML.", "проиндексирована не вся: YAML."),
        ("changed", "", "изменена после индексации"),
        ("changed", "нет прав.", "в индексе прежний текст, сейчас не читается: нет прав."),
        ("new", "", "ещё не проиндексирована"),
        ("removed", "", "удалена из папки"),
        ("indexed", "", "фрагментов: 3"),
    ],
)
def test_every_state_has_words(state: State, reason: str, words: str) -> None:
    """With the reason, where there is one."""
    assert note_words(NoteStatus("а.md", state, reason, 3), RU) == words


def test_what_an_index_was_made_with(status: IndexStatus) -> None:
    """Model, versions and settings; what would be otherwise now is followed by that."""
    words = recipe_words(status, RU)
    assert words[0] == f"модель {status.model}"
    assert f"разбор заметок: версия {status.recipe.parser}" in words
    assert outdated_words(status, RU) == ("chunk_tokens: 320 → 64",)
    assert set(outdated_words(status, RU)) < set(words)


def test_the_time_is_that_of_this_machine(status: IndexStatus) -> None:
    """Written as the language writes it."""
    assert published_words(status, RU) == status.published.astimezone().strftime("%d.%m.%Y %H:%M")
