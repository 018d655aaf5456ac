"""Saved runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kbqa.errors import ConfigurationError
from kbqa.evaluation.record import Row, Run


def test_what_is_written_is_read(run: Callable[..., Run], row: Callable[..., Row], tmp_path: Path) -> None:
    """The same run, into folders that are not there yet."""
    given = run(row("q1"), row("n1", refused=1.0))
    given.write(tmp_path / "a" / "b" / "run.json")
    assert Run.read(tmp_path / "a" / "b" / "run.json") == given


@pytest.mark.parametrize("content", [None, "", "{}", '{"format": 2}', "не json", "[]"])
def test_what_is_no_run_is_named(tmp_path: Path, content: str | None) -> None:
    """Missing, empty, of another format."""
    file = tmp_path / "чужой.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"чужой\.json"):
        Run.read(file)


def test_a_place_that_cannot_be_written_is_named(
    run: Callable[..., Run], row: Callable[..., Row], tmp_path: Path
) -> None:
    """A file stands where a folder should."""
    (tmp_path / "файл").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="файл"):
        run(row("q1")).write(tmp_path / "файл" / "run.json")
