"""The page in a real browser: ask, look at the sources, go back; on a desk and on a phone, by day and by night."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Visit, until, visiting
from playwright.sync_api import Browser, expect

from kbqa import KnowledgeBase
from kbqa.feedback import Mark, MarkStore
from kbqa.settings import Settings

QUESTION = "Какие бывают виды спонсорской поддержки?"


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


def test_a_talk(visit: Visit, kb: KnowledgeBase, look: str) -> None:
    """Ask; open the first source; ask on; return to the older answer; meet a question that the notes do not answer."""
    page = visit.page
    quote = kb.ask(QUESTION).citations[0].quote
    visit.keep("empty")

    visit.ask(QUESTION)
    first = page.locator(".kbqa-answer").first.locator("a.kbqa-cite").first
    visit.follow(first)
    assert visit.marked() == quote
    expect(page.locator(".kbqa-lit").first).to_be_in_viewport()
    visit.keep("sources")

    close = page.locator(".kbqa-close")
    if look == "phone":
        close.click()
        expect(close).to_be_hidden()

    visit.ask("Что такое отраслевые сообщества?")
    first.focus()
    page.keyboard.press("Enter")
    assert visit.marked() == quote
    expect(page.locator("mark", has_text=quote).first).to_be_visible()
    page.locator(".kbqa-lit a.kbqa-back").click()
    expect(first).to_be_focused()

    visit.ask("Какая столица у Франции?")
    expect(page.locator(".kbqa-no-evidence")).to_be_visible()
    expect(page.locator(".kbqa-failure")).to_have_count(0)
    visit.keep("no-evidence")


def test_an_example_is_asked_by_a_click(visit: Visit) -> None:
    """Nobody has to invent the first question; a new conversation brings the examples back."""
    example = visit.page.locator(".example").first
    words = example.inner_text()
    example.click()
    expect(visit.page.locator(".kbqa-answer")).to_have_count(1)
    assert visit.page.locator(".kbqa-question").inner_text() == words
    visit.page.get_by_role("button", name="Новый разговор").click()
    expect(visit.page.locator(".example").first).to_be_visible()
    expect(visit.page.locator(".kbqa-sources")).to_have_count(0)


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A vault of notes with links between them."""
    folder = tmp_path / "vault"
    folder.mkdir()
    tea = "Зелёный чай заваривают при 80 градусах, см. [[Вода#Кипяток]] и [[<img src=x>|ещё]]."
    water = "Вода нужна мягкая.\n\n## Кипяток\n\nВода кипит при 100 градусах.\n\n### Белый ключ\n\nМелкие пузырьки."
    pots = "## Чайник\n\nГлиняный чайник держит тепло.\nЕго любят за [[Чай|чай]]."
    for title, text in (("Чай", tea), ("Вода", water), ("Посуда", pots)):
        (folder / f"{title}.md").write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
    return folder


def test_links_are_followed_in_the_panel(browser: Browser, running, linked: Path, tmp_path: Path, look: str) -> None:
    """From a source to a section that it links to, on to a note that links there, and back; by mouse and keyboard."""
    with (
        running(tmp_path, corpus=linked, index=tmp_path / "index") as server,
        visiting(browser, server.url, look) as visit,
    ):
        page = visit.page
        shown = page.locator(".kbqa-current")
        visit.ask("При скольких градусах заваривают зелёный чай?")
        visit.follow(page.locator("a.kbqa-cite").first)
        quote = visit.marked()
        expect(shown.locator(".kbqa-links li")).to_have_text(
            ["Вода › Кипяток", "<img src=x> заметка ещё не написана", "Посуда › Чайник"]
        )
        visit.keep("links")

        shown.get_by_role("button", name="Посуда › Чайник").click()
        expect(shown.locator("h3")).to_have_text("Посуда")
        expect(shown.locator(".kbqa-lit")).to_contain_text("Его любят за")
        shown.get_by_role("button", name="Чай", exact=True).click()
        expect(shown.locator("h3")).to_have_text("Чай")
        expect(shown.locator(".kbqa-note")).to_be_focused()
        shown.get_by_role("button", name="Вода › Кипяток").press("Enter")
        expect(shown.locator("h3")).to_have_text("Вода")
        expect(shown.locator(".kbqa-crumbs")).to_contain_text("Кипяток")
        expect(shown).to_contain_text("Мелкие пузырьки.")
        expect(shown.locator(".kbqa-note")).to_be_focused()
        visit.keep("opened-note")

        shown.get_by_role("button", name="К источникам ответа").press("Enter")
        expect(shown.get_by_role("button", name="Посуда › Чайник")).to_be_focused()
        assert visit.marked() == quote
        shown.get_by_role("button", name="Посуда › Чайник").press("Space")
        expect(shown.locator("h3")).to_have_text("Посуда")
        visit.page.keyboard.press("Escape")
        page.locator("a.kbqa-cite").first.press("Enter")
        assert visit.marked() == quote
        expect(page.locator(".kbqa-panel-open .kbqa-current mark").first).to_be_in_viewport()


