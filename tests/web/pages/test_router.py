"""The pages of notes and the map: what each address answers with."""

import json
import re
import urllib.parse
from pathlib import Path

import pytest
from bookshelf import TEXTS, ReadVault, StillDesk, pages_app, write_vault
from starlette.testclient import TestClient

from kbqa.errors import VaultError
from kbqa.serving.desk import Failed, Preparing, State
from kbqa.texts import Texts
from kbqa.types import Chunk, Hit, NoteSummary
from kbqa.web.guard.security import HEADERS
from kbqa.web.pages.note_tree import folder_tree
from kbqa.web.pages.router import ASSETS

NOTES = {
    "Проекты/Кухня.md": "---\naliases: [Ремонт]\ntags: [дом/ремонт]\n---\n# Кухня\n\n"
    "См. [[Смета#Плитка]] и [[Мастера]].\n",
    "Проекты/Смета.md": "# Смета\n\nВсё в [[Кухня|плане]].\n\n## Плитка\n\nДорого.\n",
    "ёлка.md": "<script>alert(1)</script>\n",
}


def client_of(state_or_folder: State | Path, texts: Texts = TEXTS) -> TestClient:
    """A visitor of the pages."""
    desk = StillDesk.of(state_or_folder) if isinstance(state_or_folder, Path) else StillDesk(state_or_folder)
    return TestClient(pages_app(desk, texts), base_url="http://127.0.0.1:7860")


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """A visitor of a small vault."""
    return client_of(write_vault(tmp_path, NOTES))


