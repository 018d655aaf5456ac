"""Milliseconds from the click on «Спросить» to the whole answer on the page, in a real browser.

    .venv/bin/python eval/bench_browser.py [--questions 20]

The server as users start it, on the user's notes, and Chromium of this machine (or what `KBQA_TEST_BROWSER` names). The
page itself measures: from the click to the first frame in which both the answer and its sources stand. The first
question warms everything up and is told apart.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sets import knowledge_base_of, questions_of

MEASURE = """(question) => new Promise(resolve => {
  const count = name => document.querySelectorAll(name).length
  const answers = count(".kbqa-answer"), sources = count(".kbqa-sources")
  const begun = performance.now()
  document.querySelector("#kbqa-question .submit-button").click()
  const look = () => {
    const is_there = count(".kbqa-answer") > answers && count(".kbqa-sources") > sources
    requestAnimationFrame(is_there ? () => resolve(performance.now() - begun) : look)
  }
  look()
})"""


def milliseconds(page: Page, question: str) -> float:
    """Ask one question; the page's own measure."""
    page.locator("#kbqa-question textarea").fill(question)
    page.wait_for_timeout(300)  # Gradio tells the server what is typed
    return float(page.evaluate(MEASURE, question))


def main(count: int) -> None:
    """Start the server and the browser, ask, print."""
    binary = os.environ.get("KBQA_TEST_BROWSER") or shutil.which("chromium")
    if binary is None:
        raise SystemExit("no Chromium: install it or name its binary in KBQA_TEST_BROWSER")
    kb = knowledge_base_of("corpus")
    questions = [question.question for question in questions_of("corpus") if question.answerable][: count + 1]
    places = {"KBQA_CORPUS": kb.settings.corpus, "KBQA_INDEX": kb.settings.index, "KBQA_DATA": tempfile.mkdtemp()}
    environment = os.environ | {name: str(Path(place).absolute()) for name, place in places.items()}
    command = [Path(sys.executable).with_name("kbqa"), "serve", "--port", "0"]
    print(f"processors: {os.cpu_count()}, load in the last minute: {os.getloadavg()[0]:.1f}")
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server,  # noqa: S603 - ours
        sync_playwright() as playwright,
    ):
        try:
            ready = next(line for line in server.stdout or () if "http://" in line)
            browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.goto(ready[ready.index("http://") :].split()[0])
            page.locator(".example").first.wait_for()
            first, *times = [milliseconds(page, question) for question in questions]
            browser.close()
        finally:
            server.terminate()
    deciles = statistics.quantiles(times, n=20)
    print(f"from the click to the whole answer, {len(times)} questions on {len(kb.notes())} notes:")
    print(f"median {statistics.median(times):.0f} ms, 95th percentile {deciles[-1]:.0f} ms, first {first:.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=20)
    main(parser.parse_args().questions)
