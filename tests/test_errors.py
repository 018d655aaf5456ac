"""The errors: documented, with exit codes, and each with a message that says what to do."""

import re

import pytest

from kbqa import errors
from kbqa.errors import KbqaError, MissingIndexError
from kbqa.texts import Texts

CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, KbqaError)]
DOCUMENTED = {
    name: int(code or 3)
    for name, code in re.findall(r"─ (\w+(?:Error|Fault))(?:.*exit code (\d))?", str(errors.__doc__))
}
# The error names a wrong place; what is to be done there is clear.
WITHOUT_REMEDY = {"note_unknown", "questions_line"}
KEYS = Texts.load("ru").keys()
MESSAGES = {key.removeprefix("errors.") for key in KEYS if key.startswith("errors.")} - WITHOUT_REMEDY


@pytest.mark.parametrize("kind", CLASSES[1:])
def test_every_error_stands_in_the_tree(kind: type[KbqaError]) -> None:
    """The tree at the top of the module names every class and its exit code."""
    assert DOCUMENTED[kind.__name__] == kind.exit_code


def test_the_tree_names_only_what_there_is() -> None:
    """No class in the tree is made up; the base class stands at its root."""
    assert DOCUMENTED.keys() == {kind.__name__ for kind in CLASSES[1:]}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_a_message_says_what_to_do(key: str, language: errors.Language) -> None:
    """First what is wrong; then, in a sentence of its own, the way out."""
    assert re.search(r"[.)] [A-ZА-ЯЁ]", Texts.load(language).template(f"errors.{key}"))


def test_a_message_speaks_both_languages() -> None:
    """The same error tells its story in the language that is asked for; in Russian by default."""
    error = MissingIndexError("index_missing", folder="индекс")
    assert str(error) == error.message("ru") == "Индекса ещё нет: индекс. Создайте его: kbqa index."
    assert error.message("en") == "There is no index yet: индекс. Make it: kbqa index."
