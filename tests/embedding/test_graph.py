"""The two networks: how near they are to one that rounds nothing, and that whole numbers never overflow."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from kbqa.embedding import E5Model, graph
from kbqa.embedding.e5 import _run, _unit
from kbqa.embedding.weights import Weights

TEXTS = [
    "Спонсорское партнёрство: финансовая поддержка мероприятия.",
    "Да.",
    "В 2024 году хакатон прошёл в Казани; пришли 120 человек, из них 45 — студенты.",
    "Чтобы вернуть билет, напишите организатору не позже чем за три дня. " * 8,
    "The museum opens at ten in the morning.",
]


def test_vectors_are_near_exact_ones(model: E5Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounding weights and states to 8 bits turns a passage's vector by a cosine of at least .999."""
    monkeypatch.setattr(graph, "_ACCURACY_LEVEL", 0)
    encoder = model._loaded()
    exact = graph.open_session(graph.FourBitNetwork(encoder._weights), threads=2)
    for text, vector in zip(TEXTS, model.embed(TEXTS, "passage"), strict=True):
        (unrounded,) = _unit(_run(exact, encoder._embedded([encoder.tokenize(f"passage: {text}")])))
        assert vector @ unrounded > 0.999, text


def test_the_first_and_the_last_layers_are_the_whole() -> None:
    """A network of some layers goes on from the states of one of those below."""
    weights = Weights()
    states = np.random.default_rng(0).normal(0, 0.1, (2, 5, weights.shape.hidden)).astype(np.float32)
    whole = graph.open_session(graph.FourBitNetwork(weights), threads=1)
    lower = graph.open_session(graph.FourBitNetwork(weights, range(8)), threads=1)
    upper = graph.open_session(graph.FourBitNetwork(weights, range(8, 12)), threads=1)
    assert np.allclose(_run(upper, _run(lower, states)), _run(whole, states), atol=1e-4)


def test_eight_bit_weights_stand_for_the_matrix() -> None:
    """Each weight is within half a step of its output's scale."""
    matrix = np.random.default_rng(0).standard_normal((24, 64)).astype(np.float32)
    weights, scales = graph._to_eight_bits(matrix)
    assert np.abs(weights * scales[:, np.newaxis] - matrix).max() <= scales.max() * 0.5001


@pytest.mark.parametrize("signs", [(1, 1), (-1, -1), (1, -1)])
def test_products_fit_where_neighbours_are_added_in_16_bits(signs: tuple[int, int]) -> None:
    """With the largest states and weights, the product is exact on this processor, whatever its instructions."""
    matrix = np.tile(np.array(signs, np.float32), (16, 192)) * np.linspace(0.9, 1, 16, dtype=np.float32)[:, np.newaxis]
    weights, _ = graph._to_eight_bits(matrix)
    node = helper.make_node("MatMulInteger", ["states", "weights"], ["product"])
    inputs = [helper.make_tensor_value_info("states", TensorProto.UINT8, [None, 384])]
    outputs = [helper.make_tensor_value_info("product", TensorProto.INT32, [None, 16])]
    constants = [numpy_helper.from_array(np.ascontiguousarray(weights.T), "weights")]
    whole = helper.make_graph([node], "product", inputs, outputs, constants)
    made: onnx.ModelProto = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    states = np.full((5, 384), 255, np.uint8)
    (product,) = session.run(None, {"states": states})
    assert (product == states.astype(np.int32) @ weights.T.astype(np.int32)).all()
