"""The HTML report: whole, escaped, in need of nothing else, the same each time."""

import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kbqa.evaluation.html_report import html_report, verdict
from kbqa.evaluation.metrics import RECALL
from kbqa.evaluation.questions import EvaluationQuestion, ExpectedSection, Nugget
from kbqa.evaluation.record import Costs, Row, Run
from kbqa.texts import Texts
from kbqa.types import Language

ATTACK = "<script>alert(1)</script>"
RECALLS = {f"{level} {measure}": 1.0 for level in ("section", "note") for measure in (f"R@{k}" for k in RECALL)}
REFERENCES = {"src", "href", "xlink:href", "srcset", "data", "action", "poster"}


class Page(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep the words, those of scripts and styles left out."""
        if not self.tags or self.tags[-1][0] not in ("script", "style"):
            self.words.append(data)

    def attributes(self, name: str) -> Iterator[str]:
        """All values of an attribute."""
        return (value for _, attributes in self.tags if (value := attributes.get(name)))


def question(id: str, **given: Any) -> EvaluationQuestion:  # noqa: A002 - as the field is called
    """An answerable question, or what else is given."""
    values: dict[str, Any] = {
        "id": id,
        "question": f"Что такое {id}?",
        "language": "ru",
        "type": "list",
        "answerable": True,
        "expected": (
            ExpectedSection(note="Кофе.md", heading_path=("Кофе", "Сорта"), relevance=2, evidence="Арабика & <b>"),
            ExpectedSection(note="Кофе.md", heading_path=("Кофе", "Чай"), relevance=1, evidence="чай"),
        ),
        "nuggets": (
            Nugget(any_of=("арабика", "arabica")),
            Nugget(any_of=("робуста",), none_of=("цикорий",), vital=False),
            Nugget(none_of=("какао",)),
        ),
        "split": "dev",
    }
    return EvaluationQuestion(**values | given)


def row(id: str, **given: Any) -> Row:  # noqa: A002 - as the field is called
    """A right answer to a question as it is written, or what else is given; of `нет-…`, without ranks and facts."""
    base = id.partition("/")[0]
    figures = RECALLS | {"section nDCG@10": 1.0, "nuggets_vital": 1.0, "citation_precision": 1.0}
    figures = {} if base.startswith("нет") else figures
    figures |= {"score": 1.0, "refused": 0.0, "latency_ms": 20.0} | given.pop("figures", {})
    place = {"note": "Кофе.md", "title": "Кофе", "heading_path": ["Кофе", "Сорта"], "start_line": 6, "end_line": 6}
    answer = {
        "status": "answered",
        "text": f"- **Арабика** [1]\n- [[Чай|чай]] [7] {ATTACK} [зло](javascript:alert(1)) ![](http://зло.рф/x.png)",
        "confidence": 0.9,
        "citations": [place | {"number": 1, "quote": f"**Арабика** {ATTACK}"}],
        "hits": [place, place | {"heading_path": ["Кофе", "История"], "start_line": 9, "end_line": 12}],
        "timings_ms": {"total": 20.0},
    }
    values: dict[str, Any] = {
        "id": id,
        "base": base,
        "family": "original",
        "asked": f"Что такое {base}?",
        "ranks": (1, None),
        "failure": None,
        "missed": (1,),
        "forbidden": (1,),
        "answer": answer | given.pop("answer", {}),
    }
    return Row(figures=figures, **values | given)


@pytest.fixture
def run() -> Run:
    """Four questions, one of them an attack, one with variants."""
    refusal = {"status": "no_evidence", "text": "В заметках этого нет.", "citations": [], "hits": []}
    nothing = {"answerable": False, "type": "unanswerable", "unanswerable_kind": "off_topic"}
    return Run(
        name=f"набор {ATTACK}",
        started="2026-11-22T07:00:19+00:00",
        commit="abc1234+",
        versions={"python": "3.11.7"},
        vault_hash="v" * 64,
        questions_hash="w" * 64,
        fingerprint="f-1",
        settings={"corpus": f"заметки/{ATTACK}", "top_k": 10},
        split=None,
        seed=1,
        costs=Costs(index_seconds=1.5, embedded=3, cold_ms=400, peak_memory_mb=500, machine="arm64, 2 cores, Linux"),
        questions=(
            question("лист-1", question=ATTACK, must_pass=True),
            question('лист"2', type="fact"),
            question("нет-1", **nothing, expected=(), nuggets=(), split="test"),
            question("нет-2", **nothing, expected=(), nuggets=(), split="test"),
        ),
        rows=(
            row("лист-1", asked=ATTACK),
            row("лист-1/typo", family="typo", asked="Чо такое?", figures={"score": 0.0}),
            row("лист-1/case", family="case", figures={"score": -1.0}, failure="wrong_statement"),
            row('лист"2', failure="not_extracted", missed=(0, 1), forbidden=(), figures={"score": -1.0}),
            row("нет-1", answer=refusal, missed=(), forbidden=(), figures={"refused": 1.0}),
            row("нет-2", failure="missed_refusal", missed=(), forbidden=(), figures={"score": -1.0}),
        ),
    )


@pytest.fixture(params=["ru", "en"])
def texts(request: pytest.FixtureRequest) -> Texts:
    """Both languages."""
    language: Language = request.param
    return Texts.load(language)


@pytest.fixture
def page(run: Run, texts: Texts) -> Page:
    """The page of the run."""
    return Page(html_report(run, texts))


def test_everything_is_on_the_page(page: Page, run: Run, texts: Texts) -> None:
    """Every question, the run's origin, the names of all figures in the language asked for."""
    assert next(page.attributes("lang")) == texts.language
    assert [one.id for one in run.questions if one.id not in page.text] == []
    for said in ("2026-11-22 07:00 UTC", "abc1234+", "v" * 12, "w" * 12, "f-1", "python 3.11.7", "arm64", "заметки/"):
        assert said in page.text
    for name in ("section R@5", "nuggets_vital", "refusal_recall", "false_refusals", "score", "aurc"):
        assert texts(f"eval.figures.{name}") in page.text
    assert "v" * 13 not in page.text


def test_the_counts_are_right(page: Page, run: Run, texts: Texts) -> None:
    """As many questions as there are, under their failures, and so says the table of failures."""
    assert sum(tag == "details" for tag, _ in page.tags) == len(run.questions)
    assert texts("eval.asked", count=4, answerable=2, rows=6) in page.text
    for failure, written, variants in (
        ("not_extracted", 1, 0),
        ("missed_refusal", 1, 0),
        ("wrong_statement", 0, 1),
        ("ranked_low", 0, 0),
    ):
        assert f"{texts(f'eval.failure.{failure}')} {written} {variants}" in page.text
    assert f"{texts('report.no_failure')} 2 1" in page.text
    assert [one for one in page.attributes("data-failure") if one == "missed_refusal"] == ["missed_refusal"] * 2


def test_a_question_opens_on_all_that_came_of_it(run: Run) -> None:
    """Expected and found sections with grades and ranks, quotes, facts, variants with their results."""
    text = Page(html_report(run, Texts.load("en"))).text
    for said in (
        f"right {ATTACK} лист-1 · list · must pass",
        "answers Кофе.md › Сорта rank 1 Арабика & <b>",
        "helps Кофе.md › Чай not found чай",
        "Found Кофе.md › Сорта line 6 answers Кофе.md › История lines 9–12",
        f"**Арабика** {ATTACK} Кофе.md › Сорта line 6 in an expected section",
        "stated арабика | arabica vital",
        "missed forbidden wording said робуста never: цикорий additional",
        "not said never: какао vital",
        "typos Чо такое? in part letter case Что такое лист-1? wrong",
        "fact not in the answer · dev · confidence 0.900 · 20.0 ms",
        "right refused Что такое нет-1?",
        "Nothing: the notes have no answer.",
    ):
        assert said in text


def test_nothing_is_loaded(page: Page) -> None:
    """No attribute refers to anything but the page itself, and the policy forbids the rest."""
    references = [value for name in REFERENCES for value in page.attributes(name)]
    assert [reference for reference in references if not reference.startswith("#")] == []
    anchors = set(page.attributes("id"))
    assert [reference for reference in references if reference[1:] not in anchors] == []
    assert not any(tag in ("link", "img", "iframe", "object", "base") for tag, _ in page.tags)
    policy = next(attributes for tag, attributes in page.tags if "http-equiv" in attributes)
    assert (policy["content"] or "").startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")


def test_everything_is_escaped(run: Run, texts: Texts) -> None:
    """What notes and questions say is text: of scripts there is ours alone, and no handler."""
    text = html_report(run, texts)
    page = Page(text)
    assert ATTACK not in text
    assert page.text.count(ATTACK) >= 5
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []


def test_the_answer_is_rendered(run: Run, texts: Texts) -> None:
    """Markers lead to their quotes; one without a quote, a link and a picture stay as they are written."""
    text = html_report(run, texts)
    assert '<strong>Арабика</strong> <a class="cite" href="#q1-1">1</a>' in text
    assert "<li>чай [7] &lt;script&gt;" in text
    assert "[зло](javascript:alert(1)) ![](http://зло.рф/x.png)" in text


def test_headings_tables_and_ids_are_in_order(page: Page) -> None:
    """No level is skipped, every header cell says what it heads, every id is there once."""
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    ids = list(page.attributes("id"))
    assert len(ids) == len(set(ids))


def test_all_plots_are_there(page: Page, texts: Texts) -> None:
    """Five pictures with a label each."""
    labels = [attributes["aria-label"] or "" for tag, attributes in page.tags if tag == "svg"]
    names = ("recall", "risk", "latency", "types", "robustness")
    assert [label.partition(".")[0] for label in labels] == [texts(f"report.plot.{name}") for name in names]


def test_the_same_run_gives_the_same_page(run: Run, texts: Texts) -> None:
    """Byte by byte, after a way through the file too."""
    assert html_report(run, texts) == html_report(Run.model_validate_json(run.model_dump_json()), texts)


@pytest.mark.parametrize("answerable", [True, False])
def test_a_run_of_one_kind_alone(run: Run, answerable: bool) -> None:
    """Without variants, costs, or the one or the other kind of question, the page says what there is."""
    questions = tuple(one for one in run.questions if one.answerable == answerable)
    names = {one.id for one in questions}
    rows = tuple(one for one in run.rows if one.id in names)
    if answerable:
        rows = tuple(one for one in rows if one.family == "original")
    part = run.model_copy(update={"questions": questions, "rows": rows, "costs": None, "seed": None, "commit": None})
    page = Page(html_report(part, Texts.load("en")))
    assert "No variants of the questions were asked." in page.text
    assert ("recall-section" in page.attributes("id")) is answerable
    assert [one.id for one in questions if one.id not in page.text] == []


@pytest.mark.parametrize(
    ("score", "refused", "word"),
    [(1, 0, "right"), (1, 1, "right"), (0, 1, "refused"), (0, 0, "partial"), (-1, 0, "wrong")],
)
def test_a_verdict(score: float, refused: float, word: str) -> None:
    """A refusal is right where there is no answer; elsewhere it is neither a part nor wrong."""
    assert verdict(row("q", figures={"score": score, "refused": refused})) == word


def test_it_works_in_a_browser(run: Run, tmp_path: Path) -> None:
    """The page fits a phone, runs no script but its own, filters, and opens the question that a link names."""
    binary = os.environ.get("KBQA_TEST_BROWSER") or shutil.which("chromium")
    if binary is None:
        pytest.skip("no Chromium: install it or name its binary in KBQA_TEST_BROWSER")
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - only with a browser

    file = tmp_path / "report.html"
    file.write_text(html_report(run, Texts.load("en")), encoding="utf-8")
    requests: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 360, "height": 800})
        page.on("request", lambda sent: requests.append(sent.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        shown = page.locator("#filter output")
        expect(shown).to_have_text("Shown: 4 of 4")
        page.click("a[data-failure=missed_refusal]")
        expect(shown).to_have_text("Shown: 1 of 4")
        expect(page.locator("details:visible")).to_contain_text("нет-2")
        page.click("a[data-type=off_topic]")
        expect(shown).to_have_text("Shown: 2 of 4")
        page.click("#filter button")
        page.fill("#filter input", "ЛИСТ-1")
        expect(shown).to_have_text("Shown: 1 of 4")
        page.evaluate("location.hash = 'q2-1'")
        expect(page.locator("#q2")).to_have_attribute("open", "")
        expect(page.locator("#q2-1")).to_be_in_viewport()
        browser.close()
    assert requests == [file.as_uri()]
    assert complaints == []
