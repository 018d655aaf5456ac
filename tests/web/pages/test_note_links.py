"""Links to a note, with the sentences that they stand in, and links from it."""

from pathlib import Path

from bookshelf import ReadVault, write_vault

from kbqa.web.pages.note_links import LONGEST, READ, LinkedNote, LinkingNote, Mention, linked_notes, linking_notes
from kbqa.web.pages.shelf import Shelf, Shelves


def shelf(folder: Path, notes: dict[str, str]) -> tuple[ReadVault, Shelf]:
    """Notes with their links."""
    kb = ReadVault(write_vault(folder, notes))
    return kb, Shelves().current(kb)  # type: ignore[arg-type]


def linking(folder: Path, notes: dict[str, str]) -> list[LinkingNote]:
    """What links to the note «Зал»."""
    kb, shown = shelf(folder, {"Зал.md": "Зал."} | notes)
    return linking_notes(shown.links.backlinks("Зал.md"), shown.notes, kb.note)


def test_a_link_is_shown_in_its_sentence(tmp_path: Path) -> None:
    """Not in the paragraph; in an item, a cell or a heading, as a reader sees them."""
    text = (
        "# А\n\nНе это. Встреча в [[Зал|большом зале]] в пять. И не это.\n\n- в [[Зал]]\n\n## Про [[Зал]]\n\nТекст.\n"
    )
    (found,) = linking(tmp_path, {"А.md": text})
    assert (found.path, found.title, found.more) == ("А.md", "А", 0)
    assert found.mentions[0] == Mention(3, "Встреча в ", "большом зале", " в пять.")
    assert [(one.line, one.before, one.shown) for one in found.mentions[1:]] == [(5, "в ", "Зал"), (7, "Про ", "Зал")]


def test_a_link_in_the_properties_has_no_sentence(tmp_path: Path) -> None:
    """It is told that it stands there."""
    (found,) = linking(tmp_path, {"А.md": '---\nсм: "[[Зал]]"\n---\nТекст.'})
    assert found.mentions == (Mention(2, "", "", ""),)


def test_long_sentences_and_long_lists_are_cut(tmp_path: Path) -> None:
    """The rest is counted, and notes beyond are not read."""
    (found,) = linking(tmp_path / "1", {"А.md": f"{'слово ' * 90}[[Зал]] {'слово ' * 90}\n" + "\n\n[[Зал]]" * 9})
    first = found.mentions[0]
    assert len(first.before) <= LONGEST / 2 + 1
    assert (first.before[0], first.after[-1]) == ("…", "…")
    assert (len(found.mentions), found.more) == (3, 7)
    many = linking(tmp_path / "2", {f"{number:03}.md": "[[Зал]]" for number in range(READ + 5)})
    assert len(many) == READ + 5
    assert [bool(one.mentions) for one in many] == [True] * READ + [False] * 5


def test_where_a_note_leads_is_told_once_and_unwritten_notes_last(tmp_path: Path) -> None:
    """Not to itself."""
    kb, shown = shelf(
        tmp_path, {"А.md": "[[Нет]] [[Зал]] [[А]] [[зал#x]] [[нет]]", "Зал.md": "---\ntitle: Большой\n---\nЗал."}
    )
    assert kb.generation == shown.generation
    assert linked_notes("А.md", shown.links.outgoing("А.md"), shown.notes) == [
        LinkedNote("Большой", "Зал.md"),
        LinkedNote("Нет", None),
    ]
