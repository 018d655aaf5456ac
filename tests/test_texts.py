"""The catalogue of texts: complete in both languages, nothing unused, nothing missing."""

import re
import string
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

import kbqa
from kbqa.evaluation.html_report import NuggetMark, Verdict
from kbqa.feedback import Reason
from kbqa.index.manifest import Recipe
from kbqa.index.status import State
from kbqa.llm.faults import FAULTS
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Doubt, Language

RU, EN = Texts.load("ru"), Texts.load("en")
KEYS = RU.keys()

PACKAGE = Path(kbqa.__file__).parent
SOURCE = "\n".join(
    file.read_text(encoding="utf-8") for kind in ("*.py", "*.html") for file in sorted(PACKAGE.rglob(kind))
)
# Keys stand in the code as "area.name"; of errors, "name" alone, after the class; in f-strings the end is computed.
LITERAL_KEYS = set(
    re.findall(
        r"[\"']((?:answers|check|cli|doors|eval|notes|pages|report|settings|setup|status|talks|web)(?:\.\w+)+)[\"']",
        SOURCE,
    )
) - {
    "notes.sqlite",
    "notes.html",
    "pages.css",
    "pages.js",
    "talks.sqlite",
    "talks.js",
    "report.html",
    "report.css",
    "report.js",
    "setup.js",
}
ERROR_KEYS = {f"errors.{name}" for name in re.findall(r"(?:Error|\bfault)\(\s*\"(\w+)\"", SOURCE)}
COMPUTED_KEYS = {
    # cli/arguments.py: each command's help, and each folder option's.
    *(f"cli.{command}_about" for command in ("index", "status", "search", "ask", "models", "serve", "mcp", "eval")),
    *("cli.corpus", "cli.index"),
    *(f"cli.within_{kind}" for kind in ("note", "folder", "tag")),
    *(f"cli.{kind}_name" for kind in ("note", "folder", "tag")),
    # retrieval/scope.py: what a filter names and is not there.
    *(f"errors.filter_{kind}_unknown" for kind in ("note", "folder", "tag")),
    *(f"errors.filter_no_{kind}s" for kind in ("note", "folder", "tag")),
    # index/status_words.py: the state of a note, and what an index was made with.
    *(f"status.note.{state}" for state in (*get_args(State), "unreadable")),
    *(f"status.recipe.{part.name}" for part in fields(Recipe)),
    # web/status_view.py: the figures, and the headings of lists.
    *(f"web.state.{figure}" for figure in ("covered", "chunks", "published")),
    *(f"web.state.{heading}" for heading in ("problems", "behind", "dangling", "lacks", "notes")),
    # evaluation/report.py: headings and the names of metrics.
    *(key for key in KEYS if key.startswith("eval.")),
    # evaluation/html_report.py, evaluation/plots.py and their templates.
    *(f"report.plot.{plot}" for plot in ("recall", "risk", "latency", "types", "robustness")),
    *(f"report.plot.{drawn}" for drawn in ("section", "note", "median", "p95")),
    *(f"report.case.{mark}" for mark in get_args(NuggetMark)),
    *(f"report.verdict.{word}" for word in get_args(Verdict)),
    # web/chat/settings_view.py: what each setting is for.
    *(f"settings.{name}" for name in Settings.model_fields),
    # settings.py: a value outside its limits.
    *(f"errors.setting_{limit}" for limit in ("at_least", "at_most", "one_of")),
    # llm/faults.py: the table of what libraries raise; llm/reading.py: a reply that breaks off.
    *(f"errors.{key}" for key in FAULTS.values()),
    "errors.model_dropped",
    # settings.py: what is wrong with a server's address.
    *(f"errors.{setting}_{wrong}" for setting in ("llm_url", "chroma_url") for wrong in ("form", "secret")),
    # cli/output.py, web/verdicts.py: why a sentence is not supported.
    *(f"answers.doubt_{doubt}" for doubt in get_args(Doubt)),
    # web/messages.py, web/notices.py, web/panel.py, web/talks_view.py: what can be done, why an answer is wrong, what
    # became of a note.
    *(f"talks.ask.{deed}{hint}" for deed in ("edit", "again") for hint in ("", "_hint")),
    *(f"talks.reasons.{reason}" for reason in get_args(Reason)),
    *(f"talks.reasons.{words}{kind}" for words in ("heading", "comment") for kind in ("", "_refusal")),
    *("talks.changed", "talks.gone", "talks.rename", "talks.export", "talks.remove"),
    # web/chat.py: what a search can be kept within.
    *("web.within.note", "web.within.folder", "web.within.tag"),
    # web/openai_door.py: what cannot be asked for; web/surface.py, web/access.py: what is refused.
    *(f"doors.{key}" for key in ("model_not_found", "no_question", "only_text", "unsupported_parameter")),
    *(f"doors.{key}" for key in ("not_served", "no_length", "too_large", "password_needed", "password_wrong")),
    # web/access.py: the pages for logging in and out.
    *(f"doors.{word}" for word in ("enter", "password", "leave", "leave_about")),
    # mcp_server.py: the tools and their parameters.
    *(key for key in KEYS if key.startswith("doors.mcp.")),
    # web/messages.py: the answer's mode.
    "web.answer.extractive",
}


def placeholders(template: str) -> set[str]:
    """Names between the braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_have_the_same_keys() -> None:
    """No text is missing from either language."""
    assert EN.keys() == KEYS


@pytest.mark.parametrize("key", sorted(KEYS & EN.keys()))
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    """What a text is filled with does not depend on the language."""
    assert placeholders(RU.template(key)) == placeholders(EN.template(key))


def test_no_text_is_unused() -> None:
    """Every text is shown somewhere."""
    assert not KEYS - LITERAL_KEYS - ERROR_KEYS - COMPUTED_KEYS


def test_no_text_is_missing() -> None:
    """Every key in the code has a text."""
    assert not (LITERAL_KEYS | ERROR_KEYS | COMPUTED_KEYS) - KEYS


@pytest.mark.parametrize(("language", "text"), [("ru", "строки 3–5"), ("en", "lines 3–5")])
def test_a_text_is_filled(language: Language, text: str) -> None:
    """Calling the catalogue fills the placeholders."""
    assert Texts.load(language)("cli.lines", start=3, end=5) == text


def test_an_unknown_key_is_a_programming_error() -> None:
    """A key without a text raises KeyError."""
    with pytest.raises(KeyError):
        RU("cli.nothing")
