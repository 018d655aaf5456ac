"""A model's reply becomes the same clean Markdown however its pieces were cut."""

import random
import re
import time

import pytest

from kbqa.answering.citations import markers
from kbqa.answering.generative.live_text import LiveText
from kbqa.texts import Texts
from kbqa.web.elements.markup import answer_markdown

TEXTS = Texts.load("ru")

CASES = {
    # markers
    "Кофе бодрит [3], чай тоже [1]. Ещё раз [3].": ("Кофе бодрит [1], чай тоже [2]. Ещё раз [1].", [3, 1], 0),
    "Кофе [[2]].": ("Кофе [1].", [2], 0),
    "Кофе 【2】, чай［3］, сок〔1〕, вода[^2].": ("Кофе [1], чай[2], сок[3], вода[1].", [2, 3, 1], 0),
    "Кофе 【1†source】【3†L1-L9】": ("Кофе [1][2]", [1, 3], 0),
    "а [1, 2], б [3; 1], в [2 и 3], г [1 and 2], д [1,2 и 3]": (
        "а [1][2], б [3][1], в [2][3], г [1][2], д [1][2][3]",
        [1, 2, 3],
        0,
    ),
    "а [1-3], б [2–4]": ("а [1][2][3], б [2][3][4]", [1, 2, 3, 4], 0),
    "[выписка 1], [Выписка 2], [источник 3], [ИСТОЧНИКИ 4 и 5]": ("[1], [2], [3], [4][5]", [1, 2, 3, 4, 5], 0),
    "[№1], [№ 2], [source 3], [Excerpt 4], [№\u00a05]": ("[1], [2], [3], [4], [5]", [1, 2, 3, 4, 5], 0),
    "Кофе [2][2] [2], чай [2].": ("Кофе [1], чай [1].", [2], 0),
    "Кофе [1][2][1].": ("Кофе [1][2].", [1, 2], 0),
    "[2](https://x.example) да, [1](см. ниже)": (r"[1] да, [2]\(см. ниже)", [2, 1], 0),
    # no excerpt's
    "Кофе [9] бодрит [0], [1, 8].": ("Кофе бодрит, [1].", [1], 3),
    "Кофе [2-7]": ("Кофе [1][2][3][4]", [2, 3, 4, 5], 2),
    "- [9] Кофе\n- Чай\u00a0[7]\n": ("- Кофе\n- Чай\n", [], 2),
    # other brackets
    "[x], [текст], [2024 год], [ ], [x [1] y], [[Заметка|о ней]], a[i]": (
        "[x], [текст], [2024 год], [ ], [x [1] y], [[Заметка|о ней]], a[i]",
        [1],
        0,
    ),
    "В [2024] и [12345] и [3-1]": (r"В \[2024\] и \[12345\] и [3-1]", [], 0),
    "Скобка [ без пары\nи [1] 【да】 ]": ("Скобка \\[ без пары\nи [1] 【да】 ]", [1], 0),
    r"Уже \[1\] и \\[2]": (r"Уже \[1\] и \\ [1]", [2], 0),
    "[[1], [2]] и [【3】]": (r"\[[1], [2]] и [3]", [1, 2, 3], 0),
    # code and quotations
    "Код `a[1]` и ``b`[2]`` [3]": ("Код `a[1]` и ``b`[2]`` [1]", [3], 0),
    "Код `a[1]\nи [2]` да": ("Код \\`a[1]\nи [2]\\` да", [1, 2], 0),
    "```py\nx[1] <b> [т](u)\n``\n```\nда [2]": ("```py\nx[1] <b> [т](u)\n``\n```\nда [1]", [2], 0),
    "1. ~~~\n   [1]\n   ~~~~ \n   [2]": ("1. ~~~\n   [1]\n   ~~~~ \n   [1]", [2], 0),
    "> ```\n> a[1]\n> ```\n> [2]": ("> ```\n> a[1]\n> ```\n> [1]", [2], 0),
    "> ```\n> a[2]\nда [2]\n- ~~~\n\n  b[2]\n да [2]": (
        "> ```\n> a[2]\nда [1]\n- ~~~\n\n  b[2]\n да [1]",
        [2],
        0,
    ),
    "1. ```" + " " * 320 + "`т` [1]": ("1. \\`\\`\\`" + " " * 320 + "`т` [1]", [1], 0),
    "```\nх [1]": ("```\nх [1]", [], 0),
    "«кофе [1]» [2]": (r"«кофе \[1\]» [1]", [2], 0),
    '"кофе [1]" “чай [[1]]” „сок [1, 2]“ „вода [2024]” [2]': (
        r'"кофе \[1\]" “чай \[\[1\]\]” „сок \[1, 2\]“ „вода \[2024\]” [1]',
        [2],
        0,
    ),
    "«а „б“ [1] «в» [1]» [2], «г [1]\nд [1]": ("«а „б“ \\[1\\] «в» \\[1\\]» [1], «г \\[1\\]\nд [2]", [2, 1], 0),
    'Экран 15" [1] и 17" [2]': ('Экран 15" [1] и 17" [2]', [1, 2], 0),
    # links and HTML
    '[Кофе](https://x.example/a_(b) "т") и ![чашка](a.png), [**а** [1]](b)': ("Кофе и , **а** [1]", [1], 0),
    "[![чашка](a.png)](https://x.example) [т](<а б>)": ("т", [], 0),
    f"[Кофе](https://x.example/{'я' * 900}) бодрит": ("Кофе бодрит", [], 0),
    "[а](не ссылка) Да![1] https://x.example/[1]": (r"[а]\(не ссылка) Да![1] https://x.example/[1]", [1], 0),
    "<b>да</b> <https://x.example> \\<i> `<i>`": ("\\<b>да\\</b> \\<https://x.example> \\<i> `<i>`", [], 0),
    "[x]: https://x.example/a\n[1]: <b> т\n[2]: Кофе: да": ("[x]:\n[1]: т\n[2]: Кофе: да", [1, 2], 0),
    # thoughts, blanks and what cannot be seen
    "<think>Так, [1]\n</think>\n\nКофе [2]": ("Кофе [1]", [2], 0),
    " \n<Thinking>Так <b> `</thinking> Кофе <think> и": ("Кофе", [], 0),
    "Тег `<think>` [1] <thin": ("Тег `<think>` [1] \\<thin", [1], 0),
    "\n\n  Кофе  \r\nчай": ("Кофе  \nчай", [], 0),
    "\ufeffКо\u00adфе\u200b \u202e[\u200d1\U000e0031]\x00\x01\x02\x1b[2]": ("Кофе [1][2]", [1, 2], 0),
    "": ("", [], 0),
    "[9]": ("", [], 1),
    "Кофе [1": (r"Кофе \[1", [], 0),
}

