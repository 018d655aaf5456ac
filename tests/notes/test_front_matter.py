"""The properties of a note: the forms in which people write them, and broken YAML."""

import pytest

from kbqa.notes.front_matter import FrontMatter, read_front_matter


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("", FrontMatter(), id="empty"),
        pytest.param("# только комментарий", FrontMatter(), id="comment"),
        pytest.param("title: Заметка", FrontMatter(title="Заметка"), id="title"),
        pytest.param('title: "Вопрос: ответ"', FrontMatter(title="Вопрос: ответ"), id="quoted title"),
        pytest.param("title: |\n  Две\n  строки", FrontMatter(title="Две строки"), id="title of two lines"),
        pytest.param("title: 12:30", FrontMatter(title="12:30"), id="title like a time"),
        pytest.param("title: 2024-01-02", FrontMatter(title="2024-01-02"), id="title like a date"),
        pytest.param("title:\naliases:\ntags:", FrontMatter(), id="names without values"),
        pytest.param("title: null\naliases: ~\ntags: [null]", FrontMatter(), id="nulls"),
        pytest.param("title: [не, имя]", FrontMatter(), id="a list is no title"),
        pytest.param("aliases: [Один, Два]", FrontMatter(aliases=("Один", "Два")), id="aliases in a row"),
        pytest.param("aliases:\n  - Один\n  - Два", FrontMatter(aliases=("Один", "Два")), id="aliases in lines"),
        pytest.param("aliases: Один, и всё", FrontMatter(aliases=("Один, и всё",)), id="one alias"),
        pytest.param("alias: Один", FrontMatter(aliases=("Один",)), id="old name of aliases"),
        pytest.param("aliases: [1.10, 007, yes]", FrontMatter(aliases=("1.10", "007", "yes")), id="aliases as written"),
        pytest.param("tags: [a, b/c]", FrontMatter(tags=("a", "b/c")), id="tags in a row"),
        pytest.param("tags: a, b c", FrontMatter(tags=("a", "b", "c")), id="tags in a string"),
        pytest.param("tags:\n  - '#a'", FrontMatter(tags=("a",)), id="tag with its sign"),
        pytest.param("tag: a", FrontMatter(tags=("a",)), id="old name of tags"),
        pytest.param("alias: А\naliases: [Б, а]", FrontMatter(aliases=("А", "Б")), id="both names of aliases"),
        pytest.param("tags: [а]\ntag: б, А", FrontMatter(tags=("а", "б")), id="both names of tags"),
        pytest.param("Tags: а\nALIASES: Б", FrontMatter(aliases=("Б",), tags=("а",)), id="capital keys"),
        pytest.param("tags: [2024-01-02, 12, '']", FrontMatter(tags=("2024-01-02", "12")), id="dates and numbers"),
        pytest.param(
            "aliases: ['Один, два', \"Три: четыре\"]", FrontMatter(aliases=("Один, два", "Три: четыре")), id="quotes"
        ),
        pytest.param("cssclasses: [wide]\ncssclass: x", FrontMatter(), id="looks are ignored"),
        pytest.param("tags: ['#', а/]", FrontMatter(tags=("а",)), id="signs alone"),
        pytest.param("created: 2024-13-45\ntitle: А", FrontMatter(title="А"), id="impossible date elsewhere"),
        pytest.param("n: !!timestamp x\ntitle: А", FrontMatter(title="А"), id="impossible type elsewhere"),
        pytest.param('title: "\\ud800"', FrontMatter(title="?"), id="half a character"),
    ],
)
def test_properties(source: str, expected: FrontMatter) -> None:
    """The title, the aliases and the tags are read as they are written."""
    assert read_front_matter(source, first_line=2) == expected


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param("title: А\ntags: [a, b", 3, id="open bracket"),
        pytest.param("title: А\n\tкот: б", 3, id="tab"),
        pytest.param("просто текст", 2, id="no mapping"),
        pytest.param("- список", 2, id="list"),
        pytest.param("[" * 1500, 2, id="too deep"),
        pytest.param("а: б\n" * 30_000, 20_002, id="too long"),
    ],
)
def test_broken_yaml_is_told_with_its_line(source: str, line: int) -> None:
    """Broken YAML gives no properties, and the line of the file where it breaks."""
    assert read_front_matter(source, first_line=2) == FrontMatter(unreadable_at=line)
