"""The page: a header, the talk, and the panel of sources beside it.

Importing this module imports Gradio, which takes seconds; the server does it within `quick_imports`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import gradio as gr
from gradio.events import api

from kbqa.json_shapes import answer_data
from kbqa.serving.desk import Desk, told
from kbqa.serving.turnstile import Turnstile, client_of
from kbqa.talks import TalkStore
from kbqa.texts import Texts
from kbqa.web.chat import header, messages, notices, panel, status_view, talks_view
from kbqa.web.chat.face import Face, face_of
from kbqa.web.chat.history import History
from kbqa.web.chat.log import chat_log
from kbqa.web.chat.marking import Marking
from kbqa.web.chat.turns import Asked, Stops, Talk, Turn, Writing, turn_in_line
from kbqa.web.elements.addresses import note_name
from kbqa.web.setup.chooser import dialog_html as chooser_dialog_html

POLL_SECONDS = 0.5
"""How often the page asks how the preparations go."""
SETTLED_POLL_SECONDS = 5.0
"""How often it asks when there are none: notes may be edited while it is open."""

# The scripts tell of what is pressed in our own HTML; Gradio's thumbs are labelled in English once pressed, and keep
# that from screen readers.
HEAR_MARKS = 'document.addEventListener("kbqa-mark", (event) => trigger("mark", event.detail));'
HEAR_OPENED = 'document.addEventListener("kbqa-open", (event) => trigger("open_note", event.detail));'
HEAR_TALKS = """
for (const name of ["edit", "take", "restore"])
  document.addEventListener(`kbqa-${name}`, (event) => trigger(name, event.detail));
