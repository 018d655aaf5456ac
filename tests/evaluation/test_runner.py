"""From question sets to judged rows: the variants that are asked, the figures, what went wrong first."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kbqa.errors import ConfigurationError
from kbqa.evaluation.questions import EvaluationQuestion, Nugget, Paraphrase
from kbqa.evaluation.record import Row, Run
from kbqa.evaluation.runner import Variant, evaluate, judge, ranked_sections, variants_of
from kbqa.settings import Settings
from kbqa.types import Answer, Citation, Hit, Note

NOTE = "Кофе.md"
Judge = Callable[..., Row]


@pytest.fixture
def notes(note: Note) -> Mapping[str, Note]:
    """The vault."""
    return {NOTE: note}


@pytest.fixture
def judged(question: EvaluationQuestion, notes: Mapping[str, Note], hit: Callable[..., Hit]) -> Judge:
    """The row of one answer, for which both sections of the note are found."""

    def judged(answer: Answer, asked: EvaluationQuestion = question) -> Row:
        found = replace(answer, hits=answer.hits or (hit("Сорта", 5), hit("", 1)))
        (row,) = judge([Variant(asked.id, "original", asked.question, asked)], [found], notes)
        return row

    return judged


def test_a_good_answer_scores(judged: Judge, answer: Callable[..., Answer]) -> None:
    """All figures of an answerable question; one of two answering sections is found and cited."""
    row = judged(answer())
    assert row.figures.keys() >= {"section nDCG@10", "note R@5", "latency_ms"}
    assert {name: value for name, value in row.figures.items() if name.split()[0] not in {"section", "note"}} == {
        "score": 1,
        "refused": False,
        "latency_ms": 2.0,
        "citation_validity": True,
        "citation_precision": 1.0,
        "citation_recall": 0.5,
        "support_recall": 1.0,
        "support_precision": 1.0,
        "nuggets_vital": 1.0,
        "nuggets_all": pytest.approx(2 / 3),
        "forbidden": False,
    }
    assert (row.failure, row.missed, row.forbidden) == (None, (2,), ())


PLANTED = {
    "a citation one line off": (
        lambda answer, citation: answer(citations=(citation(line=7), citation(number=2, line=7, quote="Робуста"))),
        ("citation_validity",),
    ),
    "an invented quote": (
        lambda answer, citation: answer(citations=(citation(quote="Либерика"), citation(number=2))),
        ("citation_validity", "support_recall"),
    ),
    "a swapped section": (
        lambda answer, citation: answer(
            citations=(citation(heading_path=("Кофе",), line=3, quote="Кофе - это напиток."), citation(number=2))
        ),
        ("citation_precision", "support_recall"),
    ),
    "a number without a citation": (
        lambda answer, _: answer(text="- Арабика [1]\n- Робуста [3]"),
        ("citation_validity",),
    ),
    "a dropped nugget": (
        lambda answer, citation: answer(text="- Арабика [1]", citations=(citation(),)),
        ("nuggets_vital", "nuggets_all", "score"),
    ),
    "a negated fact": (
        lambda answer, _: answer(text="- Арабика [1]\n- Не робуста [2]"),
        ("nuggets_vital", "support_recall", "score"),
    ),
    "a wrong fact beside the right ones": (
        lambda answer, _: answer(text="- Арабика [1]\n- Робуста, либерика [2]"),
        ("score", "support_recall"),
    ),
    "a refusal of an answerable question": (
        lambda answer, _: answer(status="no_evidence", text="Нет ответа.", citations=()),
        ("nuggets_vital", "citation_recall", "score"),
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_moves_its_figures(
    judged: Judge, answer: Callable[..., Answer], citation: Callable[..., Citation], fault: str
) -> None:
    """Each figure that should see the fault falls."""
    plant, moved = PLANTED[fault]
    good, bad = judged(answer()).figures, judged(plant(answer, citation)).figures
    assert {name for name in moved if bad[name] < good[name]} == set(moved)


def test_a_swapped_note_moves_retrieval_and_citations(
    judged: Judge, answer: Callable[..., Answer], question: EvaluationQuestion
) -> None:
    """What is found and cited in another note than the expected one counts for nothing."""
    elsewhere = tuple(section.model_copy(update={"note": "Чай.md"}) for section in question.expected)
    row = judged(answer(), question.model_copy(update={"expected": elsewhere}))
    assert row.figures["note R@5"] == row.figures["section nDCG@10"] == row.figures["citation_precision"] == 0.0


def test_an_answer_to_an_unanswerable_question_is_wrong(
    judged: Judge, answer: Callable[..., Answer], refusal: Answer, unanswerable: EvaluationQuestion
) -> None:
    """However well cited; refusing it is right."""
    answered, refused = judged(answer(), unanswerable), judged(refusal, unanswerable)
    assert (answered.figures["score"], answered.failure) == (-1, "missed_refusal")
    assert (refused.figures["score"], refused.failure) == (1, None)
    assert "nuggets_vital" not in answered.figures


def test_what_went_wrong_first(
    judged: Judge,
    answer: Callable[..., Answer],
    refusal: Answer,
    hit: Callable[..., Hit],
    question: EvaluationQuestion,
) -> None:
    """On the way from the note to the answer."""
    only = question.model_copy(update={"expected": question.expected[:1]})
    unread = only.model_copy(update={"expected": (only.expected[0].model_copy(update={"note": "Шифр.md"}),)})
    partial = answer(text="Арабика [1]")
    assert judged(partial, unread).failure == "not_indexed"
    assert judged(replace(partial, hits=(hit("", 1),)), only).failure == "not_retrieved"
    assert judged(refusal, only).failure == "wrong_refusal"
    assert judged(partial, only).failure == "not_extracted"
    assert judged(answer(text="Арабика, робуста, либерика [1]"), only).failure == "wrong_statement"


def test_a_hit_is_every_section_that_its_lines_touch(hit: Callable[..., Hit], notes: Mapping[str, Note]) -> None:
    """A chunk over two sections has found both; each counts once."""
    wide = hit("", 1)
    wide = replace(wide, chunk=replace(wide.chunk, end_line=6))
    assert ranked_sections([wide, hit("Сорта", 7)], notes) == [(NOTE, ("Кофе",)), (NOTE, ("Кофе", "Сорта"))]
    assert ranked_sections([hit("Сорта", 7)], notes) == [(NOTE, ("Кофе", "Сорта"))]


def test_without_a_seed_only_the_questions_are_asked(question: EvaluationQuestion) -> None:
    """As they are written."""
    assert [variant.text for variant in variants_of([question], None)] == [question.question]


def test_variants_keep_their_base_question(question: EvaluationQuestion) -> None:
    """Paraphrases, translations, and a perturbation of every kind that applies; the same for the same seed."""
    paraphrases = (
        Paraphrase(question="Что за сорта существуют?", language="ru"),
        Paraphrase(question="Which varieties are there?", language="en"),
    )
    variants = list(variants_of([question.model_copy(update={"paraphrases": paraphrases})], 7))
    assert [variant.family for variant in variants][:3] == ["original", "paraphrase", "english"]
    assert {variant.family for variant in variants} >= {"typo", "case", "layout", "transliteration", "inflection"}
    assert {variant.question.id for variant in variants} == {"q1"}
    assert len({variant.id for variant in variants}) == len({variant.text for variant in variants}) == len(variants)
    assert variants == list(variants_of([question.model_copy(update={"paraphrases": paraphrases})], 7))


@pytest.fixture
def vault_and_set(vault: Callable[..., Path], tmp_path: Path) -> tuple[Settings, Path]:
    """A vault of one note and a question on it."""
    folder = vault({NOTE: "# Кофе\n\nКофе - это напиток.\n\n## Сорта\n\n- Арабика\n- Робуста\n"})
    settings = Settings(corpus=folder, index=tmp_path / "index")
    question = EvaluationQuestion(
        id="q1",
        question="Какие сорта кофе бывают?",
        language="ru",
        type="list",
        answerable=True,
        expected=({"note": NOTE, "heading_path": ("Кофе", "Сорта"), "relevance": 2, "evidence": "- Арабика"},),
        nuggets=(Nugget(any_of=("арабика",)), Nugget(any_of=("робуста",))),
        split="dev",
    )
    file = tmp_path / "мой набор.jsonl"
    file.write_text(question.model_dump_json() + "\n", encoding="utf-8")
    return settings, file


def test_a_whole_run(vault_and_set: tuple[Settings, Path], tmp_path: Path) -> None:
    """From notes on disk to a saved run that reads back the same."""
    settings, file = vault_and_set
    told: list[tuple[int, int]] = []
    run = evaluate(settings, file, seed=1, progress=lambda *progress: told.append(progress))
    assert told == [(number, len(run.rows)) for number in range(1, len(run.rows) + 1)]
    original = run.rows[0]
    assert (original.figures["score"], original.figures["section R@5"], original.failure) == (1, 1.0, None)
    assert original.answer["citations"][0]["quote"] == "Арабика"
    assert all("hits" not in row.answer for row in run.rows if row.family != "original")
    assert run.costs
    assert min(run.costs.cold_ms, run.costs.peak_memory_mb) > 0
    assert run.versions["kbqa"]
    run.write(tmp_path / "новая" / "run.json")
    assert Run.read(tmp_path / "новая" / "run.json") == run


def test_the_same_vault_and_set_give_the_same_rows(vault_and_set: tuple[Settings, Path]) -> None:
    """But for the time they took."""

    def rows() -> list[Row]:
        run = evaluate(*vault_and_set, seed=1, progress=lambda *_: None)
        return [
            row.model_copy(
                update={
                    "figures": row.figures | {"latency_ms": 0.0},
                    "answer": {key: value for key, value in row.answer.items() if key != "timings_ms"},
                }
            )
            for row in run.rows
        ]

    assert rows() == rows()


def test_hashes_tell_what_was_measured(vault_and_set: tuple[Settings, Path]) -> None:
    """Another note or another question is another vault or set."""
    settings, file = vault_and_set

    def hashes() -> tuple[str, str]:
        run = evaluate(settings, file, progress=lambda *_: None)
        return run.vault_hash, run.questions_hash

    first = hashes()
    (settings.corpus / "Чай.md").write_text("# Чай\n\nЧай - это лист.\n", encoding="utf-8")
    second = hashes()
    file.write_text(file.read_text(encoding="utf-8").replace("Какие", "Что за"), encoding="utf-8")
    third = hashes()
    assert (first[0] != second[0], first[1] == second[1]) == (True, True)
    assert (second[0] == third[0], second[1] != third[1]) == (True, True)


def test_a_set_without_questions_is_refused(vault_and_set: tuple[Settings, Path]) -> None:
    """An empty half is no success."""
    settings, file = vault_and_set
    with pytest.raises(ConfigurationError, match="нет вопросов"):
        evaluate(settings, file, split="test", progress=lambda *_: None)


def test_a_set_for_another_vault_is_refused(vault_and_set: tuple[Settings, Path]) -> None:
    """Before a single question is asked, with the line."""
    settings, file = vault_and_set
    file.write_text(file.read_text(encoding="utf-8").replace("- Арабика", "- Либерика"), encoding="utf-8")
    asked: list[tuple[int, int]] = []
    with pytest.raises(ConfigurationError, match=r"строка 1.*Либерика"):
        evaluate(settings, file, progress=lambda *progress: asked.append(progress))
    assert not asked


@pytest.mark.skipif(
    subprocess.run(["git", "status"], capture_output=True, check=False).returncode != 0, reason="no git"
)
def test_the_commit_is_recorded(vault_and_set: tuple[Settings, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the working folder's repository; none outside of one."""
    monkeypatch.chdir(Path(__file__).parent)
    assert evaluate(*vault_and_set, progress=lambda *_: None).commit
    monkeypatch.chdir(vault_and_set[0].corpus)
    assert evaluate(*vault_and_set, progress=lambda *_: None).commit is None


@pytest.mark.parametrize(
    ("by_model", "given", "figure"),
    [
        (False, {}, None),
        (True, {}, False),
        (True, {"mode": "generative"}, True),
        (True, {"mode": "generative", "status": "no_evidence", "citations": ()}, None),
    ],
    ids=["no model", "fell back", "written", "refused"],
)
def test_who_wrote_the_answer_is_a_figure_where_there_is_a_model(  # noqa: PLR0917 - fixtures
    question: EvaluationQuestion,
    notes: Mapping[str, Note],
    answer: Callable[..., Answer],
    by_model: bool,
    given: dict[str, object],
    figure: bool | None,
) -> None:
    """Of what was answered."""
    asked = [Variant("q1", "original", question.question, question)]
    (row,) = judge(asked, [answer(**given)], notes, by_model=by_model)
    assert row.figures.get("by_model") == figure
