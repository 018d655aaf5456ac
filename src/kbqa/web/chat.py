"""The page: a header, the talk, and the panel of sources beside it.

Importing this module imports Gradio, which takes seconds; the server does it within `quick_imports`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import uuid4

import gradio as gr
from fastapi import FastAPI
from gradio.events import api

from kbqa.feedback import Mark, MarkStore, Verdict
from kbqa.json_shapes import answer_data
from kbqa.texts import Texts
from kbqa.types import Answer, Filters
from kbqa.web import render, status_view
from kbqa.web.addresses import asked_note, note_name
from kbqa.web.desk import NOTES, Desk, Failed, Preparing, Ready, State, explain, told
from kbqa.web.turns import Asked, Stops, Talk, Turn, Writing, neighbours_of_kb, note_of_kb, turn_in_line
from kbqa.web.turnstile import Turnstile

POLL_SECONDS = 0.5
"""How often the page asks how the preparations go."""
SETTLED_POLL_SECONDS = 5.0
"""How often it asks when there are none: notes may be edited while it is open."""

STATIC = files(__package__) / "static"

# The script tells of a pressed button; Gradio's own thumbs are labelled in English once pressed, and keep that from
# screen readers.
HEAR_MARKS = 'document.addEventListener("kbqa-mark", (event) => trigger("mark", event.detail));'
HEAR_OPENED = 'document.addEventListener("kbqa-open", (event) => trigger("open_note", event.detail));'
VERDICTS: dict[str, Verdict] = {"right": "right", "wrong": "wrong"}
"""What a button can say; anything else takes a mark back."""

THEME = gr.themes.Base(
    # Named one by one: Gradio's own default would be fetched from Google.
    font=["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"],
    font_mono=["ui-monospace", "SF Mono", "Cascadia Mono", "Consolas", "DejaVu Sans Mono", "monospace"],
)


@dataclass(frozen=True, slots=True)
class Face:
    """What the page shows of the desk's state."""

    status: str
    """HTML of the header's line."""
    welcome: str
    """HTML for the empty chat."""
    examples: tuple[str, ...]
    settled: bool
    """Whether nothing will change unless somebody asks for it."""
    places: tuple[tuple[str, str], ...] = ()
    """What a search can be kept within: `note`, `folder` or `tag`, and its name."""
    writers: tuple[tuple[str, str], ...] = ()
    """Who can write the answers: what is shown, and the name that the desk knows it by."""


Updates = tuple[Any, ...]


