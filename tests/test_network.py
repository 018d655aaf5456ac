"""kbqa never calls out: everything it does works with the network switched off, and nothing is left in HOME."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

# Runs before anything else of the process. Loopback is allowed, as asyncio needs it; every other address is noted
# in a file and refused, so that a library that swallows the refusal is caught as well.
GUARD = textwrap.dedent(
    """
    import os, socket

    def guarded(function):
        def call(*arguments, **options):
            texts = [str(argument) for argument in arguments]
            if not any(name in text for text in texts for name in ("127.0.0.1", "::1", "localhost")):
                with open(os.environ["CALLS"], "a") as calls:
                    calls.write(f"{function.__name__} {texts}\\n")
                raise OSError("the network is off")
            return function(*arguments, **options)
        return call

    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        setattr(socket, name, guarded(getattr(socket, name)))
    """
)

EVERYTHING = textwrap.dedent(
    """
    import importlib, pkgutil, sys
    import kbqa
    for module in pkgutil.walk_packages(kbqa.__path__, "kbqa."):
        importlib.import_module(module.name)
    kb = kbqa.KnowledgeBase.build(sys.argv[1], sys.argv[2])
    answer = kb.ask("Какие бывают виды партнёрства?")
    assert answer.citations
    assert kb.search("спонсоры")
    assert str(kb.as_query_engine().query("Что такое консорциум?"))
    """
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A process with the guard in it, an empty HOME, and none of the variables that switch telemetry off."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    (tmp_path / "home").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(tmp_path / "guard"),
        "CALLS": str(tmp_path / "calls"),
    }


def test_the_guard_guards(environment: dict[str, str]) -> None:
    """A call out is refused and noted: the test below can fail."""
    call = "import urllib.request; urllib.request.urlopen('http://93.184.216.34', timeout=1)"
    ended = subprocess.run([sys.executable, "-c", call], env=environment, capture_output=True, text=True, check=False)
    assert "the network is off" in ended.stderr
    assert "93.184.216.34" in Path(environment["CALLS"]).read_text(encoding="utf-8")


def test_everything_works_without_the_network(environment: dict[str, str], corpus: Path, tmp_path: Path) -> None:
    """Every module is imported, the corpus is indexed and asked; nobody calls out, and HOME stays empty."""
    ended = subprocess.run(
        [sys.executable, "-c", EVERYTHING, str(corpus), str(tmp_path / "index")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    calls = Path(environment["CALLS"])
    assert not calls.exists(), calls.read_text(encoding="utf-8")
    assert list(Path(environment["HOME"]).rglob("*")) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["guard", "home", "index"]
