"""The first start without notes, and the dialog on the index, in a real browser."""

import os
from pathlib import Path

import pytest
from browsing import visiting
from playwright.sync_api import Browser, expect


@pytest.mark.parametrize("look", ["light", "phone"])
def test_a_folder_of_notes_is_chosen_on_the_page(
    browser: Browser, running_app, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    """From the message that there is none, by keyboard or by click, to the first answer; and on to other notes."""
    home = tmp_path / "home"
    for folder, text in (("Заметки", "Зелёный чай заваривают при 80 градусах."), ("Пусто", ""), ("<b>Кофе", "Кофе")):
        (home / folder / ".obsidian").mkdir(parents=True)
        if text:
            (home / folder / "Чай.md").write_text(f"# Чай\n\n## Сколько\n\n{text}\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    missing = {"corpus": tmp_path / "нет", "index": tmp_path / "index"}
    with running_app(tmp_path, **missing) as server, visiting(browser, server.url, look) as visit:
        page = visit.page
        begin = page.locator(".kbqa-welcome").get_by_role("button", name="Выбрать папку с заметками")
        expect(begin).to_be_visible()
        visit.keep("no-notes")
        begin.press("Enter")
        chooser = page.get_by_role("dialog", name="Папка с заметками")
        expect(chooser.get_by_role("button", name=str(home / "<b>Кофе"))).to_be_visible()
        visit.keep("chooser")
        chooser.get_by_role("button", name="Пусто", exact=True).click()
        expect(chooser.get_by_text("В этой папке нет заметок")).to_be_visible()
        box = chooser.get_by_label("Папка", exact=True)
        box.fill(str(tmp_path / "нет"))
        box.press("Enter")
        expect(chooser.get_by_role("alert")).to_contain_text("Такой папки нет")
        box.fill(str(home / "Заметки"))
        box.press("Enter")
        chooser.get_by_role("button", name="Взять эту папку (заметок: 1)").click()
        expect(chooser.get_by_role("alert")).to_contain_text("kbqa.toml")
        chooser.get_by_role("button", name="Закрыть выбор папки").click()
        expect(page.locator(".kbqa-status.kbqa-ready")).to_contain_text("Заметок: 1")
        expect(page.locator(".example").first).to_be_visible()
        visit.ask("При скольких градусах заваривают зелёный чай?")
        expect(page.locator(".kbqa-answer")).to_contain_text("80 градусах")
        assert (tmp_path / "kbqa.toml").read_text(encoding="utf-8") == f'corpus = "{home / "Заметки"}"\n'

        page.locator(".kbqa-state-open").click()
        state = page.get_by_role("dialog", name="Состояние базы")
        state.get_by_text("Настройки, заданных").click()
        expect(state.get_by_text("Папка с заметками", exact=True)).to_be_visible()
        state.get_by_text("Качество ответов").click()
        expect(state.get_by_text("Ответы ещё не измерялись")).to_be_visible()
        visit.keep("settings")
        (home / "Заметки" / "Кофе.md").write_text("# Кофе\n\nКофе мелют.\n", encoding="utf-8")
        state.get_by_role("button", name="Обновить индекс сейчас").click()
        expect(state).to_be_hidden()
        expect(page.locator(".kbqa-status.kbqa-ready")).to_contain_text("Заметок: 2")
        visit.complaints[:] = [said for said in visit.complaints if "422" not in said]
    assert os.environ["HOME"] == str(home)
