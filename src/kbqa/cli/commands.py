"""The commands: what each reads, prints and returns as its exit code.

Every function takes the parsed arguments and the settings, imports what it needs, and raises KbqaError.
"""

import sys
from argparse import Namespace
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, Any

from kbqa.cli.evaluation import run_eval
from kbqa.cli.output import answer_lines, hit_lines, indexing_shown_on, progress_bar, say, say_json, say_report
from kbqa.cli.publishing import run_publishing
from kbqa.cli.requests import Request, requests
from kbqa.errors import KbqaError, QuestionError
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Answer, Filters

if TYPE_CHECKING:
    from kbqa.knowledge_base import KnowledgeBase

__all__ = ["run_ask", "run_eval", "run_index", "run_mcp", "run_models", "run_search", "run_serve", "run_status"]

DONE, NO, USAGE, TROUBLE = 0, 1, 2, 3


def run_index(given: Namespace, settings: Settings) -> int:
    """Index what has changed; says what was added, changed, removed and skipped, and why.

    With `--watch` goes on until Ctrl-C; with `--check` compares the whole index with the vault instead.
    """
    from kbqa.knowledge_base import KnowledgeBase

    texts = Texts.load(settings.language)
    if given.check:
        return _check_index(settings, texts)
    if settings.chroma_url:
        return run_publishing(given, settings)
    with progress_bar(texts) as bar:
        kb = KnowledgeBase.build(
            settings.corpus, settings.index, settings=settings, progress=indexing_shown_on(bar, texts)
        )
    report = kb.report
    if report is None:
        raise TypeError("a built knowledge base has a report")
    say_report(report, texts)
    if given.watch:
        _watch(kb, texts)
    return TROUBLE if any(problem.skipped for problem in report.problems) else DONE


def _watch(kb: "KnowledgeBase", texts: Texts) -> None:
    """Index every change of the vault, until Ctrl-C."""
    from kbqa.notes.watching import changes_in

    say(texts("cli.watching", corpus=kb.settings.corpus))
    for _ in changes_in(kb.settings.corpus, Event()):
        try:
            report = kb.update()
        except KbqaError as error:
            # The vault may be gone for a moment, or another indexer at work; the next change is another chance.
            sys.stderr.write(f"kbqa: {error.message(texts.language)}\n")
        else:
            if report.published:
                say_report(report, texts)


def _check_index(settings: Settings, texts: Texts) -> int:
    """Say all that is wrong with the index; exit code 1 if anything is."""
    from kbqa.embedding import E5Model
    from kbqa.index.verification import verify_index

    found = verify_index(settings, E5Model(threads=settings.threads))
    for finding in found.findings:
        say(f"! {finding}")
    key = "cli.check_failed" if found.findings else "cli.check_passed"
    say(texts(key, notes=found.notes, chunks=found.chunks, findings=len(found.findings)))
    return NO if found.findings else DONE


def run_status(given: Namespace, settings: Settings) -> int:
    """What is indexed, and whether the vault has changed since; exit code 1 if it has."""
    from kbqa.cli.status import status_lines
    from kbqa.index.status import index_status

    status = index_status(settings)
    if given.json:
        say_json(status.as_dict())
    else:
        say(status_lines(status, settings, Texts.load(settings.language), every_note=given.notes))
    return DONE if status.fresh else NO


def run_search(given: Namespace, settings: Settings) -> int:
    """What is found for a question."""
    texts = Texts.load(settings.language)

    def data(kb: "KnowledgeBase", request: Request) -> dict[str, Any]:
        from kbqa.json_shapes import found_data

        return {**found_data(request.question, kb.search(request.question, filters=request.filters))}

    def show(kb: "KnowledgeBase", request: Request) -> None:
        for hit in kb.search(request.question, filters=request.filters):
            say(hit_lines(hit, texts))

    return _ask(given, settings, data, show)


def run_ask(given: Namespace, settings: Settings) -> int:
    """The answer to a question, with its sources."""
    texts = Texts.load(settings.language)

    def ask(kb: "KnowledgeBase", request: Request) -> Answer:
        chosen = {"model": None} if given.no_model else {}
        return kb.ask(request.question, request.history, request.filters, **chosen)

    def data(kb: "KnowledgeBase", request: Request) -> dict[str, Any]:
        from kbqa.json_shapes import answer_data

        return {**answer_data(ask(kb, request))}

    def show(kb: "KnowledgeBase", request: Request) -> None:
        say(answer_lines(ask(kb, request), texts))

    return _ask(given, settings, data, show)


def run_models(given: Namespace, settings: Settings) -> int:  # noqa: ARG001 - every command takes its arguments
    """Which language model writes the answers, and which ones run on this machine; exit code 1 if there is none."""
    from kbqa.llm import find_local_models

    texts = Texts.load(settings.language)
    if settings.llm_url:
        say(texts("cli.model_in_use", model=settings.llm_model, url=settings.llm_url))
    found = find_local_models()
    for model in found:
        say(texts("cli.model_found", server=model.server, model=model.model, url=model.url))
    if found:
        say(texts("cli.model_how"))
    elif not settings.llm_url:
        say(texts("cli.model_none"))
    return DONE if found or settings.llm_url else NO


def run_serve(given: Namespace, settings: Settings) -> int:
    """The chat, until it is stopped."""
    from kbqa.web.server import serve

    serve(settings, open_browser=given.open)
    return DONE


def run_mcp(given: Namespace, settings: Settings) -> int:  # noqa: ARG001 - every command takes its arguments
    """The notes as tools of an assistant, until it closes standard input."""
    from kbqa.mcp_server import serve_stdio

    serve_stdio(settings)
    return DONE


def _ask(
    given: Namespace,
    settings: Settings,
    data: Callable[["KnowledgeBase", Request], dict[str, Any]],
    show: Callable[["KnowledgeBase", Request], None],
) -> int:
    """One question from the command line, or one a line from standard input."""
    from kbqa.knowledge_base import KnowledgeBase

    if given.jsonl and given.question is not None:
        raise QuestionError("question_twice")
    if not given.jsonl and given.question is None:
        raise QuestionError("question_empty")
    kb = KnowledgeBase.open(settings.index, settings=settings)
    filters = Filters(tuple(given.note or ()), tuple(given.folder or ()), tuple(given.tag or ()))
    if given.jsonl:
        return _answer_input(kb, settings, data, filters)
    request = Request(id=None, question=given.question, filters=filters)
    if given.json:
        say_json({"id": request.id} | data(kb, request))
    else:
        show(kb, request)
    return DONE


def _answer_input(
    kb: "KnowledgeBase",
    settings: Settings,
    data: Callable[["KnowledgeBase", Request], dict[str, Any]],
    filters: Filters,
) -> int:
    """One object a line, in order, flushed; a line that cannot be answered gets an `error`."""
    code = DONE
    for request in requests(sys.stdin.buffer, filters):
        if isinstance(request, QuestionError):
            result: dict[str, Any] = {"id": str(request.values["line"]), "error": request.message(settings.language)}
        else:
            try:
                result = {"id": request.id} | data(kb, request)
            except QuestionError as error:
                result = {"id": request.id, "question": request.question, "error": error.message(settings.language)}
        code = USAGE if "error" in result else code
        say_json(result)
    return code
