"""What each family does to a question, on examples and over every question of the repository."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pymorphy3
import pytest

from kbqa.evaluation.perturbations import FAMILIES, Family, perturb
from kbqa.index.analysis import folded

_FILE = Path(__file__).parents[2] / "eval" / "questions" / "corpus.jsonl"
QUESTIONS = [json.loads(line)["question"] for line in _FILE.read_text(encoding="utf-8").splitlines()]
SEEDS = range(3)

_MANY = range(400)
_CALL = """
import json, sys
from kbqa.evaluation.perturbations import perturb
json.dump([perturb(*arguments) for arguments in json.load(sys.stdin)], sys.stdout)
"""


def _perturbed(family: Family) -> list[tuple[str, str]]:
    """Every question that the family changes, with what comes out, for each seed."""
    pairs = [(question, perturb(question, family, seed)) for question in QUESTIONS for seed in SEEDS]
    return [(question, text) for question, text in pairs if text is not None]


def _changed_words(question: str, text: str) -> list[tuple[str, str]]:
    """Words that differ, by place; what stands between the words must not."""
    assert re.split(r"\w+", question) == re.split(r"\w+", text)
    pairs = zip(re.findall(r"\w+", question), re.findall(r"\w+", text), strict=True)
    return [(old, new) for old, new in pairs if old != new]


def _distance(one: str, other: str) -> int:
    """Damerau-Levenshtein distance, a swap of neighbours being one edit."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, another in enumerate(other, start=1):
            edits = [rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != another)]
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], another):
                edits.append(rows[-2][j - 2] + 1)
            row.append(min(edits))
        rows.append(row)
    return rows[-1][-1]


@cache
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


def _lemmas(word: str) -> set[str]:
    return {folded(parse.normal_form) for parse in _analyzer().parse(word)}


def test_another_process_gives_the_same() -> None:
    """Whatever Python's hash seed, and in whatever order the questions come."""
    calls = [(question, family, seed) for question in QUESTIONS for family in FAMILIES for seed in SEEDS]
    ended = subprocess.run(
        [sys.executable, "-c", _CALL],
        input=json.dumps(calls[::-1]),
        env=os.environ | {"PYTHONHASHSEED": "4217"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stdout)[::-1] == [perturb(*call) for call in calls]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_question_itself_is_never_returned(family: Family) -> None:
    """Another text or None; each family changes some of the questions."""
    pairs = _perturbed(family)
    assert pairs
    assert all(question != text for question, text in pairs)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("nothing", ["", "?", "2 + 2 = 4", "—"])
def test_without_words_there_is_nothing_to_change(family: Family, nothing: str) -> None:
    """None, not an error."""
    assert perturb(nothing, family, 0) is None


@pytest.mark.parametrize("family", ["yo", "transliteration", "inflection"])
def test_english_has_no_russian_mistakes(family: Family) -> None:
    """None for the families of Russian."""
    assert perturb("What does a sponsor provide for an event?", family, 0) is None


@pytest.mark.parametrize("family", FAMILIES)
def test_letters_with_separate_accents_are_letters(family: Family) -> None:
    """«й» and «ё» as macOS writes them do as «й» and «ё»."""
    assert perturb("Кто твой партне\u0308р и какои\u0306 доход?", family, 1) == perturb(
        "Кто твой партнёр и какой доход?", family, 1
    )


def test_typos_are_one_edit_in_one_or_two_long_words() -> None:
    """In the letter case of the word, and nothing else is changed."""
    for question, text in _perturbed("typo"):
        changed = _changed_words(question, text)
        assert 1 <= len(changed) <= 2
        assert all(len(old) >= 5 and _distance(folded(old), folded(new)) == 1 for old, new in changed)
        assert all(old.istitle() == new.istitle() and old.isupper() == new.isupper() for old, new in changed)


def test_a_short_question_gets_one_typo() -> None:
    """Two are for a question with more than four long words."""
    texts = [str(perturb("Какие бывают виды партнёрства?", "typo", seed)) for seed in _MANY]
    assert {len(_changed_words("Какие бывают виды партнёрства?", text)) for text in texts} == {1}
    long = "Какие профессиональные сообщества бывают полезны молодым специалистам, которые недавно закончили обучение?"
    assert {len(_changed_words(long, str(perturb(long, "typo", seed)))) for seed in SEEDS} == {2}
    assert perturb("Кто и что они?", "typo", 0) is None


def test_every_slip_of_the_fingers_happens() -> None:
    """A swap, an omission, a doubling and any key that touches the right one, of either layout; no distant key."""
    texts = {str(perturb("кто Спонсор", "typo", seed)).removeprefix("кто ") for seed in _MANY}
    assert texts > {"Псонсор", "Понсор", "Сспонсор", "Чпонсор"}
    assert {text[0] for text in texts if text[1:] == "понсор"} == set("ЧМВА")
    assert "slonsor" in {perturb("sponsor", "typo", seed) for seed in _MANY}


def test_yo_and_ye_are_the_same_letter() -> None:
    """Nothing but ё and е is changed."""
    assert all(folded(question) == folded(text) for question, text in _perturbed("yo"))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Что ещё даёт партнёрство? Ёлку?", "Что еще дает партнерство? Елку?"),
        ("Чем партнерство полезно? ЕЩЕ", "Чем партнёрство полезно? ЕЩЁ"),
        ("пАРТНЕРЫ", "пАРТНЁРЫ"),
        ("Что известно всем?", None),
        ("Все темы", None),
    ],
)
def test_yo(question: str, text: str | None) -> None:
    """Lost if there is any, else written where the word cannot be read otherwise: «все» may be meant."""
    assert perturb(question, "yo", 0) == text


