"""The network of multilingual-e5-small as onnxruntime runs it: twelve BERT layers over 4-bit matrices."""

import os
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kbqa.embedding.weights import BLOCK, FourBit, Weights

# Since 1.29 onnxruntime reports to Microsoft by default, keeps a device id in the home folder and starts a thread that
# hangs a forked child at its exit. It reads this once, when it is imported (its Privacy.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

_CONTRIB = "com.microsoft"
"""The domain of onnxruntime's own operators."""
_ACCURACY_LEVEL = 4
"""Of MatMulNBits: 4 multiplies the 4-bit weights with states rounded to 8 bits, 0 with exact ones. On 40 Russian
passages the cosine between the two is at least .9999; a query takes 5.0 ms instead of 7.1, passages 39 a second instead
of 36."""


def open_session(weights: Weights, threads: int) -> onnxruntime.InferenceSession:
    """The network, ready to run.

    Inputs: `states` (texts, tokens, hidden) float32, the sum of the embeddings of word, position and type before
    their normalisation; `mask` (texts, tokens) int32, 1 for a token and 0 for padding.
    Output: `encoded` (texts, tokens, hidden) float32, the last layer's states.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the processor from everything else on the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(_Network(weights).serialized(), options, providers=["CPUExecutionProvider"])


class _Network:
    """Collects nodes and their weights, and names each value after the tensor that makes it."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []

    def serialized(self) -> bytes:
        """The ONNX model's bytes."""
        shape = self._weights.shape
        states = self._normalisation("states", "emb.ln")
        for layer in range(shape.layers):
            states = self._layer(states, f"l{layer}")
        self._node("Identity", [states], "encoded")
        axes = ["texts", "tokens"]
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            inputs=[
                helper.make_tensor_value_info("states", TensorProto.FLOAT, [*axes, shape.hidden]),
                helper.make_tensor_value_info("mask", TensorProto.INT32, axes),
            ],
            outputs=[helper.make_tensor_value_info("encoded", TensorProto.FLOAT, [*axes, shape.hidden])],
            initializer=self._initializers,
        )
        # Versions that onnxruntime 1.22, the oldest supported, reads; LayerNormalization appeared in opset 17.
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_CONTRIB, 1)]
        serialized: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
        return serialized

    def _layer(self, states: str, layer: str) -> str:
        hidden, feed_forward = self._weights.shape.hidden, self._weights.shape.feed_forward
        query, key, value = (self._linear(states, f"{layer}.{part}", hidden) for part in "qkv")
        attended = self._node(
            "MultiHeadAttention",
            [query, key, value, "", "mask"],
            f"{layer}.attended",
            domain=_CONTRIB,
            num_heads=self._weights.shape.heads,
        )
        states = self._residual(states, self._linear(attended, f"{layer}.ao", hidden), f"{layer}.aln")
        widened = self._linear(states, f"{layer}.fi", hidden)
        activated = self._node("Gelu", [widened], f"{layer}.gelu", domain=_CONTRIB)
        return self._residual(states, self._linear(activated, f"{layer}.fo", feed_forward), f"{layer}.oln")

    def _linear(self, states: str, name: str, inputs: int) -> str:
        matrix = self._weights.four_bit(f"{name}.w", inputs)
        product = self._node(
            "MatMulNBits",
            [
                states,
                self._initializer(f"{name}.halves", _neighbours_packed(matrix)),
                self._initializer(f"{name}.scales", matrix.scales.astype(np.float32).reshape(-1)),
            ],
            f"{name}.product",
            domain=_CONTRIB,
            K=inputs,
            N=len(matrix.halves),
            bits=4,
            block_size=BLOCK,
            accuracy_level=_ACCURACY_LEVEL,
        )
        bias = self._initializer(f"{name}.b", self._weights.floats(f"{name}.b"))
        return self._node("Add", [product, bias], name)

    def _residual(self, states: str, change: str, name: str) -> str:
        return self._normalisation(self._node("Add", [states, change], f"{name}.sum"), name)

    def _normalisation(self, states: str, name: str) -> str:
        gain = self._initializer(f"{name}.w", self._weights.floats(f"{name}.w"))
        bias = self._initializer(f"{name}.b", self._weights.floats(f"{name}.b"))
        return self._node("LayerNormalization", [states, gain, bias], name, epsilon=self._weights.shape.epsilon)

    def _initializer(self, name: str, values: NDArray[np.generic]) -> str:
        self._initializers.append(numpy_helper.from_array(values, name))
        return name

    def _node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output


def _neighbours_packed(matrix: FourBit) -> NDArray[np.uint8]:
    """The matrix's halves in MatMulNBits' order: a byte holds weights 2j (low) and 2j + 1 (high); same shape."""
    even, odd = matrix.halves[..., 0::2], matrix.halves[..., 1::2]
    first_16 = (even & 0x0F) | (odd << 4)
    last_16 = (even >> 4) | (odd & 0xF0)
    return np.concatenate([first_16, last_16], axis=-1)