def test_a_note_that_is_gone_is_told(browser: Browser, running, linked: Path, tmp_path: Path) -> None:
    """It may have been removed since the answer; the way back is still there."""
    with (
        running(tmp_path, corpus=linked, index=tmp_path / "index") as server,
        visiting(browser, server.url) as visit,
    ):
        visit.ask("При скольких градусах заваривают зелёный чай?")
        (linked / "Вода.md").unlink()
        visit.page.get_by_role("button", name="Обновить").click()
        expect(visit.page.locator(".kbqa-status.kbqa-ready")).to_contain_text("Заметок: 2")
        visit.page.get_by_role("button", name="Вода › Кипяток").click()
        expect(visit.page.locator(".kbqa-current [role=alert]")).to_contain_text("нет заметки")
        visit.page.get_by_role("button", name="К источникам ответа").click()
        expect(visit.page.get_by_role("button", name="Вода › Кипяток")).to_be_focused()


def test_an_answer_is_copied_with_its_numbers(visit: Visit) -> None:
    """What lands in the clipboard is text, with markers as in the API."""
    visit.ask(QUESTION)
    visit.button("Скопировать").click()
    expect(visit.page.locator(".kbqa-copied")).to_be_visible()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert "- Финансовая поддержка мероприятия [1]" in copied


def newest(settings: Settings) -> Mark | None:
    """The mark that was stored last."""
    return next(iter(MarkStore(settings.data).marks(settings.corpus)), None)


def test_a_search_is_kept_within_what_is_chosen(visit: Visit) -> None:
    """By keyboard: the choice holds for the talk, each answer says so, and a new talk is about everything again."""
    page = visit.page
    box = page.get_by_role("combobox", name="Где искать")
    box.focus()
    page.keyboard.type("sector")
    page.keyboard.press("Enter")
    expect(page.locator("#kbqa-within .token")).to_have_text("#sector-groups")
    page.keyboard.press("Escape")
    for question in ("Какие бывают вызовы?", "А преимущества?"):
        visit.ask(question)
        reply = page.locator(".kbqa-answer").last
        expect(reply.locator(".kbqa-understood").first).to_have_text("Ищу по тегу #sector-groups")
        expect(page.locator(".kbqa-sources.kbqa-current")).not_to_contain_text("Партнерство в мероприятиях")
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator("#kbqa-within .token")).to_have_count(0)
    visit.ask("Какие бывают виды спонсорской поддержки?")
    expect(page.locator(".kbqa-understood")).to_have_count(0)


def test_an_answer_is_marked(visit: Visit, settings: Settings, kb: KnowledgeBase) -> None:
    """By a click; another button changes the mark, the same one takes it back; the button shows what is stored."""
    before = newest(settings)
    visit.ask(QUESTION)
    right, wrong = visit.button("Верно"), visit.button("Неверно")
    expect(right).to_have_attribute("aria-pressed", "false")

    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")
    mark = newest(settings)
    assert mark is not None
    assert (mark.question, mark.verdict, mark.status) == (QUESTION, "right", "answered")
    assert [cited.quote for cited in mark.cited] == [citation.quote for citation in kb.ask(QUESTION).citations]

    wrong.click()
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(right).to_have_attribute("aria-pressed", "false")
    marks = MarkStore(settings.data).marks(settings.corpus)
    assert [found.verdict for found in marks if found.asked == mark.asked] == ["wrong"]

    wrong.click()
    expect(wrong).to_have_attribute("aria-pressed", "false")
    assert newest(settings) == before


def test_a_mark_stays_pressed_while_the_talk_goes_on(visit: Visit) -> None:
    """Each answer has its own; the keyboard is enough, and does not lose its place."""
    visit.ask(QUESTION)
    first = visit.button("Верно")
    first.focus()
    visit.page.keyboard.press("Space")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(first).to_be_focused()
    visit.ask("Что такое отраслевые сообщества?")
    expect(visit.button("Верно")).to_have_attribute("aria-pressed", "false")
    expect(visit.page.locator(".kbqa-mark[aria-pressed=true]")).to_have_count(1)


def test_a_refusal_is_noted_by_itself(visit: Visit, settings: Settings) -> None:
    """And can be called right; taking that back leaves the note. Thanks before it are no question."""
    visit.ask("Спасибо!")
    expect(visit.page.locator(".kbqa-no-evidence")).to_contain_text("Спрашивайте")
    visit.ask("Какая столица у Франции?")
    right = visit.button("Верно")
    until(lambda: (noted := newest(settings)) and noted.verdict == "unanswered")
    mark = newest(settings)
    assert mark is not None
    assert (mark.question, mark.status, mark.cited) == ("Какая столица у Франции?", "no_evidence", ())
    assert mark.found
    assert "Спасибо!" not in {kept.question for kept in MarkStore(settings.data).marks(settings.corpus)}

    for pressed, verdict in (("true", "right"), ("false", "unanswered")):
        right.click()
        expect(right).to_have_attribute("aria-pressed", pressed)
        mark = newest(settings)
        assert mark is not None
        assert mark.verdict == verdict
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")


