"""`kbqa index` with a Chroma server: index what has changed, publish it there, and go on with `--watch`."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, Queue
from threading import Event, Thread

from kbqa.cli.output import indexing_shown_on, progress_bar, say, say_report
from kbqa.errors import BusyIndexError, IndexServerError, KbqaError
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import IndexReport

RETRY_SECONDS = 5.0
"""After so long a publication that failed is tried again, though nothing has changed in the notes."""
DONE, TROUBLE = 0, 3


def run_publishing(given: Namespace, settings: Settings) -> int:
    """Index and publish, once or until Ctrl-C; 3 where notes were skipped."""
    from kbqa.embedding import E5Model
    from kbqa.index.indexer import index_vault

    texts = Texts.load(settings.language)
    model = E5Model(threads=settings.threads)

    def run() -> IndexReport:
        with progress_bar(texts) as bar:
            report = index_vault(settings, model, indexing_shown_on(bar, texts))
        if report.published or report.sent or not given.watch:
            say_report(report, texts)
            key = "cli.index_sent" if report.sent else "cli.index_is_sent"
            say(texts(key, url=settings.chroma_url, vault=settings.chroma_vault))
        return report

    if not given.watch:
        return TROUBLE if any(problem.skipped for problem in run().problems) else DONE
    say(texts("cli.watching", corpus=settings.corpus))
    said, retry = "", Event()
    for _ in _chances(settings, retry):
        retry.clear()
        try:
            run()
            said = ""
        except KbqaError as error:
            # The server may be away for a moment, or the vault; it is said once, however long it lasts.
            message = error.message(texts.language)
            if message != said:
                sys.stderr.write(f"kbqa: {message}\n")
            said = message
            if isinstance(error, IndexServerError | BusyIndexError):
                retry.set()
    return DONE


def _chances(settings: Settings, retry: Event) -> Iterator[None]:
    """At the beginning, when notes change, and a while after `retry` was set."""
    from kbqa.notes.watching import changes_in

    news: Queue[None] = Queue()

    def listen() -> None:
        for _ in changes_in(settings.corpus, Event()):
            news.put(None)

    Thread(target=listen, name="kbqa-watch", daemon=True).start()
    while True:
        with suppress(Empty):
            news.get(timeout=RETRY_SECONDS if retry.is_set() else None)
        yield
