"""The page's HTML: what it says, and how its two columns refer to each other."""

import re
from dataclasses import replace
from html import escape

import pytest

from kbqa.texts import Texts
from kbqa.types import Answer, Chunk, Citation, Hit, Note, Section
from kbqa.web import render
from kbqa.web.neighbours import Neighbour, Neighbours

RU = Texts.load("ru")
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'

NOTE = Note(HOSTILE, HOSTILE, (), (), (), "", HOSTILE, (Section((HOSTILE, HOSTILE), 2, 1, 1, HOSTILE, ()),))


def neighbours(path: str) -> tuple[Neighbours, Neighbours]:
    """Of any note: two notes that it links to, one of them not written, one that links to it, and many more."""
    written, unwritten = Neighbour(HOSTILE, HOSTILE, path, 7), Neighbour(HOSTILE)
    return Neighbours((written, unwritten), 3), Neighbours((written,))


def answer(**changes: object) -> Answer:
    """An answer with one citation and one unused hit, all of it hostile."""
    chunk = Chunk("id", HOSTILE, HOSTILE, (HOSTILE, HOSTILE), (), HOSTILE, HOSTILE, 1, 8, 9)
    values: dict[str, object] = {
        "question": HOSTILE,
        "understood": HOSTILE,
        "status": "answered",
        "text": f"{HOSTILE} [1]",
        "citations": (Citation(1, HOSTILE, HOSTILE, (HOSTILE, HOSTILE), 3, 3, HOSTILE),),
        "hits": (Hit(chunk, 1.0, 1, (HOSTILE,)),),
        "confidence": 0.9,
        "mode": "extractive",
        "timings_ms": {"total": 12.0},
        "fingerprint": "f",
    }
    return Answer(**(values | changes))  # type: ignore[arg-type]


def everything() -> list[str]:
    """All HTML that carries text from outside."""
    none = answer(status="no_evidence", citations=(), text=HOSTILE)
    sources = [render.sources_html(given, "a1", lambda _: None, neighbours, RU) for given in (answer(), none)]
    return [
        render.question_html(HOSTILE),
        render.failure_html(HOSTILE, RU),
        render.welcome_html(HOSTILE, HOSTILE),
        render.status_html("ready", HOSTILE, RU, problems=1),
        render.answer_html(answer(), "a1", RU),
        render.answer_html(none, "a1", RU),
        render.panel_html(sources, RU),
        render.lost_mark_html(HOSTILE, RU),
        render.panel_html([render.opened_html(NOTE, 1, "o1", neighbours, RU)], RU),
        render.panel_html([render.not_opened_html(HOSTILE, "o1", RU)], RU),
    ]


@pytest.mark.parametrize("markup", everything())
def test_nothing_from_outside_becomes_markup(markup: str) -> None:
    """Hostile words in any place are shown as words."""
    assert "<script" not in markup
    assert "<img" not in markup
    assert "&lt;script&gt;" in markup
    assert "\n" not in markup


def test_a_chip_leads_to_its_place_in_the_panel() -> None:
    """The chip's address is an id in the panel, and is said in words."""
    [address] = re.findall(r'class="kbqa-cite" href="#([^"]+)"', render.answer_html(answer(), "a1", RU))
    panel = render.sources_html(answer(), "a1", lambda _: None, neighbours, RU)
    assert f'id="{address}"' in panel
    assert '<span class="kbqa-hidden">Источник </span>1</a>' in render.answer_html(answer(), "a1", RU)


def test_an_answer_says_what_was_searched_for() -> None:
    """Where that is not what was typed."""
    assert '<p class="kbqa-understood">Ищу: «дни»</p>' in render.answer_html(answer(understood="дни"), "a1", RU)
    assert "kbqa-understood" not in render.answer_html(answer(understood=None), "a1", RU)
    within = render.answer_html(answer(understood=None, within="Ищу в папке «<b>»"), "a1", RU)
    assert '<p class="kbqa-understood">Ищу в папке «&lt;b&gt;»</p>' in within


def test_no_evidence_is_a_state_of_its_own() -> None:
    """It offers the nearest sections, and does not call them sources."""
    none = answer(status="no_evidence", citations=(), text="Нет ответа.")
    message = render.answer_html(none, "a1", RU)
    assert "kbqa-no-evidence" in message
    assert "kbqa-failure" not in message
    assert 'href="#kbqa-a1-h1"' in message
    panel = render.sources_html(none, "a1", lambda _: None, neighbours, RU)
    assert 'id="kbqa-a1-h1"' in panel
    assert "<mark" not in panel


