"""Settings that the page keeps."""

from pathlib import Path

import pytest

from kbqa.errors import ConfigurationError
from kbqa.settings import Settings
from kbqa.settings_file import keep


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_file_is_made_and_read(folder: Path) -> None:
    """Whatever is in the name of a folder."""
    assert keep("corpus", '/home/я/"Заметки"\\n') == folder / "kbqa.toml"
    assert Settings.load().corpus == Path('/home/я/"Заметки"\\n')


def test_everything_else_stays(folder: Path) -> None:
    """Other settings, comments, their order."""
    file = folder / "kbqa.toml"
    file.write_text('# мои\ntop_k = 5  # мало\ncorpus = "там"\n\n[llm_extra]\na = 1\n', encoding="utf-8")
    keep("corpus", "здесь")
    assert file.read_text(encoding="utf-8") == ('# мои\ntop_k = 5  # мало\ncorpus = "здесь"\n\n[llm_extra]\na = 1\n')
    file.write_text("# мои\n\n[llm_extra]\na = 1\n", encoding="utf-8")
    keep("corpus", "здесь")
    assert Settings.load().llm_extra == {"a": 1}
    assert Settings.load().corpus == Path("здесь")
    assert list(folder.iterdir()) == [file]


@pytest.mark.parametrize("broken", ["= 1", "\xff"])
def test_a_broken_file_is_left_alone(folder: Path, broken: str) -> None:
    """It is the user's to mend."""
    file = folder / "kbqa.toml"
    file.write_bytes(broken.encode("latin-1"))
    with pytest.raises(ConfigurationError) as raised:
        keep("corpus", "здесь")
    assert str(file) in raised.value.message("ru")
    assert file.read_bytes() == broken.encode("latin-1")
