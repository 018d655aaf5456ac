"""A run as one HTML page that needs nothing else: no host, no font, no script of another's.

Notes and questions are text that somebody else wrote. Jinja2 escapes every value; the answer's Markdown is rendered
without HTML and without links; and the page's policy lets it load nothing and run no script but its own.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from kbqa.answering.citations import MARKER
from kbqa.evaluation import plots, summary
from kbqa.evaluation.questions import EvaluationQuestion, Nugget
from kbqa.evaluation.record import Failure, Family, Row, Run
from kbqa.evaluation.statistics import Estimate
from kbqa.notes.markdown import WIKILINK, wikilink_plugin
from kbqa.texts import Texts

Verdict = Literal["right", "partial", "wrong", "refused"]
NuggetMark = Literal["stated", "missed", "forbidden", "avoided"]

_HEADLINE = (
    "section nDCG@10",
    "nuggets_vital",
    "citation_precision",
    "refusal_recall",
    "false_refusals",
    "score",
)
_OF_A_TYPE = (
    "section R@5",
    "section nDCG@10",
    "nuggets_vital",
    "citation_precision",
    "false_refusals",
    "refusal_recall",
    "score",
)
_LOWER_IS_BETTER = frozenset({"false_refusals", "forbidden"})
_LEAST = {"score": -1.0}
"""Where the range of a figure begins, if not at 0; all end at 1."""
_HASH_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Case:
    """A question with all that came of it, as the page shows it."""

    anchor: str
    """Id on the page; ids of questions may have any letters."""
    question: EvaluationQuestion
    kind: str
    """The type; of an unanswerable question, its kind."""
    row: Row
    answer: Markup
    grades: Mapping[tuple[str, tuple[str, ...]], int]
    """Relevance of the expected sections, by note and heading path."""
    nuggets: Sequence[tuple[Nugget, tuple[NuggetMark, ...]]]
    variants: Sequence[Row]


def html_report(run: Run, texts: Texts) -> str:
    """The page of a run, in the language of `texts`.

    Args:
        run: with its answers; a baseline has none and cannot be shown.
        texts: what the page says around the figures.
    """
    rows = summary.originals(run)
    figures = summary.summarise(rows, run)
    by_type = {kind: summary.summarise(part, run) for kind, part in summary.groups(run).items()}
    ratios = summary.robustness(run)
    script = _part("report.js")
    return _ENVIRONMENT.get_template("report.html").render(
        run=run,
        texts=texts,
        answerable=len(summary.answerable_ids(run)),
        figures=figures,
        headline=_HEADLINE,
        groups=summary.groups_shown(figures),
        of_a_type=_OF_A_TYPE,
        by_type=by_type,
        sizes={kind: len(part) for kind, part in summary.groups(run).items()},
        ratios=ratios,
        ratio_names=list(dict.fromkeys(name for estimates in ratios.values() for name in estimates)),
        percentiles=summary.latency(rows),
        lower_is_better=_LOWER_IS_BETTER,
        failures=Counter(row.failure for row in rows),
        variant_failures=Counter(row.failure for row in run.rows if row.family != "original"),
        failure_classes=get_args(Failure),
        cases=_cases(run),
        plots=_plots(rows, figures, by_type, ratios, texts),
        style=Markup(_part("report.css")),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - a file of ours
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        verdict=verdict,
        figure_name=plots.figure_name,
        digits=_HASH_DIGITS,
    )


def verdict(row: Row) -> Verdict:
    """How a row was judged, in one word; a refusal is `right` where the notes have no answer."""
    if row.figures["score"] > 0:
        return "right"
    if row.figures["refused"]:
        return "refused"
    return "wrong" if row.figures["score"] < 0 else "partial"


def _cases(run: Run) -> dict[Failure | None, list[Case]]:
    """The questions by failure, in the order of the way from note to answer; those without failure last."""
    questions = {question.id: question for question in run.questions}
    variants: dict[str, list[Row]] = {}
    for row in run.rows:
        if row.family != "original":
            variants.setdefault(row.base, []).append(row)
    cases: dict[Failure | None, list[Case]] = {failure: [] for failure in (*get_args(Failure), None)}
    for number, row in enumerate(summary.originals(run), start=1):
        cases[row.failure].append(_case(f"q{number}", questions[row.base], row, variants.get(row.base, [])))
    return {failure: part for failure, part in cases.items() if part}


def _case(anchor: str, question: EvaluationQuestion, row: Row, variants: Sequence[Row]) -> Case:
    numbers = {citation["number"] for citation in row.answer["citations"]}
    return Case(
        anchor=anchor,
        question=question,
        kind=question.unanswerable_kind or question.type,
        row=row,
        answer=Markup(_MARKDOWN.render(row.answer["text"], {"anchor": anchor, "numbers": numbers})),  # noqa: S704
        grades={(section.note, section.heading_path): section.relevance for section in question.expected},
        nuggets=[(nugget, _nugget_marks(nugget, at, row)) for at, nugget in enumerate(question.nuggets)],
        variants=variants,
    )


def _nugget_marks(nugget: Nugget, position: int, row: Row) -> tuple[NuggetMark, ...]:
    marks: list[NuggetMark] = []
    if nugget.any_of:
        marks.append("missed" if position in row.missed else "stated")
    if position in row.forbidden:
        marks.append("forbidden")
    return tuple(marks) or ("avoided",)


def _plots(
    rows: Sequence[Row],
    figures: Mapping[str, Estimate],
    by_type: Mapping[str, Mapping[str, Estimate]],
    ratios: Mapping[Family, Mapping[str, Estimate]],
    texts: Texts,
) -> dict[str, Markup]:
    drawn = {}
    if "section R@1" in figures:
        drawn["recall"] = plots.recall(figures, texts)
    if curve := summary.risk_coverage(rows):
        drawn["risk"] = plots.risk(curve, texts)
    drawn["latency"] = plots.latency([row.figures["latency_ms"] for row in rows], summary.latency(rows), texts)
    drawn["types"] = plots.types(by_type, texts)
    if ratios:
        drawn["robustness"] = plots.robustness(ratios, texts)
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - the labels in it are escaped


def _part(name: str) -> str:
    return files("kbqa.evaluation").joinpath("templates", name).read_text(encoding="utf-8")


def _place_on_range(value: float, name: str) -> str:
    """How far along the range of the figure a value lies, as a CSS length."""
    least = _LEAST.get(name, 0.0)
    return f"{100 * (value - least) / (1 - least):.1f}%"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kbqa.evaluation"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"figure": "{:.3f}".format, "place": _place_on_range, "tupled": tuple}
    return environment


def _citation(state: StateInline, silent: bool) -> bool:
    match = MARKER.match(state.src, state.pos, state.posMax)
    if match is None or int(match[1]) not in state.env["numbers"]:
        return False
    if not silent:
        state.push("citation", "", 0).content = match[1]
    state.pos = match.end()
    return True


Env = MutableMapping[str, Any]


def _render_citation(_: object, tokens: Sequence[Token], index: int, options: OptionsDict, env: Env) -> str:  # noqa: ARG001
    number = tokens[index].content
    return f'<a class="cite" href="#{env["anchor"]}-{number}">{number}</a>'


def _render_wikilink(_: object, tokens: Sequence[Token], index: int, options: OptionsDict, env: Env) -> str:  # noqa: ARG001
    return str(escape(tokens[index].content))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).use(wikilink_plugin)
    # Links and pictures are shown as they are written; headings would disturb the order of the page's own.
    parser.disable(["autolink", "heading", "image", "lheading", "link", "reference"])
    parser.inline.ruler.before("link", "citation", _citation)
    parser.add_render_rule("citation", _render_citation)
    parser.add_render_rule(WIKILINK, _render_wikilink)
    return parser


_ENVIRONMENT, _MARKDOWN = _environment(), _parser()