FRAGMENTS = [
    *'[]()【】［〕`~<>\\!"«»„“”:;-–.,*|#=& \n\t1239aя',
    *(
        "  ",
        "\n\n",
        "```",
        "~~~",
        "\n```\n",
        "\n~~~\n",
        "[1]",
        "[[2]]",
        "【3†source】",
        "[9]",
        "[1, 2]",
        "[1-3]",
        "[^2]",
    ),
    *(
        "[2024]",
        "](",
        "](http://x.y)",
        "![",
        "[x]: http://x.y",
        "<think>",
        "</think>",
        "\n> ",
        "\n- ",
        "\n1. ",
        "``",
        "и",
    ),
    *(
        "[выписка 1]",
        "[текст](u)",
        "[[Заметка]]",
        "`a[1]`",
        "\u200b",
        "\x00",
        "\x01",
        "\u2028",
        "слово",
        "u" * 120,
        " " * 320,
    ),
]


def whole(reply: str, excerpts: int = 5) -> tuple[str, list[int], int]:
    """The reply in one piece: what is shown, and what was counted."""
    live = LiveText(excerpts)
    return live.feed(reply) + live.finish(), live.cited, live.dropped


def in_pieces(reply: str, chance: random.Random, longest: int) -> tuple[str, list[int], int]:
    """The same in random pieces of at most `longest` characters."""
    live, shown, start = LiveText(5), "", 0
    while start < len(reply):
        end = start + chance.randint(0, longest)
        shown += live.feed(reply[start:end])
        start = end
    return shown + live.finish(), live.cited, live.dropped


