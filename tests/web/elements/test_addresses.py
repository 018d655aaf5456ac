"""Addresses of notes."""

from pathlib import Path

from kbqa.settings import Settings
from kbqa.web.elements.addresses import note_address, obsidian_address


def test_a_note_may_have_any_name() -> None:
    """What means something in an address is quoted."""
    assert note_address("Дом/а&б #1.md", 7) == ("/notes?path=%D0%94%D0%BE%D0%BC%2F%D0%B0%26%D0%B1%20%231.md&line=7")


def test_obsidian_opens_what_is_on_this_machine(tmp_path: Path) -> None:
    """By its place on disk; where the notes came from a Chroma server there is none."""
    address = obsidian_address(Settings(corpus=tmp_path), "а/б.md")
    assert address == f"obsidian://open?path={str(tmp_path.resolve()).replace('/', '%2F')}%2F%D0%B0%2F%D0%B1.md"
    assert obsidian_address(Settings(corpus=tmp_path, chroma_url="http://127.0.0.1:8000"), "а/б.md") is None
