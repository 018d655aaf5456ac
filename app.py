"""The chat, for those who start it without the command line: `python app.py`."""

import sys

from kbqa.errors import KbqaError
from kbqa.settings import Settings
from kbqa.web.server import serve


def main() -> int:
    """Serve the chat with the settings of this folder; 0, or the error's exit code."""
    try:
        settings = Settings.load()
    except KbqaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    try:
        serve(settings)
    except KbqaError as error:
        sys.stderr.write(f"{error.message(settings.language)}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
