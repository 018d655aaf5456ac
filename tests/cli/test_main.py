"""The installed command in a process of its own: pipes, encodings, signals."""

import json
import re
import select
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Start = Callable[..., subprocess.Popen[bytes]]
QUESTION = "Что такое консорциум?"
PATIENCE = 120
"""Seconds that nobody waits for: a process starts in two, and in thirty where others take the processors."""


def ended_by_ctrl_c(process: subprocess.Popen[bytes]) -> int:
    """The exit code; pressed again where nothing happens: Python loses a signal just before it waits for input.

    It looks for signals between its instructions, so one that comes in the microseconds from the last of them to the
    system call wakes nobody (once in a hundred times on a busy machine).
    """
    for _ in range(PATIENCE // 20):
        process.send_signal(signal.SIGINT)
        try:
            return process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("Ctrl-C does not end it")


def test_each_line_is_answered_before_the_next_is_written(start: Start, folders: tuple[str, ...]) -> None:
    """So that a program at the other end of the pipes can hold a conversation."""
    # One hit a line: more would fill the buffer and come through without being flushed.
    with start("ask", "--jsonl", "--top-k", "1", *folders) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for question in (QUESTION, "Как приготовить борщ?"):
            process.stdin.write(f"{question}\n".encode())
            process.stdin.flush()
            assert select.select([process.stdout], [], [], PATIENCE)[0], "no answer while standard input is open"
            assert json.loads(process.stdout.readline())["question"] == question
        process.stdin.close()
        assert process.wait(timeout=PATIENCE) == 0


def test_a_reader_that_has_seen_enough_is_no_error(start: Start, folders: tuple[str, ...]) -> None:
    """As `| head -1`: no traceback, no complaint at exit."""
    with start("ask", "--jsonl", *folders) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(f"{QUESTION}\n".encode() * 100)
        process.stdin.close()
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=PATIENCE) == 0


def test_ctrl_c_ends_quietly(start: Start, folders: tuple[str, ...]) -> None:
    """With the exit code that shells expect, and no traceback."""
    with start("ask", "--jsonl", *folders) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{QUESTION}\n".encode())
        process.stdin.flush()
        assert process.stdout.readline()
        assert ended_by_ctrl_c(process) == 130
        assert process.communicate() == (b"", b"")


@pytest.mark.parametrize("arguments", [("--help",), ("ask", "--нет"), ("status", "--index", "нет", "--corpus", ".")])
def test_any_terminal_gets_russian(start: Start, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    """Even where the locale promises nothing but ASCII."""
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONUTF8", "0")
    out, err = start(*arguments).communicate(timeout=PATIENCE)
    assert re.search("[а-я]{4}", (out + err).decode("utf-8"))
    assert b"Traceback" not in err


def test_a_watched_folder_is_indexed_as_it_changes(start: Start, tmp_path: Path) -> None:
    """Until Ctrl-C; a change is told in a line like any other."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "Кофе.md").write_text("# Кофе\n\nКофе - это напиток.\n", encoding="utf-8")
    with start("index", "--watch") as process:
        assert process.stdout is not None
        assert "Кофе.md" in process.stdout.readline().decode()
        assert "Готово" in process.stdout.readline().decode()
        assert "Слежу" in process.stdout.readline().decode()
        (tmp_path / "corpus" / "Чай.md").write_text("# Чай\n\nЧай - это лист.\n", encoding="utf-8")
        assert process.stdout.readline().decode() == "+ Чай.md\n"
        assert ended_by_ctrl_c(process) == 130
