"""The settings: where they come from, what is refused, what the fingerprint depends on."""

import json
import tomllib
import traceback
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

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
MODEL = {"llm_url": "http://127.0.0.1:11434/v1", "llm_model": "модель"}
MODEL_SETTINGS = {
    "llm_url": "http://127.0.0.1:1234/v1",
    "llm_model": "другая модель",
    "llm_context_tokens": 8192,
    "llm_answer_tokens": 512,
    "llm_extra": {"think": False},
    "unsupported": "remove",
}
OTHER_SETTINGS = {
    "corpus": Path("заметки"),
    "index": Path("индекс"),
    "data": Path("данные"),
    "history": False,
    "max_question_chars": 10,
    "threads": 1,
    "host": "::1",
    "port": 0,
    "password": "двенадцать знаков",
    "hosts": ("notes.example.org",),
    "proxies": ("10.0.0.0/8",),
    "questions_per_minute": 1,
    "questions_waiting": 1,
    "llm_key": "sk-other",
    "llm_first_token_seconds": 5,
    "llm_gap_seconds": 5,
    "llm_seconds": 20,
    "chroma_url": "http://127.0.0.1:8000",
    "chroma_api_key": "ck-other",
    "chroma_tenant": "tenant",
    "chroma_database": "database",
    "chroma_vault": "other",
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
    assert Settings.model_fields.keys() == ANSWER_SETTINGS.keys() | MODEL_SETTINGS.keys() | OTHER_SETTINGS.keys()


@pytest.mark.parametrize("name", ANSWER_SETTINGS)
def test_an_answer_setting_changes_the_fingerprint(name: str) -> None:
    """A setting that answers depend on is told by the fingerprint."""
    assert Settings.load(**{name: ANSWER_SETTINGS[name]}).fingerprint() != Settings.load().fingerprint()


@pytest.mark.parametrize("name", OTHER_SETTINGS)
def test_another_setting_leaves_the_fingerprint(name: str) -> None:
    """Folders, threads, addresses, keys and time limits do not change answers, with a model or without."""
    # Who one is on a server means nothing without it.
    server = {"chroma_url": OTHER_SETTINGS["chroma_url"]} if name.startswith("chroma_") else {}
    changed = server | {name: OTHER_SETTINGS[name]}
    assert Settings.load(**changed).fingerprint() == Settings.load().fingerprint()
    assert Settings.load(**MODEL, **changed).fingerprint() == Settings.load(**MODEL).fingerprint()


@pytest.mark.parametrize("name", MODEL_SETTINGS)
def test_a_model_setting_changes_the_fingerprint_of_a_model(name: str) -> None:
    """With a language model, its settings are told by the fingerprint."""
    assert Settings.load(**MODEL | {name: MODEL_SETTINGS[name]}).fingerprint() != Settings.load(**MODEL).fingerprint()


def test_a_model_changes_the_fingerprint() -> None:
    """An answer by a language model is another answer."""
    assert Settings.load(**MODEL).fingerprint() != Settings.load().fingerprint()


def test_without_a_model_its_settings_leave_the_fingerprint() -> None:
    """It is what it was before there could be a model: answers of old evaluations can be told to be the same."""
    others = {name: value for name, value in MODEL_SETTINGS.items() if name not in MODEL}
    assert Settings.load(**others).fingerprint() == Settings.load().fingerprint() == "6bd6fc70f353"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    """The docstring under a field is what the README's table says."""
    assert Settings.model_fields[name].description


def test_a_file_of_defaults_changes_nothing(config_file: Path) -> None:
    """The defaults, written out, are read back as they are."""
    defaults = Settings.load()
    written = {name: value for name, value in defaults.model_dump(mode="json").items() if value is not None}
    config_file.write_text(
        "\n".join(f"{name} = {json.dumps(value)}" for name, value in written.items()), encoding="utf-8"
    )
    # TOML has no word for None.
    unwritten = Settings.model_fields.keys() - tomllib.loads(config_file.read_text(encoding="utf-8")).keys()
    server = {"chroma_url", "chroma_api_key", "chroma_tenant", "chroma_database"}
    assert unwritten == {"password", "llm_url", "llm_model", "llm_key"} | server
    assert Settings.load() == defaults


def test_the_model_is_off_by_default() -> None:
    """Nothing is sent anywhere unless the user says so; the fallback answer stands within 30 s."""
    settings = Settings.load()
    assert (settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_extra) == (None, None, None, {})
    assert (settings.llm_context_tokens, settings.llm_answer_tokens, settings.unsupported) == (4096, 768, "mark")
    assert (settings.llm_first_token_seconds, settings.llm_gap_seconds, settings.llm_seconds) == (15, 10, 28)


def test_extra_fields_come_from_a_table_or_from_json(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table in the file, an object of JSON in the environment."""
    monkeypatch.setenv("KBQA_LLM_EXTRA", '{"think": false}')
    assert Settings.load().llm_extra == {"think": False}
    config_file.write_text("[llm_extra]\nthink = true", encoding="utf-8")
    assert Settings.load().llm_extra == {"think": True}


def test_extra_fields_that_are_no_json_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how to write them."""
    monkeypatch.setenv("KBQA_LLM_EXTRA", "think=false")
    with pytest.raises(ConfigurationError, match="JSON") as caught:
        Settings.load()
    assert caught.value.key == "llm_extra_json"


def test_empty_means_not_given(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts kbqa can switch off the model that the file or the environment names."""
    config_file.write_text('llm_url = "http://127.0.0.1:1/v1"\nllm_model = "m"', encoding="utf-8")
    monkeypatch.setenv("KBQA_LLM_KEY", "")
    settings = Settings.load(llm_url="", llm_model="")
    assert (settings.llm_url, settings.llm_model, settings.llm_key) == (None, None, None)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"llm_url": "127.0.0.1:11434/v1"}, "llm_url_form"),
        ({"llm_url": "ftp://127.0.0.1/v1"}, "llm_url_form"),
        ({"llm_url": "http:///v1"}, "llm_url_form"),
        ({"llm_url": "http://127.0.0.1:99999/v1"}, "llm_url_form"),
        ({"llm_url": "http://127.0.0.1/v 1"}, "llm_url_form"),
        ({"llm_url": "http://[::1/v1"}, "llm_url_form"),
        ({"llm_url": "http://user:s3cret@127.0.0.1/v1"}, "llm_url_secret"),
        ({"llm_url": "http://s3cret@127.0.0.1/v1"}, "llm_url_secret"),
        ({"llm_url": "http://127.0.0.1/v1?key=s3cret"}, "llm_url_secret"),
        ({"llm_url": "http://127.0.0.1/v1#s3cret"}, "llm_url_secret"),
        ({"llm_url": "http://127.0.0.1/v1?"}, "llm_url_secret"),
        ({"llm_url": ["s3cret"]}, "bad_setting_hidden"),
        ({"llm_url": ""}, "llm_incomplete"),
        ({"llm_model": ""}, "llm_incomplete"),
        ({"llm_key": "s3cret s3cret"}, "llm_key_form"),
        ({"llm_key": "s3cret\n"}, "llm_key_form"),
        ({"llm_key": "s3cretключ"}, "llm_key_form"),
        ({"llm_key": ["s3cret"]}, "bad_setting_hidden"),
        ({"llm_key": "s3cret", "llm_gap_seconds": 0}, "setting_at_least"),
        ({"llm_key": "s3cret", "llm_modell": "x"}, "unknown_setting"),
        ({"llm_key": "s3cret", "unsupported": "keep"}, "setting_one_of"),
        ({"llm_extra": {"messages": []}}, "llm_extra_form"),
        ({"llm_extra": {"when": Path()}}, "llm_extra_form"),
        ({"llm_extra": {"seed": float("nan")}}, "llm_extra_form"),
        ({"llm_answer_tokens": 2048}, "llm_answer_too_long"),
        ({"llm_context_tokens": 1535}, "llm_answer_too_long"),
        ({"llm_context_tokens": 1000}, "setting_at_least"),
    ],
    ids=str,
)
def test_a_wrong_model_is_refused(given: dict[str, object], key: str) -> None:
    """Each mistake has a message of its own, and no message or traceback shows what may be a key."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.load(**MODEL | given)
    assert caught.value.key == key
    said = "".join(traceback.format_exception(caught.value)) + caught.value.message("en") + repr(caught.value)
    assert "s3cret" not in said


@pytest.mark.parametrize(
    "given",
    [
        {"llm_url": "https://пример.рф/v1/"},
        {"llm_url": "http://[::1]:8080"},
        {"llm_answer_tokens": 2047},
        {"llm_key": "sk-_~!%"},
    ],
    ids=str,
)
def test_a_right_model_is_accepted(given: dict[str, object]) -> None:
    """The checks let through what is in use."""
    settings = Settings.load(**MODEL | given)
    for name, value in given.items():
        assert getattr(settings, name) == (SecretStr(str(value)) if name == "llm_key" else value)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"chroma_url": "127.0.0.1:8000"}, "chroma_url_form"),
        ({"chroma_url": "ftp://127.0.0.1"}, "chroma_url_form"),
        ({"chroma_url": "http://127.0.0.1:99999"}, "chroma_url_form"),
        ({"chroma_url": "http://127.0.0.1:8000/api/v2"}, "chroma_url_form"),
        ({"chroma_url": "http://[::1"}, "chroma_url_form"),
        ({"chroma_url": "http://user:s3cret@127.0.0.1"}, "chroma_url_secret"),
        ({"chroma_url": "http://127.0.0.1?key=s3cret"}, "chroma_url_secret"),
        ({"chroma_url": ["s3cret"]}, "bad_setting_hidden"),
        ({"chroma_url": "", "chroma_api_key": "s3cret"}, "chroma_incomplete"),
        ({"chroma_url": "", "chroma_tenant": "tenant"}, "chroma_incomplete"),
        ({"chroma_api_key": "s3cret s3cret"}, "chroma_key_form"),
        ({"chroma_api_key": ["s3cret"]}, "bad_setting_hidden"),
        ({"chroma_url": "http://chroma:8000", "chroma_api_key": "s3cret"}, "chroma_key_open"),
        ({"chroma_vault": "Заметки"}, "bad_setting"),
        ({"chroma_vault": "a" * 41}, "bad_setting"),
        ({"chroma_vault": "-notes"}, "bad_setting"),
    ],
    ids=str,
)
def test_a_wrong_server_is_refused(given: dict[str, object], key: str) -> None:
    """As a wrong model; and a key does not travel in the open."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.load(**{"chroma_url": "http://127.0.0.1:8000"} | given)
    assert caught.value.key == key
    said = "".join(traceback.format_exception(caught.value)) + caught.value.message("en") + repr(caught.value)
    assert "s3cret" not in said


@pytest.mark.parametrize(
    "given",
    [
        {"chroma_url": "http://chroma:8000/", "chroma_vault": "a"},
        {"chroma_url": "http://[::1]:8000", "chroma_api_key": "ck-_~!%"},
        {"chroma_url": "https://api.trychroma.com", "chroma_api_key": "ck", "chroma_vault": "a-1"},
    ],
    ids=str,
)
def test_a_right_server_is_accepted(given: dict[str, str]) -> None:
    """The checks let through what is in use; the key is not printed."""
    settings = Settings.load(**given)
    assert settings.chroma_url == given["chroma_url"]
    assert given.get("chroma_api_key", "no key") not in f"{settings!r} {settings.model_dump_json()}"


def test_the_key_is_not_shown() -> None:
    """Neither by printing the settings nor by writing them down, as an evaluation does."""
    settings = Settings.load(**MODEL, llm_key="s3cret")
    assert settings.llm_key is not None
    assert settings.llm_key.get_secret_value() == "s3cret"
    assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump(mode='json')}"
    assert "s3cret" not in settings.model_dump_json()


def test_the_password_is_masked() -> None:
    """Wherever settings are printed or saved, the password is not."""
    settings = Settings.load(password="s3cret s3cret")  # noqa: S106 - the test's own
    assert settings.password is not None
    assert settings.password.get_secret_value() == "s3cret s3cret"
    assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump(mode='json')}"
    assert "s3cret" not in settings.model_dump_json()


def test_a_password_of_the_wrong_kind_is_not_repeated() -> None:
    """The message names the setting only."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.load(password=["s3cret"])
    assert caught.value.key == "bad_setting_hidden"
    assert "s3cret" not in caught.value.message()


@pytest.mark.parametrize("given", ["notes.example.org, 10.0.0.5", "notes.example.org 10.0.0.5"])
def test_names_are_listed_in_a_variable(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment, several names stand side by side; in the file they are a list."""
    monkeypatch.setenv("KBQA_HOSTS", given)
    assert Settings.load().hosts == ("notes.example.org", "10.0.0.5")


def test_names_are_a_list_in_the_file(config_file: Path) -> None:
    """TOML has lists of its own."""
    config_file.write_text('proxies = ["10.0.0.0/8"]', encoding="utf-8")
    assert Settings.load().proxies == ("10.0.0.0/8",)
