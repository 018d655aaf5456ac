"""Drafts of questions: from the answers that users marked, and on sections that no question covers yet.

A draft is a suggestion. It is not asked until a person has read it, mended it and taken `draft` away; where a guess
would pass for a judgement, the draft is left such that it is refused until the person has made that judgement.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from kbqa.answering.examples import Told, is_item, question_on, questions_on, told_by
from kbqa.answering.passages import Passage
from kbqa.errors import ConfigurationError
from kbqa.evaluation.questions import EvaluationQuestion, ExpectedSection, Nugget, QuestionType, read_questions
from kbqa.feedback import Cited, Mark, MarkStore
from kbqa.index.analysis import STOP_WORDS, folded, words
from kbqa.notes.sections import outline
from kbqa.notes.vault import NoteFile, Vault
from kbqa.retrieval.repair.letters import CYRILLIC
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Block, Note, Section

CANDIDATES = 3
"""How many of the sections that were found are offered where the answering one is not known."""
NUGGET_WORDS = 6
"""Longest wording of a nugget, in words: enough to know the statement by, short enough to survive another wording."""

_CLAUSE_END = re.compile(r"[.;:!?…](?!\d)|[()|\n]|\s[-–—]\s")
_DEFINED = re.compile(r"^[^.!?:]{2,80}?\s[-–—]\s+(?:это\s+)?")
"""The term that a sentence defines, and the dash."""
_TASK = re.compile(r"^\[[ xX]\]\s+")


def draft_questions(settings: Settings, file: Path, texts: Texts) -> list[EvaluationQuestion]:
    """Drafts of what a question set lacks: first from the marks on answers from this vault, then from its sections.

    Args:
        settings: name the vault and the data folder.
        file: the question set; need not be there yet.
        texts: the language of the questions that are made from headings.

    Raises:
        VaultError: there is no such folder of notes.
        DataError: the marks cannot be read.
        ConfigurationError: a line of the question set is not a question.
    """
    notes = _read_vault(settings, texts)
    # Earlier drafts count: they are in a person's hands already.
    known = read_questions(file, drafts=True) if file.exists() else []
    asked = {_folded(wording) for question in known for wording in _wordings(question)}
    ids = {question.id for question in known}
    covered = {(expected.note, expected.heading_path) for question in known for expected in question.expected}
    drafts = []
    for draft in (
        *_from_marks(MarkStore(settings.data).marks(settings.corpus), notes, texts),
        *_from_sections(notes, covered, asked, texts),
    ):
        if draft.id not in ids and _folded(draft.question) not in asked:
            drafts.append(draft)
            ids.add(draft.id)
            asked.add(_folded(draft.question))
    return drafts


def write_drafts(drafts: list[EvaluationQuestion], file: Path) -> int:
    """Add drafts to a file and return how many: those whose id and question it lacks. What it holds stays as it is.

    Raises:
        ConfigurationError: the file cannot be read or written.
    """
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("questions_file", file=file, detail=error) from error
    there = [line for line in map(_object, text.split("\n")) if line]
    ids = {line.get("id") for line in there}
    asked = {_folded(str(line.get("question"))) for line in there}
    new = [draft for draft in drafts if draft.id not in ids and _folded(draft.question) not in asked]
    lines = [
        json.dumps(draft.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False) + "\n" for draft in new
    ]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as end:
            end.write("".join(["\n" if text and not text.endswith("\n") else "", *lines]))
    except OSError as error:
        raise ConfigurationError("run_unwritable", file=file, detail=error.strerror or error) from error
    return len(new)


def _read_vault(settings: Settings, texts: Texts) -> dict[str, Note]:
    vault = Vault(settings.corpus, texts)
    notes = (vault.parse(file)[0] for file in vault.files() if isinstance(file, NoteFile))
    return {note.path: note for note in notes if note}


def _wordings(question: EvaluationQuestion) -> tuple[str, ...]:
    return (question.question, *(paraphrase.question for paraphrase in question.paraphrases))


def _object(line: str) -> dict[str, Any] | None:
    """The line's JSON object; None for one that a person is still writing."""
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


# ---- From marks ----


def _from_marks(marks: tuple[Mark, ...], notes: Mapping[str, Note], texts: Texts) -> Iterator[EvaluationQuestion]:
    """One draft a question, of its newest mark; but what a person said goes before what was only noted."""
    newest: dict[str, Mark] = {}
    for mark in sorted(marks, key=lambda mark: mark.verdict == "unanswered"):  # stable: newest first otherwise
        newest.setdefault(_folded(mark.question), mark)
    return (_from_mark(mark, notes, texts) for mark in marks if mark is newest[_folded(mark.question)])


def _from_mark(mark: Mark, notes: Mapping[str, Note], texts: Texts) -> EvaluationQuestion:
    """A draft of one mark.

    A right answer gives its sections and facts. A right refusal gives a question that the notes do not answer, its
    kind left for the person to say. After a wrong answer, or a refusal of which nobody said anything, the question
    counts as answerable: as a draft that says so cannot be used before a section of relevance 2 and a nugget are
    found, the notes must be read first, while the other guess would quietly make the assistant's failure the
    expected answer. If the notes have no answer, the person says so.
    """
    refused = mark.status == "no_evidence"
    if mark.verdict == "right" and refused:
        return _draft(mark.question, _folded(mark.question), "unanswerable")
    if mark.verdict == "right":
        return _draft(
            mark.question,
            _folded(mark.question),
            "fact",
            expected=tuple(_cited_sections(mark.cited, notes)),
            nuggets=_distinct(nugget for cited in mark.cited for nugget in _nuggets_of_quote(cited.quote)),
        )
    candidates = (_expected(notes, found.note, found.heading_path, relevance=1) for found in mark.found)
    return _draft(
        mark.question,
        _folded(mark.question),
        "fact",
        expected=tuple(candidate for candidate in candidates if candidate)[:CANDIDATES],
        remark=_remark(mark, texts),
    )


