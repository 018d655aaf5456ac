"""What is measured of one answer, each figure with its definition and source.

Retrieval figures come from ir-measures (MacAvaney, Macdonald & Ounis 2022), over sections and over notes:
R@k, recall of the answering sections (relevance 2); RR@10, reciprocal rank of the first relevant one (Voorhees
1999); nDCG@10 with the grade as the gain (Järvelin & Kekäläinen 2002); Success@5, whether an answering one is among
the first five. The rest is below. Every figure but `score` is in [0, 1]; all but `false_refusal` and `forbidden`
are better when higher.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ir_measures

from kbqa.answering.citations import MARKER, markers
from kbqa.evaluation.questions import ANSWERS, EvaluationQuestion
from kbqa.evaluation.wording import states
from kbqa.index.analysis import words
from kbqa.types import Answer, Citation, Note

SectionKey = tuple[str, tuple[str, ...]]
"""Note path and heading path."""
Level = Literal["section", "note"]

NDCG, RR = ir_measures.nDCG @ 10, ir_measures.RR @ 10
RECALL = {k: ir_measures.R(rel=ANSWERS) @ k for k in range(1, 11)}
SUCCESS = ir_measures.Success(rel=ANSWERS) @ 5
REPORTED_RECALL = (1, 5, 10)
RETRIEVAL = {
    **{f"R@{k}": RECALL[k] for k in RECALL},
    "RR@10": RR,
    "nDCG@10": NDCG,
    "Success@5": SUCCESS,
}
"""Names of the retrieval figures, as ir-measures writes them without the relevance in brackets."""

_LAYOUT = re.compile(r"^\s*(?:\*\*.+:\*\*[ \t]*$|(?:[-*+]|\d+[.)])\s+)", re.MULTILINE)
"""What is no statement: a label in bold on a line of its own, the mark of a list item."""
_CLAUSE_END = re.compile(r"[;|\n]|:(?=\s|\*)|\s[-–—]\s")


def retrieval_figures(
    rankings: Mapping[str, Sequence[SectionKey]], questions: Mapping[str, EvaluationQuestion], level: Level
) -> dict[str, dict[str, float]]:
    """The retrieval figures of each ranking.

    Args:
        rankings: sections found, best first, by an id of the ranking; a repeated one counts where it is first.
        questions: the answerable question that each ranking is for, by the same ids.
        level: whether to compare sections or whole notes.

    Returns:
        By ranking id, then `<level> <measure>`.
    """

    def name(section: SectionKey) -> str:
        return "\n".join((section[0], *section[1])) if level == "section" else section[0]

    qrels: dict[str, dict[str, int]] = {}
    for ranking_id, question in questions.items():
        grades = qrels.setdefault(ranking_id, {})
        for expected in question.expected:
            key = name((expected.note, expected.heading_path))
            grades[key] = max(grades.get(key, 0), expected.relevance)
    # Scores that are strictly ordered: a measure must not depend on how a library breaks ties.
    run = {
        ranking_id: {key: 1 / rank for rank, key in enumerate(dict.fromkeys(map(name, ranking)), start=1)}
        for ranking_id, ranking in rankings.items()
    }
    figures: dict[str, dict[str, float]] = {ranking_id: {} for ranking_id in rankings}
    names = {str(measure): f"{level} {reported}" for reported, measure in RETRIEVAL.items()}
    for metric in ir_measures.iter_calc(list(RETRIEVAL.values()), qrels, run):
        figures[metric.query_id][names[str(metric.measure)]] = metric.value
    return figures


def citation_resolves(citation: Citation, note: Note) -> bool:
    """Whether the quote stands verbatim between its lines of the note, in the section that it names."""
    lines = note.text.split("\n")[citation.start_line - 1 : citation.end_line]
    in_place = any(
        section.start_line <= citation.start_line and citation.end_line <= section.end_line
        for section in note.sections
        if section.heading_path == citation.heading_path
    )
    return in_place and bool(citation.quote.strip()) and citation.quote in "\n".join(lines)


def markers_agree(answer: Answer) -> bool:
    """Whether the markers in the text and the citations are the same numbers, from 1 in order of first mention."""
    mentioned = list(dict.fromkeys(markers(answer.text)))
    return mentioned == [citation.number for citation in answer.citations] == list(range(1, len(mentioned) + 1))


def citation_precision(answer: Answer, question: EvaluationQuestion) -> float:
    """Share of the citations that lie in an expected section."""
    expected = {(section.note, section.heading_path) for section in question.expected}
    inside = [(citation.note, citation.heading_path) in expected for citation in answer.citations]
    return sum(inside) / len(inside) if inside else 0.0


def citation_recall(answer: Answer, question: EvaluationQuestion) -> float:
    """Share of the answering sections that are cited."""
    answering = set(answering_sections(question))
    cited = {(citation.note, citation.heading_path) for citation in answer.citations}
    return len(answering & cited) / len(answering)


@dataclass(frozen=True, slots=True)
class Support:
    """Whether the cited text says what the answer says, after ALCE (Gao et al. 2023), by span containment."""

    recall: float
    """Share of the answer's statements whose every clause stands, word for word, in the quotes it cites or in their
    headings; a statement without a marker is not supported."""
    precision: float
    """Share of the (statement, citation) pairs whose quote holds a clause of the statement."""


def support(answer: Answer) -> Support:
    """How far the answer's own citations support it; a refusal states nothing and counts as supported.

    What a model wrote stands in its own words, so there the verdict on each sentence takes the place of the span.
    """
    if answer.mode == "generative":
        return _verified(answer)
    quotes = {citation.number: citation for citation in answer.citations}
    supported, useful = [], []
    for statement, numbers in _cited_statements(answer.text):
        cited = [quotes[number] for number in numbers if number in quotes]
        clauses = [f" {' '.join(clause)} " for clause in map(words, _CLAUSE_END.split(statement)) if clause]
        texts = [_spaced(citation.quote) for citation in cited]
        headings = [_spaced(heading) for citation in cited for heading in citation.heading_path]
        supported.append(all(any(clause in text for text in (*texts, *headings)) for clause in clauses) and bool(cited))
        useful += [any(clause in text for clause in clauses) for text in texts]
        useful += [False] * (len(numbers) - len(cited))
    return Support(_share(supported), _share(useful))


def _verified(answer: Answer) -> Support:
    useful: list[bool] = []
    for sentence in answer.sentences:
        numbers = {source.number for source in sentence.sources}
        useful += [number in numbers for number in dict.fromkeys(markers(answer.text[sentence.start : sentence.end]))]
    return Support(_share([sentence.supported for sentence in answer.sentences]), _share(useful))


@dataclass(frozen=True, slots=True)
class NuggetJudgement:
    """Which nuggets of a question an answer states: strict, a nugget is stated or it is not (TREC 2024 RAG)."""

    missed: tuple[int, ...]
    """Positions of the nuggets with a wording to state, none of which is stated."""
    forbidden: tuple[int, ...]
    """Positions of the nuggets of which a forbidden wording is stated."""


def judge_nuggets(text: str, question: EvaluationQuestion) -> NuggetJudgement:
    """Compare an answer's text with the question's nuggets."""
    missed, forbidden = [], []
    for position, nugget in enumerate(question.nuggets):
        if nugget.any_of and not any(states(text, wording) for wording in nugget.any_of):
            missed.append(position)
        if any(states(text, wording) for wording in nugget.none_of):
            forbidden.append(position)
    return NuggetJudgement(tuple(missed), tuple(forbidden))


def nugget_share(judgement: NuggetJudgement, question: EvaluationQuestion, *, vital: bool) -> float:
    """Share of the nuggets that are stated: V_strict if only the `vital` ones count, else A_strict."""
    counted = [
        position for position, nugget in enumerate(question.nuggets) if nugget.any_of and (nugget.vital or not vital)
    ]
    return _share([position not in judgement.missed for position in counted])


def crag_score(answer: Answer, question: EvaluationQuestion, judgement: NuggetJudgement) -> int:
    """+1 right, 0 nothing or a part, −1 wrong, after CRAG (Yang et al. 2024), whose judge is replaced by nuggets.

    Answerable: +1 if every vital nugget is stated and nothing forbidden; −1 if something forbidden is, or no vital
    nugget; 0 in between, and for a refusal. Unanswerable: a refusal is right, an answer wrong.
    """
    refused = answer.status == "no_evidence"
    if not question.answerable:
        return 1 if refused else -1
    if refused:
        return 0
    stated = nugget_share(judgement, question, vital=True)
    if judgement.forbidden or stated == 0:
        return -1
    return 1 if stated == 1 else 0


def answering_sections(question: EvaluationQuestion) -> list[SectionKey]:
    """The sections of relevance 2."""
    return [(section.note, section.heading_path) for section in question.expected if section.relevance == ANSWERS]


def _cited_statements(text: str) -> Iterator[tuple[str, list[int]]]:
    """Each piece of text with the numbers of the markers that follow it, without labels and list marks."""
    # re.split alternates text and captured number; several numbers in a row belong to the text before them.
    pieces = MARKER.split(_LAYOUT.sub("", text))
    statement, numbers = pieces[0], list[int]()
    for number, following in zip(pieces[1::2], pieces[2::2], strict=True):
        numbers.append(int(number))
        if words(following):
            yield statement, numbers
            statement, numbers = following, []
    if words(statement):
        yield statement, numbers


def _spaced(text: str) -> str:
    return f" {' '.join(words(text))} "


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 1.0
