"""The network of multilingual-e5-small as onnxruntime runs it: twelve BERT layers, over two kinds of matrices.

`FourBitNetwork` has the weights as they are stored, and may have an adapter beside them. `EightBitNetwork` has them
rounded to 8 bits for whole columns instead of 4 for blocks of 32: more than twice as fast, and the cosine of a text's
vector to the exact one (4-bit weights, nothing else rounded) is at least .9993, on 1,000 Russian texts of 12 to 300
tokens.

A network may have some of the layers only, the first or the last: two that go on from the same states then share the
work below.
"""

import os
from abc import ABC, abstractmethod
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kbqa.embedding.adapter import Adapter
from kbqa.embedding.weights import BLOCK, FourBit, Weights

# Since 1.29 onnxruntime reports to Microsoft by default, keeps a device id in the home folder and starts a thread that
# hangs a forked child at its exit. It reads this once, when it is imported (its Privacy.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

_CONTRIB: Final = "com.microsoft"
"""The domain of onnxruntime's own operators."""
_ACCURACY_LEVEL: Final = 4
"""Of MatMulNBits: 4 multiplies the 4-bit weights with states rounded to 8 bits, 0 with exact ones. On 210 Russian
texts the cosine between the two is at least .9999; a query takes 5.0 ms instead of 7.1."""
_LOUD_CHANNELS: Final = (15, 35, 146, 321)
_LOUDNESS: Final = 4.0
"""Four numbers of a token's state are, in every layer, several times as large as the other 380, and would leave these
few of the 8 bits. They are divided by this before the rounding, and the matrix makes up for it (SmoothQuant, Xiao et
al. 2023, arXiv:2211.10438). On 210 Russian texts the least cosine to the exact vector is .9987 without this, .9995 with
it. Found by looking at the states of 100 others; 8 or 16 channels are no better than these 4."""
_LARGEST: Final = 127.0


class Network(ABC):
    """Collects nodes and their weights, and names each value after the tensor that makes it.

    Args:
        weights: of all layers.
        layers: those that the network has, all of them by default; the first normalises what goes into it.
    """

    def __init__(self, weights: Weights, layers: range | None = None) -> None:
        self._weights = weights
        self._layers = layers or range(weights.shape.layers)
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []

    def serialized(self) -> bytes:
        """The ONNX model's bytes.

        Input: `states` (texts, tokens, hidden) float32, the sum of the embeddings of word, position and type before
        their normalisation, or what the layer below encoded. All texts have the same length: a mask for padding would
        cost time, and let a text's vector depend on the length of others.
        Output: `encoded` (texts, tokens, hidden) float32, the last layer's states.
        """
        states = "states" if self._layers.start else self._normalisation("states", "emb.ln")
        for layer in self._layers:
            states = self._layer(states, f"l{layer}")
        self._node("Identity", [states], "encoded")
        axes: list[str | int | None] = ["texts", "tokens", self._weights.shape.hidden]
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            inputs=[helper.make_tensor_value_info("states", TensorProto.FLOAT, axes)],
            outputs=[helper.make_tensor_value_info("encoded", TensorProto.FLOAT, axes)],
            initializer=self._initializers,
        )
        # Versions that onnxruntime 1.22, the oldest supported, reads; LayerNormalization appeared in opset 17.
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_CONTRIB, 1)]
        serialized: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
        return serialized

    @abstractmethod
    def _linear(self, states: str, names: list[str], inputs: int, *, loud: bool = False) -> list[str]:
        """`states` times each of the matrices `names`, plus its bias. `loud`: they have the loud channels."""

    def _layer(self, states: str, layer: str) -> str:
        hidden, feed_forward = self._weights.shape.hidden, self._weights.shape.feed_forward
        attended = self._node(
            "MultiHeadAttention",
            self._linear(states, [f"{layer}.{part}" for part in "qkv"], hidden, loud=True),
            f"{layer}.attended",
            domain=_CONTRIB,
            num_heads=self._weights.shape.heads,
        )
        (change,) = self._linear(attended, [f"{layer}.ao"], hidden)
        states = self._residual(states, change, f"{layer}.aln")
        (widened,) = self._linear(states, [f"{layer}.fi"], hidden, loud=True)
        activated = self._node("Gelu", [widened], f"{layer}.gelu", domain=_CONTRIB)
        (change,) = self._linear(activated, [f"{layer}.fo"], feed_forward)
        return self._residual(states, change, f"{layer}.oln")

    def _biased(self, product: str, name: str) -> str:
        return self._node("Add", [product, self._constant(f"{name}.b", self._weights.floats(f"{name}.b"))], name)

    def _residual(self, states: str, change: str, name: str) -> str:
        return self._normalisation(self._node("Add", [states, change], f"{name}.sum"), name)

    def _normalisation(self, states: str, name: str) -> str:
        gain = self._constant(f"{name}.w", self._weights.floats(f"{name}.w"))
        bias = self._constant(f"{name}.b", self._weights.floats(f"{name}.b"))
        return self._node("LayerNormalization", [states, gain, bias], name, epsilon=self._weights.shape.epsilon)

    def _constant(self, name: str, values: NDArray[np.generic] | np.generic) -> str:
        self._initializers.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def _node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output


