"""The panel of sources: what it shows, and how the chat's chips find it."""

import re
from dataclasses import replace
from html import escape

import pytest
from hostile import AROUND, HOSTILE, NOTE, answer

from kbqa.texts import Texts
from kbqa.types import Citation, Note, Section
from kbqa.web.chat import messages, panel
from kbqa.web.chat.neighbours import Neighbours

RU = Texts.load("ru")


def everything() -> list[str]:
    """All parts of the panel that carry text from outside."""
    none = answer(status="no_evidence", citations=(), text=HOSTILE)
    sources = [panel.sources_html(given, "a1", AROUND, RU) for given in (answer(), none)]
    return [
        panel.panel_html(sources, RU),
        panel.panel_html([panel.opened_html(NOTE, 1, "o1", AROUND, RU)], RU),
        panel.panel_html([panel.not_opened_html(HOSTILE, "o1", RU)], RU),
    ]


@pytest.mark.parametrize("markup", everything())
def test_nothing_from_outside_becomes_markup(markup: str) -> None:
    """Hostile words in any place are shown as words."""
    assert "<script" not in markup
    assert "<img" not in markup
    assert "&lt;script&gt;" in markup
    assert "\n" not in markup


def test_no_evidence_is_a_state_of_its_own() -> None:
    """It offers the nearest sections, and does not call them sources."""
    none = answer(status="no_evidence", citations=(), text="Нет ответа.")
    message = messages.answer_html(none, "a1", RU)
    assert "kbqa-no-evidence" in message
    assert "kbqa-failure" not in message
    assert 'href="#kbqa-a1-h1"' in message
    shown = panel.sources_html(none, "a1", AROUND, RU)
    assert 'id="kbqa-a1-h1"' in shown
    assert "<mark" not in shown


def test_unused_hits_are_named_with_their_reasons() -> None:
    """What was found and not used is there to see, folded."""
    shown = panel.sources_html(answer(), "a1", AROUND, RU)
    assert "Найдено, но не использовано: 1" in shown
    assert "строки 8–9" in shown


def entries(markup: str) -> list[str]:
    """The text of the lists of links, by element."""
    (lists,) = re.findall(r'<div class="kbqa-links">.*?</div>', markup)
    return [text for text in re.split(r"<[^>]+>", lists.replace(escape(HOSTILE), "X")) if text.strip()]


def test_links_stand_beneath_the_notes_passages() -> None:
    """Where it leads and what leads to it; only what is written can be opened; the rest is counted."""
    shown = panel.sources_html(answer(), "a1", AROUND, RU)
    assert entries(shown) == [
        *("Ссылки из заметки", "X", " › X", "X ", "заметка ещё не написана", "и ещё 3"),
        *("Ссылаются сюда", "X", " › X"),
    ]
    assert shown.count(f'<button type="button" class="kbqa-open" data-note="{escape(HOSTILE)}" data-line="7">') == 2
    alone = panel.sources_html(
        answer(), "a1", AROUND._replace(neighbours_of=lambda _: (Neighbours(), Neighbours())), RU
    )
    assert "kbqa-links" not in alone


def test_a_passage_says_where_else_it_is_read() -> None:
    """On the note's own page at the first cited line, in Obsidian, and by a link to put into a note."""
    cited = answer(citations=(Citation(1, "Дом/а.md", "а", ("а", "б#1"), 3, 3, "раз"),))
    shown = panel.sources_html(cited, "a1", AROUND, RU)
    assert re.findall(r'<a href="([^"]+)" title', shown) == [
        "/notes?path=%D0%94%D0%BE%D0%BC%2F%D0%B0.md&amp;line=3",
        "obsidian://open?path=Дом/а.md",
    ]
    assert re.findall(r'data-link="([^"]+)"', shown) == ["[[Дом/а#б 1]]"]
    elsewhere = panel.sources_html(cited, "a1", AROUND._replace(obsidian_of=lambda _: None), RU)
    assert "obsidian:" not in elsewhere


def test_an_opened_note_is_a_part_of_the_panel() -> None:
    """With its links, its line lit, and a way back."""
    note = replace(NOTE, text="# а\nб\nв", sections=(Section(("а",), 1, 1, 3, "# а\nб\nв", ()),))
    part = panel.opened_html(note, 3, "o1", AROUND, RU)
    assert re.findall(r'<li class="([^"]+)">.*?class="kbqa-text">(.)<', part) == [
        ("kbqa-line", "б"),
        ("kbqa-line kbqa-marked kbqa-lit", "в"),
    ]
    assert entries(part)
    assert '<button type="button" class="kbqa-return">← К источникам ответа</button>' in part
    assert 'class="kbqa-sources kbqa-current" id="kbqa-opened-o1"' in panel.panel_html([part], RU)


def test_the_panel_opens_with_the_last_answer() -> None:
    """All answers' sources are in the panel, one is current."""
    parts = [panel.sources_html(answer(), name, AROUND, RU) for name in ("a1", "a2")]
    shown = panel.panel_html(parts, RU)
    assert re.findall(r'class="kbqa-sources kbqa-current" id="([^"]+)"', shown) == ["kbqa-a2"]
    assert shown.count('class="kbqa-sources') == 2


def test_lines_that_the_notes_lost_are_told() -> None:
    """The note is gone, or says something else; a quote that only moved is shown where it is."""
    cited = answer(citations=(Citation(1, "а.md", "а", ("а",), 2, 2, "раз и два"),))
    note = Note("а.md", "а", (), (), (), "", "", ())
    for text, said in (
        ("# а\nраз и два", False),
        ("# а\n\nновое\n\nраз и два", False),
        ("# а\nраз и три", True),
        ("# а\n\nраз и два\n\nраз и два", True),
    ):
        section = Section(("а",), 1, 1, text.count("\n") + 1, text, ())
        now = replace(note, text=text, sections=(section,))
        shown = panel.sources_html(cited, "a1", AROUND._replace(note_of=lambda _, now=now: now), RU)
        assert ("kbqa-changed" in shown) is said
        assert '<mark data-citation="1">раз и два</mark>' in shown
    gone = panel.sources_html(cited, "a1", AROUND, RU)
    assert "Этой заметки больше нет." in gone


def test_the_panel_has_the_answer_as_markdown() -> None:
    """For whoever copies it, hostile or not."""
    shown = panel.sources_html(answer(), "a1", AROUND, RU)
    assert re.search(r'data-markdown="[^"]*\[\^1\]', shown)
