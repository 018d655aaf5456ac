"""The facade: build, open, ask, search, stream."""

import gc
import json
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from scripted_endpoint import Endpoint, reply

from kbqa import KnowledgeBase, Settings
from kbqa.answering.query_engine import NotesQueryEngine
from kbqa.errors import BrokenIndexError, MissingIndexError, QuestionError, StaleIndexError, VaultError
from kbqa.index.status import index_status
from kbqa.json_shapes import answer_data
from kbqa.llm import ChatModel, ModelAddress, limits_of
from kbqa.types import Answer, Token, Withdrawn

COFFEE = "# Кофе\n\nКофе - это напиток из обжаренных зёрен.\n"
TEA = "# Чай\n\nЧай - это напиток из листьев.\n"
QUESTIONS = ["Какие бывают виды партнёрства?", "Что такое консорциум?", "Как приготовить борщ?", "Где хакатоны?"]


@pytest.fixture
def drinks(vault: Callable[[dict[str, str]], Path], tmp_path: Path) -> Settings:
    """A vault of one note, not indexed yet."""
    return Settings(corpus=vault({"Кофе.md": COFFEE}), index=tmp_path / "index")


@pytest.fixture
def built(drinks: Settings) -> KnowledgeBase:
    """The vault, indexed."""
    return KnowledgeBase.build(drinks.corpus, drinks.index, settings=drinks)


def timeless(answer: Answer) -> dict[str, object]:
    """An answer without its timings."""
    return answer_data(answer) | {"timings_ms": None}


def test_build_open_ask(built: KnowledgeBase, drinks: Settings) -> None:
    """What was built can be opened, by path alone, and answers the same; only the builder has a report."""
    opened = KnowledgeBase.open(str(drinks.index))
    assert timeless(opened.ask("Что такое кофе?")) == timeless(built.ask("Что такое кофе?"))
    assert built.ask("Что такое кофе?").text == "Кофе - это напиток из обжаренных зёрен. [1]"
    assert built.report is not None
    assert built.report.added == ("Кофе.md",)
    assert opened.report is None


def test_given_folders_win_over_the_settings(built: KnowledgeBase, drinks: Settings, tmp_path: Path) -> None:
    """`build` and `open` take the folders from their arguments, the rest from the settings."""
    other = KnowledgeBase.open(drinks.index, settings=Settings(index=tmp_path / "нет", language="en"))
    assert other.settings.index == drinks.index
    assert other.ask("Как приготовить борщ?").text == "The notes do not answer this question."
    assert built.settings.corpus == drinks.corpus


def test_a_newly_published_index_is_noticed(built: KnowledgeBase, drinks: Settings) -> None:
    """Without opening anew; what LlamaIndex was given stays with its generation."""
    pinned = built.as_query_engine()
    before = built.ask("Что такое чай?")
    (drinks.corpus / "Чай.md").write_text(TEA, encoding="utf-8")
    KnowledgeBase.build(drinks.corpus, drinks.index, settings=drinks)
    after = built.ask("Что такое чай?")
    assert after.text == "Чай - это напиток из листьев. [1]"
    assert after.fingerprint != before.fingerprint
    assert [note.path for note in built.notes()] == ["Кофе.md", "Чай.md"]
    assert timeless(pinned.answer("Что такое чай?")) == timeless(before)


def test_an_open_knowledge_base_brings_itself_up_to_date(built: KnowledgeBase, drinks: Settings) -> None:
    """The next question finds what was added; where nothing has changed, nothing is published."""
    (drinks.corpus / "Чай.md").write_text(TEA, encoding="utf-8")
    assert built.update().added == ("Чай.md",)
    assert built.ask("Что такое чай?").text == "Чай - это напиток из листьев. [1]"
    assert not built.update().published


