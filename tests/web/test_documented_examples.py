"""The examples for programs run as they stand, against a server as it is started."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kbqa.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("docs/programs.md", "docs/programs.ru.md", "README.md", "README.ru.md")
ADDRESS = "http://127.0.0.1:7860"


def examples(language: str) -> list[tuple[str, str]]:
    """Blocks of code with the document that they stand in, if they ask the server or start one."""
    found = []
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        blocks = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
        found += [(document, block) for block in blocks if f"{ADDRESS}/api" in block or "import" in block]
    return [(document, block) for document, block in found if "KnowledgeBase" not in block]


@pytest.mark.parametrize(("document", "example"), examples("python"))
def test_a_python_example_answers(document: str, example: str, server, settings: Settings) -> None:
    """With the client that it names; the answer comes with its citations."""
    script = shutil.which("kbqa", path=str(Path(sys.executable).parent))
    replaced = (
        example.replace(ADDRESS, server.url)
        # Of its own accord the client hands on few variables, and not where Python finds its modules.
        .replace('command="kbqa"', f"env={dict(os.environ)!r}, command={script!r}")
        .replace('"corpus"', repr(str(settings.corpus)))
        .replace('"index"', repr(str(settings.index)))
    )
    ended = subprocess.run([sys.executable, "-c", replaced], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, (document, ended.stderr)
    assert "Спонсорское" in ended.stdout
    assert "[1]" in ended.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
@pytest.mark.parametrize(("document", "example"), examples("sh"))
def test_a_shell_example_answers(document: str, example: str, server) -> None:
    """Each line of it succeeds."""
    assert document
    ended = subprocess.run(
        ["bash", "-euc", example.replace(ADDRESS, server.url).replace("curl -s", "curl --fail -s")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert '"note"' in ended.stdout


def test_there_are_examples() -> None:
    """The expressions above find them."""
    assert len(examples("python")) == 5
    assert len(examples("sh")) == 4
