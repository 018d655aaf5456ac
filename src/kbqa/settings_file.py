"""Settings that are kept: written into `kbqa.toml`, where everything else stays as it is, comments included."""

import os
import tempfile
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from kbqa.errors import ConfigurationError
from kbqa.settings import CONFIG_FILE


def keep(name: str, value: str) -> Path:
    """Set one setting in the `kbqa.toml` of the working folder, whole or not at all; makes the file if there is none.

    Returns:
        The file, absolute.

    Raises:
        ConfigurationError: the file is no TOML, or cannot be written.
    """
    file = Path(CONFIG_FILE).absolute()
    try:
        document = tomlkit.parse(file.read_text(encoding="utf-8")) if file.exists() else tomlkit.document()
        document[name] = value
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as written:
            written.write(tomlkit.dumps(document))
        Path(written.name).chmod(file.stat().st_mode if file.exists() else 0o644)
        os.replace(written.name, file)
    except (TOMLKitError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError("config_unwritable", file=file, detail=error) from error
    return file
