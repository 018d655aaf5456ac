"""A talk in a real browser: asked again, changed, gone on with, kept, found, restored; on a desk and on a phone."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from browsing import Visit, until, visiting
from playwright.sync_api import Browser, expect

from kbqa import KnowledgeBase
from kbqa.feedback import MarkStore
from kbqa.settings import Settings
from kbqa.talks import StoredTalk, TalkStore

QUESTION = "Какие бывают виды спонсорской поддержки?"
OTHER = "Что такое отраслевые сообщества?"
REFUSED = "Какая столица у Франции?"

PRESS_UNTIL_GONE = """async button => {
  for (let times = 0; button.isConnected && times < 1000; times++) {
    button.click()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}"""


@pytest.fixture(params=["light", "phone"])
def look(request: pytest.FixtureRequest) -> str:
    """How the page is looked at."""
    return str(request.param)


@pytest.fixture
def visit(browser: Browser, server, look: str) -> Iterator[Visit]:
    """The page with the corpus."""
    with visiting(browser, server.url, look) as visit:
        expect(visit.page.locator(".example").first).to_be_visible()
        yield visit


def questions(visit: Visit) -> list[str]:
    """Those that the page shows."""
    return visit.page.locator(".kbqa-question").all_inner_texts()


def talk_id(visit: Visit) -> str:
    """What the address says."""
    visit.page.wait_for_url(re.compile(r"\?talk="))
    return visit.page.url.partition("?talk=")[2]


def kept(visit: Visit, settings: Settings) -> StoredTalk:
    """What is kept of the talk that the page shows."""
    talk = TalkStore(settings.data, settings.corpus).talk(talk_id(visit))
    assert talk is not None
    return talk


def test_a_question_is_asked_again_and_changed(visit: Visit, settings: Settings) -> None:
    """What follows a changed question goes; Escape leaves everything as it was, what was being typed included."""
    page = visit.page
    box = page.locator("#kbqa-question textarea")
    visit.ask(QUESTION)
    visit.ask(OTHER)
    first_answer = kept(visit, settings).turns[1].id
    page.get_by_role("button", name="Ещё раз").click()
    expect(page.locator(f"#kbqa-{first_answer}-right")).to_have_count(0)
    expect(page.locator(".kbqa-answer")).to_have_count(2)
    assert questions(visit) == [QUESTION, OTHER]
    assert [turn.question for turn in kept(visit, settings).turns] == [QUESTION, OTHER]

    box.fill("черновик")
    page.locator(".kbqa-edit").first.focus()
    page.keyboard.press("Enter")
    expect(box).to_have_value(QUESTION)
    expect(box).to_be_focused()
    visit.keep("talk-editing")
    page.keyboard.press("Escape")
    expect(box).to_have_value("черновик")
    expect(page.locator(".kbqa-editing")).to_have_count(0)
    assert questions(visit) == [QUESTION, OTHER]

    page.locator(".kbqa-edit").first.click()
    expect(box).to_have_value(QUESTION)
    box.fill("Что такое контентное партнерство?")
    box.press("Enter")
    expect(page.locator(".kbqa-answer")).to_have_count(1)
    expect(page.locator(".kbqa-question-deeds")).to_have_count(1)
    assert questions(visit) == ["Что такое контентное партнерство?"]
    expect(box).to_have_value("черновик")
    assert [turn.question for turn in kept(visit, settings).turns] == ["Что такое контентное партнерство?"]


def test_a_question_that_is_sent_too_early_or_twice(visit: Visit, settings: Settings) -> None:
    """While the last answer, already shown, is still being noted, it waits; a second press asks nothing."""
    page = visit.page
    box = page.locator("#kbqa-question textarea")
    visit.ask(OTHER)
    with closing(sqlite3.connect(settings.data / "marks.sqlite", isolation_level=None)) as marks:
        marks.execute("BEGIN IMMEDIATE")
        visit.ask(REFUSED)
        box.fill(QUESTION)
        box.press("Enter")
        box.press("Enter")
        marks.rollback()
    expect(box).to_have_value("")
    expect(page.locator(".kbqa-answer")).to_have_count(3)
    visit.has_both_columns()
    visit.wait_until_still()
    page.locator(".kbqa-next-question").first.evaluate(PRESS_UNTIL_GONE)
    expect(page.locator(".kbqa-answer")).to_have_count(4)
    visit.ask(QUESTION)
    assert len(questions(visit)) == 5


def test_a_suggested_question_is_asked_by_a_click(visit: Visit) -> None:
    """After an answer and after a refusal; only the last answer has suggestions; what was asked does not come back."""
    page = visit.page
    visit.ask(OTHER)
    suggested = page.locator(".kbqa-next-question")
    expect(suggested.first).to_be_visible()
    words = suggested.first.inner_text()
    page.locator("#kbqa-question textarea").fill("черновик")
    suggested.first.click()
    expect(page.locator(".kbqa-answer")).to_have_count(2)
    expect(page.locator(".kbqa-next")).to_have_count(1)
    assert questions(visit) == [OTHER, words]
    expect(page.locator(".kbqa-no-evidence")).to_have_count(0)
    expect(page.locator("#kbqa-question textarea")).to_have_value("черновик")
    assert words not in suggested.all_inner_texts()
    visit.ask(REFUSED)
    expect(suggested.first).to_be_visible()
    visit.keep("talk-suggestions")


def test_a_talk_is_found_again(visit: Visit, settings: Settings) -> None:
    """By words of its question or answer; opened, gone on with, renamed, exported, deleted."""
    page = visit.page
    visit.ask(QUESTION)
    talk = talk_id(visit)
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".example").first).to_be_visible()
    assert "talk=" not in page.url
    visit.ask(OTHER)
    other = talk_id(visit)
    assert other != talk

    history = page.get_by_role("button", name="История", exact=True)
    history.click()
    rows, search = page.locator("#kbqa-talks li"), page.get_by_role("searchbox")
    expect(search).to_be_focused()
    expect(rows.first).to_contain_text(OTHER)
    expect(page.locator("#kbqa-talks h3").first).to_have_text("Сегодня")
    visit.keep("talk-history")
    page.keyboard.type("СПОНСОРСКОЙ ПОДДЕР")
    expect(rows.first).to_contain_text(QUESTION)
    expect(page.locator(f'#kbqa-talks li[data-talk="{other}"]')).to_have_count(0)
    visit.keep("talk-search")

    page.locator(f'#kbqa-talks li[data-talk="{talk}"] .kbqa-talk-open').click()
    expect(page.locator("#kbqa-talks")).to_be_hidden()
    expect(page.locator(".kbqa-question")).to_have_text([QUESTION])
    assert talk_id(visit) == talk
    visit.ask("А что из этого дают деньгами?")
    assert len(kept(visit, settings).turns) == 2
    page.go_back()
    expect(page.locator(".kbqa-question")).to_have_text([OTHER])


def test_a_talk_is_renamed_exported_and_deleted(visit: Visit, settings: Settings) -> None:
    """By mouse and keyboard; nothing is deleted by one press; the drawer gives the focus back."""
    page = visit.page
    visit.ask(QUESTION)
    talk = talk_id(visit)
    history = page.get_by_role("button", name="История", exact=True)
    history.click()
    row = page.locator(f'#kbqa-talks li[data-talk="{talk}"]')
    row.get_by_role("button", name="Переименовать").press("Enter")
    page.keyboard.type("Про деньги")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Про деньги")
    expect(row.get_by_role("button", name="Переименовать")).to_be_focused()
    with page.expect_download() as download:
        row.get_by_role("link", name="Выгрузить").click()
    assert download.value.suggested_filename == "Про деньги.md"
    markdown = Path(download.value.path()).read_text(encoding="utf-8")
    assert markdown.startswith("---\ntitle: Про деньги\n")
    assert f"## {QUESTION}\n" in markdown
    assert "[[Партнерство в мероприятиях#" in markdown

    remove = row.get_by_role("button", name="Удалить")
    remove.click()
    visit.keep("talk-delete")
    expect(row).to_be_visible()
    remove.click()
    expect(row).to_have_count(0)
    assert TalkStore(settings.data, settings.corpus).talk(talk) is None
    page.keyboard.press("Escape")
    expect(page.locator("#kbqa-talks")).to_be_hidden()
    expect(history).to_be_focused()
    # It was the one that was shown.
    expect(page.locator(".example").first).to_be_visible()
    assert "talk=" not in page.url


def test_reloading_restores_the_talk(visit: Visit, settings: Settings, look: str) -> None:
    """With its answers, its sources, its marks and what its follow-ups refer to; the answer is not asked for anew."""
    page = visit.page
    visit.ask(QUESTION)
    visit.ask(REFUSED)
    before = page.locator(".kbqa-answer").all_inner_texts()
    page.locator(".kbqa-answer").first.get_by_role("button", name="Верно", exact=True).click()
    expect(page.locator(".kbqa-mark[aria-pressed=true]")).to_have_count(1)
    stored = kept(visit, settings)
    page.reload()
    expect(page.locator(".kbqa-answer")).to_have_count(2)
    assert page.locator(".kbqa-answer").all_inner_texts() == before
    expect(page.locator(".kbqa-answer").first.locator(".kbqa-right")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".kbqa-mark[aria-pressed=true]")).to_have_count(1)
    visit.has_both_columns()
    visit.follow(page.locator("a.kbqa-cite").first)
    assert visit.marked() == stored.turns[0].answer["citations"][0]["quote"]
    if look == "phone":
        page.locator(".kbqa-close").click()
    visit.ask("А какие из них денежные?")
    assert len(kept(visit, settings).turns) == 3


def test_an_unknown_talk_is_said_and_a_new_one_begins(browser: Browser, server) -> None:
    """A link may be old."""
    with visiting(browser, server.url) as visit:
        visit.page.goto(f"{server.url}/?talk=нет")
        expect(visit.page.locator("#kbqa-told")).to_contain_text("Такого разговора здесь больше нет")
        visit.page.wait_for_url(re.compile(r"/$"))
        visit.ask(QUESTION)
        assert talk_id(visit) != "нет"


def test_changed_notes_are_said_in_a_restored_talk(browser: Browser, running, tmp_path: Path) -> None:
    """The answer and its quotes stand as they were; lines that only moved are shown where they are now."""
    vault = tmp_path / "vault"
    vault.mkdir()
    note = vault / "Чай.md"
    note.write_text("# Чай\n\nЗелёный чай заваривают при 80 градусах.\n", encoding="utf-8")
    with (
        running(tmp_path, corpus=vault, index=tmp_path / "index") as server,
        visiting(browser, server.url) as visit,
    ):
        page = visit.page
        visit.ask("При скольких градусах заваривают зелёный чай?")
        address = f"{server.url}/?talk={talk_id(visit)}"
        for text, said in (
            ("# Чай\n\nВводные слова.\n\nЗелёный чай заваривают при 80 градусах.\n", None),
            ("# Чай\n\nЗелёный чай заваривают при 70 градусах.\n", "заметка изменилась"),
        ):
            note.write_text(text, encoding="utf-8")
            page.get_by_role("button", name="Обновить").click()
            last = text.splitlines()[-1]
            until(lambda last=last: last in page.request.get(f"{server.url}/notes?path=Чай.md").text())
            page.goto(address)
            expect(page.locator(".kbqa-answer")).to_contain_text("80 градусах")
            visit.has_both_columns()
            visit.follow(page.locator("a.kbqa-cite").first)
            assert visit.marked() == "Зелёный чай заваривают при 80 градусах."
            if said:
                expect(page.locator(".kbqa-changed")).to_contain_text(said)
            else:
                expect(page.locator(".kbqa-changed")).to_have_count(0)
        visit.keep("talk-changed")


def test_a_reason_is_stored_with_the_mark(visit: Visit, settings: Settings, kb: KnowledgeBase) -> None:
    """Each press at once; it can be passed over; taking the mark back takes it, too."""
    assert kb.chunk_count
    page = visit.page
    visit.ask(QUESTION)
    asked = kept(visit, settings).turns[-1].asked

    def mark() -> tuple[str, tuple[str, ...], str] | None:
        marks = MarkStore(settings.data).marks(settings.corpus)
        return next(((one.verdict, one.reasons, one.comment) for one in marks if one.asked == asked), None)

    visit.button("Неверно").click()
    expect(page.locator(".kbqa-why")).to_be_visible()
    assert mark() == ("wrong", (), "")
    page.get_by_role("button", name="Неполно").click()
    until(lambda: mark() == ("wrong", ("incomplete",), ""))
    page.get_by_role("button", name="Источник не подтверждает").press("Space")
    page.get_by_role("textbox", name="Своими словами").fill("нет информационной поддержки")
    visit.keep("talk-reasons")
    page.keyboard.press("Enter")
    expect(page.locator("#kbqa-notice")).to_contain_text("Записано.")
    assert mark() == ("wrong", ("incomplete", "unsupported"), "нет информационной поддержки")
    visit.button("Неверно").click()
    expect(visit.button("Неверно")).to_have_attribute("aria-pressed", "false")
    assert mark() is None

    visit.button("Неверно").click()
    page.get_by_role("textbox", name="Своими словами").press("Escape")
    expect(page.locator(".kbqa-why")).to_be_hidden()
    assert mark() == ("wrong", (), "")


def test_an_answer_is_copied_as_markdown(visit: Visit, kb: KnowledgeBase) -> None:
    """With a footnote and a quote for each citation."""
    visit.ask(QUESTION)
    visit.button("Markdown").click()
    expect(visit.page.locator(".kbqa-copied")).to_have_count(1)
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    for citation in kb.ask(QUESTION).citations:
        assert f"[^{citation.number}]: [[{citation.note.removesuffix('.md')}#" in copied
        assert f"\n> {citation.quote.splitlines()[0]}" in copied


def test_without_a_history_nothing_is_written(
    browser: Browser, running, kb: KnowledgeBase, settings: Settings, tmp_path: Path
) -> None:
    """No button, no address, no file."""
    assert kb.chunk_count
    data = tmp_path / "data"
    with (
        running(tmp_path, corpus=settings.corpus, index=settings.index, data=data, history="false") as server,
        visiting(browser, server.url) as visit,
    ):
        visit.ask(QUESTION)
        expect(visit.page.get_by_role("button", name="История", exact=True)).to_have_count(0)
        assert "talk=" not in visit.page.url
        visit.page.get_by_role("button", name="Ещё раз").click()
        expect(visit.page.locator(".kbqa-answer")).to_have_count(1)
        assert not data.exists()
