"""Answers that a language model writes, in a real browser: how they come, what stands beside them, how they end."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browsing import Visit, visiting
from playwright.sync_api import Browser, expect
from scripted_endpoint import MODEL, Endpoint, hang_after, reply, status

from kbqa import KnowledgeBase
from kbqa.settings import Settings

QUESTION = "Какие бывают виды партнёрства?"
KEY = "sk-not-on-the-page-0123456789"
WRITTEN = (
    "Виды партнерства:\n\n- **Спонсорское партнерство**: финансовая ",
    "поддержка мероприятия [2].\n- **Контентное партнерство**: привлечение спикеров от партнера [3]. ",
    "Взнос партнёра 5000 рублей [3].\n",
    "- <b>Ещё</b> [вид](http://evil.example/?q=1) партнерства [99].\n",
)


@pytest.fixture(params=["light", "phone"])
def look(request: pytest.FixtureRequest) -> str:
    """How the page is looked at."""
    return str(request.param)


@pytest.fixture(scope="module")
def writing(
    running, kb: KnowledgeBase, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Endpoint, Any]]:
    """A model, and a server whose answers it writes."""
    assert kb.chunk_count
    folder = tmp_path_factory.mktemp("writing")
    places = {"corpus": settings.corpus, "index": settings.index, "data": folder / "data"}
    with (
        Endpoint() as endpoint,
        running(folder, **places, llm_url=endpoint.url, llm_model=MODEL, llm_key=KEY) as server,
    ):
        yield endpoint, server


@pytest.fixture
def endpoint(writing: tuple[Endpoint, Any]) -> Endpoint:
    """The model, of which nobody has asked anything yet."""
    writing[0].requests.clear()
    return writing[0]


@pytest.fixture
def visit(browser: Browser, writing: tuple[Endpoint, Any], look: str) -> Iterator[Visit]:
    """The page of that server."""
    with visiting(browser, writing[1].url, look) as visit:
        expect(visit.page.locator(".example").first).to_be_visible()
        yield visit


def test_an_answer_is_written_before_ones_eyes_and_then_checked(visit: Visit, endpoint: Endpoint) -> None:
    """While it comes it says so; then each sentence is marked, and a number leads to the very line."""
    page = visit.page
    endpoint.will(reply(*WRITTEN, pause=0.7))
    box = page.locator("#kbqa-question textarea")
    box.fill(QUESTION)
    box.press("Enter")
    draft = page.locator(".kbqa-answer-draft")
    expect(draft.locator(".kbqa-writing")).to_contain_text(f"Пишет модель {MODEL}")
    expect(draft.locator("a.kbqa-cite").first).to_have_attribute("title", re.compile("Источник 1: .*Спонсорское"))
    expect(page.locator(".kbqa-colophon")).to_have_count(0)
    visit.keep("writing")

    answer = page.locator(".kbqa-answer")
    expect(answer).to_have_count(1)
    expect(draft).to_have_count(0)
    expect(answer.locator(".kbqa-supported")).to_have_count(3)
    doubts = answer.locator(".kbqa-doubt")
    expect(doubts).to_have_count(2)
    expect(doubts.first).to_have_text("не подтверждено заметками: такого числа в источнике нет")
    expect(answer.locator(".kbqa-colophon")).to_contain_text(f"Написала модель {MODEL}; заметки подтверждают 3 из 5")
    expect(answer.locator(".kbqa-answer-body b")).to_have_count(0)
    assert answer.locator(".kbqa-answer-body a[href^=http]").count() == 0
    visit.follow(answer.locator("a.kbqa-cite").first)
    assert visit.marked() == "Финансовая поддержка мероприятия"
    visit.keep("written")
    assert KEY not in page.content()


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_a_long_row_of_sources_unfolds(visit: Visit, endpoint: Endpoint) -> None:
    """Three are shown, the others behind a number; it unfolds by keyboard, and by coming back from such a source."""
    page = visit.page
    endpoint.will(reply("**Спонсорское партнерство**: финансовая поддержка мероприятия [2][1][3][4][5]."))
    visit.ask(QUESTION)
    chips, more = page.locator("a.kbqa-cite"), page.locator(".kbqa-more")
    expect(chips).to_have_count(5)
    expect(chips.nth(2)).to_be_visible()
    expect(chips.nth(3)).to_be_hidden()
    expect(more).to_have_text("Ещё источники: 4, 5+2")
    more.press("Enter")
    expect(more).to_be_hidden()
    expect(chips.nth(3)).to_be_focused()
    expect(chips.nth(4)).to_be_visible()
    visit.button("Скопировать").click()
    assert "[5]." in page.evaluate("navigator.clipboard.readText()")
    assert "+2" not in page.evaluate("navigator.clipboard.readText()")


def test_stopping_ends_it_at_the_server(visit: Visit, endpoint: Endpoint) -> None:
    """The connection is closed at once; the notes' own words stand in for what was begun; the next question is free."""
    page = visit.page
    endpoint.will(hang_after("Партнёрство ", "даёт "))
    box = page.locator("#kbqa-question textarea")
    box.fill(QUESTION)
    box.press("Enter")
    expect(page.locator(".kbqa-writing")).to_be_visible()
    stop = page.get_by_role("button", name="Остановить")
    stop.focus()
    stop.press("Enter")
    assert endpoint.requests[-1].left.wait(8)
    answer = page.locator(".kbqa-answer")
    expect(answer.locator(".kbqa-answer-notice")).to_contain_text("остановлен")
    expect(answer.locator(".kbqa-colophon")).to_contain_text("Дословно из заметок")
    expect(answer).not_to_contain_text("Партнёрство даёт")
    expect(page.get_by_role("button", name="Спросить")).to_be_visible()
    visit.keep("stopped")


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_leaving_the_page_ends_it_at_the_server(visit: Visit, endpoint: Endpoint) -> None:
    """Nobody waits for the answer any more."""
    endpoint.will(hang_after("Партнёрство ", "даёт "))
    box = visit.page.locator("#kbqa-question textarea")
    box.fill(QUESTION)
    box.press("Enter")
    expect(visit.page.locator(".kbqa-writing")).to_be_visible()
    visit.page.close()
    assert endpoint.requests[-1].left.wait(8)


@pytest.mark.parametrize("look", ["phone"], indirect=True)
def test_a_fault_is_told_above_the_notes_own_words(visit: Visit, endpoint: Endpoint) -> None:
    """The reader has an answer, and knows why the model has none."""
    endpoint.will(status(401))
    visit.ask(QUESTION)
    answer = visit.page.locator(".kbqa-answer")
    expect(answer.locator(".kbqa-answer-notice")).to_contain_text("не принял ключ")
    expect(answer.locator("a.kbqa-cite").first).to_be_visible()
    visit.keep("model-fault")


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_the_reader_chooses_who_answers(visit: Visit, endpoint: Endpoint) -> None:
    """The notes' own words are one choice away, and then no model is asked."""
    writer = visit.page.get_by_role("combobox", name="Кто отвечает")
    expect(writer).to_have_value(f"{MODEL} ({endpoint.url.split('/')[2]})")
    writer.click()
    visit.page.get_by_role("option", name="словами заметок").click()
    visit.ask(QUESTION)
    expect(visit.page.locator(".kbqa-colophon")).to_contain_text("Дословно из заметок")
    expect(visit.page.locator(".kbqa-answer-notice")).to_have_count(0)
    assert endpoint.requests == []