def test_nobody_waits_for_a_new_index_to_be_opened(
    built: KnowledgeBase, drinks: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the thread that published it has it open, the others answer from the old one."""
    opening, go_on = Event(), Event()
    opened = KnowledgeBase._open

    def slowly(self: KnowledgeBase) -> NotesQueryEngine:
        opening.set()
        assert go_on.wait(20)
        return opened(self)

    monkeypatch.setattr(KnowledgeBase, "_open", slowly)
    (drinks.corpus / "Чай.md").write_text(TEA, encoding="utf-8")
    updating = Thread(target=built.update)
    updating.start()
    assert opening.wait(20)
    assert len(built.notes()) == 1
    go_on.set()
    updating.join()
    assert len(built.notes()) == 2


def test_threads_get_equal_answers(kb: KnowledgeBase) -> None:
    """Eight at a time, each what it would get alone."""
    expected = [timeless(kb.ask(question)) for question in QUESTIONS]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(kb.ask, QUESTIONS * 8))
    assert [timeless(answer) for answer in answers] == expected * 8


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stream_ends_with_the_answer(kb: KnowledgeBase, question: str) -> None:
    """The tokens before it join to its text."""
    *tokens, answer = kb.stream(question)
    assert isinstance(answer, Answer)
    assert all(isinstance(token, Token) and token.text for token in tokens)
    assert "".join(token.text for token in tokens if isinstance(token, Token)) == answer.text
    assert timeless(answer) == timeless(kb.ask(question))


@pytest.mark.parametrize("ask", [KnowledgeBase.ask, KnowledgeBase.search, lambda kb, text: list(kb.stream(text))])
def test_no_question_is_an_error(kb: KnowledgeBase, ask: Callable[[KnowledgeBase, str], object]) -> None:
    """By every way of asking."""
    with pytest.raises(QuestionError):
        ask(kb, " ?! ")


def test_notes_are_listed_and_shown_as_indexed(kb: KnowledgeBase, corpus: Path) -> None:
    """Every note by its path, with its title and other names; its text is the file's."""
    assert [note.path for note in kb.notes()] == sorted(file.name for file in corpus.glob("*.md"))
    for summary in kb.notes():
        note = kb.note(summary.path)
        assert (note.path, note.title, note.aliases, note.tags) == (
            summary.path,
            summary.title,
            summary.aliases,
            summary.tags,
        )
        assert note.text == (corpus / note.path).read_text(encoding="utf-8")
    assert kb.problems == ()
    assert kb.chunk_count > len(kb.notes())


@pytest.mark.parametrize("path", ["Нет.md", "../corpus/Отраслевые сообщества.md", ""])
def test_an_unknown_note_is_an_error(kb: KnowledgeBase, path: str) -> None:
    """Only what is indexed can be shown, whatever lies on the disk."""
    for asked in (kb.note, kb.links, kb.backlinks):
        with pytest.raises(VaultError, match="нет заметки"):
            asked(path)


def test_links_are_told_from_both_ends(kb_of: Callable[..., KnowledgeBase]) -> None:
    """Where a note leads, down to the section's lines; from where it is linked; and what is still to be written."""
    kb = kb_of(
        {
            "Чай.md": "# Чай\n\nЗаваривают, [[Вода#Кипяток|вскипятив воду]]; см. [[Кофе]] и [[Вода]].\n",
            "Вода.md": "# Вода\n\nТекст.\n\n## Кипяток\n\nСто градусов.\n",
        }
    )
    hot, coffee, water = kb.links("Чай.md")
    assert [(one.path, one.link.line) for one in (hot, coffee, water)] == [("Вода.md", 3), (None, 3), ("Вода.md", 3)]
    assert [kb.place_of(one) for one in (hot, coffee, water)] == [(5, 7), None, None]
    assert kb.backlinks("Вода.md") == (hot, water)
    assert kb.links("Вода.md") == kb.backlinks("Чай.md") == ()
    assert kb.dangling() == {"Кофе": (coffee,)}
    assert kb.link_graph().outgoing("Чай.md") == (hot, coffee, water)


def test_links_are_those_of_the_published_index(built: KnowledgeBase, drinks: Settings) -> None:
    """A note that was still to be written when it was linked to has its backlink once it is there."""
    (drinks.corpus / "Чай.md").write_text(TEA + "\n[[Вода]]\n", encoding="utf-8")
    before = built.generation
    built.update()
    assert built.generation != before
    assert list(built.dangling()) == ["Вода"]
    (drinks.corpus / "Вода.md").write_text("# Вода\n\nТекст.\n", encoding="utf-8")
    built.update()
    assert [one.source for one in built.backlinks("Вода.md")] == ["Чай.md"]
    assert built.dangling() == {}


def test_problems_tell_what_was_skipped(drinks: Settings) -> None:
    """A note that cannot be read is named with the reason, and the rest is indexed."""
    (drinks.corpus / "Старая.md").write_bytes("# Старая заметка".encode("cp1251"))
    (problem,) = KnowledgeBase.build(drinks.corpus, drinks.index, settings=drinks).problems
    assert (problem.note, problem.skipped) == ("Старая.md", True)
    assert "UTF-8" in problem.reason


def test_status_tells_of_the_open_generation(built: KnowledgeBase, drinks: Settings) -> None:
    """The same as the command line says, also once something has changed and been indexed."""
    assert built.status() == index_status(drinks)
    (drinks.corpus / "Чай.md").write_text(TEA, encoding="utf-8")
    assert [(entry.note, entry.state) for entry in built.status().entries] == [
        ("Кофе.md", "indexed"),
        ("Чай.md", "new"),
    ]
    built.update()
    assert built.status().fresh


def test_examples_are_answered(kb: KnowledgeBase) -> None:
    """Not more than asked for, and each a question that the notes answer."""
    examples = kb.examples(5)
    assert 0 < len(examples) <= 5
    assert kb.examples(1) == examples[:1]
    assert [kb.ask(example).status for example in examples] == ["answered"] * len(examples)


def test_search_takes_the_number_of_hits(kb: KnowledgeBase) -> None:
    """Best first, as many as asked for, else the setting's."""
    assert kb.search("спонсоры", 3) == kb.search("спонсоры")[:3]
    assert len(kb.search("спонсоры")) == kb.settings.top_k


def test_opening_nothing_is_a_typed_error(tmp_path: Path) -> None:
    """No index, with the command that makes one; nothing is written."""
    with pytest.raises(MissingIndexError, match="kbqa index"):
        KnowledgeBase.open(tmp_path / "нет")
    assert list(tmp_path.iterdir()) == []


def _forget(manifest: Path) -> None:
    manifest.unlink()


def _garble(manifest: Path) -> None:
    manifest.write_text("{", encoding="utf-8")


def _other_model(manifest: Path) -> None:
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"model": "другая"}), encoding="utf-8")


