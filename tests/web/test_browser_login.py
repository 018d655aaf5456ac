"""Logging in and out with a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from browsing import ARTIFACTS
from playwright.sync_api import Browser, expect

from kbqa import KnowledgeBase
from kbqa.settings import Settings

PASSWORD = "двенадцать знаков"  # noqa: S105 - the test's own


@pytest.fixture(scope="module")
def locked(running, kb: KnowledgeBase, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server that asks for the password."""
    assert kb.chunk_count
    folder = tmp_path_factory.mktemp("locked")
    places = {"corpus": settings.corpus, "index": settings.index, "data": folder / "data"}
    with running(folder, **places, password=PASSWORD) as server:
        yield server


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_the_page_opens_with_the_password_and_closes_again(browser: Browser, locked, look: str) -> None:
    """Without scripts the form works as well; inside, all is as usual, and there is a way out."""
    complaints = []
    context = browser.new_context(
        viewport={"width": 390, "height": 844} if look == "phone" else {"width": 1280, "height": 800},
        color_scheme="dark" if look == "dark" else "light",
    )
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(locked.url)
    expect(page).to_have_url(f"{locked.url}/login")
    expect(page.get_by_label("Пароль")).to_be_focused()
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{look}-login.png")
    page.keyboard.type("не тот пароль")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Пароль не подошёл")
    page.screenshot(path=ARTIFACTS / f"{look}-login-wrong.png")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(page.locator(".kbqa-welcome")).to_be_visible()
    page.locator("#kbqa-question textarea").fill("Что такое консорциум?")
    page.keyboard.press("Enter")
    expect(page.locator(".kbqa-answer")).to_contain_text("Совместные проекты")
    page.screenshot(path=ARTIFACTS / f"{look}-inside.png")
    page.get_by_role("link", name="Выйти").click()
    page.screenshot(path=ARTIFACTS / f"{look}-logout.png")
    page.get_by_role("button", name="Выйти").click()
    expect(page).to_have_url(f"{locked.url}/login")
    page.goto(locked.url)
    expect(page).to_have_url(f"{locked.url}/login")
    context.close()
    assert [one for one in complaints if "401" not in one] == []


def test_the_form_needs_no_scripts(browser: Browser, locked) -> None:
    """It is plain HTML."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{locked.url}/login")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(page).to_have_url(f"{locked.url}/")
    context.close()