class FourBitNetwork(Network):
    """The weights as stored. Ready .2 s sooner than the other, so that a question does not wait for it.

    Args:
        adapter: what is added to some of the matrices.
    """

    def __init__(self, weights: Weights, layers: range | None = None, adapter: Adapter | None = None) -> None:
        super().__init__(weights, layers)
        self._adapter = adapter or {}

    def _linear(self, states: str, names: list[str], inputs: int, *, loud: bool = False) -> list[str]:
        del loud  # a block of 32 has a scale of its own
        return [self._adapted(states, self._biased(self._product(states, name, inputs), name), name) for name in names]

    def _adapted(self, states: str, result: str, name: str) -> str:
        if name not in self._adapter:
            return result
        down, up = self._adapter[name]
        narrow = self._node("MatMul", [states, self._constant(f"{name}.down", down)], f"{name}.narrow")
        change = self._node("MatMul", [narrow, self._constant(f"{name}.up", up)], f"{name}.change")
        return self._node("Add", [result, change], f"{name}.adapted")

    def _product(self, states: str, name: str, inputs: int) -> str:
        matrix = self._weights.four_bit(f"{name}.w", inputs)
        return self._node(
            "MatMulNBits",
            [
                states,
                self._constant(f"{name}.halves", _neighbours_packed(matrix)),
                self._constant(f"{name}.scales", matrix.scales.astype(np.float32).reshape(-1)),
            ],
            f"{name}.product",
            domain=_CONTRIB,
            K=inputs,
            N=len(matrix.halves),
            bits=4,
            block_size=BLOCK,
            accuracy_level=_ACCURACY_LEVEL,
        )


class EightBitNetwork(Network):
    """Matrices of 8-bit numbers with a scale for each output; states with a scale for each token.

    A scale for the whole batch, as in onnxruntime's dynamic quantisation, would make a text's vector depend on others.
    """

    def __init__(self, weights: Weights) -> None:
        super().__init__(weights)
        self._loudness = np.ones(weights.shape.hidden, np.float32)
        self._loudness[list(_LOUD_CHANNELS)] = _LOUDNESS
        self._quieter = self._constant("quieter", 1 / self._loudness)
        self._tiny = self._constant("tiny", np.float32(1e-30))  # a token of zeros is not divided by zero
        self._step = self._constant("step", np.float32(1 / _LARGEST))
        self._zero = self._constant("zero", np.uint8(128))

    def _linear(self, states: str, names: list[str], inputs: int, *, loud: bool = False) -> list[str]:
        name = names[0]
        if loud:
            states = self._node("Mul", [states, self._quieter], f"{name}.quiet")
        highest = self._node("ReduceMax", [states], f"{name}.highest", axes=[-1])
        lowest = self._node("ReduceMin", [states], f"{name}.lowest", axes=[-1])
        depth = self._node("Neg", [lowest], f"{name}.depth")
        largest = self._node("Max", [highest, depth, self._tiny], f"{name}.largest")
        within_one = self._node("Div", [states, largest], f"{name}.within_one")
        rounded = self._node("QuantizeLinear", [within_one, self._step, self._zero], f"{name}.rounded")
        loudness = self._loudness if loud else np.float32(1)
        results = []
        for name in names:
            product = self._product(rounded, name, inputs, loudness)
            results.append(self._biased(self._node("Mul", [product, largest], f"{name}.scaled"), name))
        return results

    def _product(self, rounded: str, name: str, inputs: int, loudness: NDArray[np.float32] | np.float32) -> str:
        matrix = self._weights.four_bit(f"{name}.w", inputs)
        weights, scales = _to_eight_bits(matrix.rows(np.arange(len(matrix.halves))) * loudness)
        return self._node(
            "MatMulIntegerToFloat",
            [
                rounded,
                self._constant(f"{name}.weights", np.ascontiguousarray(weights.T)),
                self._step,
                self._constant(f"{name}.scales", scales),
                self._zero,
            ],
            f"{name}.product",
            domain=_CONTRIB,
        )


def open_session(network: Network, threads: int) -> onnxruntime.InferenceSession:
    """The network, ready to run in `threads` threads, the caller's among them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the processor from everything else on the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        network.serialized(),
        options,
        providers=["CPUExecutionProvider"],
        # Addition and normalisation in one take four times as long as one after the other (1.31, AVX2).
        disabled_optimizers=["SkipLayerNormFusion"],
    )


def _neighbours_packed(matrix: FourBit) -> NDArray[np.uint8]:
    """The matrix's halves in MatMulNBits' order: a byte holds weights 2j (low) and 2j + 1 (high); same shape."""
    even, odd = matrix.halves[..., 0::2], matrix.halves[..., 1::2]
    first_16 = (even & 0x0F) | (odd << 4)
    last_16 = (even >> 4) | (odd & 0xF0)
    return np.concatenate([first_16, last_16], axis=-1)


def _to_eight_bits(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix (outputs, inputs) as whole numbers, and the scale of each output.

    Processors without VNNI add the products of neighbours 2j and 2j + 1 in 16 bits, which must hold them: with states
    up to 255, two weights of one sign may come to 128 together. So the result is the same on every processor.
    """
    even, odd = matrix[:, 0::2], matrix[:, 1::2]
    largest = np.maximum(np.abs(matrix).max(axis=1), np.abs(even + odd).max(axis=1))
    scales = largest / np.float32(_LARGEST)
    return np.rint(matrix / scales[:, np.newaxis]).astype(np.int8), scales
