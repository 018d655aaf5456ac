"""The answerer as a LlamaIndex query engine: the one that the chat, the shell, Python and the evaluation use."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from kbqa.answering.confidence import THRESHOLD, Signals, probability, signals_of
from kbqa.answering.draft import Draft
from kbqa.answering.extractive import Composer
from kbqa.answering.named import split_exception
from kbqa.errors import QuestionError, VaultError
from kbqa.index.analysis import content_words, folded, names_something
from kbqa.retrieval.matching import Matcher
from kbqa.retrieval.question import Intent, Question, read_question
from kbqa.retrieval.repair import repaired
from kbqa.retrieval.retriever import Found, HybridRetriever, as_node
from kbqa.retrieval.scope import within_words
from kbqa.retrieval.vocabulary import Vocabulary
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import EVERYTHING, Answer, Filters, Hit, Note, Status

_MENTIONS_TOP_K = 50
_PARSED_NOTES = 256
"""Parsed notes kept in memory."""
_FOLLOW_UP = re.compile(
    r"^(а|и|но|ну)\b|\b(он|она|оно|они|его|ее|её|их|ему|ей|им|ими|нем|нём|ней|них|нему|этого|этом|этому|этим|этой|"
    r"it|its|they|them|their|that|this|those|these)\b",
    re.IGNORECASE,
)
_SHORT = 4
"""A question that points back and has at most this many content words of its own is read with the one before it."""

Turn = tuple[str, str]
"""One earlier exchange: the question and the answer's text."""


class NotesQueryEngine(BaseQueryEngine):
    """Finds, composes and cites; says that the notes hold no answer when they do not."""

    def __init__(self, retriever: HybridRetriever, settings: Settings) -> None:
        super().__init__(callback_manager=CallbackManager())
        self.retriever = retriever
        self._settings = settings
        self._texts = Texts.load(settings.language)
        # Notes of a generation never change; parsing one anew for every question would be most of the time.
        self._note = lru_cache(maxsize=_PARSED_NOTES)(retriever.generation.catalogue.note)
        self._vocabulary = Vocabulary(retriever.generation.lexical)
        self._fingerprint = f"{retriever.generation.manifest.signature[:12]}-{settings.fingerprint()}"

    def answer(self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Answer:
        """Answer a question, given the conversation before it, from the notes that pass the filters.

        Raises:
            QuestionError: the question is empty or longer than the setting allows, or a filter names what is not there.
        """
        started = time.perf_counter()
        within = self.retriever.scope.resolved(filters or EVERYTHING)
        text = self.checked(question)
        meant = self.understood(text)
        earlier = [self.understood(asked) for asked, _ in history[-1:]]
        read = read_question(_standalone(meant, earlier))
        found = self._find(read, within)
        retrieved = time.perf_counter()
        examined = self._examine(read, found, within)
        confidence = probability(examined[1]) if examined else 0.0
        if examined and confidence >= THRESHOLD:
            status: Status = "answered"
            body, citations = examined[0].write()
        else:
            status, body, citations = "no_evidence", self._texts("answers.no_evidence"), ()
        done = time.perf_counter()
        return Answer(
            question=text,
            understood=meant if folded(meant) != folded(text) else None,
            status=status,
            text=body,
            citations=citations,
            hits=found.hits[: self._settings.top_k],
            confidence=confidence,
            mode="extractive",
            timings_ms={
                "retrieve": _milliseconds(started, retrieved),
                "compose": _milliseconds(retrieved, done),
                "total": _milliseconds(started, done),
            },
            fingerprint=self._fingerprint,
            filters=within,
            within=within_words(within, self.retriever.names_of, self._texts),
        )

    def note_of(self, path: str) -> Note:
        """A note as it was indexed.

        Raises:
            VaultError: no such note is indexed.
        """
        note = self._note(path)
        if note is None:
            raise VaultError("note_unknown", note=path)
        return note

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

    def understood(self, question: str) -> str:
        """The question as it was meant, where it was typed in the wrong layout, in Latin letters, or with typos."""
        return repaired(question, self._vocabulary)

    def signals(self, question: str) -> Signals | None:
        """What the decision to answer rests on, for calibration; None where nothing was found."""
        read = read_question(self.understood(question))
        examined = self._examine(read, self._find(read))
        return examined[1] if examined else None

    def _find(self, question: Question, filters: Filters = EVERYTHING) -> Found:
        if question.intent is Intent.MENTIONS:
            return self.retriever.find(question.topic, _MENTIONS_TOP_K, filters)
        return self.retriever.find(question.text, filters=filters)

    def _examine(self, question: Question, found: Found, filters: Filters = EVERYTHING) -> tuple[Draft, Signals] | None:
        if not names_something(question.text):
            return None
        matcher = Matcher(split_exception(question.topic)[0], self.retriever.generation.lexical.idf)

        def search(part: str, note: str | None) -> tuple[Hit, ...]:
            if note is None:
                return self.retriever.find(part, filters=filters).hits
            if filters.notes and note not in filters.notes:
                return ()
            return self.retriever.find(part, filters=replace(filters, notes=(note,))).hits

        notes = self.retriever.generation.catalogue.summaries()
        draft = Composer(question, matcher, found.hits, note_of=self.note_of, search=search, notes=notes).compose()
        if draft is None:
            return None
        return draft, signals_of(question, matcher, found.hits, found.cosines, draft)

    def _query(self, query_bundle: QueryBundle) -> Response:
        answer = self.answer(query_bundle.query_str)
        nodes = [NodeWithScore(node=as_node(hit.chunk), score=hit.score) for hit in answer.hits]
        return Response(answer.text, source_nodes=nodes, metadata={"answer": answer})

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def _standalone(question: str, earlier: Sequence[str]) -> str:
    """A question that points back («а какие у него минусы?») with the one before it in front."""
    if earlier and _FOLLOW_UP.search(question) and len(content_words(question)) <= _SHORT:
        return f"{earlier[-1]} {question}"
    return question


def _milliseconds(start: float, end: float) -> float:
    return round((end - start) * 1000, 2)
