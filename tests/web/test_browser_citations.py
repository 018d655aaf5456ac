"""What an answer's numbers lead to, in a real browser: by pointer, by keyboard, by selecting words, by touch."""

import re
from collections.abc import Iterator

import pytest
from browsing import Visit, visiting
from playwright.sync_api import Browser, expect

from kbqa import KnowledgeBase

QUESTION = "Какие бывают виды партнёрства?"
OBSIDIAN = re.compile("^obsidian://open[?]path=")
SELECT = """(element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.fixture(params=["light", "phone"])
def look(request: pytest.FixtureRequest) -> str:
    """How the page is looked at."""
    return str(request.param)


@pytest.fixture
def visit(browser: Browser, server, look: str) -> Iterator[Visit]:
    """The page with an answer of several sources."""
    with visiting(browser, server.url, look) as visit:
        visit.ask(QUESTION)
        yield visit


def test_a_chip_shows_its_quote_and_leads_to_it(visit: Visit, kb: KnowledgeBase, look: str) -> None:
    """Resting on it peeks, Escape ends that; a tap goes to the lines at once; the place can be copied as a link."""
    page = visit.page
    quote = kb.ask(QUESTION).citations[1].quote
    lines = [line.strip() for line in quote.split("\n")]
    chip, peek = page.locator("a.kbqa-cite").nth(1), page.locator("#kbqa-peek")
    title = chip.get_attribute("title")
    if look != "phone":
        chip.hover()
        expect(peek.locator("p").first).to_have_text(title or "-")
        assert peek.locator("p").nth(1).inner_text().split("\n") == lines
        visit.keep("peek")
        page.mouse.move(2, 400)
        expect(peek).to_have_count(0)
        assert chip.get_attribute("title") == title

    page.locator("#kbqa-question textarea").focus()
    page.locator("a.kbqa-cite").first.focus()
    page.keyboard.press("Tab")
    expect(chip).to_be_focused()
    expect(peek).to_contain_text(lines[0])
    expect(chip).to_have_attribute("aria-describedby", "kbqa-peek")
    page.keyboard.press("Escape")
    expect(peek).to_have_count(0)
    page.keyboard.press("Enter")
    assert visit.marked() == quote
    expect(page.locator(".kbqa-lit").first).to_be_in_viewport()

    link = page.locator(".kbqa-passage", has=page.locator(".kbqa-lit")).locator(".kbqa-copy-link")
    link.click()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "[[Партнерство в мероприятиях#Виды партнерства#Спонсорское партнерство]]"
    )
    elsewhere = page.locator(".kbqa-current .kbqa-elsewhere").first
    expect(elsewhere.get_by_role("link", name="Obsidian")).to_have_attribute("href", OBSIDIAN)
    elsewhere.get_by_role("link", name="Заметка").click()
    expect(page.locator("h1")).to_have_text("Партнерство в мероприятиях")


def test_selected_words_show_their_source(visit: Visit, kb: KnowledgeBase) -> None:
    """The panel follows the selection, a button beside it leads there; words without a source show nothing."""
    page = visit.page
    quote = kb.ask(QUESTION).citations[2].quote
    item = page.locator(".kbqa-answer-body li").nth(2)
    item.locator("strong").evaluate(SELECT)
    hint = page.get_by_role("button", name="Источник: 3", exact=True)
    expect(hint).to_be_visible()
    expect(page.locator(".kbqa-lit mark")).to_have_text(quote.split("\n"))
    visit.keep("selected")
    page.locator(".kbqa-answer-body").evaluate(SELECT)
    expect(page.get_by_role("button", name="Источники: 1, 2, 3", exact=True)).to_be_visible()
    page.locator(".kbqa-question").evaluate(SELECT)
    expect(page.locator("#kbqa-selected")).to_have_count(0)

    item.locator("strong").evaluate(SELECT)
    hint.click()
    expect(page.locator(".kbqa-lit").first).to_be_in_viewport()
    expect(page.locator("#kbqa-selected")).to_have_count(0)
    assert visit.marked() == quote
