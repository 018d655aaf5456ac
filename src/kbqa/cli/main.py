"""Runs one command: settings, then the command, then what went wrong as one line and an exit code.

0: done. 1: a yes/no command answers no. 2: usage or configuration. 3: input or index trouble.
"""

import argparse
import io
import os
import sys

from kbqa.cli.arguments import help_language, parser
from kbqa.errors import KbqaError
from kbqa.texts import Texts

INTERRUPTED = 130
"""What shells expect of a command ended by Ctrl-C."""

_SETTINGS = ("corpus", "index", "language", "top_k", "host", "port")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    language = help_language()
    for stream in (sys.stdout, sys.stderr):
        # What kbqa says is Russian, whatever the locale promises.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        given = parser(Texts.load(language)).parse_args(arguments)
        return _run(given)
    except KbqaError as error:
        sys.stderr.write(f"kbqa: {error.message(language)}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough (`kbqa ask … | head`). Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(given: argparse.Namespace) -> int:
    from kbqa.cli import commands  # noqa: PLC0415 - `kbqa --help` must not wait for what only commands need
    from kbqa.settings import Settings  # noqa: PLC0415

    settings = Settings.load(**{name: getattr(given, name, None) for name in _SETTINGS})
    try:
        code: int = getattr(commands, f"run_{given.command}")(given, settings)
    except KbqaError as error:
        sys.stderr.write(f"kbqa: {error.message(settings.language)}\n")
        return error.exit_code
    return code
