"""The lists of links in the panel: what is in them, in which order, and what is left out."""

from kbqa.notes.links import LinkGraph
from kbqa.notes.sections import outline
from kbqa.types import Note
from kbqa.web.chat.neighbours import MOST, Neighbour, Neighbours, linked_from, linking_to


def note(path: str, text: str) -> Note:
    """A note as the vault gives it."""
    parsed = outline(text, fallback_title=path.removesuffix(".md"))
    return Note(path, parsed.title, (), (), parsed.links, "", parsed.text, parsed.sections)


class Vault:
    """Notes, with a record of those that were read."""

    def __init__(self, *notes: Note) -> None:
        self.notes = {one.path: one for one in notes}
        self.graph = LinkGraph.of(notes)
        self.read: set[str] = set()

    def note_of(self, path: str) -> Note | None:
        """A note by its path."""
        self.read.add(path)
        return self.notes.get(path)

    def linked_from(self, path: str) -> Neighbours:
        """Where its links lead."""
        return linked_from(path, self.graph.outgoing(path), self.note_of)

    def linking_to(self, path: str) -> Neighbours:
        """What links to it."""
        return linking_to(self.graph.backlinks(path), self.note_of)


HALL = note("Зал.md", "---\ntitle: Большой зал\n---\nВведение. ^имя\n\n## Стулья\n\nСтулья.\n")


def test_each_place_is_named_once_and_unwritten_notes_last() -> None:
    """A section; the note as a whole, by a block above all headings or a heading that is not there; not itself."""
    text = "[[Нет]] [[Зал#стулья]] [[нет]] [[зал#Стулья|они]] [[#Тут]] [[Зал]] [[Зал#^имя]] [[Зал#Столы]]\n\n## Тут"
    assert Vault(HALL, note("а.md", text)).linked_from("а.md") == Neighbours(
        (
            Neighbour("Большой зал", "Стулья", "Зал.md", 6),
            Neighbour("Большой зал", "", "Зал.md", 4),
            Neighbour("Нет"),
        )
    )


def test_each_linking_note_is_named_once_with_the_section_of_its_first_link() -> None:
    """By path; a link in the properties, or above all headings, stands in none."""
    vault = Vault(
        HALL,
        note("б.md", "# Б\n\n## Где\n\n[[Зал]]\n\n## Ещё\n\n[[Зал]]"),
        note("а.md", '---\nсм: "[[Зал]]"\n---\nТекст.'),
        note("в.md", "# В\n\n[[Зал]]"),
    )
    assert vault.linking_to("Зал.md") == Neighbours(
        (Neighbour("а", "", "а.md", 2), Neighbour("Б", "Где", "б.md", 5), Neighbour("В", "", "в.md", 3))
    )
    assert vault.linking_to("а.md") == Neighbours()


def test_a_long_list_is_cut_and_only_what_is_shown_is_read() -> None:
    """One that the whole vault links to costs no more than another."""
    vault = Vault(HALL, *(note(f"{number:03}.md", "[[Зал]]") for number in range(100)))
    listed = vault.linking_to("Зал.md")
    assert [one.title for one in listed.shown] == [f"{number:03}" for number in range(MOST)]
    assert listed.more == 100 - MOST
    assert len(vault.read) == MOST


def test_a_note_that_is_gone_is_left_out() -> None:
    """The index may be published anew while the panel is made."""
    vault = Vault(HALL, note("а.md", "[[Зал]]"))
    vault.notes.clear()
    assert vault.linked_from("а.md") == vault.linking_to("Зал.md") == Neighbours()
