"""The settings: where they come from, what is refused, what the fingerprint depends on."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from kbqa.errors import ConfigurationError
from kbqa.settings import Settings

ANSWER_SETTINGS = {
    "language": "en",
    "chunk_tokens": 100,
    "min_section_tokens": 5,
    "top_k": 3,
    "dense_weight": 0.5,
    "candidates": 50,
}
OTHER_SETTINGS = {
    "corpus": Path("заметки"),
    "index": Path("индекс"),
    "data": Path("данные"),
    "max_question_chars": 10,
    "threads": 1,
    "host": "::1",
    "port": 0,
}


@pytest.fixture(autouse=True)
def config_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `kbqa.toml` would be; the working folder is empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "kbqa.toml"


def test_later_sources_win(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A default gives way to a variable, that to the file, that to what is given."""
    assert Settings.load().top_k == 10
    monkeypatch.setenv("KBQA_TOP_K", "7")
    assert Settings.load().top_k == 7
    config_file.write_text("top_k = 8", encoding="utf-8")
    assert Settings.load().top_k == 8
    assert Settings.load(top_k=9).top_k == 9


def test_sources_complete_each_other(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that sets one thing leaves the others to the sources below it; None counts as not given."""
    monkeypatch.setenv("KBQA_LANGUAGE", "en")
    config_file.write_text("threads = 1", encoding="utf-8")
    settings = Settings.load(top_k=9, language=None)
    assert (settings.language, settings.threads, settings.top_k) == ("en", 1, 9)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        pytest.param("topk = 3", "topk", id="unknown name"),
        pytest.param("top_k = 'три'", "top_k", id="wrong type"),
        pytest.param("chunk_tokens = 5000", "chunk_tokens", id="out of range"),
        pytest.param("dense_weight = nan", "dense_weight", id="not a number"),
        pytest.param("language = 'de'", "language", id="no such choice"),
        pytest.param("top_k =", "kbqa.toml", id="no TOML"),
        pytest.param("language = 'я'".encode("cp1251"), "kbqa.toml", id="not UTF-8"),
    ],
)
def test_a_wrong_file_is_refused(config_file: Path, content: str | bytes, named: str) -> None:
    """A wrong setting or file ends with exit code 2 and is named in the message."""
    config_file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigurationError, match=named) as caught:
        Settings.load()
    assert caught.value.exit_code == 2


def test_a_wrong_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is checked as the file is."""
    monkeypatch.setenv("KBQA_PORT", "70000")
    with pytest.raises(ConfigurationError, match="port"):
        Settings.load()


def test_a_wrong_argument_is_refused() -> None:
    """What the caller gives is checked, too; the message lists the settings that there are."""
    with pytest.raises(ConfigurationError, match=r"topk.*top_k"):
        Settings.load(topk=3)


def test_settings_are_frozen() -> None:
    """Settings do not change once they are read."""
    with pytest.raises(ValidationError, match="frozen"):
        Settings.load().top_k = 3  # type: ignore[misc]


def test_every_setting_is_in_one_of_the_lists() -> None:
    """The lists above, which the next two tests go by, are complete."""
    assert Settings.model_fields.keys() == ANSWER_SETTINGS.keys() | OTHER_SETTINGS.keys()


@pytest.mark.parametrize("name", ANSWER_SETTINGS)
def test_an_answer_setting_changes_the_fingerprint(name: str) -> None:
    """A setting that answers depend on is told by the fingerprint."""
    assert Settings.load(**{name: ANSWER_SETTINGS[name]}).fingerprint() != Settings.load().fingerprint()


@pytest.mark.parametrize("name", OTHER_SETTINGS)
def test_another_setting_leaves_the_fingerprint(name: str) -> None:
    """Folders, threads and addresses do not change answers."""
    assert Settings.load(**{name: OTHER_SETTINGS[name]}).fingerprint() == Settings.load().fingerprint()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    """The docstring under a field is what the README's table says."""
    assert Settings.model_fields[name].description


def test_a_file_of_defaults_changes_nothing(config_file: Path) -> None:
    """The defaults, written out, are read back as they are."""
    defaults = Settings.load()
    config_file.write_text(
        "\n".join(f"{name} = {str(value)!r}" for name, value in defaults.model_dump().items()), encoding="utf-8"
    )
    assert tomllib.loads(config_file.read_text(encoding="utf-8")).keys() == Settings.model_fields.keys()
    assert Settings.load() == defaults
