"""The page put into the server: its theme, its styles and its scripts.

Importing this module imports Gradio, which takes seconds; the server does it within `quick_imports`.
"""

from importlib.resources import files

import gradio as gr
from fastapi import FastAPI

STATIC = files("kbqa.web") / "static"

THEME = gr.themes.Base(
    # Named one by one: Gradio's own default would be fetched from Google.
    font=["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"],
    font_mono=["ui-monospace", "SF Mono", "Cascadia Mono", "Consolas", "DejaVu Sans Mono", "monospace"],
)

_QUEUE_SECONDS = 0.02
"""Between two looks at Gradio's queue while nothing waits in it; a question waits half of that on average. With
Gradio's own millisecond, an app that nobody asks anything keeps a twentieth of a processor busy."""
_PROGRESS_SECONDS = 1.0
"""The same for its progress bars, which the page does not use; Gradio looks a hundred times a second."""


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
        head="<style>{}</style><script>{}</script>".format(
            "".join(map(_static, ("tokens.css", "chat.css", "state.css", "talk.css"))),
            "".join(map(_static, ("state.js", "talk.js", "talks.js", "peek.js", "setup.js"))),
        ),
        js=_static("chat.js"),
        favicon_path=str(STATIC / "favicon.png"),
    )
    page._queue.sleep_when_free = _QUEUE_SECONDS
    page._queue.progress_update_sleep_when_free = _PROGRESS_SECONDS


def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
