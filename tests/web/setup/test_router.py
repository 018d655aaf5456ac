"""To choose the folder of notes over HTTP, with a real desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kbqa.serving.desk import Desk, Failed, Ready
from kbqa.settings import Settings
from kbqa.talks import TalkStore
from kbqa.texts import Texts
from kbqa.web.guard.security import may_see_folders
from kbqa.web.setup.router import router

HOME = {"Origin": "http://testserver"}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Without notes; its working folder and home are empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    desk = Desk(Settings(corpus=tmp_path / "нет", index=tmp_path / "index", data=tmp_path / "data"))
    desk.open()
    assert isinstance(desk.settled(), Failed)
    return desk


@pytest.fixture
def client(desk: Desk, tmp_path: Path) -> Iterator[TestClient]:
    """The routes."""
    app = FastAPI()
    app.include_router(router(desk, TalkStore(tmp_path / "data", desk.settings.corpus), Texts.load("ru")))
    with TestClient(app) as client:
        yield client


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A vault of one note."""
    folder = tmp_path / "заметки"
    folder.mkdir()
    (folder / "Чай.md").write_text("# Чай\n\nЗелёный чай заваривают при 80 градусах.\n", encoding="utf-8")
    return folder


def test_a_folder_is_taken_and_answers(client: TestClient, desk: Desk, notes: Path) -> None:
    """At once, and after the next start; the examples come from it."""
    answer = client.post("/setup", json={"folder": str(notes)}, headers=HOME)
    assert answer.status_code == 200
    assert "kbqa.toml" in answer.text
    state = desk.settled()
    assert isinstance(state, Ready)
    assert "80 градусах" in state.kb.ask("При скольких градусах заваривают зелёный чай?").text
    assert Settings.load().corpus == notes.resolve()
    assert desk.settings.corpus == notes.resolve()


def test_from_one_vault_to_another(client: TestClient, desk: Desk, notes: Path, tmp_path: Path) -> None:
    """The old notes answer no more."""
    client.post("/setup", json={"folder": str(notes)}, headers=HOME)
    desk.settled()
    other = tmp_path / "другие"
    other.mkdir()
    (other / "Кофе.md").write_text("# Кофе\n\nКофе мелют перед заваркой.\n", encoding="utf-8")
    client.post("/setup", json={"folder": str(other)}, headers=HOME)
    assert [note.title for note in desk.knowledge_base().notes()] == ["Кофе"]


@pytest.mark.parametrize("folder", ["", "относительная", "/нет/такой", "{empty}"])
def test_what_cannot_be_taken_changes_nothing(client: TestClient, desk: Desk, tmp_path: Path, folder: str) -> None:
    """One message, and nothing is written."""
    (tmp_path / "пустая").mkdir()
    given = folder.format(empty=tmp_path / "пустая")
    answer = client.post("/setup", json={"folder": given}, headers=HOME)
    assert answer.status_code == 422
    assert answer.text.count("\n") == 0
    assert not (tmp_path / "kbqa.toml").exists()
    assert desk.settings.corpus == tmp_path / "нет"


def test_only_the_own_page_may_choose(client: TestClient, notes: Path, tmp_path: Path) -> None:
    """Another program's page may not."""
    for headers in ({}, {"Origin": "http://127.0.0.1:9"}):
        assert client.post("/setup", json={"folder": str(notes)}, headers=headers).status_code == 403
    assert not (tmp_path / "kbqa.toml").exists()


def test_folders_are_shown_as_text(client: TestClient, tmp_path: Path, notes: Path) -> None:
    """Whatever they are called; an unknown one is told."""
    hostile = tmp_path / "<img src=x onerror=alert(1)>"
    hostile.mkdir()
    shown = client.get("/setup", params={"at": str(tmp_path)}).text
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert "<img" not in shown
    assert f'data-folder="{notes}"' in client.get("/setup", params={"at": str(notes)}).text
    for unknown in ("/нет/такой", "\x00", "~никто/x"):
        assert 'role="alert"' in client.get("/setup", params={"at": unknown}).text


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"host": "::1", "hosts": ("localhost",)}, True),
        ({"host": "0.0.0.0", "hosts": ("notes.example.org",)}, False),  # noqa: S104 - the test's own
        ({"hosts": ("notes.example.org",)}, False),
        ({"proxies": ("127.0.0.1",)}, False),
        ({"chroma_url": "http://127.0.0.1:8000"}, False),
    ],
)
def test_folders_are_shown_to_nobody_else(changes: dict[str, object], may: bool) -> None:
    """Only where nobody but this machine's user reaches the page."""
    assert may_see_folders(Settings(**changes)) is may
