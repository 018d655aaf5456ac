"""The answerer as a LlamaIndex query engine: the one that the chat, the shell, Python and the evaluation use."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from kbqa.answering.confidence import THRESHOLD, UNSURE, Signals, is_unheard_of, probability, signals_of
from kbqa.answering.conversation import Conversation, Turn
from kbqa.answering.courtesy import asks_of_all, is_courtesy
from kbqa.answering.draft import Draft
from kbqa.answering.extractive import Composer
from kbqa.answering.named import NoteNames, split_exception
from kbqa.answering.sources import Sources
from kbqa.answering.unwritten import Unwritten
from kbqa.errors import QuestionError, VaultError
from kbqa.index.analysis import folded, names_something
from kbqa.index.chunk_store import ChunkReader
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.naming import Naming
from kbqa.retrieval.question import Intent, Question, read_question
from kbqa.retrieval.repair import Vocabulary, repaired
from kbqa.retrieval.retriever import HybridRetriever, as_node
from kbqa.retrieval.scope import within_words
from kbqa.retrieval.within import Within
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import EVERYTHING, Answer, Chunk, Filters, Hit, Note, Status

_MENTIONS_TOP_K = 50
_LINKING = 3
"""So many of the notes that link to an unwritten one are named."""
_TITLES = 12
"""So many notes are named to who asks what notes there are."""
_PARSED_NOTES = 256
"""Parsed notes kept in memory."""


class NotesQueryEngine(BaseQueryEngine):
    """Finds, composes and cites; says that the notes hold no answer when they do not."""

    def __init__(self, retriever: HybridRetriever, settings: Settings) -> None:
        super().__init__(callback_manager=CallbackManager())
        self.retriever = retriever
        self._settings = settings
        self._texts = Texts.load(settings.language)
        # Notes of a generation never change; parsing one anew for every question would be most of the time.
        self._note = lru_cache(maxsize=_PARSED_NOTES)(retriever.generation.catalogue.note)
        self._places = Within(retriever.scope)
        # Not a method of this: a generation's files are let go with the last reference, without a search for cycles.
        self._vocabulary = Vocabulary(retriever.generation.lexical, partial(_text_of, retriever.generation.store))
        self._fingerprint = f"{retriever.generation.manifest.signature[:12]}-{settings.fingerprint()}"

    def answer(self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Answer:
        """Answer a question, given the conversation before it, from the notes that pass the filters.

        Raises:
            QuestionError: the question is empty or longer than the setting allows, or a filter names what is not there.
        """
        started = time.perf_counter()
        text = self.checked(question)
        asked, within = self._within(text, filters)
        meant = self.understood(asked)
        aside = self._aside(meant, within)
        alone = self._conversation().standalone(meant, history) if history and not aside else meant
        read = read_question(alone)
        found = () if aside else self._find(read, within)
        retrieved = time.perf_counter()
        unwritten = self._unwritten_note(read, found)
        examined = None if aside else self._examine(read, found, unwritten, within)
        confidence = _confidence(*examined) if examined else 0.0
        if examined and confidence >= THRESHOLD:
            status: Status = "answered"
            body, citations = examined[0].write()
            notice = self._notice(examined[0], confidence)
        else:
            body = aside or self._refusal(read, found, unwritten)
            status, citations, notice = "no_evidence", (), None
        done = time.perf_counter()
        return Answer(
            question=text,
            understood=alone if folded(alone) != folded(asked) else None,
            status=status,
            text=body,
            citations=citations,
            hits=found[: self._settings.top_k],
            confidence=confidence,
            mode="extractive",
            timings_ms={
                "retrieve": _milliseconds(started, retrieved),
                "compose": _milliseconds(retrieved, done),
                "total": _milliseconds(started, done),
            },
            fingerprint=self._fingerprint,
            filters=within,
            notice=notice,
            within=within_words(within, self.retriever.names_of, self._texts),
        )

    def note_of(self, path: str) -> Note:
        """A note as it was indexed.

        Raises:
            VaultError: no such note is indexed.
        """
        note = self.note_at(path)
        if note is None:
            raise VaultError("note_unknown", note=path)
        return note

    def note_at(self, path: str) -> Note | None:
        """The same; None where no such note is indexed."""
        return self._note(path)

    def checked(self, question: str) -> str:
        """The question without the white space around it.

        Raises:
            QuestionError: it is empty or too long.
        """
        limit = self._settings.max_question_chars
        if len(question) > limit:
            raise QuestionError("question_too_long", length=len(question), limit=limit)
        # A lone surrogate is half a character: no model, store or page can take it.
        text = question.encode("utf-8", "replace").decode("utf-8").strip()
        if not any(character.isalnum() for character in text):
            raise QuestionError("question_empty")
        return text

    def search(self, question: str, top_k: int | None = None, filters: Filters | None = None) -> tuple[Hit, ...]:
        """What is found for a question among the notes that pass the filters, best first.

        Raises:
            QuestionError: as `answer`.
        """
        asked, within = self._within(self.checked(question), filters)
        return self.retriever.find(self.understood(asked), top_k, within)

    def _within(self, question: str, filters: Filters | None) -> tuple[str, Filters]:
        """The question without what it says of where to search, and where to search.

        What it says itself of notes, folders or tags counts more than the filters'.
        """
        given = self.retriever.scope.resolved(filters) if filters else EVERYTHING
        asked, own = self._places.read(question)
        return asked, Filters(own.notes or given.notes, own.folders or given.folders, own.tags or given.tags)

    def understood(self, question: str) -> str:
        """The question as it was meant, where it was typed in the wrong layout, in Latin letters, or with typos."""
        return repaired(question, self._vocabulary)

    def leaves_out(self, question: str) -> bool:
        """Whether a question says too little to be asked by itself: it has a pronoun, or no subject."""
        return self._conversation().leaves_out(question) and not self._naming.mentions(question)

    def signals(self, question: str, filters: Filters = EVERYTHING) -> Signals | None:
        """What the decision to answer rests on, for calibration; None where nothing was found."""
        read = read_question(self.understood(question))
        found = self._find(read, filters)
        examined = self._examine(read, found, self._unwritten_note(read, found), filters)
        return examined[1] if examined else None

    def _aside(self, text: str, within: Filters) -> str | None:
        """What is said to politeness, or of the notes as a whole; None to what they may answer."""
        is_polite, of_all = is_courtesy(text), not within and asks_of_all(text)
        # Last, because it reads the names of all notes, and most questions are neither.
        if not (is_polite or of_all) or self._naming.mentions(text):
            return None
        if is_polite:
            return self._texts("answers.courtesy")
        notes = self.retriever.summaries
        names = ", ".join(self._texts("answers.quoted", name=note.title) for note in notes[:_TITLES])
        key = "answers.some_notes" if len(notes) > _TITLES else "answers.all_notes"
        return self._texts(key, count=len(notes), names=names)

    def _conversation(self) -> Conversation:
        # Made for each question: one that was kept would refer to the engine, and let go of no files at its end.
        return Conversation(self._naming, self._best, lambda text: self.understood(self._places.read(text)[0]))

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self.retriever.names())

    @cached_property
    def _note_names(self) -> NoteNames:
        return NoteNames(self.retriever.summaries)

    def _best(self, question: str) -> Chunk | None:
        hits = self.retriever.find(question, 1)
        return hits[0].chunk if hits else None

    def _find(self, question: Question, filters: Filters = EVERYTHING) -> tuple[Hit, ...]:
        count = _MENTIONS_TOP_K if question.intent is Intent.MENTIONS else None
        return self.retriever.find(_searched(question), count, filters)

    def _examine(
        self, question: Question, found: tuple[Hit, ...], unwritten: str | None, filters: Filters = EVERYTHING
    ) -> tuple[Draft, Signals] | None:
        if not names_something(question.topic):
            return None
        retriever = self.retriever
        lexical = retriever.generation.lexical
        matcher = Matcher(split_exception(question.topic)[0], lexical.idf)

        def search(part: str, note: str | None) -> tuple[Hit, ...]:
            if note is None:
                return retriever.find(part, filters=filters)
            if filters.notes and note not in filters.notes:
                return ()
            return retriever.find(part, filters=replace(filters, notes=(note,)))

        conversation = self._conversation()
        sources = Sources(
            self.note_of,
            search,
            self._note_names,
            retriever.meaning,
            lambda part, before: conversation.standalone(part, [(before, "")]),
            retriever.similarities,
        )
        draft = Composer(question, matcher, found, sources).compose()
        if draft is None:
            return None
        if draft.answers:
            # What the notes do not have is said; the rest is judged by itself.
            question = read_question(draft.answers)
            matcher, found = matcher.for_text(question.topic), self._find(question, filters)
        only = filters.notes[0] if len(filters.notes) == 1 else None
        signals = signals_of(
            question,
            matcher,
            retriever.meaning(matcher.words),
            draft,
            retriever.nearness(_searched(question), found, only),
            aliases=[
                alias for note in sorted({part.note for part in draft.parts}) for alias in retriever.names_of(note)[1:]
            ],
            chunks=retriever.generation.manifest.chunks,
            unwritten=unwritten is not None,
            in_note=only is not None,
        )
        return None if is_unheard_of(question, matcher, signals, lexical.has) else (draft, signals)

    def _unwritten_note(self, question: Question, found: tuple[Hit, ...]) -> str | None:
        if not found:
            return None
        best = found[0]
        return self._unwritten.asked_about(question, self.retriever.names_of(best.chunk.note), best)

    def _notice(self, draft: Draft, confidence: float) -> str | None:
        """What the answer lacks: what the notes do not have of that which is asked for besides, places, certainty."""
        if draft.places_left_out:
            return self._texts("answers.more_places", count=draft.places_left_out)
        if draft.missing:
            parts = ", ".join(self._texts("answers.quoted", name=part.strip(" ?!.,")) for part in draft.missing)
            return self._texts("answers.partly", parts=parts)
        return self._texts("answers.unsure") if confidence < UNSURE else None

    def _refusal(self, question: Question, found: tuple[Hit, ...], title: str | None) -> str:
        """What is said instead of an answer; `title`: of the unwritten note that was asked about."""
        mentions = question.intent is Intent.MENTIONS
        if mentions:
            # Nothing keeps such a question from an answer but that nothing can be quoted: then the links are told.
            title = self._unwritten_note(replace(question, intent=Intent.FACT), found)
        if title is None:
            return self._texts("answers.no_evidence")
        linking = self._unwritten.linked_from(title)
        quoted = [self._texts("answers.quoted", name=self.retriever.names_of(note)[0]) for note in linking[:_LINKING]]
        more = [self._texts("answers.more_notes", count=len(linking) - _LINKING)] if len(linking) > _LINKING else []
        names = " ".join((", ".join(quoted), *more))
        return self._texts("answers.only_linked" if mentions else "answers.no_note", title=title, names=names)

    @cached_property
    def _unwritten(self) -> Unwritten:
        return Unwritten(self.retriever.generation.links.dangling)

    def _query(self, query_bundle: QueryBundle) -> Response:
        answer = self.answer(query_bundle.query_str)
        nodes = [NodeWithScore(node=as_node(hit.chunk), score=hit.score) for hit in answer.hits]
        return Response(answer.text, source_nodes=nodes, metadata={"answer": answer})

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def _searched(question: Question) -> str:
    """What of a question is searched for: who wants to know where something is mentioned wants the thing."""
    return question.topic if question.intent is Intent.MENTIONS else question.text


def _confidence(draft: Draft, signals: Signals) -> float:
    return 1.0 if draft.is_certain and not signals.unwritten else probability(signals)


def _text_of(store: ChunkReader, chunk_id: str) -> str:
    (chunk,) = store.chunks([chunk_id])
    return chunk.embedding_text


def _milliseconds(start: float, end: float) -> float:
    return round((end - start) * 1000, 2)
