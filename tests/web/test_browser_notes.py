"""The pages of notes and the map in a real browser: searched, read, followed, drawn; and nothing of a note runs."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from bookshelf import StillDesk, grown_vault, pages_app, served, write_vault
from browsing import Visit, visiting
from playwright.sync_api import Browser, expect

from kbqa import KnowledgeBase

HOSTILE = """---
title: "<img src=x onerror=alert(1)>"
aliases: ["</script><script>alert(2)</script>"]
tags: [опасно]
---
<script>alert(3)</script> <img src="https://evil.example/x.png" onerror="alert(4)">

![пиксель](https://evil.example/pixel.png) [ссылка](javascript:alert(5)) [ещё](data:text/html,x)

[[Кухня|"><script>alert(6)</script>]] [[Нет" onmouseover="alert(7)]] #тег"onclick=alert(8)

> [!"><script>alert(9)</script>] <b onclick="alert(10)">б</b>

<iframe src="https://evil.example/"></iframe><style>@import "https://evil.example/x.css";</style>
"""
KITCHEN = """---
aliases: [Ремонт 2025]
tags: [дом/ремонт, планы]
---
# Кухня

План на весну, см. [[Смета#Плитка|цену плитки]]; будет и [[Список техники]].

> [!warning] Сначала электрика
> Проводку меняют до штукатурки.

- [x] Замерить стены
- [ ] Выбрать плитку

| Что | Сколько, ₽ |
|:--|--:|
| Плитка | 48 000 |
"""
NOTES = {
    "Дом/Кухня.md": KITCHEN,
    "Дом/Смета.md": "---\ntags: [деньги]\n---\n# Смета\n\nВсё считается в [[Кухня|плане]].\n\n"
    + "Строка.\n\n" * 40
    + "## Плитка\n\n48 000 ₽.\n",
    "Ёлка.md": "# Ёлка\n\nСтоит [[Кухня|на кухне]].\n",
    "Опасно.md": HOSTILE,
}
KITCHEN_PAGE = f"/notes?path={quote('Дом/Кухня.md')}"


@pytest.fixture(params=["light", "phone"])
def look(request: pytest.FixtureRequest) -> str:
    """How the page is looked at."""
    return str(request.param)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the pages of a small vault."""
    with served(pages_app(StillDesk.of(write_vault(tmp_path_factory.mktemp("vault"), NOTES)))) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, url: str, look: str) -> Iterator[Visit]:
    """The page of a note."""
    with visiting(browser, url, look, path=KITCHEN_PAGE, shows="h1") as visit:
        yield visit


def test_a_note_is_read_and_its_links_lead_on(visit: Visit) -> None:
    """To the very place; what is not written is no link; a link back is one click away."""
    page = visit.page
    visit.keep("note")
    expect(page.locator(".body .unwritten")).to_have_attribute("title", "заметка ещё не написана")
    assert page.locator(".body a.unwritten[href]").count() == 0
    page.locator(".body a.wikilink").first.click()
    expect(page.locator("h1")).to_have_text("Смета")
    lit = page.locator(".lit")
    expect(lit).to_have_text("Плитка")
    expect(lit).to_be_in_viewport()
    page.locator(".linking .wikilink").first.click()
    expect(page.locator("h1")).to_have_text("Кухня")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_notes_are_found_as_one_types(visit: Visit) -> None:
    """By title, whatever the case and ё; by another name; by tag; with the keyboard alone."""
    page = visit.page
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Найти заметку")
    expect(box).to_be_focused()
    options = page.locator("#found a")
    box.fill("елка")
    expect(options).to_have_count(1)
    expect(options).to_have_text(re.compile("^Ёлка"))
    box.fill("2025")
    expect(options.first).to_contain_text("другое имя: Ремонт 2025")
    box.fill("о")
    expect(options.nth(1)).to_be_visible()
    visit.keep("notes-found")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    box.press("Escape")
    expect(page.locator("#found")).to_be_hidden()
    box.fill("сме")
    box.press("Enter")
    expect(page.locator("h1")).to_have_text("Смета")


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_a_tag_filters_the_list_and_leaves_the_note(visit: Visit) -> None:
    """Nested tags have their own name and that of those above."""
    page = visit.page
    page.locator(".tags .tag", has_text="#дом/ремонт").click()
    expect(page.locator("#found a")).to_have_count(1)
    expect(page.locator("h1")).to_have_text("Кухня")
    page.locator("#find").fill("#дом")
    expect(page.locator("#found a")).to_have_count(1)


def test_nothing_of_a_note_runs_or_is_fetched(visit: Visit, url: str) -> None:
    """Neither on its page, nor in the list, nor on the map; `visiting` sees every request."""
    page = visit.page
    page.on("dialog", lambda dialog: visit.complaints.append(f"ran: {dialog.message}"))
    for address in (f"/notes?path={quote('Опасно.md')}", "/map", f"/notes?find={quote('#опасно')}"):
        page.goto(url + address)
        page.wait_for_timeout(300)
        foreign = (
            "script:not([src^='/pages/']):not([type='application/json']), img, iframe, style, [onerror], [onclick]"
        )
        assert page.locator(foreign).count() == 0
    page.goto(f"{url}/notes?path={quote('Опасно.md')}")
    expect(page.locator("h1")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".body")).to_contain_text("[изображение: evil.example]")
    assert page.locator(".body a[href^='javascript'], .body a[href^='data']").count() == 0


def test_the_list_opens_on_a_phone(visit: Visit, look: str) -> None:
    """It is beside the note on a desk, and above it when asked for on a phone."""
    page = visit.page
    tree = page.locator("#tree")
    if look == "phone":
        expect(tree).to_be_hidden()
        page.get_by_role("button", name="Все заметки").click()
    expect(tree.locator("[aria-current]")).to_have_text("Кухня")
    tree.get_by_role("link", name="Ёлка").click()
    expect(page.locator("h1")).to_have_text("Ёлка")


@pytest.mark.parametrize("size", [2, 50, 500])
def test_the_map_is_drawn_at_every_size(browser: Browser, look: str, size: int, tmp_path: Path) -> None:
    """Labels lie apart and in the window; a click opens the note."""
    folder = grown_vault(tmp_path, size, {2: 0, 50: 90, 500: 2000}[size])
    with (
        served(pages_app(StillDesk.of(folder))) as url,
        visiting(browser, url, look, path="/map", shows="#map text") as visit,
    ):
        page = visit.page
        visit.keep(f"map-{size}")
        written = page.locator("#map a:not(.hollow)")
        expect(written).to_have_count(size)
        boxes = page.locator("#map text:not(.caption)").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])"
        )
        assert len(boxes) >= min(size, 8)
        assert not any(
            a[0] + 6 < b[2] and b[0] + 6 < a[2] and a[1] + 6 < b[3] and b[1] + 6 < a[3]
            for at, a in enumerate(boxes)
            for b in boxes[:at]
        )
        width = page.viewport_size["width"] if page.viewport_size else 0
        assert all(box[0] >= 0 and box[2] <= width for box in boxes)
        if size == 2:
            expect(page.locator(".legend .hint")).to_contain_text("Ссылок между заметками пока нет")
        first = page.locator("#map a").first  # the largest
        title = str(first.get_attribute("aria-label")).partition(". Связей")[0]
        first.locator("circle").click(force=True)
        expect(page.locator("h1")).to_have_text(title)


def test_the_map_is_read_by_keyboard_search_and_legend(browser: Browser, url: str) -> None:
    """What is looked at is lit, the rest steps back; Enter opens; buttons zoom."""
    with visiting(browser, url, path="/map", shows="#map text") as visit:
        page = visit.page
        chart = page.locator("#map")
        page.locator("#find").fill("елка")
        expect(page.locator("#map a.on")).to_have_count(1)
        expect(page.locator("#said")).to_have_text("найдено: 1")
        page.keyboard.press("Enter")
        expect(page.locator("#map a:focus")).to_have_attribute("aria-label", "Ёлка. Связей: 1")
        expect(page.locator("#map a.on")).to_have_count(2)
        visit.keep("map-looked-at")
        page.keyboard.press("Escape")
        page.locator("#find").fill("")
        page.locator(".key", has_text="ещё не написаны").click()
        expect(page.locator("#map a.on")).to_have_count(2)
        before = page.locator("#map > g").first.get_attribute("transform")
        page.get_by_role("button", name="Ближе").click()
        page.wait_for_timeout(500)
        assert page.locator("#map > g").first.get_attribute("transform") != before
        page.locator("#find").fill("смета")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowRight")
        expect(chart.locator("a:focus")).to_have_count(1)
        opened = page.locator("#map a:focus").get_attribute("href")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: unquote(address) == unquote(f"{url}{opened}"))


def test_a_note_is_asked_about_from_its_page(browser: Browser, server, kb: KnowledgeBase) -> None:
    """The chat opens with the search kept within the note, and says so in the answer; the header leads back."""
    path = "Отраслевые сообщества.md"
    assert kb.note(path)
    with visiting(browser, server.url, path=f"/notes?path={quote(path)}", shows="h1") as visit:
        page = visit.page
        page.get_by_role("link", name="Спросить об этой заметке").click()
        expect(page.locator("#kbqa-within")).to_contain_text("Заметка: Отраслевые сообщества")
        expect(page.locator(".example").first).to_be_visible()
        visit.ask("Что такое консорциумы?")
        expect(page.locator(".kbqa-answer")).to_contain_text("Отраслевые сообщества")
        cited = page.locator(".kbqa-sources h3").all_inner_texts()
        assert set(cited) == {"Отраслевые сообщества"}
        page.get_by_role("link", name="Карта").click()
        expect(page.locator("#map a:not(.hollow)")).to_have_count(2)
        page.get_by_role("link", name="Заметки").first.click()
        page.locator("#find").fill("консорциумы")
        expect(page.locator("#found .why").first).not_to_be_empty()
        visit.keep("notes-in-text")
