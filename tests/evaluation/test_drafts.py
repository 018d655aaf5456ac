"""Drafts of questions: from marks, from sections that nobody asks about, and into a file that a person works on."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kbqa.errors import ConfigurationError, DataError, VaultError
from kbqa.evaluation.drafts import CANDIDATES, draft_questions, write_drafts
from kbqa.evaluation.questions import EvaluationQuestion, ExpectedSection, check_against, read_questions
from kbqa.feedback import Cited, Found, Mark, MarkStore, Verdict
from kbqa.notes.vault import NoteFile, Vault
from kbqa.settings import Settings
from kbqa.texts import Texts

RU = Texts.load("ru")
TEA = """\
---
aliases: [чаёк]
---
# Чай

Чай - это напиток из листьев камелии. Его пьют горячим.

## Виды чая

Бывают:
- **Зелёный**: не ферментирован
- **Чёрный**: ферментирован полностью
  - индийский
- Улун, который ферментирован наполовину и обжарен

## Заварка

1. Согреть чайник
2. Залить воду при 80 градусах

## Хранение

Хранят чай в сухой банке, подальше от специй.

## См. также

- [[Кофе]]
- [Чайная карта](https://example.org/чай)

Ещё: [[Вода|о воде]], [[Посуда]]

## Пустой раздел

## Только картинка

![[чайник.png]]
"""
COFFEE = """\
# Кофе

Кофе мелют перед заваркой.

## Хранение

Зёрна держат в темноте.

## Grinding

- Coarse
- Fine
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A vault of two notes, without an index and without marks."""
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "Чай.md").write_text(TEA, encoding="utf-8")
    (vault / "Кофе.md").write_text(COFFEE, encoding="utf-8")
    return Settings(corpus=vault, index=tmp_path / "index", data=tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A question set that is not there yet."""
    return tmp_path / "вопросы.jsonl"


@pytest.fixture
def mark(settings: Settings) -> Callable[..., None]:
    """Stores a mark on an answer about tea, or on what else is given; a later call is a later mark."""
    times = iter(range(100))

    def mark(verdict: Verdict, **given: object) -> None:
        base = Mark(
            corpus=str(settings.corpus),
            asked=f"2026-11-22T10:00:{next(times):02}.000000+00:00",
            question="Чем чёрный чай отличается от зелёного?",
            verdict=verdict,
            status="answered",
            answer="…",
            cited=(
                Cited("Чай.md", ("Чай", "Виды чая"), "**Зелёный**: не ферментирован"),
                Cited("Чай.md", ("Чай", "Виды чая"), "**Чёрный**: ферментирован полностью\n  - индийский"),
                Cited("Чай.md", ("Чай", "Хранение"), "Хранят чай в сухой банке, подальше от специй."),
            ),
            found=(
                Found("Кофе.md", ("Кофе", "Хранение")),
                Found("Чай.md", ("Чай", "Пустой раздел")),
                Found("Чай.md", ("Чай", "Заварка")),
                Found("Чай.md", ("Чай", "Виды чая")),
                Found("Чай.md", ("Чай",)),
            ),
            fingerprint="f",
        )
        MarkStore(settings.data).put(replace(base, **given))  # type: ignore[arg-type]

    return mark


def of_sections(drafts: list[EvaluationQuestion]) -> dict[str, EvaluationQuestion]:
    """Drafts on one answering section, by its last heading, with the note in front where several notes have it."""
    return {
        f"{draft.expected[0].note} {draft.expected[0].heading_path[-1]}": draft
        for draft in drafts
        if [expected.relevance for expected in draft.expected] == [2]
    }


def of_marks(drafts: list[EvaluationQuestion], settings: Settings) -> list[EvaluationQuestion]:
    """Drafts whose question somebody asked."""
    asked = {mark.question for mark in MarkStore(settings.data).marks(settings.corpus)}
    return [draft for draft in drafts if draft.question in asked]


def nuggets(draft: EvaluationQuestion) -> list[str]:
    """The first wording of each."""
    return [nugget.any_of[0] for nugget in draft.nuggets]


def asking(question: str, *expected: tuple[str, ...], **given: object) -> EvaluationQuestion:
    """A question of a set, which expects sections of the note on tea to help."""
    sections = [ExpectedSection(note="Чай.md", heading_path=path, relevance=1, evidence="чай") for path in expected]
    values = {"id": "q", "language": "ru", "type": "fact", "answerable": True, "split": "dev", "draft": True}
    return EvaluationQuestion(question=question, expected=tuple(sections), **(values | given))  # type: ignore[arg-type]


def write_set(file: Path, *questions: EvaluationQuestion) -> None:
    """Writes a question set."""
    file.write_text("".join(question.model_dump_json() + "\n" for question in questions), encoding="utf-8")


def test_every_section_that_says_something_gets_a_question(settings: Settings, file: Path) -> None:
    """From a vault alone; not the ones that are empty, or hold only links or pictures."""
    drafts = of_sections(draft_questions(settings, file, RU))
    assert {name: (draft.question, draft.type) for name, draft in drafts.items()} == {
        "Чай.md Чай": ("Что такое Чай?", "definition"),
        "Чай.md Виды чая": ("Каковы виды чая?", "list"),
        "Чай.md Заварка": ("Чай, заварка: какие шаги и в каком порядке?", "howto"),
        "Чай.md Хранение": ("Чай, хранение: в чём суть?", "fact"),
        "Кофе.md Кофе": ("Кофе: в чём суть?", "fact"),
        "Кофе.md Хранение": ("Кофе, хранение: в чём суть?", "fact"),
        "Кофе.md Grinding": ("Кофе, grinding: что сюда входит?", "list"),
    }


def test_a_section_gives_the_facts(settings: Settings, file: Path) -> None:
    """An item is known by its term or its first words, outer items only; a definition by what follows the dash."""
    drafts = of_sections(draft_questions(settings, file, RU))
    assert nuggets(drafts["Чай.md Виды чая"]) == [
        "Зелёный",
        "Чёрный",
        "Улун, который ферментирован наполовину и обжарен",
    ]
    assert nuggets(drafts["Чай.md Чай"]) == ["напиток из листьев камелии"]
    assert nuggets(drafts["Чай.md Хранение"]) == ["Хранят чай в сухой банке, подальше"]


def test_drafts_stand_in_the_notes_and_are_not_asked(settings: Settings, file: Path, mark) -> None:
    """Their evidence is checked like any other's; each is marked as a draft of the dev half."""
    mark("right")
    mark("wrong", question="Где хранить?")
    drafts = draft_questions(settings, file, RU)
    write_drafts(drafts, file)
    vault = Vault(settings.corpus, RU)
    notes = [vault.parse(found)[0] for found in vault.files() if isinstance(found, NoteFile)]
    check_against(file, {note.path: note for note in notes if note})
    assert read_questions(file) == []
    assert {(draft.draft, draft.split) for draft in drafts} == {(True, "dev")}


def test_the_same_vault_gives_the_same_drafts(settings: Settings, file: Path, mark) -> None:
    """Ids and order; an id does not depend on the language of the questions."""
    mark("right")
    first, second = (draft_questions(settings, file, RU) for _ in range(2))
    assert first == second
    assert len({draft.id for draft in first}) == len(first)
    english = draft_questions(settings, file, Texts.load("en"))
    assert [draft.id for draft in english] == [draft.id for draft in first]
    assert of_sections(english)["Чай.md Заварка"].question == "Чай, заварка: which steps, in which order?"


def test_equal_headings_are_told_apart(settings: Settings, file: Path) -> None:
    """By their place in the vault, so that no section goes without a question."""
    text = "# Чай\n\n## Заварка\n\n1. Раз\n2. Два\n\n## Ещё\n\n### Заварка\n\n1. Три\n2. Четыре\n"
    (settings.corpus / "архив").mkdir()
    (settings.corpus / "архив" / "Чай.md").write_text(text, encoding="utf-8")
    questions = [draft.question for draft in draft_questions(settings, file, RU)]
    assert len(set(questions)) == len(questions)
    assert "архив/Чай.md › Ещё › Заварка: какие шаги и в каком порядке?" in questions


def test_a_section_that_is_expected_gets_none(settings: Settings, file: Path) -> None:
    """Of whatever relevance, and by a draft as well; nor does a question that is asked already, in any words."""
    write_set(
        file,
        asking("Как заварить?", ("Чай", "Заварка")),
        asking(
            "Где держать?",
            id="q2",
            paraphrases=({"question": "чай, хранение - в чем суть", "language": "ru"},),
        ),
    )
    drafts = of_sections(draft_questions(settings, file, RU))
    assert "Чай.md Заварка" not in drafts
    assert drafts["Чай.md Хранение"].question == "Чай.md › Хранение: в чём суть?"


def test_a_right_answer_gives_its_sections_and_facts(settings: Settings, file: Path, mark) -> None:
    """Each section once; of a quote of several lines the first is the evidence."""
    mark("right")
    [draft] = of_marks(draft_questions(settings, file, RU), settings)
    assert (draft.type, draft.answerable, draft.language) == ("fact", True, "ru")
    assert [(expected.heading_path[-1], expected.relevance, expected.evidence) for expected in draft.expected] == [
        ("Виды чая", 2, "**Зелёный**: не ферментирован"),
        ("Хранение", 2, "Хранят чай в сухой банке, подальше от специй."),
    ]
    assert nuggets(draft) == ["Зелёный", "Чёрный", "индийский", "Хранят чай в сухой банке, подальше"]
    EvaluationQuestion.model_validate(draft.model_dump() | {"draft": False})


@pytest.mark.parametrize(
    ("verdict", "status"), [("wrong", "answered"), ("wrong", "no_evidence"), ("unanswered", "no_evidence")]
)
def test_what_went_wrong_gives_candidates(settings: Settings, file: Path, mark, verdict: Verdict, status: str) -> None:
    """The sections found first, if they say something; it cannot be used before a person has found the answer."""
    mark(verdict, status=status, cited=(), question="Where is tea kept?")
    [draft] = of_marks(draft_questions(settings, file, RU), settings)
    assert [(expected.heading_path[-1], expected.relevance) for expected in draft.expected] == [
        ("Хранение", 1),
        ("Заварка", 1),
        ("Виды чая", 1),
    ]
    assert len(draft.expected) == CANDIDATES
    assert [expected.evidence for expected in draft.expected] == [
        "Зёрна держат в темноте.",
        "Согреть чайник",
        "Бывают:",
    ]
    assert (draft.answerable, draft.language, draft.nuggets) == (True, "en", ())
    with pytest.raises(ValueError, match="relevance 2"):
        EvaluationQuestion.model_validate(draft.model_dump() | {"draft": False})


def test_what_the_user_said_stands_in_the_draft(settings: Settings, file: Path, mark) -> None:
    """For the person who mends it; a right answer has no remark."""
    mark("wrong", question="Где чай?", reasons=("incomplete", "unsupported"), comment="нет улуна")
    mark("right", question="Где кофе?")
    drafts = of_marks(draft_questions(settings, file, RU), settings)
    remarks = {draft.question: draft.remark for draft in drafts}
    assert remarks == {"Где чай?": "Неполно, Источник не подтверждает. нет улуна", "Где кофе?": ""}


def test_a_right_refusal_gives_a_question_without_an_answer(settings: Settings, file: Path, mark) -> None:
    """What kind of question it is, the person says."""
    mark("right", status="no_evidence", cited=(), question="Какая столица у Франции?")
    [draft] = of_marks(draft_questions(settings, file, RU), settings)
    assert (draft.type, draft.answerable, draft.expected) == ("unanswerable", False, ())
    change = {"draft": False, "unanswerable_kind": "off_topic"}
    EvaluationQuestion.model_validate(draft.model_dump() | change)


def test_the_newest_mark_on_a_question_counts(settings: Settings, file: Path, mark) -> None:
    """However it was written; but a person's word goes before a refusal that was only noted."""
    mark("wrong", question="Как хранить чай?")
    mark("right", question="как хранить  ЧАЙ")
    mark("unanswered", question="Как хранить чай", status="no_evidence", cited=())
    [draft] = of_marks(draft_questions(settings, file, RU), settings)
    assert draft.question == "как хранить  ЧАЙ"
    assert draft.expected[0].relevance == 2


def test_newest_first(settings: Settings, file: Path, mark) -> None:
    """What was asked last is read first."""
    for question in ("Первый?", "Второй?", "Третий?"):
        mark("wrong", question=question)
    questions = [draft.question for draft in draft_questions(settings, file, RU)]
    assert questions[:3] == ["Третий?", "Второй?", "Первый?"]


def test_marks_on_what_is_asked_or_on_another_vault_give_none(settings: Settings, file: Path, mark) -> None:
    """The set has the question, in whatever words, or its notes are elsewhere."""
    mark("right", question="Где хранят ЧАЙ?")
    mark("right", question="Другой вопрос?", corpus="другая папка")
    write_set(file, asking("Где держать?", paraphrases=({"question": "где хранят чай", "language": "ru"},)))
    questions = {draft.question for draft in draft_questions(settings, file, RU)}
    assert not {"Где хранят ЧАЙ?", "Другой вопрос?"} & questions


def test_what_the_notes_lost_is_not_expected(settings: Settings, file: Path, mark) -> None:
    """A note, a section or a quote that has gone since the answer is left out."""
    mark("right")
    text = TEA.replace("подальше от специй", "подальше от кофе").replace("**Зелёный**: не", "**Белый**: едва")
    (settings.corpus / "Чай.md").write_text(text, encoding="utf-8")
    [draft] = of_marks(draft_questions(settings, file, RU), settings)
    assert [expected.evidence for expected in draft.expected] == ["**Чёрный**: ферментирован полностью"]
    (settings.corpus / "Чай.md").unlink()
    [draft] = of_marks(draft_questions(settings, file, RU), settings)
    assert draft.expected == ()


def test_what_stops_it(settings: Settings, file: Path, mark) -> None:
    """No vault, a bad line in the set, damaged marks: each is an error of its own."""
    with pytest.raises(VaultError):
        draft_questions(settings.model_copy(update={"corpus": Path("нет такой")}), file, RU)
    mark("right")
    file.write_text("{\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="строка 1"):
        draft_questions(settings, file, RU)
    file.unlink()
    MarkStore(settings.data).file.write_bytes(b"\xff" * 5000)
    with pytest.raises(DataError):
        draft_questions(settings, file, RU)


def test_a_persons_work_survives(settings: Settings, tmp_path: Path) -> None:
    """Drafts are added once, at the end; lines that were changed, finished or half written stay as they are."""
    output = tmp_path / "черновики" / "drafts.jsonl"
    drafts = draft_questions(settings, tmp_path / "нет.jsonl", RU)
    assert write_drafts(drafts, output) == len(drafts)
    lines = output.read_text(encoding="utf-8").splitlines()
    assert [EvaluationQuestion.model_validate_json(line) for line in lines] == drafts
    assert "Чай" in lines[-1] + lines[0]

    reworded = json.loads(lines[0]) | {"question": "Иначе сказано?", "draft": False}
    renamed = json.loads(lines[1]) | {"id": "свой-1"}
    work = [json.dumps(reworded, ensure_ascii=False), json.dumps(renamed, ensure_ascii=False), '{"id": "недоп']
    output.write_text("\n".join(work), encoding="utf-8")
    assert write_drafts(drafts, output) == len(drafts) - 2
    after = output.read_text(encoding="utf-8").splitlines()
    assert after[:3] == work
    assert [json.loads(line)["id"] for line in after[3:]] == [draft.id for draft in drafts[2:]]

    before = output.read_bytes()
    assert write_drafts(drafts, output) == 0
    assert output.read_bytes() == before


def test_a_file_that_cannot_be_written_is_an_error(settings: Settings, tmp_path: Path) -> None:
    """With the place named."""
    (tmp_path / "файл").touch()
    with pytest.raises(ConfigurationError, match="файл"):
        write_drafts(draft_questions(settings, tmp_path / "нет.jsonl", RU), tmp_path / "файл" / "drafts.jsonl")
