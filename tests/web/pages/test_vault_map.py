"""The map: sizes by links, colours by first tags, unwritten notes among the others."""

from bookshelf import TEXTS

from kbqa.notes.links import LinkGraph
from kbqa.types import Link, LinkedNote, NoteSummary
from kbqa.web.pages.map_data import map_data
from kbqa.web.pages.vault_map import COLOURS, VaultMap, vault_map


def drawn(notes: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]) -> VaultMap:
    """The map of notes by their names: tags, and names that they link to."""
    summaries = [NoteSummary(f"{name}.md", name, (), tags) for name, (tags, _) in sorted(notes.items())]
    linked = [
        LinkedNote(f"{name}.md", (), tuple(Link(target, None, target, 1) for target in targets))
        for name, (_, targets) in notes.items()
    ]
    return vault_map(summaries, LinkGraph.of(linked))


def test_a_pair_is_linked_once_and_nothing_with_itself() -> None:
    """However often, and in whichever direction."""
    shown = drawn({"А": ((), ("Б", "Б", "А")), "Б": ((), ("А", "Нет", "нет"))})
    titles = [spot.title for spot in shown.spots]
    assert titles == ["А", "Б", "Нет"]
    assert shown.lines == ((0, 1), (1, 2))
    assert [spot.links for spot in shown.spots] == [1, 2, 1]
    assert [spot.path for spot in shown.spots] == ["А.md", "Б.md", None]
    assert shown.spots[1].radius > shown.spots[0].radius
    assert (shown.notes, shown.unwritten) == (2, 1)


def test_the_commonest_first_tags_have_colours() -> None:
    """Nested tags have that of the outermost; the rarest, and notes without tags, none."""
    notes = {f"{tag} {number}": ((f"т{tag:02}/вложен",), ()) for tag in range(12) for number in range(12 - tag)}
    shown = drawn(notes | {"без": ((), ())})
    assert shown.legend == tuple((f"т{tag:02}", 12 - tag) for tag in range(COLOURS))
    colours = {spot.title: spot.colour for spot in shown.spots}
    assert (colours["0 3"], colours["9 0"], colours["10 0"], colours["без"]) == (0, 9, None, None)
    assert shown.other == 2 + 1 + 1


def test_the_page_gets_addresses_and_words() -> None:
    """A click on a note opens it; on an unwritten one, what links to it."""
    data = map_data(drawn({"А б": (("т",), ("Нет & да",))}), TEXTS)
    note, unwritten = data["spots"]
    assert note["address"] == "/notes?path=%D0%90%20%D0%B1.md"
    assert note["label"] == "А б. Связей: 1"
    assert unwritten["address"].startswith("/notes?unwritten=")
    assert "ещё не написана" in unwritten["label"]
    assert data["lines"] == ((0, 1),)
