"""The ways kbqa fails, each with one message that says what is wrong, where, and what to do.

KbqaError
├── ConfigurationError        a setting is wrong                          exit code 2
├── QuestionError             a question that cannot be asked             exit code 2
├── VaultError                the folder of notes is missing or empty     exit code 3
├── IndexError
│   ├── MissingIndexError     there is no index yet                       exit code 3
│   ├── StaleIndexError       made by another format or embedding model   exit code 3
│   ├── BrokenIndexError      its files are damaged                       exit code 3
│   ├── BusyIndexError        another process is writing it               exit code 3
│   ├── UnwritableIndexError  its folder cannot be written to             exit code 3
│   └── IndexServerError      the Chroma server does not do its part      exit code 3
├── DataError                 what the user left cannot be kept or read   exit code 3
├── EmbeddingError            the embedding model cannot be used          exit code 3
├── ModelFault                the language model gave no whole reply      exit code 3
├── CrowdedError              too many questions at once, or in a minute  exit code 3
├── NotReadyError             the notes are still being read              exit code 3
└── ServerError               the web server cannot start                 exit code 3

Messages live in `texts/<language>/errors.toml`, by the key that the raiser names.
"""

from typing import ClassVar

from kbqa.texts import DEFAULT_LANGUAGE, Texts
from kbqa.types import Language


class KbqaError(Exception):
    """Base of all errors that kbqa raises on purpose.

    Args:
        key: the message's name in `texts/<language>/errors.toml`.
        values: what the message's placeholders stand for.
    """

    exit_code: ClassVar[int] = 3
    """Of the command line when this error ends a command."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def message(self, language: Language = DEFAULT_LANGUAGE) -> str:
        """The message in the user's language."""
        return Texts.load(language)(f"errors.{self.key}", **self.values)

    def __str__(self) -> str:
        return self.message()


class ConfigurationError(KbqaError):
    """A setting has a wrong value, or `kbqa.toml` cannot be read."""

    exit_code = 2


class QuestionError(KbqaError):
    """The question is empty or too long."""

    exit_code = 2


class VaultError(KbqaError):
    """The folder of notes is missing, is no folder, or holds no notes."""


class IndexError(KbqaError):  # noqa: A001 - the field's word; always used as kbqa.errors.IndexError
    """Something is wrong with the index folder."""


class MissingIndexError(IndexError):
    """There is no published index in the folder."""


class StaleIndexError(IndexError):
    """The index was made by another format, chunker or embedding model."""


class BrokenIndexError(IndexError):
    """The index's files are damaged or incomplete."""


class BusyIndexError(IndexError):
    """Another process holds the index's write lock."""


class UnwritableIndexError(IndexError):
    """The disk is full, or the index folder may not be written to."""


class IndexServerError(IndexError):
    """The Chroma server that holds the index is away, refuses, or is none; `key` tells which."""


class DataError(KbqaError):
    """A file of the data folder, where marked answers are kept, cannot be read or written."""


class EmbeddingError(KbqaError):
    """The embedding model's weights are missing or not the expected ones."""


class ModelFault(KbqaError):  # noqa: N818 - the fault is the model's, and the question is answered all the same
    """The language model did not reply, or its reply did not end as it should; `key` tells how.

    Not a mistake of the user's: whoever asked can be given the answer that needs no model.
    """


class CrowdedError(KbqaError):
    """The server has too many questions, or one client asks too fast; `values["seconds"]`: when to ask again."""


class NotReadyError(KbqaError):
    """The index is being opened or made; whoever cannot wait for that asks again later."""


class ServerError(KbqaError):
    """The web server cannot be started."""
