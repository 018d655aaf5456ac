"""What can be said on the command line, and its help."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
COMMANDS = ("index", "status", "search", "ask", "serve", "eval")
RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
ARGPARSE = re.compile(r"\b(usage|options|positional arguments|show this help message)\b")


@pytest.fixture(params=["variable", "file"])
def english(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """English chosen, by either way that holds for help."""
    if request.param == "variable":
        monkeypatch.setenv("KBQA_LANGUAGE", "en")
    else:
        (tmp_path / "kbqa.toml").write_text('language = "en"\n', encoding="utf-8")


@pytest.mark.parametrize("command", [(), *((command,) for command in COMMANDS)], ids="-".join)
def test_help_is_in_russian(run: Run, command: tuple[str, ...]) -> None:
    """Of the whole and of each command; no words of argparse's own."""
    shown = run(*command, "--help")
    assert shown.code == 0
    assert shown.out.startswith(f"Использование: {' '.join(('kbqa', *command))} ")
    assert "показать эту справку" in shown.out
    assert not ARGPARSE.search(shown.out)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("command", [(), *((command,) for command in COMMANDS)], ids="-".join)
def test_help_is_in_english_when_asked_for(run: Run, command: tuple[str, ...]) -> None:
    """Without a Russian letter."""
    shown = run(*command, "--help")
    assert shown.code == 0
    assert shown.out.startswith("Usage: kbqa")
    assert not RUSSIAN.search(shown.out)


def test_help_names_every_command(run: Run) -> None:
    """And the way to the settings."""
    shown = run("--help").out
    assert all(re.search(rf"^ +{command} ", shown, re.MULTILINE) for command in COMMANDS)
    assert "KBQA_*" in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_the_folders(run: Run, command: str) -> None:
    """`--corpus`, `--index` and the language."""
    shown = run(command, "--help").out
    assert all(option in shown for option in ("--corpus", "--index", "--language"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("не хватает", "КОМАНДА", "kbqa --help")),
        (("спроси",), ("нет такого варианта", "спроси")),
        (("ask", "--нет", "вопрос"), ("не понимаю: --нет", "kbqa")),
        (("status", "лишнее"), ("не понимаю: лишнее",)),
        (("ask", "вопрос", "--top-k"), ("после --top-k нужно значение", "kbqa ask --help")),
        (("search", "вопрос", "--top-k", "много"), ("--top-k: нужно целое число, а не 'много'",)),
        (("serve", "--port", "порт"), ("--port: нужно целое число",)),
        (("eval", "--split", "all"), ("--split: нет такого варианта",)),
        (("index", "--language", "de"), ("--language: нет такого варианта",)),
    ],
)
def test_a_usage_error_is_one_russian_line(run: Run, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    """What is wrong, and where the help is; exit code 2."""
    assert run(*arguments).failed_with(2, *words)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("arguments", [(), ("спроси",), ("ask", "--top-k"), ("ask", "--top-k", "x"), ("ask", "-x")])
def test_a_usage_error_is_english_when_asked_for(run: Run, arguments: tuple[str, ...]) -> None:
    """The same in the other language."""
    outcome = run(*arguments)
    assert outcome.failed_with(2, "Help: kbqa")
    assert not RUSSIAN.search(outcome.err.replace("спроси", ""))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", "вопрос", "--top-k", "0"), ("top_k", "0")),
        (("serve", "--port", "99999"), ("port", "99999")),
    ],
)
def test_a_value_out_of_range_is_a_configuration_error(
    run: Run, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """It names the setting and the value."""
    assert run(*arguments).failed_with(2, *words)


@pytest.mark.parametrize(
    "content", [b"language = ", b"nonsense = 1", b'top_k = "x"', "язык".encode("cp1251"), b'language = "de"']
)
def test_a_bad_settings_file_is_a_configuration_error(run: Run, tmp_path: Path, content: bytes) -> None:
    """Broken TOML, an unknown name, a wrong value, another encoding: one line, exit code 2; help still works."""
    (tmp_path / "kbqa.toml").write_bytes(content)
    assert run("status").failed_with(2)
    assert run("--help").code == 0