def data_of(page: str) -> dict[str, object]:
    """What the page hands to its script."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_a_note_is_shown_with_all_that_belongs_to_it(client: TestClient, tmp_path: Path) -> None:
    """Title, folders, other names, tags, text, deeds, links from both ends."""
    page = client.get("/notes", params={"path": "Проекты/Кухня.md"})
    assert page.status_code == 200
    text = page.text
    assert "<title>Кухня · Заметки · kbqa</title>" in text
    assert "<h1>Кухня</h1>" in text
    assert "<span>Проекты</span>" in text
    assert "Ремонт" in text
    assert "#дом/ремонт" in text
    assert f'href="/?{urllib.parse.urlencode({"note": "Проекты/Кухня.md"}, quote_via=urllib.parse.quote)}"' in text
    place = urllib.parse.quote(str(tmp_path.resolve() / "Проекты/Кухня.md"), safe="")
    assert f'href="obsidian://open?path={place}"' in text
    assert "Всё в <mark>плане</mark>." in text
    assert '<a class="unwritten" title="заметка ещё не написана">Мастера</a>' in text
    assert '<span class="unwritten">Мастера</span> <em>заметка ещё не написана</em>' in text


def test_a_link_to_a_heading_finds_its_line(client: TestClient) -> None:
    """A line can be named, too; what is not there leads to the whole note, and nonsense does no harm."""

    def asked(**place: str) -> str:
        return client.get("/notes", params={"path": "Проекты/Смета.md"} | place).text

    assert 'data-line="5"' in asked(heading="Плитка")
    assert 'data-line="3"' in asked(line="3")
    assert 'data-line="0"' in asked(heading="Обои")
    assert 'data-line="0"' in asked(line="-1;x", block="нет")


def test_without_a_note_there_is_something_to_choose_from(client: TestClient) -> None:
    """Figures, the most linked, tags, what is still to be written; and the names of all for the search."""
    page = client.get("/notes").text
    assert "Заметок: 3 · ссылок: 3 · ещё не написано: 1" in page
    assert data_of(page)["notes"] == [
        ["Проекты/Кухня.md", "Кухня", ["Ремонт"], ["дом/ремонт"]],
        ["Проекты/Смета.md", "Смета", [], []],
        ["ёлка.md", "ёлка", [], []],
    ]
    assert 'value="#дом"' in client.get("/notes", params={"find": "#дом"}).text


def test_an_unwritten_note_tells_who_links_to_it(client: TestClient) -> None:
    """With the sentence."""
    page = client.get("/notes", params={"unwritten": "Мастера"})
    assert page.status_code == 200
    assert "См. Смета › Плитка и <mark>Мастера</mark>." in page.text


@pytest.mark.parametrize("address", [{"path": "нет.md"}, {"path": "../../etc/passwd"}, {"unwritten": "Кухня"}])
def test_what_is_not_there_is_told_with_a_way_on(client: TestClient, address: dict[str, str]) -> None:
    """One message, and the list beside it."""
    page = client.get("/notes", params=address)
    assert page.status_code == 404
    assert "Такой заметки нет" in page.text
    assert 'href="/notes"' in page.text
    assert "ёлка" in page.text


@pytest.mark.parametrize("address", ["/notes", "/map"])
@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Preparing(), "Открываю заметки…"),
        (Preparing(3, 10), "Читаю заметки: 3 из 10"),
        (Failed(VaultError("vault_missing", folder="x")), "Папки с заметками нет: x"),
        (Failed(RuntimeError("тайна")), "Что-то сломалось"),
    ],
)
def test_until_there_is_an_index_the_page_says_so_and_asks_again(address: str, state: State, words: str) -> None:
    """By itself, and without inner details."""
    page = client_of(state).get(address)
    assert page.status_code == 503
    assert words in page.text
    assert '<meta http-equiv="refresh" content="' in page.text
    assert "тайна" not in page.text


def test_the_map_has_every_note_and_its_data(client: TestClient) -> None:
    """And a list in its place for those who do not see it."""
    page = client.get("/map", params={"note": "ёлка.md"}).text
    data = data_of(page)
    assert data["chosen"] == "ёлка.md"
    assert "Карта: заметок 3, связей 2." in page
    assert "То же списком" in page
    assert "<script>alert" not in page


def test_the_text_is_searched_and_told_why(tmp_path: Path) -> None:
    """The line that has the words, its note and place, and the reasons."""
    desk = StillDesk.of(write_vault(tmp_path, NOTES))
    text = "## Плитка\n\nОбои.\n**Дорогая** плитка."
    chunk = Chunk("1", "Проекты/Смета.md", "Смета", ("Смета", "Плитка"), (), text, "", 1, 5, 8)
    desk.knowledge_base().hits = [Hit(chunk, 1.0, 1, ("общие слова: плитка",))]
    visitor = TestClient(pages_app(desk), base_url="http://127.0.0.1:7860")
    (found,) = visitor.get("/notes/search", params={"q": "дорогую плитку"}).json()["found"]
    assert (found["title"], found["place"], found["text"]) == ("Смета", "Плитка", "Дорогая плитка.")
    assert found["address"].endswith("&line=8")
    assert found["why"] == "общие слова: плитка"


def test_a_question_that_cannot_be_asked_is_answered_with_words(kb, settings) -> None:
    """The real search, as the page asks it."""
    del settings
    state = StillDesk.of(kb.settings.corpus).state
    object.__setattr__(state, "kb", kb)
    visitor = client_of(state)
    assert visitor.get("/notes/search", params={"q": " "}).json()["message"].startswith("Вопрос пуст")
    found = visitor.get("/notes/search", params={"q": "консорциумы"}).json()["found"]
    assert "Консорциумы" in found[0]["text"]
    assert found[0]["why"]
    assert visitor.get("/notes/generation").text == kb.generation


def test_edits_show_with_the_next_generation(tmp_path: Path) -> None:
    """What is kept of a generation is not shown beyond it."""
    desk = StillDesk.of(write_vault(tmp_path, NOTES))
    visitor = TestClient(pages_app(desk), base_url="http://127.0.0.1:7860")
    assert "Новая" not in visitor.get("/notes").text
    kb = desk.knowledge_base()
    kb.read = ReadVault(write_vault(tmp_path, {"Новая.md": "Текст."})).read
    assert "Новая" not in visitor.get("/notes").text
    kb.generation = "второе"
    assert "Новая" in visitor.get("/notes").text
    assert visitor.get("/notes/generation").text == "второе"


@pytest.mark.parametrize("name", sorted(ASSETS))
def test_the_files_of_the_pages_are_served(client: TestClient, name: str) -> None:
    """With their types, to be kept: their addresses change with them."""
    file = client.get(f"/pages/{name}")
    assert file.headers["content-type"].startswith(ASSETS[name])
    assert "immutable" in file.headers["cache-control"]
    assert file.content


@pytest.mark.parametrize("name", ["chat.css", "..%2F..%2Fserver.py", "pages.css%2F..", "__init__.py", ""])
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    """Neither the chat's nor any of the package."""
    assert client.get(f"/pages/{name}").status_code == 404


def test_the_pages_run_no_script_but_their_own(client: TestClient) -> None:
    """The server's policy holds, and the page's own is stricter: nothing inline runs."""
    page = client.get("/notes", params={"path": "ёлка.md"})
    assert page.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert "script-src &#39;self&#39;;" in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert all(' src="/pages/' in script or 'type="application/json"' in script for script in scripts)
    assert not re.search(r"\son\w+=|style=", page.text)


def test_the_pages_speak_english(tmp_path: Path) -> None:
    """Every word of them."""
    visitor = client_of(write_vault(tmp_path, {"Note.md": "[[Other]]", "Two.md": "x"}), Texts.load("en"))
    for address in ("/notes", "/notes?path=Note.md", "/notes?path=x", "/notes?unwritten=Other", "/map"):
        assert not re.search("[а-яё]", visitor.get(address).text)


def test_the_tree_is_sorted_by_names_and_titles() -> None:
    """Folders first, each with the number of notes below it."""
    paths = ("я/б/1.md", "я/2.md", "А/3.md", "4.md")
    root = folder_tree(NoteSummary(path, path[::-1], (), ()) for path in paths)
    assert list(root.folders) == ["А", "я"]
    assert root.folders["я"].count == 2
    assert root.folders["я"].folders["б"].path == "я/б"
    assert [note.path for note in root.notes] == ["4.md"]
