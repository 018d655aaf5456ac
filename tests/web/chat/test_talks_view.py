"""The history's drawer: what it lists, what can be done, and by whom."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hostile import HOSTILE, answer

from kbqa.json_shapes import answer_data
from kbqa.talks import StoredTurn, TalkStore
from kbqa.texts import Texts
from kbqa.web.chat.talks_view import drawer_html, list_html, router
from kbqa.web.guard.security import KnownNames

RU = Texts.load("ru")
HERE = {"origin": "http://127.0.0.1:7860"}


@pytest.fixture
def store(tmp_path: Path) -> TalkStore:
    """An empty history."""
    return TalkStore(tmp_path / "data", tmp_path)


@pytest.fixture
def client(store: TalkStore) -> TestClient:
    """A server with the history's routes, guarded as the real one."""
    app = FastAPI()
    app.add_middleware(KnownNames)
    app.include_router(router(store, RU))
    return TestClient(app, base_url="http://127.0.0.1:7860")


def add(store: TalkStore, talk: str, question: str = "Что?", asked: str = "2026-11-22T10:00:00+00:00") -> None:
    """A talk of one turn."""
    data = answer_data(answer(question=question, text="То. [1]"))
    store.add(talk, StoredTurn(f"turn of {talk}", asked, question, (), data))


def test_talks_are_listed_by_day(store: TalkStore) -> None:
    """Today, yesterday, then by the date, as the clock of this machine has it."""
    now = datetime.now(UTC).astimezone().replace(hour=12)
    for days in (0, 1, 2, 2):
        moment = (now - timedelta(days=days)).astimezone(UTC).isoformat()
        add(store, f"т{days}{moment}", asked=moment)
    markup = list_html(store, "", now.date(), RU)
    before = now - timedelta(days=2)
    assert [part.partition("</h3>")[0] for part in markup.split("<h3>")[1:]] == [
        "Сегодня",
        "Вчера",
        f"{before:%d.%m.%Y}",
    ]
    assert "12:" in markup


def test_nothing_from_outside_becomes_markup(store: TalkStore) -> None:
    """Questions, titles, what is found and what is looked for."""
    add(store, HOSTILE, HOSTILE)
    for wanted in ("", "script", HOSTILE + "нет"):
        markup = list_html(store, wanted, date(2026, 11, 22), RU)
        assert "<script" not in markup
        assert "<img" not in markup
        assert "&lt;script&gt;" in markup


def test_what_is_found_is_shown_where_the_title_does_not_say_it(store: TalkStore) -> None:
    """The words around it."""
    add(store, "а", "Что такое чай?")
    assert "kbqa-talk-found" not in list_html(store, "чай", date(2026, 1, 1), RU)
    assert '<span class="kbqa-talk-found">То.</span>' in list_html(store, "то.", date(2026, 1, 1), RU)


def test_an_empty_history_says_so(store: TalkStore) -> None:
    """And so does a search without success."""
    assert "Разговоров пока нет" in list_html(store, "", date(2026, 1, 1), RU)
    assert "Ни в одном разговоре этого нет: «борщ»" in list_html(store, " борщ ", date(2026, 1, 1), RU)


def test_the_frame_has_a_name_and_can_be_closed() -> None:
    """For those who hear it."""
    frame = drawer_html(RU)
    assert 'aria-labelledby="kbqa-talks-title"' in frame
    assert 'aria-label="Закрыть историю"' in frame
    assert 'aria-label="Искать в вопросах и ответах"' in frame


def test_the_page_can_do_everything(client: TestClient, store: TalkStore) -> None:
    """List, search, export, rename, delete one, delete all."""
    add(store, "а", "Что такое чай?")
    add(store, "б", "Что такое кофе?")
    assert client.get("/talks").text.count("<li ") == 2
    assert client.get("/talks", params={"q": "ЧАЙ"}).text.count("<li ") == 1
    exported = client.get("/talks/а.md")
    assert exported.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "filename*=UTF-8''%D0%A7%D1%82%D0%BE" in exported.headers["content-disposition"]
    assert "## Что такое чай?" in exported.text
    assert client.post("/talks/а", json={"title": "Чайное"}, headers=HERE).status_code == 204
    assert [head.title for head in store.find("чайное")[0]] == ["Чайное"]
    assert client.delete("/talks/а", headers=HERE).status_code == 204
    assert store.find()[1] == 1
    assert client.delete("/talks", headers=HERE).status_code == 204
    assert store.find()[1] == 0


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    """Nothing breaks."""
    assert client.get("/talks/нет.md").status_code == 404
    assert client.delete("/talks/нет", headers=HERE).status_code == 404
    assert client.post("/talks/нет", json={"title": "Имя"}, headers=HERE).status_code == 404


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://127.0.0.1:3000"}, {"origin": "http://localhost:7860"}, {"origin": "null"}]
)
def test_other_pages_change_nothing(client: TestClient, store: TalkStore, headers: dict[str, str]) -> None:
    """Not even those of another program on this machine, and no program that names no page."""
    add(store, "а")
    answers = (
        client.delete("/talks/а", headers=headers),
        client.delete("/talks", headers=headers),
        client.post("/talks/а", json={"title": "Чужое"}, headers=headers),
    )
    assert {answer.status_code for answer in answers} <= {403, 421}
    assert [head.title for head in store.find()[0]] == ["Что?"]


def test_a_damaged_history_is_said(client: TestClient, store: TalkStore) -> None:
    """In words that tell what to do, in place of the list and of the export."""
    add(store, "а")
    store.file.write_bytes(b"\xff" * 5000)
    for path in ("/talks", "/talks/а.md"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "talks.sqlite повреждён" in answer.text