def test_letter_case_is_all_that_case_changes() -> None:
    """Whatever is chosen."""
    assert all(question.casefold() == text.casefold() for question, text in _perturbed("case"))


def test_case_is_one_of_three_other_than_the_question_has() -> None:
    """Small, capital, and a capital at each word."""
    small, large, capitals = "кто платит?", "КТО ПЛАТИТ?", "Кто Платит?"
    assert {perturb("Кто платит?", "case", seed) for seed in _MANY} == {small, large, capitals}
    assert {perturb(small, "case", seed) for seed in _MANY} == {large, capitals}
    assert {perturb(large, "case", seed) for seed in _MANY} == {small}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("привет", "ghbdtn"),
        ("Что это, съезд в 2024?", "Xnj 'nj? c]tpl d 2024&"),
        ('«Хаб»: "Ёж" № 5; 10%.', "«{f,»^ @~;@ # 5$ 10%/"),
        ("Что такое AI?", "Xnj nfrjt AI&"),
        ("What's new?", "Црфеэы туц,"),
        ("ghbdtn", "привет"),
    ],
)
def test_layout(question: str, text: str) -> None:
    """Letters and marks as the same keys give in the other layout; what no key gives stays, and so do Latin names."""
    assert perturb(question, "layout", 0) == text


def test_layout_can_be_undone() -> None:
    """The same keys in the other layout again: nothing is lost."""
    one_script = [pair for pair in _perturbed("layout") if not re.search(r"[a-z].*[а-яё]|[а-яё].*[a-z]", pair[0], re.I)]
    assert len(one_script) > len(QUESTIONS)
    assert all(perturb(text, "layout", 0) == question for question, text in one_script)


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("какие бывают", {"kakie byvayut"}),
        ("Я и ЮНЕСКО: чужая шутка про AI?", {"Ya i YUNESKO: chuzhaya shutka pro AI?"}),
        ("Хороший съезд", {"Horoshiy sezd", "Horoshii sezd", "Khoroshiy sezd", "Khoroshii sezd"}),
        ("Щи, ещё щи", {"Schi, esche schi", "Schi, eschyo schi", "Shchi, eshche shchi", "Shchi, eshchyo shchi"}),
        ("цель", {"tsel", "tsel'", "cel", "cel'"}),
    ],
)
def test_transliteration(question: str, texts: set[str]) -> None:
    """As people write it, each keeping to one spelling of a letter."""
    assert {perturb(question, "transliteration", seed) for seed in _MANY} == texts


def test_transliteration_leaves_no_cyrillic() -> None:
    """And as many words as there were."""
    for question, text in _perturbed("transliteration"):
        assert not re.search("[а-яё]", text, re.IGNORECASE)
        assert len(text.split()) == len(question.split())


def test_inflection_keeps_the_lemmas() -> None:
    """One to three words are other forms of themselves, in the letter case they had."""
    for question, text in _perturbed("inflection"):
        changed = _changed_words(question, text)
        assert 1 <= len(changed) <= 3
        assert all(len(old) >= 4 and folded(old) != folded(new) for old, new in changed)
        assert all(old.istitle() == new.istitle() and old.islower() == new.islower() for old, new in changed)
        assert all(_lemmas(old) & _lemmas(new) for old, new in changed), (question, text)


def test_inflection_takes_any_case_and_number() -> None:
    """Of nouns and adjectives; ё only where the writer uses it."""
    forms = "партнерств{} -о -а -у -ом -е -ам -ами -ах"
    expected = {f"Партнерств{end.strip('-')}" for end in forms.split()[1:]} | {"Партнерств"}
    assert {perturb("Партнерство", "inflection", seed) for seed in _MANY} == expected - {"Партнерство"}
    assert perturb("Партнёрству", "inflection", 0) in {word.replace("нер", "нёр") for word in expected}
    assert {perturb("бизнес-связи", "inflection", seed) for seed in _MANY} == {
        f"бизнес-связ{end}" for end in ("ь", "ью", "ей", "ям", "ями", "ях")
    }


@pytest.mark.parametrize(
    "question", ["Что же такое НКО и РУССОФТ?", "Какие бывают?", "Кто они, где это?", "Самые лучшие"]
)
def test_not_inflected(question: str) -> None:
    """Abbreviations, pronouns, verbs and superlatives."""
    assert perturb(question, "inflection", 0) is None
