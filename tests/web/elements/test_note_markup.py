"""A whole note as HTML: what Obsidian shows, and nothing that runs, loads or leads astray."""

import re

import pytest
from bookshelf import TEXTS

from kbqa.notes.sections import outline
from kbqa.types import Note
from kbqa.web.elements.note_markup import note_html

PATHS = {"Зал": "Места/Зал.md", "Места/Зал.md": "Места/Зал.md", "": "Эта.md"}


def html(text: str) -> str:
    """The body of a note."""
    parsed = outline(text, fallback_title="Эта")
    note = Note("Эта.md", parsed.title, (), (), parsed.links, "", parsed.text, parsed.sections)
    return note_html(note, lambda link: PATHS.get(link.target), TEXTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[Зал#Стулья|зал]]", '<a class="wikilink" href="/notes?path=%D0%9C%D0%B5%D1%81%D1%82%D0%B0%2F'),
        ("[[Зал#^имя]]", "&amp;block=%D0%B8%D0%BC%D1%8F"),
        ("![[Зал]]", 'class="wikilink"'),
        ("[в зал](Места/Зал.md)", 'class="wikilink"'),
        ("[[#Раздел]]", 'href="/notes?path=%D0%AD%D1%82%D0%B0.md&amp;heading='),
        ("[[Нет]]", '<a class="unwritten" title="заметка ещё не написана">Нет</a>'),
        ("![[план.png]]", "[вложение: план.png]"),
        ("![x](https://evil.example/a.png)", "[изображение: evil.example]"),
        ("#тег/вложен", '<a class="tag" href="/notes?path=%D0%AD%D1%82%D0%B0.md&amp;find=%23'),
        ("- [x] дело", '<li class="task done" id="L1"><span class="box" role="img" aria-label="сделано"></span>дело'),
        ("- [ ] дело", 'aria-label="не сделано"'),
        ("> [!warning] Берегись\n> Текст.", '<div class="callout wait" id="L1"><p class="callout-title">Берегись</p>'),
        ("> [!tip]-\n> Текст.", '<details class="callout good" id="L1"><summary class="callout-title">Tip</summary>'),
        ("> просто", "<blockquote"),
        ("а ==б== в", "а <mark>б</mark> в"),
        ("а ==б", "а ==б"),
        ("а\nб", "а<br>\nб"),
        ("# Эта\n\n## Раздел", '<h3 id="L3">Раздел</h3>'),
        ("| а |\n|--:|\n| 1 |", "<td class=right>1</td>"),
        ("а[^1]\n\n[^1]: сноска", '<sup><a href="#fn-1">1</a></sup>'),
        ("а[^1]\n\n[^1]: сноска", 'id="fn-1"'),
        ("```python\nx < 1\n```", "<code>x &lt; 1\n</code>"),
        ("[дом](https://example.org/?a=1&b=2)", 'href="https://example.org/?a=1&amp;b=2" rel="noopener'),
        ("[там](obsidian://open?vault=x)", 'href="obsidian://open?vault=x"'),
    ],
)
def test_a_note_is_shown_as_in_obsidian(text: str, expected: str) -> None:
    """With links that lead somewhere."""
    assert expected in html(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "а <img src=x onerror=alert(1)> б",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example/)",
        '[x](https://e.example/"onmouseover="alert(1))',
        "![x](https://evil.example/a.png)",
        '![x" onerror="alert(1)](a.png)',
        '[[Зал|"><script>alert(1)</script>]]',
        '[[Зал#"><img src=x onerror=alert(1)>]]',
        '[[Нет" onclick="alert(1)]]',
        '#тег"onclick=alert(1)',
        '> [!"><script>alert(1)</script>] x\n> y',
        "> [!note] <script>alert(1)</script>",
        '```"><script>alert(1)</script>\nx\n```',
        'а[^"><script>]\n\n[^"><script>]: x',
        "$<script>alert(1)</script>$",
        "`<script>alert(1)</script>`",
        "<details open ontoggle=alert(1)>",
        "- [<] <script>x</script>",
        "<https://e.example/><b>",
    ],
)
def test_nothing_of_a_note_becomes_markup(text: str) -> None:
    """Tags are those that this module writes, with its attributes; addresses those that it allows."""
    shown = html(text)
    for tag in re.findall(r"<[^>]*>", shown):
        assert re.fullmatch(
            r"</?(?:a|p|div|span|br|h[2-6]|ul|ol|li|code|pre|sup|details|summary|mark|blockquote|strong|em)"
            r'(?: (?:class|id|href|rel|target|title|tabindex|role|aria-label|open)(?:="[^"<>]*")?)*>',
            tag,
        ), tag
    for address in re.findall(r'href="([^"]*)"', shown):
        assert address.startswith(("/notes?", "#fn-", "https://e.example/"))
    assert "evil.example/" not in "".join(re.findall(r'(?:href|src)="[^"]*"', shown))


def test_private_parts_and_properties_are_left_out() -> None:
    """Neither they nor the marks in their place."""
    shown = html("---\nключ: тайна\n---\nОткрыто %%скрыто%% и <!-- тоже --> дальше.\n")
    assert "Открыто" in shown
    assert not re.search("тайна|скрыто|тоже|\u2063", shown)


def test_a_heading_that_repeats_the_title_is_left_out_once() -> None:
    """The page has the title already."""
    assert "<h2" not in html("# Эта\n\nТекст.")
    assert "<h2" in html("Текст.\n\n# Эта\n\n# Другая")


def test_containers_are_closed_in_order() -> None:
    """Callouts within quotations within callouts."""
    shown = html("> [!note]- А\n> > цитата\n> > > [!tip] Б\n> > > в\n\nПосле.")
    opened = re.findall(r"</?(details|blockquote|div)\b", shown)
    assert opened == ["details", "blockquote", "div", "div", "blockquote", "details"]