def _remark(mark: Mark, texts: Texts) -> str:
    """What the user said was wrong, in words."""
    reasons = ", ".join(texts(f"talks.reasons.{reason}") for reason in mark.reasons)
    return ". ".join(filter(None, (reasons, mark.comment)))


def _cited_sections(quotes: tuple[Cited, ...], notes: Mapping[str, Note]) -> Iterator[ExpectedSection]:
    """Each cited section once, with its first quote that still stands in the notes."""
    seen = set()
    for cited in quotes:
        place = (cited.note, cited.heading_path)
        expected = _expected(notes, *place, relevance=2, evidence=_first_line(cited.quote))
        if expected and place not in seen:
            seen.add(place)
            yield expected


def _expected(
    notes: Mapping[str, Note],
    note: str,
    heading_path: tuple[str, ...],
    *,
    relevance: Literal[1, 2],
    evidence: str | None = None,
) -> ExpectedSection | None:
    """A section as it is expected, its own first line the evidence if none is given; None if the notes lack it."""
    for section in notes[note].sections if note in notes else ():
        shows = evidence or _own_line(section)
        if section.heading_path == heading_path and shows and shows in section.text:
            return ExpectedSection(note=note, heading_path=heading_path, relevance=relevance, evidence=shows)
    return None


def _nuggets_of_quote(quote: str) -> Iterator[Nugget]:
    for section in outline(quote, fallback_title="").sections:
        yield from _nuggets(section.blocks)


# ---- From sections ----


def _from_sections(
    notes: Mapping[str, Note], covered: set[tuple[str, tuple[str, ...]]], asked: set[str], texts: Texts
) -> Iterator[EvaluationQuestion]:
    seen, taken = set(covered), set(asked)
    for note in notes.values():
        for section in note.sections:
            place = (note.path, section.heading_path)
            told = told_by(note, section) if place not in seen else None
            evidence = _own_line(section)
            if told is None or evidence is None:
                continue
            seen.add(place)
            question = _question(told, taken, texts)
            taken.add(_folded(question))
            yield _draft(
                question,
                json.dumps(place, ensure_ascii=False),
                told.kind,
                expected=(
                    ExpectedSection(
                        note=note.path,
                        heading_path=section.heading_path,
                        relevance=2,
                        evidence=evidence,
                    ),
                ),
                nuggets=_distinct(_nuggets(told.says[:1] if told.kind == "definition" else told.items or told.says)),
            )


def _question(told: Told, taken: set[str], texts: Texts) -> str:
    """A question on a section that no other section has been asked with."""
    for question in questions_on(told, texts):
        if _folded(question) not in taken:
            return question
    # Another section has the same heading; the whole place tells them apart.
    place = " › ".join((told.note.path, *told.section.heading_path[1:]))
    return question_on(told, place, texts)


# ---- Both ----


def _draft(
    question: str,
    key: str,
    kind: QuestionType,
    *,
    expected: tuple[ExpectedSection, ...] = (),
    nuggets: tuple[Nugget, ...] = (),
    remark: str = "",
) -> EvaluationQuestion:
    """A draft; `key` tells it from others, and gives the same id every time."""
    return EvaluationQuestion(
        id=f"draft-{hashlib.sha256(key.encode()).hexdigest()[:10]}",
        question=question,
        language="ru" if CYRILLIC.search(question) else "en",
        type=kind,
        answerable=kind != "unanswerable",
        expected=expected,
        nuggets=nuggets,
        split="dev",
        draft=True,
        remark=remark,
    )


def _nuggets(blocks: tuple[Block, ...]) -> Iterator[Nugget]:
    for block in blocks:
        if wording := _wording(block):
            yield Nugget(any_of=(wording,))


def _wording(block: Block) -> str | None:
    """What a block's statement is known by: an item's term, a definition's first words, else its own first words."""
    text = _TASK.sub("", block.plain)
    if not is_item(block):
        text = _DEFINED.sub("", text)
    elif term := _passage(replace(block, plain=text)).term:
        return term
    clauses = (clause.split() for clause in _CLAUSE_END.split(text) if any(map(str.isalpha, clause)))
    chosen = next(clauses, [])[:NUGGET_WORDS]
    while len(chosen) > 1 and folded(chosen[-1]) in STOP_WORDS:
        chosen.pop()
    return " ".join(chosen).rstrip(",") or None


def _passage(block: Block) -> Passage:
    return Passage("", "", (), (), block)


def _distinct(nuggets: Iterator[Nugget]) -> tuple[Nugget, ...]:
    return tuple({nugget.any_of: nugget for nugget in nuggets}.values())


def _own_line(section: Section) -> str | None:
    """The first line of what stands under the section's heading."""
    return next((line for block in section.blocks if block.kind != "html" and (line := _first_line(block.text))), None)


def _first_line(text: str) -> str | None:
    lines = (line.strip() for line in text.split("\n"))
    lines = (line for line in lines if not line.startswith(("```", "~~~")))  # a fence shows nothing
    return next((line for line in lines if any(map(str.isalnum, line))), None)


def _folded(question: str) -> str:
    """What two askings of the same question have in common."""
    return " ".join(words(question))