def test_a_mark_that_cannot_be_stored_is_told_beside_the_answer(
    browser: Browser, running, kb: KnowledgeBase, settings: Settings, tmp_path: Path
) -> None:
    """The answer stands, and so does a refusal; the button is not pressed; the reason is said in one place."""
    assert kb.chunk_count
    data = tmp_path / "данные"
    data.write_text("это файл, а не папка", encoding="utf-8")
    with (
        running(tmp_path, corpus=settings.corpus, index=settings.index, data=data) as server,
        visiting(browser, server.url) as visit,
    ):
        lost = visit.page.locator("#kbqa-notice .kbqa-lost")
        visit.ask("Какая столица у Франции?")
        expect(lost).to_contain_text("Отметка не сохранена")
        expect(visit.page.locator("#kbqa-told .kbqa-lost")).to_contain_text("Разговор не сохранён")
        visit.ask(QUESTION)
        # The reason stands there already, from the refusal; it is this mark's when the server has spoken.
        with visit.page.expect_response("**/run/predict*"):
            visit.button("Верно").click()
        expect(lost).to_have_count(1)
        expect(visit.button("Верно")).to_have_attribute("aria-pressed", "false")
        expect(visit.page.locator(".kbqa-failure")).to_have_count(0)

        data.unlink()
        visit.button("Верно").click()
        expect(visit.button("Верно")).to_have_attribute("aria-pressed", "true")
        expect(lost).to_have_count(0)
        assert len(MarkStore(data).marks(settings.corpus)) == 1


def test_the_state_of_the_base(browser: Browser, running, tmp_path: Path, look: str) -> None:
    """By the keyboard alone: open it, read what was skipped, what is not written yet, what lacks answers; close it."""
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "Чай.md").write_text("# Чай\n\nЗелёный чай заваривают при 80 градусах, как [[Мате]].\n", encoding="utf-8")
    (vault / "Старая.md").write_bytes("# Старая".encode("cp1251"))
    with (
        running(tmp_path, corpus=vault, index=tmp_path / "index", data=tmp_path / "data") as server,
        visiting(browser, server.url, look) as visit,
    ):
        page = visit.page
        opener = page.get_by_role("button", name="Состояние базы")
        expect(opener).to_contain_text("замечаний: 1")
        visit.ask("Какая столица у Франции?")
        expect(page.locator(".kbqa-no-evidence")).to_be_visible()
        until(lambda: MarkStore(tmp_path / "data").marks(vault))

        dialog = page.get_by_role("dialog", name="Состояние базы")
        opener.focus()
        page.keyboard.press("Enter")
        expect(dialog).to_contain_text("1 из 2 (50 %)")
        for words in (
            "Старая.md пропущена: текст не в кодировке UTF-8",
            "Мате ссылок: 1; из: Чай",
            "столица у Франции",
        ):
            expect(dialog).to_contain_text(words)
        everything = dialog.get_by_text("Все заметки: 2")
        everything.focus()
        page.keyboard.press("Enter")
        expect(dialog.get_by_text("Чай.md фрагментов: 1")).to_be_visible()
        assert page.evaluate("document.querySelector('#kbqa-state').scrollWidth <= innerWidth")
        visit.keep("state")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(opener).to_be_focused()

        opener.click()
        dialog.get_by_role("button", name="Закрыть состояние базы").click()
        expect(dialog).to_be_hidden()


def test_a_bad_question_gets_a_message(visit: Visit, settings: Settings) -> None:
    """An error is told in the chat, in the user's language; and what looks like HTML is shown, not run."""
    line = "<img src=x onerror=alert(1)> "
    visit.ask(line * (settings.max_question_chars // len(line) + 1))
    expect(visit.page.locator(".kbqa-failure")).to_contain_text("Вопрос слишком длинный")
    expect(visit.page.locator(".kbqa-question img")).to_have_count(0)


def test_an_empty_vault_says_what_to_do_and_recovers(browser: Browser, running, tmp_path: Path) -> None:
    """Without notes the page tells why; once there are some, a click on "update" is enough; all in English."""
    vault = tmp_path / "vault"
    vault.mkdir()
    with (
        running(tmp_path, corpus=vault, index=tmp_path / "index", language="en") as server,
        visiting(browser, server.url) as visit,
    ):
        expect(visit.page.locator(".kbqa-status.kbqa-failed")).to_be_visible()
        expect(visit.page.locator(".kbqa-welcome")).to_contain_text(str(vault))
        visit.keep("empty-vault")
        (vault / "Чай.md").write_text("# Чай\n\nЗелёный чай заваривают при 80 градусах.\n", encoding="utf-8")
        visit.page.get_by_role("button", name="Update").click()
        expect(visit.page.locator(".kbqa-status.kbqa-ready")).to_contain_text("Notes: 1")
        visit.ask("При скольких градусах заваривают чай?")
        assert visit.page.evaluate("document.documentElement.lang") == "en"
        expect(visit.page.get_by_placeholder("Your question to the notes")).to_be_visible()
        visit.follow(visit.page.locator("a.kbqa-cite").first)
        assert "80 градусах" in visit.marked()