document.dispatchEvent(new CustomEvent("kbqa-ready"));
"""


@dataclass(frozen=True, slots=True)
class Aside:
    """What the box is used for besides typing the next question."""

    instead_of: str = ""
    """The turn that the question in the box will replace, with all that follow it."""
    draft: str = ""
    """What was being typed before; it comes back."""


Updates = tuple[Any, ...]


class Page:
    """What happens on the page. One object serves all visitors; what belongs to one of them is in Gradio's states."""

    def __init__(self, desk: Desk, texts: Texts, turnstile: Turnstile, store: TalkStore | None = None) -> None:
        self._desk = desk
        self._texts = texts
        self._turnstile = turnstile
        self._stops = Stops()
        self._marking = Marking(desk, texts)
        self._history = History(store, texts)
        self._keeps = store is not None

    def blocks(self) -> gr.Blocks:
        """The page as Gradio draws it."""
        texts = self._texts
        page = gr.Blocks(title=texts("web.page.title"), fill_width=True, fill_height=True, analytics_enabled=False)
        with page:
            talk = gr.State(Talk())
            aside = gr.State(Aside())
            shown = gr.State(None)
            quiet_look: dict[str, Any] = {"elem_classes": "kbqa-quiet"}
            with gr.Row(elem_id="kbqa-header"):
                dialogs = status_view.dialog_html(texts) + talks_view.drawer_html(texts) + chooser_dialog_html(texts)
                gr.HTML(header.brand_html(texts) + dialogs, elem_id="kbqa-brand")
                status = gr.HTML(elem_id="kbqa-status")
                refresh = gr.Button(texts("web.composer.refresh"), elem_id="kbqa-refresh", **quiet_look)
                gr.Button(texts("talks.open"), elem_id="kbqa-history", visible=self._keeps, **quiet_look)
                new = gr.Button(texts("web.composer.new"), elem_id="kbqa-new", **quiet_look)
                if self._desk.settings.password:
                    gr.Button(texts("doors.leave"), link="/logout", elem_id="kbqa-leave", **quiet_look)
            with gr.Row(elem_id="kbqa-desk"):
                with gr.Column(elem_id="kbqa-talk"):
                    chat = gr.Chatbot(
                        elem_id="kbqa-chat",
                        show_label=False,
                        container=False,
                        height="100%",
                        buttons=[],
                        feedback_options=None,
                        latex_delimiters=[],
                        allow_tags=False,
                        group_consecutive_messages=False,
                        layout="panel",
                        placeholder="",
                    )
                    notice = gr.HTML(elem_id="kbqa-notice", js_on_load=HEAR_MARKS)
                    # Nothing to choose from before the notes are read.
                    within = gr.Dropdown(
                        elem_id="kbqa-within",
                        label=texts("web.composer.within"),
                        choices=[],
                        multiselect=True,
                        interactive=True,
                        visible=False,
                    )
                    writer = gr.Dropdown(
                        elem_id="kbqa-writer",
                        label=texts("web.composer.writer"),
                        choices=[],
                        interactive=True,
                        visible=False,
                    )
                    news = gr.HTML(elem_id="kbqa-told", js_on_load=HEAR_TALKS)
                    question = gr.Textbox(
                        elem_id="kbqa-question",
                        label=texts("web.composer.label"),
                        show_label=False,
                        container=False,
                        placeholder=texts("web.composer.placeholder"),
                        **self._buttons(stop=False),
                        autofocus=True,
                        max_lines=6,
                    )
                sources = gr.HTML(panel.panel_html((), texts), elem_id="kbqa-panel", js_on_load=HEAR_OPENED)
            timer = gr.Timer(POLL_SECONDS)

            quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
            view = [shown, status, chat, timer, within, writer]
            gr.on([page.load, timer.tick], self._look, [shown, writer], view, queue=False, **quiet)
            refresh.click(self._refresh, None, timer, queue=False, **quiet)
            conversation = [question, chat, sources, talk, aside, news]
            answer = (self._answer, [question, talk, within, writer, aside], [*conversation, notice])
            # The turnstile decides how many are answered at once, those of programs included. What is sent before the
            # last answer's event has ended, which is a little after it is seen, waits for that.
            quiet_answer = quiet | {"concurrency_limit": None, "trigger_mode": "always_last"}
            typed = question.submit(*answer, **quiet_answer)
            picked = chat.example_select(self._pick, None, question, queue=False, **quiet).then(*answer, **quiet_answer)
            taken = news.take(self._take, [question, talk], [question, aside], queue=False, **quiet)
            taken = taken.then(*answer, **quiet_answer)
            news.edit(self._edit, [question, talk, aside], [question, aside, news], queue=False, **quiet)
            restored = (self._restore, None, [*conversation, within, notice])
            news.restore(*restored, trigger_mode="always_last", cancels=[typed, picked, taken], **quiet)
            question.stop(self._stop, queue=False, **quiet)
            page.unload(self._stop)
            new.click(self._start_over, None, restored[2], cancels=[typed, picked, taken], **quiet)
            sources.open_note(self._open_note, talk, sources, queue=False, **quiet)
            notice.mark(self._mark, talk, notice, queue=False, trigger_mode="multiple", **quiet)
            api(self.ask, api_name="ask", concurrency_limit=None)
        return page

    async def ask(self, question: str, request: gr.Request) -> dict[str, Any]:
        """Answer a question from the notes, with its citations and everything found."""
        try:
            async with self._turnstile.turn(client_of(request.request)):
                return await asyncio.to_thread(lambda: {**answer_data(self._desk.knowledge_base().ask(question))})
        except Exception as error:
            raise gr.Error(told(error, self._texts), print_exception=False) from error

    async def _answer(  # noqa: PLR0917 - Gradio gives them by position
        self, question: str, talk: Talk, within: list[str], writer: str, aside: Aside, request: gr.Request
    ) -> AsyncIterator[Updates]:
        visitor = request.session_hash or ""
        model = self._desk.writers.model(writer)
        before = talk.before(aside.instead_of)
        replaced = next((turn.id for turn in talk.turns[len(before.turns) :] if turn.answer), "")
        box = gr.Textbox(value=aside.draft, **self._buttons(stop=model is not None))
        thinking = Turn(question, messages.thinking_html(self._texts))
        told_so = notices.talk_html(before.id, self._texts)
        yield (
            box,
            chat_log((*before.turns, thinking), self._texts, waiting=True),
            gr.skip(),
            gr.skip(),
            Aside(),
            told_so,
            gr.skip(),
        )
        stop = self._stops.begin(visitor)
        try:
            asked = Asked(question, before, tuple(within), model, stop)
            client = client_of(request.request)
            turns = turn_in_line(asked, self._desk.knowledge_base, self._texts, self._turnstile, client)
            async with aclosing(turns):
                async for turn in turns:
                    if isinstance(turn, Writing):
                        written = (*before.turns, Turn(question, turn.reply))
                        yield gr.skip(), chat_log(written, self._texts, waiting=True), *[gr.skip()] * 5
                        continue
                    done, message = await asyncio.to_thread(self._kept, before, turn, replaced)
                    told_so = notices.talk_html(done.id, self._texts, message=message)
                    box = gr.Textbox(**self._buttons(stop=False)) if model else gr.skip()
                    shown = chat_log(done.turns, self._texts)
                    yield box, shown, self._panel(done), done, gr.skip(), told_so, gr.skip()
                    # Thanks are no question that the notes lack an answer to: nothing is looked for.
                    if turn.answer and turn.answer.status == "no_evidence" and turn.answer.hits:
                        lost = await asyncio.to_thread(self._marking.unanswered, turn, turn.answer)
                        yield *[gr.skip()] * 6, lost
        finally:
            stop.set()

    def _kept(self, before: Talk, turn: Turn, replaced: str) -> tuple[Talk, str]:
        """The talk with a turn more, as the history keeps it, and what went wrong with that."""
        if not turn.answer:
            return before.and_then(turn), ""
        kept, message = self._history.keep(before, turn, turn.answer, replaced)
        return replace(before.and_then(turn), id=kept), message

    def _buttons(self, *, stop: bool) -> dict[str, Any]:
        """The button beside the question: to send it, or to end what a model writes."""
        send, end = self._texts("web.composer.send"), self._texts("web.composer.stop")
        return {"submit_btn": False, "stop_btn": end} if stop else {"submit_btn": send, "stop_btn": False}

    def _stop(self, request: gr.Request) -> None:
        self._stops.end(request.session_hash or "")

    def _open_note(self, talk: Talk, event: gr.EventData) -> str:
        """Show a note in the panel, at one of its lines, in front of the answers' sources."""
        part_id = uuid4().hex[:8]
        try:
            kb = self._desk.knowledge_base()
            around = panel.surroundings_in(kb)
            part = panel.opened_html(kb.note(event.note), int(event.line), part_id, around, self._texts)
        except Exception as error:  # noqa: BLE001 - as above
            part = panel.not_opened_html(told(error, self._texts), part_id, self._texts)
        return self._panel(talk, part)

    def _mark(self, talk: Talk, event: gr.EventData) -> Any:
        notice = self._marking.said(talk, event._data)
        return gr.skip() if notice is None else notice

    def _edit(self, box: str, talk: Talk, aside: Aside, event: gr.EventData) -> Updates:
        """Put an earlier question into the box; or, when told of none, what was typed there before."""
        turn = talk.turn(event.turn)
        draft = aside.draft if aside.instead_of else box
        if turn is None:
            return draft, Aside(), notices.talk_html(talk.id, self._texts)
        return turn.question, Aside(turn.id, draft), notices.talk_html(talk.id, self._texts, editing=True)

    def _take(self, box: str, talk: Talk, event: gr.EventData) -> Updates:
        """Ask an earlier question once more, or one that is suggested."""
        turn = talk.turn(event.turn)
        return (turn.question, Aside(turn.id, box)) if turn else (event.question, Aside(draft=box))

    def _restore(self, event: gr.EventData) -> Updates:
        """Show a talk that was kept; without an id, or where it is not there, begin a new one."""
        try:
            kb = self._desk.knowledge_base()
            talk = self._history.restored(event.talk, kb) if event.talk else Talk()
            places = {f"{kind}:{name}" for kind, name in face_of(self._desk, self._texts).places}
        except Exception as error:  # noqa: BLE001 - the page must say whatever it was
            return self._start_over(self._texts("talks.unread", message=told(error, self._texts)))
        if talk is None or not talk.turns:
            return self._start_over("" if talk else self._texts("talks.unknown"))
        within = [place for place in talk.turns[-1].within if place in places]
        return (
            gr.skip(),
            chat_log(talk.turns, self._texts),
            self._panel(talk),
            talk,
            Aside(),
            notices.talk_html(talk.id, self._texts),
            within,
            self._marking.stored(talk),
        )

    def _pick(self, choice: gr.SelectData) -> str:
        return str(choice.value["text"])

    def _start_over(self, message: str = "") -> Updates:
        told_so = notices.talk_html("", self._texts, message=message)
        return "", [], self._panel(Talk()), Talk(), Aside(), told_so, [], ""

    def _look(self, shown: Face | None, chosen: str | None, request: gr.Request) -> Updates:
        face = face_of(self._desk, self._texts, request.query_params.get("note", ""))
        status = gr.skip() if shown and shown.status == face.status else face.status
        chat = gr.skip()
        if shown is None or (shown.welcome, shown.examples) != (face.welcome, face.examples):
            chat = gr.Chatbot(placeholder=face.welcome, examples=[{"text": text} for text in face.examples])
        timer = gr.skip()
        if shown is None or shown.settled != face.settled:
            timer = gr.Timer(SETTLED_POLL_SECONDS if face.settled else POLL_SECONDS)
        within = gr.skip()
        if (shown.places if shown else ()) != face.places:
            choices = [
                (self._texts(f"web.within.{kind}", name=note_name(name) if kind == "note" else name), f"{kind}:{name}")
                for kind, name in face.places
            ]
            within = gr.Dropdown(choices=choices, visible=bool(choices))
            # The page of a note leads here, to ask about it.
            asked = [place for place in face.places if place[0] == "note"]
            if asked and not (shown and set(asked) <= set(shown.places)):
                within = gr.Dropdown(choices=choices, visible=True, value=[f"note:{name}" for _, name in asked])
        writer = gr.skip()
        if (shown.writers if shown else ()) != face.writers:
            known = {name for _, name in face.writers}
            kept = chosen if chosen in known else self._desk.writers.default
            writer = gr.Dropdown(choices=list(face.writers), value=kept, visible=len(known) > 1)
        return face, status, chat, timer, within, writer

    def _panel(self, talk: Talk, *opened: str) -> str:
        return panel.panel_html([*(turn.sources for turn in talk.turns if turn.sources), *opened], self._texts)

    def _refresh(self) -> gr.Timer:
        self._desk.refresh()
        return gr.Timer(POLL_SECONDS)
