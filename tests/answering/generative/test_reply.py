"""A reply as it comes: what is shown when, what is cited, and what is no answer."""

import random
from collections.abc import Iterable

import pytest

from kbqa.answering.citations import MARKER
from kbqa.answering.generative.excerpts import Excerpt, Premise
from kbqa.answering.generative.reply import Reply
from kbqa.types import Token

EXCERPTS = tuple(
    Excerpt(f"{name}.md", name, (name,), 3, 3, f"{name}.", (Premise(3, 3, f"{name}.", f"{name}.", name),))
    for name in ("Кофе", "Чай", "Сок")
)


def played(pieces: Iterable[str]) -> tuple[Reply, list[Token]]:
    """A reply that came in these pieces, and the tokens that were shown of it."""
    reply = Reply(EXCERPTS)
    tokens = [token for piece in pieces if (token := reply.take(piece))]
    if last := reply.finish():
        tokens.append(last)
    return reply, tokens


def test_the_tokens_are_the_text() -> None:
    """Each piece is shown when it comes; together they are the text."""
    reply, tokens = played(["Кофе ", "бодрит", " [2].", " Чай тоже."])
    assert [token.text for token in tokens] == ["Кофе", " бодрит", " [1].", " Чай тоже."]
    assert reply.text == "Кофе бодрит [1]. Чай тоже."
    assert not reply.refuses


def test_citations_come_with_the_token_that_first_mentions_them() -> None:
    """Numbered in that order, each once, with the whole excerpt as their quote."""
    reply, tokens = played(["Раз [3].", " Два [1][3].", " Три [1].", " Всё."])
    assert [[(new.number, new.note) for new in token.citations] for token in tokens] == [
        [(1, "Сок.md")],
        [(2, "Кофе.md")],
        [],
        [],
    ]
    assert tokens[0].citations[0].quote == "Сок."
    assert [excerpt.note for excerpt in reply.cited] == ["Сок.md", "Кофе.md"]
    for token, known in zip(tokens, ({1}, {1, 2}, {1, 2}, {1, 2}), strict=True):
        assert {int(number) for number in MARKER.findall(token.text)} <= known


def test_markers_of_no_excerpt_are_counted_and_dropped() -> None:
    """They are not shown, not even for a moment."""
    reply, tokens = played(["Раз [7]", ". Два [1]", " [0]", "."])
    assert reply.text == "".join(token.text for token in tokens) == "Раз. Два [1]."
    assert reply.invalid_citations == 2


REFUSALS = [
    "НЕТ ОТВЕТА",
    "нет ответа.",
    "**НЕТ ОТВЕТА**",
    "«Нет ответа».",
    "  \nНЕТ ОТВЕТА\n",
    "НЕТ ОТВЕТА. В выписках об этом ничего не сказано.",
    "НЕТ ОТВЕТА [9]",
    "<think>Так, взнос…</think>\nНЕТ ОТВЕТА",
    "NO ANSWER",
    "No answer.",
    "`NO ANSWER`",
    "NO ANSWER — the excerpts do not mention it.",
]


@pytest.mark.parametrize("text", REFUSALS)
@pytest.mark.parametrize("length", [1, 4, 1000])
def test_a_refusal_is_recognised_and_never_shown(text: str, length: int) -> None:
    """In either language, however it is dressed and cut into pieces."""
    reply, tokens = played(text[at : at + length] for at in range(0, len(text), length))
    assert reply.refuses
    assert not tokens
    assert not reply.text


ANSWERS = [
    "Нет ответа от Веры [1].",
    "НЕТ ОТВЕТА на первое письмо — пишу ещё раз [1].",
    "No answer within ten days means a second letter [2].",
    "Нет, взнос не нужен.",
    "Нет ответственных за чай.",
    "No answers were given.",
    "Ответа нет.",
    "Не",
    "N",
]


@pytest.mark.parametrize("text", ANSWERS)
@pytest.mark.parametrize("length", [1, 4, 1000])
def test_what_only_begins_so_is_no_refusal(text: str, length: int) -> None:
    """It cites something, or goes on with other words; all of it is shown."""
    reply, tokens = played(text[at : at + length] for at in range(0, len(text), length))
    assert not reply.refuses
    assert "".join(token.text for token in tokens) == reply.text
    assert MARKER.sub("[n]", reply.text) == MARKER.sub("[n]", text)


def test_no_more_is_held_back_than_needs_be() -> None:
    """As soon as it cannot be a refusal any more, or cites something, what has come is shown."""
    reply = Reply(EXCERPTS)
    assert [reply.take(piece) for piece in ("Не", "т ", "отв")] == [None, None, None]
    token = reply.take("етственных")
    assert token is not None
    assert token.text == "Нет ответственных"
    reply = Reply(EXCERPTS)
    assert reply.take("Нет ответа от Веры") is None
    token = reply.take(" [2]. ")
    assert token is not None
    assert (token.text, len(token.citations)) == ("Нет ответа от Веры [1].", 1)


PARTS = (
    "Кофе",
    " ",
    "[1]",
    "[[2]]",
    "[9]",
    "[",
    "]",
    "«",
    "»",
    "**",
    "`",
    "\n- ",
    "нет ответа",
    "<think>",
    "</think>",
    "\n",
)


@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_shown_that_is_not_final(seed: int) -> None:
    """However a reply is cut, what was shown is the beginning of its text, and the text is the same."""
    chance = random.Random(seed)  # noqa: S311
    for _ in range(20):
        text = "".join(chance.choices(PARTS, k=chance.randint(1, 25)))
        whole, _ = played([text])
        cuts = sorted(chance.choices(range(len(text) + 1), k=6))
        reply = Reply(EXCERPTS)
        shown = ""
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            if token := reply.take(text[start:end]):
                shown += token.text
                assert token.text
            assert whole.text.startswith(shown)
        if last := reply.finish():
            shown += last.text
        assert shown == reply.text == whole.text
        assert reply.refuses == whole.refuses
