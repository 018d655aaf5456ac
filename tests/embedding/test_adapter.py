"""What the adapter does to questions, and its file."""

from pathlib import Path

import numpy as np

from kbqa.embedding import E5Model
from kbqa.embedding.adapter import LAYERS, load_adapter, save_adapter
from kbqa.embedding.graph import FourBitNetwork, open_session
from kbqa.embedding.weights import Weights

IN_OTHER_WORDS = [
    ("сколько надо заплатить, чтобы пустили", "Вход: 900 ₽ с человека", "Вход: через двор, код 4711"),
    ("кого звать, если сломался проектор", "Техника: дежурит Павел", "Техника: два микрофона и пульт"),
    ("во сколько собираемся", "Начало в 18:30, сбор гостей за полчаса", "Начало пути: как появился клуб"),
    ("почему поругались с типографией", "Типография сорвала срок на неделю", "Типография печатает визитки и буклеты"),
    ("когда его поздравлять", "День рождения — 3 мая", "День открытых дверей — 3 июня"),
    ("what should I do if a speaker falls ill", "Если спикер заболел, выступает ведущий", "Спикеры: шесть человек"),
]
"""A question, what answers it, and what stands nearby."""


def test_a_question_is_nearer_to_what_answers_it_in_other_words(model: E5Model) -> None:
    """The lead of what answers over what stands nearby is larger with the adapter, on the whole."""
    questions, answers, others = (list(texts) for texts in zip(*IN_OTHER_WORDS, strict=True))
    leads = model.embed(answers, "passage") - model.embed(others, "passage")
    vectors = [model.embed_question(question) for question in questions]
    plain = (leads * [one.plain for one in vectors]).sum(axis=1).mean()
    adapted = (leads * [one.adapted for one in vectors]).sum(axis=1).mean()
    assert adapted > plain + 0.005


def test_a_question_stays_near_its_own_vector(model: E5Model) -> None:
    """It is moved, and not far."""
    for question, _, _ in IN_OTHER_WORDS:
        plain, adapted = model.embed_question(question)
        assert 0.85 < plain @ adapted < 0.9999, question


def test_it_is_added_to_the_products_of_its_matrix() -> None:
    """An addition of nothing changes nothing; another one moves the states."""
    weights = Weights()
    hidden = weights.shape.hidden
    states = np.random.default_rng(0).normal(0, 0.1, (1, 5, hidden)).astype(np.float32)

    def encoded(up: float) -> np.ndarray:
        adapter = {"l11.v": (np.full((hidden, 1), 0.1, np.float32), np.full((1, hidden), up, np.float32))}
        network = FourBitNetwork(weights, range(11, 12), adapter)
        return open_session(network, threads=1).run(["encoded"], {"states": states})[0]

    without = open_session(FourBitNetwork(weights, range(11, 12)), threads=1).run(["encoded"], {"states": states})[0]
    assert np.allclose(encoded(0), without, atol=1e-5)
    assert not np.allclose(encoded(0.5), without, atol=1e-2)


def test_its_matrices_fit_the_network() -> None:
    """Each addition is to a matrix of a layer that may be changed, and has its shape."""
    weights = Weights()
    adapter = load_adapter()
    assert {name.partition(".")[0] for name in adapter} == {f"l{layer}" for layer in LAYERS}
    for name, (down, up) in adapter.items():
        inputs = weights.shape.feed_forward if name.endswith(".fo") else weights.shape.hidden
        outputs = len(weights.floats(f"{name}.b"))
        assert down.shape == (inputs, len(up)), name
        assert up.shape[1] == outputs, name


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """As far as float16 holds it."""
    pair = np.array([[0.5], [-2]], np.float32), np.array([[1, 0.25, 3]], np.float32)
    save_adapter({"l3.q": pair}, tmp_path / "adapter.npy")
    (down, up) = load_adapter(tmp_path / "adapter.npy")["l3.q"]
    assert np.array_equal(down, pair[0])
    assert np.array_equal(up, pair[1])