def _other_format(manifest: Path) -> None:
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 0}), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (_forget, BrokenIndexError),
        (_garble, BrokenIndexError),
        (_other_model, StaleIndexError),
        (_other_format, StaleIndexError),
    ],
)
def test_opening_a_broken_index_is_a_typed_error(
    built: KnowledgeBase, drinks: Settings, damage: Callable[[Path], None], error: type[Exception]
) -> None:
    """Each says what to run, and running it helps."""
    assert built.report is not None
    damage(drinks.index / "generations" / built.report.generation / "manifest.json")
    with pytest.raises(error, match="kbqa index"):
        KnowledgeBase.open(drinks.index)
    assert KnowledgeBase.build(drinks.corpus, drinks.index, settings=drinks).ask("Что такое кофе?").citations


# With a language model


COFFEE_REPLY = "Кофе - это напиток из обжаренных зёрен [1]."


def with_model(settings: Settings, endpoint: Endpoint, **more: object) -> KnowledgeBase:
    """The vault's knowledge base with a model at the endpoint."""
    named = {"llm_url": endpoint.url, "llm_model": "модель", "llm_key": "s3cret-key"} | more
    chosen = Settings(corpus=settings.corpus, index=settings.index, **named)  # type: ignore[arg-type]
    return KnowledgeBase.build(settings.corpus, settings.index, settings=chosen)


