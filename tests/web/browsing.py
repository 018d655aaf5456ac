"""A visitor of the page, with a real browser."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ARTIFACTS = Path(__file__).parents[1] / "artifacts"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

STILL = """() => new Promise(resolve => {
  const began = performance.now(), looked = {capture: true, passive: true}
  let moved = began
  const move = () => { moved = performance.now() }
  const changes = new MutationObserver(move)
  changes.observe(document, {subtree: true, childList: true, attributes: true, characterData: true})
  document.addEventListener("scroll", move, looked)
  const isUnderWay = one => one.playState === "running" && one.effect?.getComputedTiming().endTime !== Infinity
  const look = () => {
    const now = performance.now()
    if (document.getAnimations().some(isUnderWay)) moved = now
    if (now - moved < 400 && now - began < 3000) return requestAnimationFrame(look)
    changes.disconnect()
    document.removeEventListener("scroll", move, looked)
    resolve()
  }
  look()
})"""


def until(met: Callable[[], object]) -> None:
    """Wait for what happens in the server after the page has shown all there is to see of it."""
    deadline = time.monotonic() + 60
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@dataclass
class Visit:
    """A page with a record of what it asked for and complained about."""

    page: Page
    look: str = "light"
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Type a question and wait for the answer, in both columns."""
        replies = self.page.locator(".kbqa-answer, .kbqa-failure")
        before = replies.count()
        box = self.page.locator("#kbqa-question textarea")
        box.fill(question)
        box.press("Enter")
        expect(replies).to_have_count(before + 1)
        self.has_both_columns()

    def has_both_columns(self) -> None:
        """Wait until the answers that are shown have their sources beside them."""
        expect(self.page.locator(".kbqa-sources")).to_have_count(self.page.locator(".kbqa-answer").count())

    def button(self, name: str) -> Locator:
        """The last answer's button."""
        return self.page.locator(".kbqa-answer").last.get_by_role("button", name=name, exact=True)

    def follow(self, chip: Locator) -> None:
        """Click a citation, once the talk does not scroll away from under the pointer."""
        self.wait_until_still()
        chip.click()

    def marked(self) -> str:
        """The marked text in the lines that are lit."""
        return "\n".join(self.page.locator(".kbqa-lit mark").all_inner_texts())

    def wait_until_still(self) -> None:
        """Nothing has changed, scrolled or been under way for a while; what moves without end does not count.

        The while is longer than the 300 ms after which Gradio scrolls a talk that has grown to its end.
        """
        self.page.evaluate(STILL)

    def looks(self) -> Iterator[str]:
        """How the page can be looked at as it stands, once nothing moves: on a desk, by day and then by night."""
        self.wait_until_still()
        yield self.look
        if self.look == "light":
            self.page.emulate_media(color_scheme="dark")
            self.wait_until_still()
            yield "dark"
            self.page.emulate_media(color_scheme="light")

    def keep(self, name: str) -> None:
        """Save a picture of the page in each look."""
        ARTIFACTS.mkdir(exist_ok=True)
        for look in self.looks():
            self.page.screenshot(path=ARTIFACTS / f"{look}-{name}.png")


@contextmanager
def visiting(
    browser: Browser, url: str, look: str = "light", *, path: str = "", shows: str = ".kbqa-welcome"
) -> Iterator[Visit]:
    """A page opened afresh; at the end, it has spoken to nobody but its server, and complained of nothing.

    Args:
        browser: opens it.
        url: of the server.
        look: `light` or `phone`.
        path: the page's address on the server.
        shows: a selector of what is seen once the page stands.
    """
    context = browser.new_context(
        viewport={"width": 390, "height": 844} if look == "phone" else {"width": 1280, "height": 800},
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    visit = Visit(context.new_page(), look)
    visit.page.on("request", lambda sent: visit.requests.append(sent.url))
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on(
        "console",
        lambda message: visit.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    visit.page.goto(url + path)
    expect(visit.page.locator(shows).first).to_be_visible()
    yield visit
    context.close()
    assert {sent for sent in visit.requests if not sent.startswith((url, "data:", "blob:"))} == set()
    assert visit.complaints == [], visit.complaints


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, from this machine."""
    binary = os.environ.get("KBQA_TEST_BROWSER") or shutil.which("chromium")
    if binary is None:
        reason = "no Chromium: install it or name its binary in KBQA_TEST_BROWSER"
        if "CI" in os.environ:
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=60_000)  # a machine that tests on all its cores is slow to answer
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        yield browser
        browser.close()
