"""What the tests of the command line share: running it, in this process and as users do."""

import io
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kbqa import KnowledgeBase, Settings
from kbqa.cli import main

Run = Callable[..., "Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    def failed_with(self, code: int, *words: str) -> bool:
        """Whether it ended with the code and one line that has the words; no traceback, nothing on standard output."""
        one_line = self.err.count("\n") == 1 and self.err.startswith("kbqa: ")
        return self.code == code and one_line and self.out == "" and all(word in self.err for word in words)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs a command in this process, in an empty working folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: str | bytes = b"") -> Outcome:
        given = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as leaving:  # argparse leaves so: help with 0, usage with 2
            code = int(leaving.code or 0)
        captured = capsysbinary.readouterr()
        return Outcome(code, captured.out.decode("utf-8"), captured.err.decode("utf-8"))

    return run


@pytest.fixture
def folders(kb: KnowledgeBase) -> tuple[str, ...]:
    """The options that name the indexed corpus."""
    return ("--corpus", str(kb.settings.corpus), "--index", str(kb.settings.index))


@pytest.fixture
def coffee(tmp_path: Path) -> Path:
    """A vault of one note where the command line looks for it by default."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "Кофе.md").write_text("# Кофе\n\nКофе - это напиток из обжаренных зёрен.\n", encoding="utf-8")
    return folder


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., subprocess.Popen[bytes]]:
    """Starts the installed console script, with the buffers that it has for users."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    script = shutil.which("kbqa", path=str(Path(sys.executable).parent))
    assert script is not None

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [script, *arguments],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A shell's background jobs ignore Ctrl-C, and so would all that they start, this one too.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread holds a lock
        )

    return start


@pytest.fixture
def indexed(coffee: Path, run: Run) -> Settings:
    """The vault of one note, indexed by the command line."""
    assert run("index").code == 0
    return Settings(corpus=coffee, index=coffee.parent / "index")