def test_without_a_model_in_the_settings_there_is_none(built: KnowledgeBase) -> None:
    """Answers are composed, and say so."""
    answer = built.ask("Что такое кофе?")
    assert built.chat_model is None
    assert (answer.mode, answer.model, answer.notice, answer.sentences) == ("extractive", None, None, ())


def test_the_model_of_the_settings_writes(drinks: Settings, endpoint: Endpoint) -> None:
    """Unless none or another is named in the call."""
    endpoint.will(reply(COFFEE_REPLY))
    kb = with_model(drinks, endpoint)
    answer = kb.ask("Что такое кофе?")
    assert (answer.mode, answer.model, answer.text) == ("generative", "модель", COFFEE_REPLY)
    assert kb.ask("Что такое кофе?", model=None).mode == "extractive"
    other = ChatModel(ModelAddress(endpoint.url, "другая"), limits_of(kb.settings))
    assert kb.ask("Что такое кофе?", model=other).model == "другая"
    assert [request.body["model"] for request in endpoint.requests] == ["модель", "другая"]


def test_a_stream_by_the_model_ends_with_the_answer(drinks: Settings, endpoint: Endpoint) -> None:
    """Piece by piece; what is withdrawn is followed by the answer without it."""
    endpoint.will(reply("Кофе - это ", "напиток из обжаренных ", "зёрен [1]."), reply("Кофе ", "растёт на Луне [1]."))
    kb = with_model(drinks, endpoint)
    *tokens, answer = kb.stream("Что такое кофе?")
    assert isinstance(answer, Answer)
    assert "".join(token.text for token in tokens if isinstance(token, Token)) == answer.text == COFFEE_REPLY
    events = list(kb.stream("Что такое кофе?"))
    assert [type(event) for event in events] == [Token, Token, Withdrawn, Token, Answer]
    assert timeless(kb.ask("Что такое кофе?", model=None)) | {"notice": 0} == timeless(events[-1]) | {"notice": 0}  # type: ignore[arg-type]


def test_unsupported_sentences_are_removed_if_the_settings_say_so(drinks: Settings, endpoint: Endpoint) -> None:
    """Otherwise they are marked; either way the fingerprint tells which."""
    endpoint.will(reply(f"{COFFEE_REPLY} Кофе стоит 5000 рублей [1]."))
    marked = with_model(drinks, endpoint).ask("Что такое кофе?")
    removed = with_model(drinks, endpoint, unsupported="remove").ask("Что такое кофе?")
    assert [sentence.supported for sentence in marked.sentences] == [True, False]
    assert removed.text == COFFEE_REPLY
    assert marked.fingerprint != removed.fingerprint


def test_a_question_that_cannot_be_asked_reaches_no_model(drinks: Settings, endpoint: Endpoint) -> None:
    """The error is the same."""
    kb = with_model(drinks, endpoint)
    with pytest.raises(QuestionError):
        kb.ask("  ")
    assert not endpoint.requests


def test_examples_are_made_without_the_model(drinks: Settings, endpoint: Endpoint) -> None:
    """Nothing is sent before somebody asks something."""
    kb = with_model(drinks, endpoint)
    assert kb.examples(2) == ["Что такое Кофе?"]
    assert kb.search("кофе")
    assert not endpoint.requests


def test_what_nobody_refers_to_any_more_is_let_go_at_once(corpus: Path, corpus_index: Callable[[], Path]) -> None:
    """A generation has open files, and to wait for a search for cycles would keep those of many."""
    index = corpus_index()
    kb = KnowledgeBase.open(index, settings=Settings(corpus=corpus, index=index))
    assert kb.ask("Что такое консорциум?").status == "answered"
    generation = weakref.ref(kb.as_retriever().generation)
    gc.disable()
    try:
        del kb
        assert generation() is None
    finally:
        gc.enable()
