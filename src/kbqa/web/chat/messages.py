"""What stands in the chat, as HTML: questions, answers, errors, questions to go on with.

Ids tie the chat and the panel together: the chips of answer `a3` link to `#kbqa-a3-1` in the panel, where citation 1
stands; the number there leads back to the chip. Chat messages pass Gradio's sanitiser, which drops `aria-*` and
`data-*` attributes; so these carry their meaning in `href`, `id`, `title` and visually hidden words.
"""

from collections.abc import Sequence

from kbqa.answering.markdown import NEAREST
from kbqa.texts import Texts
from kbqa.types import Answer, Citation
from kbqa.web.chat.verdicts import with_marks, with_verdicts
from kbqa.web.elements.escaping import escape, inert
from kbqa.web.elements.markup import answer_markdown
from kbqa.web.elements.places import breadcrumb, line_range


def question_html(question: str, deeds: str = "") -> str:
    """The user's words, and what can be done about them: what `question_deeds` gave."""
    lines = "<br>".join(escape(line) for line in question.strip().split("\n"))
    return inert(f'<div class="kbqa-question">{lines}</div>{deeds}')


def question_deeds(turn_id: str, texts: Texts, *, last: bool) -> str:
    """Buttons to change a question; the last one can be asked again, too."""
    kinds = ("edit", "again") if last else ("edit",)
    buttons = "".join(
        f'<button type="button" class="kbqa-{kind}" id="kbqa-{turn_id}-{kind}" '
        f'title="{escape(texts(f"talks.ask.{kind}_hint"))}">{escape(texts(f"talks.ask.{kind}"))}</button>'
        for kind in kinds
    )
    return f'<div class="kbqa-question-deeds">{buttons}</div>'


def next_html(questions: Sequence[str], texts: Texts) -> str:
    """Questions to go on with, beneath the last answer; a click asks one."""
    if not questions:
        return ""
    buttons = "".join(
        f'<button type="button" class="kbqa-next-question">{escape(question)}</button>' for question in questions
    )
    return inert(f'<div class="kbqa-next"><p>{escape(texts("talks.ask.next"))}</p>{buttons}</div>')


def thinking_html(texts: Texts) -> str:
    """What stands in the answer's place until it comes."""
    return inert(f'<div class="kbqa-thinking" role="status">{escape(texts("web.answer.thinking"))}</div>')


def failure_html(message: str, texts: Texts) -> str:
    """An error, in the answer's place."""
    heading = escape(texts("web.error.heading"))
    return inert(
        f'<div class="kbqa-failure" role="alert"><p class="kbqa-failure-heading">{heading}</p>'
        f"<p>{escape(message)}</p></div>"
    )


def answer_html(answer: Answer, answer_id: str, texts: Texts) -> str:
    """An answer as a chat message."""
    body = _understood(answer, texts) + _notice(answer.notice) + _body(answer, answer_id, texts)
    if answer.status == "no_evidence":
        body += _nearest_links(answer, answer_id, texts)
        deeds = _mark_buttons(answer, answer_id, texts)
        return inert(
            f'<div class="kbqa-answer kbqa-no-evidence">{body}<div class="kbqa-colophon">'
            f'<span class="kbqa-deeds">{deeds}</span></div></div>'
        )
    colophon = _colophon(answer, answer_id, texts)
    return inert(f'<div class="kbqa-answer"><div class="kbqa-answer-body">{body}</div>{colophon}</div>')


def writing_html(text: str, citations: Sequence[Citation], answer_id: str, model: str, texts: Texts) -> str:
    """What a model has written so far, as a chat message; nothing of it is final."""
    chips = {citation.number: _chip(citation, answer_id, texts) for citation in citations}
    remark = escape(texts("web.answer.writing", model=model))
    body = answer_markdown(text, chips, texts, links=False)
    return inert(
        f'<div class="kbqa-answer-draft"><div class="kbqa-answer-body">{body}</div>'
        f'<p class="kbqa-writing" role="status">{remark}</p></div>'
    )


