"""The facade: build, open, ask, search, stream. What users, the shell, the chat and the evaluation all use."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import islice, zip_longest
from pathlib import Path
from threading import Event
from typing import Self

from kbqa import errors
from kbqa.answering.conversation import Turn
from kbqa.answering.examples import example_questions
from kbqa.answering.follow_ups import follow_ups
from kbqa.answering.generative.writer import Writer, pieces_of
from kbqa.answering.query_engine import NotesQueryEngine
from kbqa.embedding import MODEL_ID, E5Model
from kbqa.index.chroma import ServerAddress
from kbqa.index.generations import Generation, IndexFolder
from kbqa.index.indexer import Progress, index_vault, no_progress
from kbqa.index.server.reading import ServerIndex
from kbqa.index.status import IndexStatus, status_of
from kbqa.llm import ChatModel
from kbqa.notes.links import LinkGraph, place_of
from kbqa.retrieval.retriever import HybridRetriever
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Answer, Filters, Hit, IndexReport, Note, NoteSummary, Problem, ResolvedLink, Token, Withdrawn

_log = logging.getLogger(__name__)


class Configured(Enum):
    """Stands for what the settings say."""

    MODEL = "the model of the settings"


class KnowledgeBase:
    """Notes that answer questions. Safe to use from many threads.

    Each call reads one generation of the index. A newer one, once published, is opened by the next call; calls that run
    at the same time go on with the old one. `update` opens what it publishes itself.

    With `chroma_url` in the settings the generations are read from that server, and the index folder is only where the
    indexer works. A generation that cannot be opened there leaves the old one answering.
    """

    def __init__(self, settings: Settings, model: E5Model, report: IndexReport | None = None) -> None:
        self.settings = settings
        self.report = report
        """What the index run that opened this knowledge base did; None if it was only opened."""
        self.chat_model = ChatModel.from_settings(settings)
        """The language model of the settings, which writes the answers; None: they are composed without one."""
        self._model = model
        address = ServerAddress.of(settings)
        self._source = ServerIndex(address, settings.chroma_vault) if address else IndexFolder(settings.index)
        self._swap = threading.Lock()
        self._engine = self._open()

    @classmethod
    def build(
        cls,
        corpus: str | Path,
        index: str | Path,
        *,
        settings: Settings | None = None,
        progress: Progress = no_progress,
    ) -> Self:
        """Index what has changed in `corpus`, then open the index.

        Args:
            corpus: folder of notes.
            index: folder of the index; made if it is not there.
            settings: other settings; read from the environment and `kbqa.toml` if not given.
            progress: called with the number of texts embedded (chunks, statements, headings, words), and of all.

        Raises:
            VaultError: no folder, or no readable note in it.
            BusyIndexError: another process is indexing.
            EmbeddingError: the model's weights are missing or changed.
        """
        chosen = _with_folders(settings, corpus=corpus, index=index)
        model = E5Model(threads=chosen.threads)
        report = index_vault(chosen, model, progress)
        return cls(chosen, model, report)

    @classmethod
    def open(cls, index: str | Path, *, settings: Settings | None = None) -> Self:
        """Open an index as it is.

        Raises:
            MissingIndexError: there is none.
            StaleIndexError: made by another version or embedding model.
            BrokenIndexError: its files are damaged.
            IndexServerError: the server of the settings does not answer.
        """
        chosen = _with_folders(settings, index=index)
        return cls(chosen, E5Model(threads=chosen.threads))

    def update(self, progress: Progress = no_progress) -> IndexReport:
        """Index what has changed in the vault since; the next question finds it. Until then the old index answers.

        Raises:
            VaultError, BusyIndexError, UnwritableIndexError: as `build`; the old index goes on answering.
        """
        # Nobody else opens what is published: readers go on with the old index until this thread has the new one open.
        with self._swap:
            report = index_vault(self.settings, self._model, progress)
            if report.generation != self._engine.retriever.generation.manifest.generation:
                self._engine = self._open()
        return report

    def catch_up(self) -> bool:
        """Open what was published since; False: nothing was. The next question does so, too, and need not wait then.

        Raises:
            MissingIndexError, StaleIndexError, BrokenIndexError, IndexServerError: it cannot be opened; the old
                index goes on answering.
        """
        with self._swap:
            return self._follow()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        *,
        model: ChatModel | Configured | None = Configured.MODEL,
    ) -> Answer:
        """Answer a question from the notes that pass the filters.

        Args:
            question: in the user's words.
            history: earlier (question, answer text) pairs, oldest first.
            filters: what to search; everything if not given.
            model: writes the answer; None: nobody, it is composed of the notes' own words; if not given, the model of
                the settings, or nobody.

        Raises:
            QuestionError: the question is empty or too long, or a filter names what is not there.
        """
        (answer,) = (
            event for event in self.stream(question, history, filters, model=model) if isinstance(event, Answer)
        )
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        *,
        model: ChatModel | Configured | None = Configured.MODEL,
        stop: Event | None = None,
    ) -> Iterator[Token | Withdrawn | Answer]:
        """The answer's text in pieces, then the finished Answer, which alone counts; takes and raises what `ask` does.

        After a `Withdrawn` the pieces before it are void: the model failed, and the answer is composed without it.
        Closing the iterator ends a model's work at its server, too; so does setting `stop`, from any thread, after
        which the answer is composed without it.
        """
        engine = self._current()
        writer = self.chat_model if isinstance(model, Configured) else model
        if writer is None:
            yield from pieces_of(engine.answer(question, history, filters))
        else:
            yield from Writer(engine, writer, self.settings).stream(question, history, filters, stop)

    def search(self, question: str, top_k: int | None = None, filters: Filters | None = None) -> list[Hit]:
        """What is found for a question among the notes that pass the filters, best first.

        Raises:
            QuestionError: the question is empty or too long, or a filter names what is not there.
        """
        return list(self._current().search(question, top_k, filters))

    def as_retriever(self) -> HybridRetriever:
        """The retriever for LlamaIndex; it stays with the generation that is current now."""
        return self._current().retriever

    def as_query_engine(self) -> NotesQueryEngine:
        """The answerer for LlamaIndex; it stays with the generation that is current now."""
        return self._current()

    def note(self, path: str) -> Note:
        """A note as it was indexed.

        Raises:
            VaultError: no such note is indexed.
        """
        return self._current().note_of(path)

    def notes(self) -> tuple[NoteSummary, ...]:
        """All indexed notes, in the order of their paths."""
        return self._generation.catalogue.summaries()

    def folders(self) -> tuple[str, ...]:
        """All folders that notes lie in or below, by their paths."""
        scope = self._current().retriever.scope
        return tuple(sorted({folder for folders in scope.folders.values() for folder in folders}))

    def tags(self) -> tuple[str, ...]:
        """All tags, those that others are nested in included, without `#`."""
        scope = self._current().retriever.scope
        return tuple(sorted({tag for tags in scope.tags.values() for tag in tags}, key=str.lower))

    def links(self, path: str) -> tuple[ResolvedLink, ...]:
        """The links in a note, in order: to other notes, to itself, and to notes that are not written yet.

        Raises:
            VaultError: no such note is indexed.
        """
        engine = self._current()
        return engine.retriever.generation.links.outgoing(engine.note_of(path).path)

    def backlinks(self, path: str) -> tuple[ResolvedLink, ...]:
        """The links from other notes to a note, by the path and line that they stand in.

        Raises:
            VaultError: no such note is indexed.
        """
        engine = self._current()
        return engine.retriever.generation.links.backlinks(engine.note_of(path).path)

    def dangling(self) -> Mapping[str, tuple[ResolvedLink, ...]]:
        """Links to notes that are not written yet, by the name of such a note."""
        return self._generation.links.dangling

    def link_graph(self) -> LinkGraph:
        """All links between the notes, and those to notes that are not written yet."""
        return self._generation.links

    def place_of(self, link: ResolvedLink) -> tuple[int, int] | None:
        """First and last line of the section or block that a link leads to, in the note that it leads to.

        None: it leads to the whole note, or what it names is not there.

        Raises:
            VaultError: the note is not indexed any more.
        """
        return place_of(link.link, self.note(link.path)) if link.path else None

    @property
    def generation(self) -> str:
        """Id of the generation of the index that is read now; another one once edits are indexed."""
        return self._generation.manifest.generation

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Notes that were skipped or read only in part when the index was made."""
        return self._generation.catalogue.problems()

    @property
    def chunk_count(self) -> int:
        """How many chunks are indexed."""
        return self._generation.manifest.chunks

    def status(self) -> IndexStatus:
        """What the index holds of every note, whether that is what the vault holds now, and what the vault lacks.

        Raises:
            VaultError: the folder of notes is missing.
        """
        return status_of(self._generation, self.settings)

    def examples(self, count: int) -> list[str]:
        """Example questions made from the notes, at most `count`, taken in turn from notes spread over the vault.

        Each was asked: only those that have an answer are offered.
        """
        texts, summaries = Texts.load(self.settings.language), self.notes()
        spread = summaries[:: max(1, len(summaries) // count)][:count]
        by_note = [example_questions(self.note(summary.path), texts) for summary in spread]
        in_turn = (question for round_ in zip_longest(*by_note) for question in round_ if question)
        answered = (question for question in in_turn if self.ask(question, model=None).status == "answered")
        return list(islice(answered, count))

    def follow_ups(self, answer: Answer, asked: Sequence[str] = ()) -> tuple[str, ...]:
        """Questions to go on with after an answer: what sections next to the cited ones, or linked from them, answer.

        They keep within what the answer was kept within.

        Args:
            answer: an answer of this knowledge base, perhaps of an earlier state of the notes.
            asked: the conversation's other questions; none of them comes back.
        """
        engine = self._current()
        scope, links = engine.retriever.scope, engine.retriever.generation.links

        def note_of(path: str) -> Note | None:
            note = engine.note_at(path)
            return note if note and scope.passes(path, answer.filters) else None

        texts = Texts.load(self.settings.language)
        return follow_ups(answer, (*asked, answer.question), note_of, links.outgoing, texts)

    @property
    def _generation(self) -> Generation:
        return self._current().retriever.generation

    def _current(self) -> NotesQueryEngine:
        """The engine of the published generation; while one thread opens that, the others go on with the old one."""
        if self._is_behind() and self._swap.acquire(blocking=False):
            try:
                self._follow()
            except errors.IndexError as error:
                if self.settings.chroma_url is None:
                    raise
                _log.warning("the old index goes on answering: %s", error)
            finally:
                self._swap.release()
        return self._engine

    def _follow(self) -> bool:
        """Open the published generation, unless it is; the old one stays open as long as somebody uses it."""
        if not self._is_behind():
            return False
        self._engine = self._open()
        return True

    def _is_behind(self) -> bool:
        return self._source.current() != self._engine.retriever.generation.manifest.generation

    def _open(self) -> NotesQueryEngine:
        opened = self._source.open_current(model=MODEL_ID)
        return NotesQueryEngine(HybridRetriever(opened, self._model, self.settings), self.settings)


def _with_folders(settings: Settings | None, **folders: str | Path) -> Settings:
    paths = {name: Path(folder) for name, folder in folders.items()}
    return settings.model_copy(update=paths) if settings else Settings.load(**paths)
