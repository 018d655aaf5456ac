"""The command line: `kbqa index`, `status`, `search`, `ask`, `serve`, `eval`."""

from kbqa.cli.main import main

__all__ = ["main"]