@pytest.mark.parametrize(("status", "hint"), [("answered", "Ответ верный"), ("no_evidence", "в заметках ответа нет")])
def test_every_answer_can_be_marked(status: str, hint: str) -> None:
    """A refusal, too: that the notes have no answer may be right or wrong."""
    message = render.answer_html(answer(status=status), "a1", RU)
    assert re.findall(r'<button[^>]* id="(kbqa-a1-\w+)"[^>]*>(\w+)<', message) == [
        ("kbqa-a1-right", "Верно"),
        ("kbqa-a1-wrong", "Неверно"),
    ]
    assert hint in message


def test_an_error_cannot_be_marked() -> None:
    """There is nothing in it that is right or wrong."""
    assert "<button" not in render.failure_html("Вопрос пуст.", RU)


def test_unused_hits_are_named_with_their_reasons() -> None:
    """What was found and not used is there to see, folded."""
    panel = render.sources_html(answer(), "a1", lambda _: None, neighbours, RU)
    assert "Найдено, но не использовано: 1" in panel
    assert "строки 8–9" in panel


def entries(markup: str) -> list[str]:
    """The text of the lists of links, by element."""
    (lists,) = re.findall(r'<div class="kbqa-links">.*?</div>', markup)
    return [text for text in re.split(r"<[^>]+>", lists.replace(escape(HOSTILE), "X")) if text.strip()]


def test_links_stand_beneath_the_notes_passages() -> None:
    """Where it leads and what leads to it; only what is written can be opened; the rest is counted."""
    panel = render.sources_html(answer(), "a1", lambda _: None, neighbours, RU)
    assert entries(panel) == [
        *("Ссылки из заметки", "X", " › X", "X ", "заметка ещё не написана", "и ещё 3"),
        *("Ссылаются сюда", "X", " › X"),
    ]
    assert panel.count(f'<button type="button" class="kbqa-open" data-note="{escape(HOSTILE)}" data-line="7">') == 2
    alone = render.sources_html(answer(), "a1", lambda _: None, lambda _: (Neighbours(), Neighbours()), RU)
    assert "kbqa-links" not in alone


def test_an_opened_note_is_a_part_of_the_panel() -> None:
    """With its links, its line lit, and a way back."""
    note = replace(NOTE, text="# а\nб\nв", sections=(Section(("а",), 1, 1, 3, "# а\nб\nв", ()),))
    part = render.opened_html(note, 3, "o1", neighbours, RU)
    assert re.findall(r'<li class="([^"]+)">.*?class="kbqa-text">(.)<', part) == [
        ("kbqa-line", "б"),
        ("kbqa-line kbqa-marked kbqa-lit", "в"),
    ]
    assert entries(part)
    assert '<button type="button" class="kbqa-return">← К источникам ответа</button>' in part
    assert 'class="kbqa-sources kbqa-current" id="kbqa-opened-o1"' in render.panel_html([part], RU)


def test_the_panel_opens_with_the_last_answer() -> None:
    """All answers' sources are in the panel, one is current."""
    parts = [render.sources_html(answer(), name, lambda _: None, neighbours, RU) for name in ("a1", "a2")]
    panel = render.panel_html(parts, RU)
    assert re.findall(r'class="kbqa-sources kbqa-current" id="([^"]+)"', panel) == ["kbqa-a2"]
    assert panel.count('class="kbqa-sources') == 2


def test_numbers_are_written_as_the_language_writes_them() -> None:
    """A comma in Russian, a point in English."""
    assert "0,01 с" in render.answer_html(answer(), "a1", RU)
    assert "0.01 s" in render.answer_html(answer(), "a1", Texts.load("en"))


def test_the_state_of_an_index_can_be_opened_where_there_is_one() -> None:
    """The button says how many remarks there are."""
    assert "<button" not in render.status_html("failed", "Нет.", RU)
    button = re.compile(r"<button[^>]*>(.+)</button>")
    [quiet] = button.findall(render.status_html("ready", "Есть.", RU, problems=0))
    assert quiet == "Состояние базы"
    [loud] = button.findall(render.status_html("ready", "Есть.", RU, problems=2))
    assert "замечаний: 2" in loud
