"""Talks as Markdown: what Obsidian reads of it is what was said."""

import re

import pytest
import yaml
from hostile import answer

from kbqa import KnowledgeBase
from kbqa.json_shapes import answer_data
from kbqa.notes.links import place_of
from kbqa.notes.sections import outline
from kbqa.talks import StoredTalk, StoredTurn, TalkHead
from kbqa.texts import Texts
from kbqa.types import Citation
from kbqa.web.chat.export import answer_markdown, file_name, talk_markdown

RU = Texts.load("ru")
QUESTION = "Какие бывают виды спонсорской поддержки?"


def talk(kb: KnowledgeBase, *questions: str, title: str = "Разговор: «о деньгах» #срочно") -> StoredTalk:
    """A talk with these questions."""
    turns = tuple(
        StoredTurn(f"t{number}", "2026-11-22T10:00:00+00:00", question, (), answer_data(kb.ask(question)))
        for number, question in enumerate(questions)
    )
    return StoredTalk(TalkHead("а", "2026-11-22T10:00:00+00:00", "2026-11-22T10:05:00+00:00", title, len(turns)), turns)


def test_a_talk_has_properties_headings_footnotes_and_quotes(kb: KnowledgeBase) -> None:
    """Each citation is a link to its section, and its quote a callout; footnotes of two answers do not clash."""
    stored = talk(kb, QUESTION, "Что такое отраслевые сообщества?")
    markdown = talk_markdown(stored, RU)
    _, properties, body = markdown.split("---\n", 2)
    assert yaml.safe_load(properties)["title"] == stored.head.title
    assert yaml.safe_load(properties)["tags"] == ["kbqa"]
    assert str(yaml.safe_load(properties)["date"]).startswith("2026-11-22")
    assert [line for line in body.split("\n") if line.startswith("#")] == [
        r"# Разговор: «о деньгах» \#срочно",
        f"## {QUESTION}",
        "## Что такое отраслевые сообщества?",
    ]
    assert (
        "[^1-1]: [[Партнерство в мероприятиях#Виды партнерства#Спонсорское партнерство|"
        "Партнерство в мероприятиях › Виды партнерства › Спонсорское партнерство]], строка 44"
    ) in body
    assert (
        "> [!quote]- [[Отраслевые сообщества|Отраслевые сообщества]], строка 8\n> Отраслевые сообщества - это" in body
    )
    for number, turn in enumerate(stored.turns, start=1):
        for citation in turn.answer["citations"]:
            assert body.count(f"[^{number}-{citation['number']}]") == 2
    assert not re.search(r"(?<!\^)(?<!\[)\[\d+\]", body)


def test_links_lead_to_the_cited_sections(kb: KnowledgeBase) -> None:
    """The talk read as a note: its properties, its headings, and where each link leads."""
    stored = talk(kb, QUESTION, "Какова столица Франции?")
    note = outline(talk_markdown(stored, RU), fallback_title="")
    assert (note.title, note.tags) == (stored.head.title, ("kbqa",))
    assert [section.level for section in note.sections] == [1, 2, 2]
    citations = kb.ask(QUESTION).citations
    of_citations = [link for link in note.links if link.heading]
    assert len(of_citations) == 2 * len(citations)
    places = {place_of(link, kb.note(f"{link.target}.md")) for link in of_citations}
    assert len(places) == 1
    for start, end in filter(None, places):
        assert all(start <= citation.start_line <= citation.end_line <= end for citation in citations)


@pytest.mark.parametrize("heading", ["a#b|c^d:e[[f]]%%g", "]] | #"])
def test_signs_in_headings_do_not_break_the_link(heading: str) -> None:
    """Obsidian leaves them out of links, too."""
    cited = Citation(1, "папка/а.md", "а", ("а", heading), 3, 4, "раз\nдва")
    markdown = answer_markdown(answer(text="Раз. [1]", citations=(cited,), understood=None), RU)
    [link] = re.findall(r"\[\^1\]: \[\[([^\]]+)\]\], строки 3–4", markdown)
    target, _, shown = link.partition("|")
    assert target.startswith("папка/а")
    assert not re.search(r"[|^:\[\]%]", target + shown)
    assert "\n> раз\n> два" in markdown


def test_what_was_searched_for_is_told(kb: KnowledgeBase) -> None:
    """Where that is not what was typed; a refusal says that there is no answer, and cites nothing."""
    markdown = answer_markdown(kb.ask("rfrbt dbls cgjycjhcrjq gjllth;rb"), RU)
    assert markdown.startswith("> [!info] Искалось: «какие виды спонсорской поддержки»")
    refusal = answer_markdown(kb.ask("Какая столица у Франции?"), RU)
    assert refusal == "В заметках нет ответа на этот вопрос.\n"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Про деньги", "Про деньги.md"),
        ('а/б\\в:г*"д"?<е>|ж', "а б в г д е ж.md"),
        ("..", "kbqa.md"),
        ("???", "kbqa.md"),
        ("я" * 300, "я" * 80 + ".md"),
    ],
)
def test_a_file_s_name(title: str, name: str) -> None:
    """One that every system and Obsidian take."""
    assert file_name(title) == name
