"""What axe finds on each page, as it is looked at: nothing serious."""

from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import Visit, visiting
from playwright.sync_api import Browser, expect

SERIOUS = {"serious", "critical"}
QUESTION = "Какие бывают виды спонсорской поддержки?"
NOTE = quote("Партнерство в мероприятиях.md")


def found(visit: Visit) -> list[str]:
    """The serious violations in each look: rule, and the elements that break it."""
    return [
        f"{look}: {violation['id']}: {node['html'][:160]}"
        for look in visit.looks()  # what fades in has its colours then
        for violation in Axe().run(visit.page).response["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


@pytest.fixture(params=["light", "phone"])
def look(request: pytest.FixtureRequest) -> str:
    """How the page is looked at."""
    return str(request.param)


def test_the_chat(browser: Browser, server, look: str) -> None:
    """Empty; with an answer, its sources and a refusal; with its dialogs open."""
    with visiting(browser, server.url, look) as visit:
        page = visit.page
        expect(page.locator(".example").first).to_be_visible()
        assert found(visit) == []
        visit.ask(QUESTION)
        visit.ask("Какая столица у Франции?")
        visit.follow(page.locator("a.kbqa-cite").nth(1))
        page.locator("a.kbqa-cite").first.hover()
        assert found(visit) == []
        if look == "phone":
            page.locator(".kbqa-close").click()
        page.get_by_role("button", name="История").click()
        expect(page.locator("#kbqa-talks li").first).to_be_visible()
        assert found(visit) == []


@pytest.mark.parametrize(("path", "shows"), [(f"/notes?path={NOTE}", "h1"), ("/notes", "h1"), ("/map", "svg")])
def test_the_pages_of_notes(browser: Browser, server, look: str, path: str, shows: str) -> None:
    """A note, the start page, and the map."""
    with visiting(browser, server.url, look, path=path, shows=shows) as visit:
        assert found(visit) == []
