"""An extractive answer → the same evidence in a language model's words, streamed, then verified by the sentence."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Event

from kbqa.answering.conversation import Turn
from kbqa.answering.generative.claims import claims_of
from kbqa.answering.generative.excerpts import excerpts_of
from kbqa.answering.generative.finished import finished
from kbqa.answering.generative.prompt import Prompt, prompt_version
from kbqa.answering.generative.reply import Reply
from kbqa.answering.generative.verification import Verifier
from kbqa.answering.query_engine import NotesQueryEngine
from kbqa.errors import ModelFault
from kbqa.index.analysis import content_words, stem, words
from kbqa.llm import ChatModel
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Answer, Filters, Token, Withdrawn

_LEAST_SUPPORTED = 1 / 3
"""An answer is not shown if the notes support a smaller share of its sentences. Of what is right and reworded, every
second sentence is not seen to be supported (`eval/verification.py`); less than a third tells of a model astray."""
_REWRITTEN_TOKENS = 96
"""The longest question that a model may make of one."""
_FOR_REWRITING = 0.3
"""Share of the time for a reply that goes to that; the answer gets what is left of all of it."""
_ANSWERED = {"model_cut", "model_empty"}
"""Faults after which it is worth asking the same model something else."""


class Writer:
    """Has a model write what an engine found. Safe to use from many threads.

    Args:
        engine: finds the evidence, and composes the answer that stands in where the model fails.
        model: writes.
        settings: of the knowledge base.
    """

    def __init__(self, engine: NotesQueryEngine, model: ChatModel, settings: Settings) -> None:
        self._engine = engine
        self._model = model
        self._settings = settings
        self._texts = Texts.load(settings.language)
        self._verifier = Verifier.of(engine.retriever)

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None, stop: Event | None = None
    ) -> Iterator[Token | Withdrawn | Answer]:
        """The answer's text in pieces, then the finished Answer.

        What has been streamed is void after a `Withdrawn`. Closing the iterator, or setting `stop`, ends the generation
        at the server, too; after `stop` the extractive answer comes.

        Raises:
            QuestionError: as `NotesQueryEngine.answer`.
        """
        answer = self._engine.answer(question, history, filters)
        asked = time.monotonic()
        reply = Reply(())
        try:
            answer = self._understood(answer, history, filters, stop)
            left = self._model.limits.total_seconds - (time.monotonic() - asked)
            if answer.status != "answered":
                # There is nothing that a model could answer from.
                yield from pieces_of(answer)
                return
            prompt = self._prompt(answer.understood or answer.question, history)
            excerpts = excerpts_of(answer, self._engine.note_of, prompt.room)
            if not excerpts:
                raise self._model.address.fault("model_no_room", tokens=self._settings.llm_context_tokens)
            reply, started = Reply(excerpts), time.perf_counter()
            for piece in self._model.stream(prompt.to_answer(excerpts), stop=stop, seconds=left):
                if token := reply.take(piece):
                    yield token
            if token := reply.finish():
                yield token
            written = self._written(answer, reply, started)
        except ModelFault as fault:
            failed = self._texts("answers.model_failed", reason=fault.message(self._settings.language))
            if reply.text:
                yield Withdrawn(failed)
            notice = f"{failed} {answer.notice}" if answer.notice else failed
            yield from pieces_of(replace(answer, notice=notice))
        else:
            yield written

    def _understood(
        self, answer: Answer, history: Sequence[Turn], filters: Filters | None, stop: Event | None
    ) -> Answer:
        """The extractive answer to the question as the model makes it whole, if it refers to what rules do not find.

        Raises:
            ModelFault: the model cannot be asked.
        """
        if not history or answer.understood is not None or not self._engine.leaves_out(answer.question):
            return answer
        alone = self._standalone(answer.question, history, stop)
        if alone is None:
            return answer
        found = self._engine.answer(alone, (), filters)
        return replace(found, question=answer.question, understood=found.understood or alone)

    def _standalone(self, question: str, history: Sequence[Turn], stop: Event | None) -> str | None:
        """The question as the model makes it whole; None where it is no question, or brings in what nobody has said.

        Raises:
            ModelFault: the model cannot be asked.
        """
        messages = self._prompt(question, history).to_rewrite()
        try:
            pieces = self._model.stream(
                messages,
                stop=stop,
                answer_tokens=_REWRITTEN_TOKENS,
                seconds=_FOR_REWRITING * self._model.limits.total_seconds,
            )
            reply = "".join(pieces).strip()
        except ModelFault as fault:
            if fault.key in _ANSWERED:
                return None
            raise
        alone = reply.strip(" «»\"'*")
        said = {stem(word) for text in (question, *(part for turn in history for part in turn)) for word in words(text)}
        fits = "\n" not in alone and 0 < len(alone) <= self._settings.max_question_chars
        return alone if fits and all(stem(word) in said for word in content_words(alone)) else None

    def _written(self, answer: Answer, reply: Reply, started: float) -> Answer:
        """The finished answer.

        Raises:
            ModelFault: the notes support too little of it.
        """
        generated = time.perf_counter()
        told = replace(
            answer,
            mode="generative",
            model=self._model.address.model,
            fingerprint=f"{answer.fingerprint}-{prompt_version()}",
            invalid_citations=reply.invalid_citations,
        )
        if reply.refuses:
            return replace(
                told,
                status="no_evidence",
                text=self._texts("answers.no_evidence"),
                citations=(),
                notice=self._texts("answers.model_refused", model=self._model.address.model),
                timings_ms=_timings(answer, started, generated),
            )
        claims = claims_of(reply.text)
        verdicts = [self._verifier.verdict(claim, reply.cited) for claim in claims]
        supported = sum(verdict.supported for verdict in verdicts)
        remove = self._settings.unsupported == "remove"
        made = finished(reply.text, claims, verdicts, reply.cited, remove=remove)
        if not supported or supported < _LEAST_SUPPORTED * len(claims) or not made.sentences:
            raise self._model.address.fault("model_unsupported", supported=supported, sentences=len(claims))
        removed = len(claims) - len(made.sentences)
        return replace(
            told,
            text=made.text,
            citations=made.citations,
            sentences=made.sentences,
            notice=self._texts("answers.sentences_removed", count=removed) if removed else None,
            timings_ms=_timings(answer, started, generated),
        )

    def _prompt(self, question: str, history: Sequence[Turn]) -> Prompt:
        return Prompt(
            question,
            history,
            context_tokens=self._settings.llm_context_tokens,
            answer_tokens=self._settings.llm_answer_tokens,
        )


def pieces_of(answer: Answer) -> Iterator[Token | Answer]:
    """A finished answer line by line, then itself."""
    for line in answer.text.splitlines(keepends=True):
        yield Token(line)
    yield answer


def _timings(answer: Answer, started: float, generated: float) -> Mapping[str, float]:
    """Those of the extractive answer, with the milliseconds of writing and of verifying."""
    write, verify = (generated - started) * 1000, (time.perf_counter() - generated) * 1000
    return {
        **answer.timings_ms,
        "write": round(write, 2),
        "verify": round(verify, 2),
        "total": round(answer.timings_ms["total"] + write + verify, 2),
    }
