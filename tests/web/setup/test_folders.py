"""Folders as the chooser sees them."""

from pathlib import Path

import pytest

from kbqa.web.setup import folders
from kbqa.web.setup.folders import Count, count_notes, folders_in, vaults_below


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two vaults, one of them deep, a hidden folder, a link to the outside."""
    for file in ("б/.obsidian/app.json", "б/1.md", "б/в/2.MD", "б/в/3.txt", "а/г/.obsidian/x", ".скрыто/4.md"):
        path = tmp_path / "home" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "чужое.md").touch()
    (tmp_path / "home" / "ссылка").symlink_to(tmp_path)
    return tmp_path / "home"


def test_notes_are_counted_below_a_folder(home: Path) -> None:
    """As they would be read: neither hidden ones nor those behind links."""
    assert count_notes(home) == Count(2, is_whole=True)
    assert count_notes(home / "а") == Count(0, is_whole=True)


def test_counting_ends(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole disk is not looked through for a number."""
    monkeypatch.setattr(folders, "MOST_LOOKED_AT", 1)
    assert not count_notes(home).is_whole


def test_folders_are_listed_by_name(home: Path) -> None:
    """Those one can go to."""
    assert folders_in(home) == [home / "а", home / "б"]
    with pytest.raises(NotADirectoryError):
        folders_in(home / "б" / "1.md")


def test_vaults_are_found_the_nearest_first(home: Path) -> None:
    """By what Obsidian leaves in them."""
    assert vaults_below(home) == [home / "б", home / "а" / "г"]
