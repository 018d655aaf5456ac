"""What `kbqa status` prints: readable for two notes and for a thousand."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kbqa import Settings
from kbqa.cli.status import MOST, MOST_SOURCES, status_lines
from kbqa.index.lacks import Lack
from kbqa.index.manifest import Recipe
from kbqa.index.status import Dangling, IndexStatus, NoteStatus
from kbqa.texts import Texts

RECIPE = Recipe(parser=2, chunker=2, analysis=1, chunk_tokens=320, min_section_tokens=16, language="ru")
SETTINGS = Settings(corpus=Path("Заметки"), index=Path("Индекс"))


def status(**changes: object) -> IndexStatus:
    """Two notes, one of which is skipped."""
    values: dict[str, object] = {
        "generation": "20261122T100000-0123",
        "model": "e5",
        "published": datetime(2026, 11, 22, 10, tzinfo=UTC),
        "recipe": RECIPE,
        "expected": RECIPE,
        "notes": 1,
        "chunks": 3,
        "entries": (NoteStatus("а.md", "indexed", "", 3), NoteStatus("б.md", "skipped", "файл пуст.")),
        "dangling": (),
        "lacks": (),
        "marks_trouble": "",
        "fresh": True,
    }
    return IndexStatus(**(values | changes))  # type: ignore[arg-type]


def lines(told: IndexStatus, *, every_note: bool = False) -> list[str]:
    """What is printed."""
    return status_lines(told, SETTINGS, Texts.load("ru"), every_note=every_note).splitlines()


def test_two_notes() -> None:
    """Totals, what is wrong, the verdict; nothing else."""
    now = status()
    published = now.published.astimezone().strftime("%d.%m.%Y %H:%M")
    assert lines(now) == [
        "Заметки: Заметки",
        "Охват:   проиндексировано 1 из 2 (50 %), фрагментов: 3",
        f"Индекс:  Индекс, сделан {published}, поколение 20261122T100000-0123",
        (
            "Чем:     модель e5, разбор заметок: версия 2, деление на фрагменты: версия 2, разбор слов: версия 1, "
            "chunk_tokens: 320, min_section_tokens: 16, language: ru"
        ),
        "",
        "! б.md: пропущена: файл пуст.",
        "",
        "Индекс соответствует заметкам.",
    ]


def test_a_thousand_notes() -> None:
    """Problems first, then a part of the news, and how to see all; what is well is only counted."""
    entries = [NoteStatus(f"{number:04}.md", "new" if number < 500 else "indexed", "", 1) for number in range(1000)]
    entries.append(NoteStatus("я.md", "skipped", "файл пуст."))
    told = lines(status(entries=tuple(entries), fresh=False))
    assert "Охват:   проиндексировано 500 из 1001 (49 %), фрагментов: 3" in told
    listed = told[5 : 5 + MOST + 1]
    assert listed[:2] == ["! я.md: пропущена: файл пуст.", "+ 0000.md: ещё не проиндексирована"]
    assert listed[-1] == f"  … и ещё {501 - MOST}; все: kbqa status --notes"
    assert told[-1] == "Индекс устарел. Обновите его: kbqa index."
    assert len(told) < MOST + 10

    everything = lines(status(entries=tuple(entries)), every_note=True)
    assert [line[0] for line in everything if ".md:" in line] == ["+"] * 500 + ["="] * 500 + ["!"]


def test_all_but_one_is_not_all() -> None:
    """The share is not rounded up."""
    entries = tuple(NoteStatus(f"{number}.md", "new" if number else "indexed", "", 1) for number in (*[0] * 999, 1))
    assert "(99 %)" in lines(status(entries=entries))[1]


def test_what_the_vault_lacks() -> None:
    """Notes that are linked to and not written, and notes that lack answers, or why that is not known."""
    sources = tuple(f"{number}.md" for number in range(MOST_SOURCES + 1))
    told = status(dangling=(Dangling("Чай", 9, sources),), lacks=(Lack("а.md", 2, "Где\nрастёт чай?"),))
    shown = lines(told)
    assert "Ссылки есть, а заметка ещё не написана: 1" in shown
    assert "  «Чай», ссылок: 9, из: 0.md, 1.md, 2.md, …" in shown
    assert "  а.md: вопросов 2, например «Где растёт чай?»" in shown
    assert "  «Чай», ссылок: 9, из: 0.md, 1.md, 2.md, 3.md" in lines(told, every_note=True)
    assert "Каким заметкам не хватает ответов, неизвестно. Беда." in lines(status(marks_trouble="Беда."))


@pytest.mark.parametrize("fresh", [True, False])
def test_an_index_that_would_be_made_otherwise(fresh: bool) -> None:
    """What changed is said before the verdict."""
    told = lines(status(expected=replace(RECIPE, parser=3), fresh=fresh))
    assert told[-2] == "Сейчас индекс делался бы иначе: разбор заметок: версия 2 → 3."
