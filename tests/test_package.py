"""The package as a whole: what importing it costs, and that its public names are there."""

import json
import subprocess
import sys

import pytest

import kbqa

HEAVY = ("llama_index", "gradio", "chromadb", "onnxruntime", "onnx", "bm25s", "numpy", "pydantic")
REPORT = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"


@pytest.mark.parametrize(
    "start",
    [
        pytest.param("import kbqa", id="import kbqa"),
        pytest.param("import kbqa.cli", id="import kbqa.cli"),
        pytest.param(
            "import contextlib, io, kbqa.cli\n"
            "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
            "    kbqa.cli.main(['--help'])",
            id="kbqa --help",
        ),
    ],
)
def test_start_is_light(start: str) -> None:
    """Importing the package, and its help, load none of the big libraries."""
    run = subprocess.run([sys.executable, "-c", f"{start}\n{REPORT}"], check=True, capture_output=True, text=True)
    loaded = json.loads(run.stdout)
    assert "kbqa" in loaded
    assert set(HEAVY).isdisjoint(loaded)


@pytest.mark.parametrize("name", kbqa.__all__)
def test_public_names_are_there(name: str) -> None:
    """Each public name loads when it is used, under its own name."""
    assert getattr(kbqa, name).__name__ == name


def test_other_names_are_not() -> None:
    """A name that is not public is missing in the usual way."""
    with pytest.raises(AttributeError, match="Nothing"):
        _ = kbqa.Nothing
