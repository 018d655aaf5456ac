"""What an answer says, sentence by sentence."""

import random
import re
from collections.abc import Callable

import pytest

from kbqa.answering.citations import MARKER
from kbqa.answering.generative.claims import claims_of
from kbqa.answering.generative.live_text import LiveText

Cited = tuple[str, tuple[int, ...]]
"""What a claim says, `>` behind what leads, and what it cites."""

CASES: dict[str, tuple[str, list[Cited]]] = {
    "markers before the full stop": (
        "Спонсоры платят деньгами [1]. Партнёры дают площадку [2].",
        [("Спонсоры платят деньгами.", (1,)), ("Партнёры дают площадку.", (2,))],
    ),
    "markers after it": (
        "Спонсоры платят деньгами. [1] Партнёры дают площадку. [2] [3]",
        [("Спонсоры платят деньгами.", (1,)), ("Партнёры дают площадку.", (2, 3))],
    ),
    "markers right after it": (
        "Спонсоры платят.[1] Партнёры дают площадку.[2]",
        [("Спонсоры платят.", (1,)), ("Партнёры дают площадку.", (2,))],
    ),
    "markers on the next line": ("Спонсоры платят.\n[1][2]", [("Спонсоры платят.", (1, 2))]),
    "a line after a cited sentence": (
        "Спонсоры платят [1].\nбаннер [2]\nи ещё",
        [("Спонсоры платят.", (1,)), ("баннер и ещё", (2,))],
    ),
    "a sentence that goes on after a marker": (
        "Взнос — 3 [1]\nи срок — год [2].",
        [("Взнос — 3 и срок — год.", (1, 2))],
    ),
    "markers in mid-sentence": ("Взнос — 3 [1]; срок — год [2].", [("Взнос — 3; срок — год.", (1, 2))]),
    "a marker first": ("[1] Взнос равен трём.", [("Взнос равен трём.", (1,))]),
    "the same marker twice": ("Взнос [1] и срок [1].", [("Взнос и срок.", (1,))]),
    "an escaped number": (r"Число \[7\] в заметке [1].", [("Число [7] в заметке.", (1,))]),
    "the next marker goes for those before": (
        "Первое. Второе. Третье [1].",
        [("Первое.", (1,)), ("Второе.", (1,)), ("Третье.", (1,))],
    ),
    "but not for those after": ("Первое [1]. Второе.", [("Первое.", (1,)), ("Второе.", ())]),
    "nor from one paragraph to another": ("Первое.\n\nВторое [1].", [("Первое.", ()), ("Второе.", (1,))]),
    "items of several sentences": (
        "- Первый мал. Он дёшев [1].\n- Второй велик [2]. Он дорог.",
        [("Первый мал.", (1,)), ("Он дёшев.", (1,)), ("Второй велик.", (2,)), ("Он дорог.", ())],
    ),
    "a lead-in": (
        "Виды:\n- Первый [1]\n- Второй [2]",
        [("Виды: >", (1, 2)), ("Первый", (1,)), ("Второй", (2,))],
    ),
    "a lead-in with a marker": ("Виды [3]:\n- Первый [1]", [("Виды: >", (3,)), ("Первый", (1,))]),
    "a label in bold": (
        "**Малые**\n- Первый [1]\n\n**Большие:**\n- Второй [2]",
        [("Малые >", (1,)), ("Первый", (1,)), ("Большие: >", (2,)), ("Второй", (2,))],
    ),
    "a term in bold": ("**Взнос**: 5000 рублей [1].", [("Взнос: 5000 рублей.", (1,))]),
    "headings": (
        "# Виды\n## Малые\n- Первый [1]\n## Большие\n- Второй [2]",
        [("Виды >", (1, 2)), ("Малые >", (1,)), ("Первый", (1,)), ("Большие >", (2,)), ("Второй", (2,))],
    ),
    "items below an item": (
        "- Спонсоры\n  - платят [1]\n- Партнёры\n  - дают площадку [2]",
        [("Спонсоры >", (1,)), ("платят", (1,)), ("Партнёры >", (2,)), ("дают площадку", (2,))],
    ),
    "a table": (
        "| Сорт | Цена |\n|---|---|\n| Арабика | 900 [1] |\n| Робуста | 500 [2] |",
        [("Сорт; Цена >", (1, 2)), ("Арабика; 900", (1,)), ("Робуста; 500", (2,))],
    ),
    "markers below a table": (
        "| Сорт | Цена |\n|---|---|\n| Арабика | 900 |\n\n[1]",
        [("Сорт; Цена >", (1,)), ("Арабика; 900", (1,))],
    ),
    "markers below code": ("```python\nroast(1)\ngrind()\n```\n[1]", [("roast(1)", (1,)), ("grind()", (1,))]),
    "markers below a list": ("- Раз [2]\n- Два\n- Три\n\n[1]", [("Раз", (2,)), ("Два", (1,)), ("Три", (1,))]),
    "markers that stand above": ("[1]\n\nРаз.", [("Раз.", ())]),
    "a number in brackets in code": ("`x[1]` и прочее [2].", [("x[1] и прочее.", (2,))]),
    "a number in brackets in fenced code": ("```\nx[3]\n```\n[1]", [("x[3]", (1,))]),
    "a quotation on two lines": ("> Спонсоры\n> платят деньгами [1].", [("Спонсоры платят деньгами.", (1,))]),
    "sentences of somebody": ("Он сказал: «Да. Нет.» и ушёл [1].", [("Он сказал: «Да. Нет.» и ушёл.", (1,))]),
    "abbreviations": ("Цена 5 руб. 30 коп. См. рис. 5 [1].", [("Цена 5 руб. 30 коп.", (1,)), ("См. рис. 5.", (1,))]),
    "questions and exclamations": ("Что? Да! [1] Ну… [2]", [("Что?", (1,)), ("Да!", (1,)), ("Ну…", (2,))]),
    "signs of Markdown": ("*Курсив*, **жир**, ~~нет~~ и `код` [1].", [("Курсив, жир, нет и код.", (1,))]),
    "figures that are multiplied": ("Итого 2*3=6, то есть 2 * 3 [1].", [("Итого 2*3=6, то есть 2 * 3.", (1,))]),
    "no words": ("---\n\n…\n\n🙂\n\n[1]", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_claims(text: str, expected: list[Cited]) -> None:
    """What each says, and what it cites."""
    assert [(f"{claim.words}{' >' if claim.leads else ''}", claim.numbers) for claim in claims_of(text)] == expected


def test_a_claim_stands_in_the_text_with_its_markers() -> None:
    """Without the mark of its item; the white space around it is not part of it."""
    text = "# Виды\n\n- Первый.[1]  Второй [2].\n\n> Третий\n> и ещё. [3]\n"
    assert [text[claim.start : claim.end] for claim in claims_of(text)] == [
        "Виды",
        "Первый.[1]",
        "Второй [2].",
        "Третий\n> и ещё. [3]",
    ]


_WORDS = [
    "взнос",
    "клуб",
    "«Маяк»",
    "5000",
    "рублей,",
    "встреча",
    "в",
    "18:00",
    "(кроме",
    "июля)",
    "и",
    "«Да.",
    "Нет.»",
]
_WORDS += ["A_b", "Москва", "[текст]", "`x[7]`"]


def _sentence(chance: random.Random) -> str:
    said = " ".join(chance.choices(_WORDS, k=chance.randint(1, 6))).rstrip(",")
    mark = "".join(f"[{chance.randint(1, 4)}]" for _ in range(chance.choice((0, 1, 1, 2))))
    end = chance.choice((".", ".", "!", "?", "…", ":", ""))
    said = chance.choice(("{}", "{}", "**{}**", "*{}*", "`{}`", "«{}»")).format(said)
    return chance.choice((f"{said} {mark}{end}", f"{said}{end}{mark}", f"{said}{end} {mark}", f"{mark} {said}{end}"))


def _lines(chance: random.Random) -> str:
    """A paragraph, list, table, quotation, piece of code or heading."""
    said = [_sentence(chance) for _ in range(chance.randint(1, 4))]
    forms: tuple[Callable[[], str], ...] = (
        lambda: " ".join(said),
        lambda: "\n".join(said),
        lambda: "\n".join(f"{'  ' * chance.randint(0, 1)}- {one}" for one in said),
        lambda: "\n".join(f"{place}. {one}" for place, one in enumerate(said, start=1)),
        lambda: "\n".join(f"> {one}" for one in said),
        lambda: "| а | б |\n|---|---|\n" + "\n".join(f"| {one} | {place} |" for place, one in enumerate(said)),
        lambda: "```\n" + "\n".join(said) + chance.choice(("\n```", "\n~~~\n```", "")),
        lambda: "#" * chance.randint(1, 6) + " " + said[0],
        lambda: f"**{said[0]}**",
        lambda: chance.choice(("---", "[1]", "===", "| [2] |", "```", "- [ ] раз", ">", "- >", "***", "\\[1\\]")),
    )
    return chance.choice(forms)()


@pytest.mark.parametrize("seed", range(300))
def test_every_word_is_in_one_claim(seed: int) -> None:
    """In order, apart, and nothing that a reader sees is left out but the marks of items and headings."""
    chance = random.Random(seed)  # noqa: S311
    written = chance.choice(("\n\n", "\n")).join(_lines(chance) for _ in range(chance.randint(1, 6)))
    live = LiveText(4)
    text = live.feed(written) + live.finish()
    claims = claims_of(text)
    place, between = 0, []
    for claim in claims:
        assert place <= claim.start < claim.end
        between.append(text[place : claim.start])
        place = claim.end
        assert re.search(r"[^\W_]", claim.words)
        assert set(claim.numbers) <= set(range(1, len(live.cited) + 1))
    between.append(text[place:])
    for left in between:
        rest = re.sub(r"(?m)^[\s>]*(?:[-*+•]|\d{1,2}[.)])[ \t]+(?:\[[ xX]\][ \t])?", "", MARKER.sub("", left))
        assert not re.search(r"[^\W_]", rest), (text, left)


def test_a_long_answer_takes_no_time() -> None:
    """The work does not grow with the square of the length, or not so that it could be noticed."""
    text = "# Раз\n**Виды:**\n- Первый. Второй [1].\n" * 500
    assert len(claims_of(text)) == 2000
