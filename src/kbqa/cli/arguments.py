"""What can be said on the command line, and its help in the user's language."""

import argparse
import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, get_args

from kbqa.texts import DEFAULT_LANGUAGE, Texts
from kbqa.types import Language

QUESTIONS = Path("eval/questions/corpus.jsonl")
"""The question set over the notes in `corpus/`."""
_PATHS = ("corpus", "index")


def help_language() -> Language:
    """The language for help and usage errors, read without the settings, whose import would double the time to help."""
    chosen = os.environ.get("KBQA_LANGUAGE", DEFAULT_LANGUAGE)
    # A file that cannot be read is told by the command itself, which reads the settings.
    with suppress(OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        chosen = tomllib.loads(Path("kbqa.toml").read_text(encoding="utf-8")).get("language", chosen)
    return "en" if chosen == "en" else "ru"


def parser(texts: Texts) -> argparse.ArgumentParser:
    """The whole grammar; each command's name is in `command`."""
    root = _Parser(texts, prog="kbqa", description=texts("cli.about"), epilog=texts("cli.epilog"))
    commands = root.add_subparsers(
        dest="command", metavar=texts("cli.command"), required=True, title=texts("cli.commands")
    )

    def command(name: str) -> argparse.ArgumentParser:
        about = texts(f"cli.{name}_about")
        added: argparse.ArgumentParser = commands.add_parser(name, texts=texts, help=about, description=about)
        options = added.add_argument_group(texts("cli.common"))
        for path in _PATHS:
            options.add_argument(f"--{path}", type=Path, metavar=texts("cli.folder"), help=texts(f"cli.{path}"))
        options.add_argument("--language", choices=get_args(Language), help=texts("cli.language"))
        return added

    index = command("index")
    index.add_argument("--watch", action="store_true", help=texts("cli.watch"))
    index.add_argument("--check", action="store_true", help=texts("cli.check"))
    status = command("status")
    status.add_argument("--notes", action="store_true", help=texts("cli.notes"))
    status.add_argument("--json", action="store_true", help=texts("cli.json"))
    for name in ("search", "ask"):
        asking = command(name)
        asking.add_argument("question", nargs="?", metavar=texts("cli.question"), help=texts("cli.question_help"))
        asking.add_argument("--json", action="store_true", help=texts("cli.json"))
        asking.add_argument("--jsonl", action="store_true", help=texts("cli.jsonl"))
        asking.add_argument("--top-k", type=int, metavar="N", help=texts("cli.top_k"))
        for kind in ("note", "folder", "tag"):
            metavar = texts(f"cli.{kind}_name")
            asking.add_argument(f"--{kind}", action="append", metavar=metavar, help=texts(f"cli.within_{kind}"))
        if name == "ask":
            asking.add_argument("--no-model", action="store_true", help=texts("cli.no_model"))
    command("models")
    serve = command("serve")
    serve.add_argument("--host", metavar=texts("cli.address"), help=texts("cli.host"))
    serve.add_argument("--port", type=int, metavar="N", help=texts("cli.port"))
    serve.add_argument("--open", action="store_true", help=texts("cli.open"))
    command("mcp")
    evaluate = command("eval")
    file: dict[str, Any] = {"type": Path, "metavar": texts("cli.file")}
    evaluate.add_argument("action", nargs="?", choices=("draft",), metavar="draft", help=texts("cli.draft"))
    evaluate.add_argument("--questions", default=QUESTIONS, help=texts("cli.questions"), **file)
    evaluate.add_argument("--split", choices=("dev", "test"), help=texts("cli.split"))
    evaluate.add_argument("--variants", type=int, nargs="?", const=1, metavar="N", help=texts("cli.variants"))
    evaluate.add_argument("--no-model", action="store_true", help=texts("cli.no_model"))
    evaluate.add_argument("--output", type=Path, metavar=texts("cli.folder"), help=texts("cli.output"))
    evaluate.add_argument("--gate", help=texts("cli.gate"), **file)
    evaluate.add_argument("--save-baseline", help=texts("cli.save_baseline"), **file)
    evaluate.add_argument("--compare", nargs=2, help=texts("cli.compare"), **file)
    return root


class _Parser(argparse.ArgumentParser):
    """An argument parser whose own words come from the catalogue, too."""

    def __init__(self, texts: Texts, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=_formatter(texts), **options)
        self._texts = texts
        self._positionals.title = texts("cli.arguments")
        self._optionals.title = texts("cli.options")
        self.add_argument("-h", "--help", action="help", help=texts("cli.help"))

    def parse_args(self, *args: Any, **options: Any) -> argparse.Namespace:  # type: ignore[override]
        known: argparse.Namespace
        known, unknown = self.parse_known_args(*args, **options)
        if unknown:
            self.error(self._texts("cli.unknown", arguments=" ".join(unknown)))
        return known

    def error(self, message: str) -> NoReturn:
        """One line and the way to the help; exit code 2."""
        self.exit(
            2, self._texts("cli.usage_error", message=_translated(message, self._texts), command=self.prog) + "\n"
        )


def _formatter(texts: Texts) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.HelpFormatter):
        def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
            super().add_usage(usage, actions, groups, texts("cli.usage") if prefix is None else prefix)

    return Formatter


def _translated(message: str, texts: Texts) -> str:
    """The messages of argparse in the user's language, by how they begin; another one as it is."""
    for key, mark in (
        ("cli.missing", "the following arguments are required: "),
        ("cli.one_argument", "expected one argument"),
        ("cli.bad_choice", "invalid choice: "),
        ("cli.bad_value", "invalid int value: "),
    ):
        before, found, after = message.partition(mark)
        if found:
            argument = before.removeprefix("argument ").rstrip(": ")
            return texts(key, argument=argument, value=after)
    return message