class Page:
    """What happens on the page. One object serves all visitors; what belongs to one of them is in Gradio's states."""

    def __init__(self, desk: Desk, texts: Texts, turnstile: Turnstile) -> None:
        self._desk = desk
        self._texts = texts
        self._turnstile = turnstile
        self._stops = Stops()

    def blocks(self) -> gr.Blocks:
        """The page as Gradio draws it."""
        texts = self._texts
        page = gr.Blocks(title=texts("web.page.title"), fill_width=True, fill_height=True, analytics_enabled=False)
        with page:
            talk = gr.State(())
            shown = gr.State(None)
            with gr.Row(elem_id="kbqa-header"):
                gr.HTML(render.brand_html(texts) + status_view.dialog_html(texts), elem_id="kbqa-brand")
                status = gr.HTML(elem_id="kbqa-status")
                refresh = gr.Button(texts("web.composer.refresh"), elem_id="kbqa-refresh", elem_classes="kbqa-quiet")
                new = gr.Button(texts("web.composer.new"), elem_id="kbqa-new", elem_classes="kbqa-quiet")
                if self._desk.settings.password:
                    gr.Button(texts("doors.leave"), link="/logout", elem_id="kbqa-leave", elem_classes="kbqa-quiet")
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
                    notice = gr.HTML(elem_id="kbqa-notice", js_on_load=HEAR_MARKS)
                sources = gr.HTML(render.panel_html((), texts), elem_id="kbqa-panel", js_on_load=HEAR_OPENED)
            timer = gr.Timer(POLL_SECONDS)

            quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
            view = [shown, status, chat, timer, within, writer]
            gr.on([page.load, timer.tick], self._look, [shown, writer], view, queue=False, **quiet)
            refresh.click(self._refresh, None, timer, queue=False, **quiet)
            conversation = [question, chat, sources, talk]
            answer = (self._answer, [question, talk, within, writer], [*conversation, notice])
            # The turnstile decides how many are answered at once, those of programs included.
            quiet_answer = quiet | {"concurrency_limit": None}
            typed = question.submit(*answer, **quiet_answer)
            picked = chat.example_select(self._pick, None, question, queue=False, **quiet).then(*answer, **quiet_answer)
            question.stop(self._stop, queue=False, **quiet)
            page.unload(self._stop)
            new.click(self._start_over, None, [*conversation, within], cancels=[typed, picked], **quiet)
            sources.open_note(self._open_note, talk, sources, queue=False, **quiet)
            notice.mark(self._mark, talk, notice, queue=False, trigger_mode="multiple", **quiet)
            api(self.ask, api_name="ask", concurrency_limit=None)
        return page

    async def ask(self, question: str, request: gr.Request) -> dict[str, Any]:
        """Answer a question from the notes, with its citations and everything found."""
        try:
            async with self._turnstile.turn(_client_of(request)):
                return await asyncio.to_thread(lambda: {**answer_data(self._desk.knowledge_base().ask(question))})
        except Exception as error:
            raise gr.Error(told(error, self._texts), print_exception=False) from error

    async def _answer(
        self, question: str, talk: Talk, within: list[str], writer: str, request: gr.Request
    ) -> AsyncIterator[Updates]:
        visitor = request.session_hash or ""
        model = self._desk.model(writer)
        thinking = Turn(question, render.thinking_html(self._texts))
        box = gr.Textbox(value="", **self._buttons(stop=model is not None))
        yield box, self._messages((*talk, thinking)), gr.skip(), gr.skip(), gr.skip()
        stop = self._stops.begin(visitor)
        try:
            asked = Asked(question, talk, _filters(within), model, stop)
            client = _client_of(request)
            turns = turn_in_line(asked, self._desk.knowledge_base, self._texts, self._turnstile, client)
            async with aclosing(turns):
                async for turn in turns:
                    if isinstance(turn, Writing):
                        yield gr.skip(), self._messages((*talk, Turn(question, turn.reply))), *[gr.skip()] * 3
                        continue
                    done = (*talk, turn)
                    box = gr.Textbox(**self._buttons(stop=False)) if model else gr.skip()
                    yield box, self._messages(done), self._panel(done), done, gr.skip()
                    if turn.answer and turn.answer.status == "no_evidence":
                        lost = await asyncio.to_thread(self._keep, turn, turn.answer, "unanswered")
                        yield *[gr.skip()] * 4, lost
        finally:
            stop.set()

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
            note_of = note_of_kb(kb)
            part = render.opened_html(
                kb.note(event.note), int(event.line), part_id, neighbours_of_kb(kb, note_of), self._texts
            )
        except Exception as error:  # noqa: BLE001 - as above
            part = render.not_opened_html(told(error, self._texts), part_id, self._texts)
        return self._panel(talk, part)

    def _mark(self, talk: Talk, event: gr.EventData) -> Any:
        """Store what a button says, or take it back; of a refusal it then is still noted that there was no answer."""
        for turn in talk:
            if turn.answer and turn.id == event.answer:
                verdict = VERDICTS.get(event.verdict)
                if verdict is None and turn.answer.status == "no_evidence":
                    verdict = "unanswered"
                return self._keep(turn, turn.answer, verdict)
        return gr.skip()

    def _keep(self, turn: Turn, answer: Answer, verdict: Verdict | None) -> str:
        """Store a mark, or remove it; what to tell the page. The answer stands, whatever becomes of the mark."""
        try:
            settings = self._desk.knowledge_base().settings
            store = MarkStore(settings.data)
            mark = Mark.of(answer, verdict or "unanswered", asked=turn.asked, corpus=settings.corpus)
            if verdict is None:
                store.remove(mark)
            else:
                store.put(mark)
        except Exception as error:  # noqa: BLE001 - as above
            return render.lost_mark_html(told(error, self._texts), self._texts)
        return render.notice_html(turn.id, "" if verdict in (None, "unanswered") else verdict)

    def _pick(self, choice: gr.SelectData) -> str:
        return str(choice.value["text"])

    def _start_over(self) -> Updates:
        return "", [], self._panel(()), (), []

    def _look(self, shown: Face | None, chosen: str | None, request: gr.Request) -> Updates:
        face = self._face(self._desk.state, request.query_params.get("note", ""))
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
            kept = chosen if chosen in known else self._desk.default_writer
            writer = gr.Dropdown(choices=list(face.writers), value=kept, visible=len(known) > 1)
        return face, status, chat, timer, within, writer

    def _face(self, state: State, note: str) -> Face:
        texts = self._texts
        if isinstance(state, Failed):
            return Face(
                render.status_html("failed", texts("web.status.failed"), texts),
                render.welcome_html(texts("web.welcome.failed"), explain(state.error, texts)),
                (),
                settled=True,
            )
        heading = texts("web.welcome.heading")
        if isinstance(state, Preparing):
            words, share = texts("web.status.opening"), None
            if state.total:
                words = texts("web.status.preparing", done=state.done, total=state.total)
                share = state.done / state.total
            return Face(
                render.status_html("preparing", words, texts, share=share),
                render.welcome_html(heading, texts("web.welcome.preparing")),
                (),
                settled=False,
            )
        return Face(
            self._ready_status(state),
            render.welcome_html(heading, texts("web.welcome.body")),
            state.examples or (),
            settled=state.current and not state.updating and state.examples is not None,
            places=(
                *(("note", path) for path in asked_note(state.kb, note)),
                *(("folder", folder) for folder in state.kb.folders()),
                *(("tag", tag) for tag in state.kb.tags()),
            ),
            writers=self._writers(),
        )

    def _writers(self) -> tuple[tuple[str, str], ...]:
        """The notes themselves, the model of the settings, and what was found on this machine."""
        texts = self._texts
        shown = [(texts("web.composer.by_notes"), NOTES)]
        for name, model, place in self._desk.models():
            shown.append((texts("web.composer.by_model", model=model, place=place), name))
        return tuple(shown)

    def _ready_status(self, state: Ready) -> str:
        texts = self._texts
        words = texts("web.status.ready", notes=state.notes, chunks=state.chunks)
        if state.updating:
            words = texts("web.status.updating")
        elif state.failure:
            words = texts("web.status.outdated", message=explain(state.failure, texts))
        return render.status_html("ready", words, texts, problems=len(state.problems))

    def _messages(self, talk: Talk) -> list[dict[str, str]]:
        messages = []
        for turn in talk:
            if turn.question.strip():
                messages.append({"role": "user", "content": render.question_html(turn.question)})
            messages.append({"role": "assistant", "content": turn.reply})
        return messages

    def _panel(self, talk: Talk, *opened: str) -> str:
        return render.panel_html([*(turn.sources for turn in talk if turn.sources), *opened], self._texts)

    def _refresh(self) -> gr.Timer:
        self._desk.refresh()
        return gr.Timer(POLL_SECONDS)


def mount(page: gr.Blocks, app: FastAPI) -> None:
    """Put the page at `/` of `app`, with its styles and scripts inline: one file less to fetch for each."""
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        show_error=True,
        theme=THEME,
        # Not `css=`: Gradio rewrites what comes that way, and breaks `:is()` and media queries.
        head=f"<style>{_static('tokens.css')}{_static('chat.css')}{_static('state.css')}</style><script>{_static('state.js')}</script>",
        js=_static("chat.js"),
        favicon_path=str(STATIC / "favicon.png"),
    )


def _client_of(request: gr.Request) -> str:
    """Address of who asks."""
    return request.client.host if request.client else ""


def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _filters(within: list[str]) -> Filters:
    """What is chosen above the question, each as `note:…`, `folder:…` or `tag:…`."""
    chosen = [place.partition(":") for place in within]
    return Filters(
        notes=tuple(name for kind, _, name in chosen if kind == "note"),
        folders=tuple(name for kind, _, name in chosen if kind == "folder"),
        tags=tuple(name for kind, _, name in chosen if kind == "tag"),
    )
