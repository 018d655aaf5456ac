"""The command line: `kbqa index`, `status`, `search`, `ask`, `models`, `serve`, `mcp`, `eval`."""

from kbqa.cli.main import main

__all__ = ["main"]