def _body(answer: Answer, answer_id: str, texts: Texts) -> str:
    """The text with its chips, and the verdicts on what a model wrote."""
    chips = {citation.number: _chip(citation, answer_id, texts) for citation in answer.citations}
    by_model = answer.mode == "generative"
    markup = answer_markdown(with_marks(answer), chips, texts, links=not by_model)
    return with_verdicts(markup, answer, texts) if by_model else markup


def _notice(notice: str | None) -> str:
    return f'<p class="kbqa-answer-notice" role="note">{escape(notice)}</p>' if notice else ""


def _understood(answer: Answer, texts: Texts) -> str:
    told = [answer.within] if answer.within else []
    told += [texts("answers.understood", question=answer.understood)] if answer.understood else []
    return "".join(f'<p class="kbqa-understood">{escape(line)}</p>' for line in told)


def _chip(citation: Citation, answer_id: str, texts: Texts) -> str:
    title = texts(
        "web.answer.source",
        number=citation.number,
        place=breadcrumb(citation.heading_path),
        lines=line_range(citation.start_line, citation.end_line, texts),
    )
    return (
        f'<a class="kbqa-cite" href="#kbqa-{answer_id}-{citation.number}" title="{escape(title)}">'
        f'<span class="kbqa-hidden">{escape(texts("web.answer.source_short"))} </span>{citation.number}</a>'
    )


def _colophon(answer: Answer, answer_id: str, texts: Texts) -> str:
    facts = [_written_by(answer, texts), texts("web.answer.sources", count=len(answer.citations))]
    if "total" in answer.timings_ms:
        facts.append(texts("web.answer.seconds", seconds=_decimal(answer.timings_ms["total"] / 1000, texts)))
    copy = escape(texts("web.answer.copy"))
    markdown, hint = escape(texts("talks.markdown.copy")), escape(texts("talks.markdown.copy_hint"))
    return (
        f'<div class="kbqa-colophon"><span>{escape(" · ".join(facts))}</span>'
        f'<span class="kbqa-deeds">{_mark_buttons(answer, answer_id, texts)}'
        f'<button type="button" class="kbqa-copy">{copy}</button>'
        f'<button type="button" class="kbqa-copy-markdown" id="kbqa-{answer_id}-markdown" title="{hint}">{markdown}'
        "</button></span></div>"
    )


def _written_by(answer: Answer, texts: Texts) -> str:
    if answer.mode == "extractive":
        return texts("web.answer.extractive")
    supported = sum(sentence.supported for sentence in answer.sentences)
    return texts("web.answer.generative", model=answer.model, supported=supported, sentences=len(answer.sentences))


def _mark_buttons(answer: Answer, answer_id: str, texts: Texts) -> str:
    """Two buttons, of which the script presses one."""
    refused = answer.status == "no_evidence"
    buttons = (
        ("right", texts("web.mark.right"), texts("web.mark.right_refusal" if refused else "web.mark.right_answer")),
        ("wrong", texts("web.mark.wrong"), texts("web.mark.wrong_refusal" if refused else "web.mark.wrong_answer")),
    )
    return "".join(
        f'<button type="button" class="kbqa-mark kbqa-{verdict}" id="kbqa-{answer_id}-{verdict}" '
        f'title="{escape(title)}">{escape(name)}</button>'
        for verdict, name, title in buttons
    )


def _decimal(number: float, texts: Texts) -> str:
    written = f"{number:.2f}"
    return written.replace(".", ",") if texts.language == "ru" else written


def _nearest_links(answer: Answer, answer_id: str, texts: Texts) -> str:
    links = "".join(
        f'<li><a class="kbqa-cite kbqa-cite-wide" href="#kbqa-{answer_id}-h{hit.rank}">'
        f"{escape(breadcrumb(hit.chunk.heading_path))}</a></li>"
        for hit in answer.hits[:NEAREST]
    )
    if not links:
        return ""
    return (
        f'<p class="kbqa-nearest">{escape(texts("web.answer.nearest"))}</p><ul class="kbqa-nearest-list">{links}</ul>'
    )
