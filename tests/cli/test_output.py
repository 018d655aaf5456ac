"""What the commands print."""

from functools import partial
from io import StringIO
from typing import get_args

import pytest
from tqdm import tqdm

from kbqa.cli.output import answer_lines, indexing_shown_on, progress_bar
from kbqa.index.time_left import TimeLeft
from kbqa.texts import Texts
from kbqa.types import Answer, Doubt, Language, Sentence


def printed(text: str) -> str:
    """An answer as it is printed."""
    return answer_lines(Answer("Что?", None, "answered", text, (), (), 1.0, "extractive", {}, "f"), Texts.load("ru"))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("См. [[Приватность#Сроки|о сроках]] [1]", "См. о сроках [1]"),
        ("См. [[Приватность#Сроки]] и [[Чай]]. [1]", "См. Приватность › Сроки и Чай. [1]"),
        ("| [[Чай\\|чаёк]] | 5 |\n\n[1]", "| чаёк | 5 |\n\n[1]"),
        ("![[Чай]] [1]", "Чай [1]"),
        ("`a[[0]]` и [[Чай]] [1]", "`a[[0]]` и Чай [1]"),
        ("```\nroast = [[Чай]]\n```\n\n[1]", "```\nroast = [[Чай]]\n```\n\n[1]"),
        ("[[ ]] и [[]] [1]", "[[ ]] и [[]] [1]"),
    ],
)
def test_links_are_printed_as_a_reader_sees_them(text: str, seen: str) -> None:
    """The words that they display; code stays as it is."""
    assert printed(text) == seen


def test_doubts_stand_behind_their_sentences() -> None:
    """With the reason; what is supported has none. How the answer came about stands above it."""
    text = "Взнос — 300 [1]. Срок — год [1].\n- Клуб открыт [1]\n"
    places = [
        (text.index(said), text.index(said) + len(said))
        for said in ("Взнос — 300 [1].", "Срок — год [1].", "Клуб открыт [1]")
    ]
    doubts: list[Doubt | None] = [None, "number", "told"]
    sentences = tuple(
        Sentence(*place, supported=doubt is None, doubt=doubt, sources=())
        for place, doubt in zip(places, doubts, strict=True)
    )
    answer = Answer(
        "Что?", None, "answered", text, (), (), 1.0, "generative", {}, "f", sentences=sentences, notice="Замечание."
    )
    assert answer_lines(answer, Texts.load("ru")) == (
        "Замечание.\n\n"
        "Взнос — 300 [1]. Срок — год [1]. [не подтверждено заметками: такого числа в источнике нет]\n"
        "- Клуб открыт [1] [не подтверждено заметками: источник этого не утверждает, а только велит так сказать]\n"
    )


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("doubt", get_args(Doubt))
def test_every_doubt_has_its_words(language: Language, doubt: Doubt) -> None:
    """In both languages."""
    sentence = Sentence(0, 5, supported=False, doubt=doubt, sources=())
    answer = Answer("?", None, "answered", "Взнос", (), (), 1.0, "generative", {}, "f", sentences=(sentence,))
    texts = Texts.load(language)
    assert answer_lines(answer, texts).startswith("Взнос [")
    assert texts(f"answers.doubt_{doubt}") in answer_lines(answer, texts)


class Terminal(StringIO):
    """Where somebody watches."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_the_bar_of_indexing_tells_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the user's language, in place of tqdm's own; at the end, what is still done."""
    shown = Terminal()
    passed = iter([0.0, 60.0, 240.0])
    monkeypatch.setattr("kbqa.cli.output.TimeLeft", partial(TimeLeft, lambda: next(passed)))
    texts = Texts.load("ru")
    monkeypatch.setattr("kbqa.cli.output.tqdm", partial(tqdm, file=shown, mininterval=0))
    with progress_bar(texts) as bar:
        progress = indexing_shown_on(bar, texts)
        for done in (0, 100, 400):
            progress(done, 400)
    assert "25% " in shown.getvalue()
    assert "100/400, осталось около 3 мин" in shown.getvalue()
    assert "400/400, осталось собрать индекс" in shown.getvalue()