def random_replies(seed: int, count: int) -> list[str]:
    """Replies full of everything that the scanner knows."""
    chance = random.Random(seed)  # noqa: S311
    return ["".join(chance.choices(FRAGMENTS, k=chance.randint(1, 60))) for _ in range(count)]


@pytest.mark.parametrize("reply", CASES)
def test_a_reply_becomes_clean_markdown(reply: str) -> None:
    """Text, cited excerpts and dropped markers, in one piece and letter by letter."""
    assert whole(reply) == CASES[reply]
    assert in_pieces(reply, random.Random(1), 1) == CASES[reply]  # noqa: S311


@pytest.mark.parametrize("seed", range(20))
def test_pieces_make_no_difference(seed: int) -> None:
    """However a reply is cut, the same is shown in the end."""
    chance = random.Random(seed)  # noqa: S311
    for reply in [*CASES, *random_replies(seed, 60)]:
        for longest in (1, 7, 60):
            assert in_pieces(reply, chance, longest) == whole(reply), reply


@pytest.mark.parametrize("seed", range(10))
def test_markers_outside_code_are_exactly_the_cited(seed: int) -> None:
    """All that reads as a marker was written as one: first mentions count up from one."""
    for reply in random_replies(seed + 100, 150):
        text, cited, _ = whole(reply.replace("`", "").replace("~", ""))
        assert list(dict.fromkeys(markers(text))) == list(range(1, len(cited) + 1)), reply
        assert len(set(cited)) == len(cited)
        assert set(cited) <= set(range(1, 6))


@pytest.mark.parametrize("seed", range(10))
def test_no_link_or_html_survives(seed: int) -> None:
    """The page makes no link of a reply, and without code each `<` is escaped."""
    for reply in random_replies(seed + 200, 100):
        text, *_ = whole(reply)
        assert "<a" not in answer_markdown(text, {}, TEXTS), reply
        plain, *_ = whole(reply.replace("`", "").replace("~", ""))
        assert not re.search(r"(?<!\\)(?:\\\\)*<", plain), reply


@pytest.mark.parametrize("seed", range(10))
def test_little_is_held_back(seed: int) -> None:
    """300 characters later everything is decided and shown."""
    for reply in [*CASES, *random_replies(seed + 300, 60)]:
        live = LiveText(5)
        live.feed(reply + "ж" * 300)
        rest = live.feed("ж" * 300) + live.finish()
        assert set(rest) <= {"ж"}, reply


@pytest.mark.parametrize("reply", ["Кофе бодрит", "Кофе [1] бод", "Кофе (да", '«Кофе», "чай', "```\nкод"])
def test_plain_text_is_shown_at_once(reply: str) -> None:
    """Nothing of it could still become something else."""
    assert LiveText(5).feed(reply) == reply


def test_a_partial_marker_waits() -> None:
    """A bracket is shown when it is known what it is."""
    live = LiveText(5)
    assert [live.feed(piece) for piece in ("Кофе", " ", "[", "3", "]", ".", " [", "9", "]", ".")] == [
        *("Кофе", "", "", "", "", " [1].", "", "", "", "."),
    ]


@pytest.mark.parametrize(
    "reply",
    ["`a[1]` ``b [1]``", "```\n[1]\n```", '«[1]» "[1]" „[1]“ “[1]”', "[2024]", "[[x [1", "«[1, 2]» «[[1]]»"],
)
def test_literal_brackets_are_no_chips_on_the_page(reply: str) -> None:
    """Neither within code nor within quotation marks."""
    text, *_ = whole(reply.replace("[[x [1", "«[[x [1]»"))
    assert "CHIP" not in answer_markdown(text, {1: "CHIP", 2: "CHIP"}, TEXTS)
    assert "CHIP" in answer_markdown(text + "\n\nда [1]", {1: "CHIP"}, TEXTS)


@pytest.mark.parametrize(
    "part", ["слово [1] ", "[", "`", "![", "[a](", "<think>", "\\", "«", "【", "[x](u) ", "~~~", "\n- "]
)
def test_the_work_is_linear(part: str) -> None:
    """A long reply takes no longer per character, in one piece or in many."""
    reply = part * (60_000 // len(part))
    began = time.process_time()
    whole(reply)
    in_pieces(reply, random.Random(1), 8)  # noqa: S311
    assert time.process_time() - began < 10
