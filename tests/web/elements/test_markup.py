"""Text from notes cannot become anything but text."""

from html.parser import HTMLParser

import pytest

from kbqa.texts import Texts
from kbqa.web.elements.escaping import inert
from kbqa.web.elements.markup import answer_markdown

TEXTS = Texts.load("ru")
CHIPS = {1: "<i>one</i>", 2: "<i>two</i>"}


class Elements(HTMLParser):
    """Collects the elements of a document, as a browser would see them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Text between elements."""
        self.text += data


def rendered(text: str) -> str:
    """The HTML of an answer with two citations."""
    return answer_markdown(text, CHIPS, TEXTS)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](  javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "<javascript:alert(1)>",
        '[a](https://x.example/"onmouseover="alert(1))',
        '[a](https://x.example "t\\" onmouseover=alert(1) x=\\"")',
        '![a" onerror="alert(1)](https://x.example/a.png)',
        '![[a" onerror="alert(1)]]',
        "[[a<script>alert(1)</script>|b<script>alert(1)</script>]]",
        '```"><script>alert(1)</script>\ncode\n```',
        "`<script>alert(1)</script>`",
        "| <script>a</script> | b |\n|---|---|\n| <img src=x onerror=a> | c |",
        "[a][r]\n\n[r]: javascript:alert(1)",
        '<a href="https://x.example" style="position:fixed">x</a>',
        "<form action=https://x.example><input name=a></form>",
    ],
)
def test_hostile_text_stays_text(hostile: str) -> None:
    """No script, handler, image, form or style, and no link except to http(s)."""
    for tag, attributes in Elements(rendered(hostile)).found:
        assert tag in {"p", "a", "code", "pre", "em", "span", "table", "thead", "tbody", "tr", "th", "td"}
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "src"}]
        assert (attributes.get("href") or "https://").startswith(("https://", "http://"))


def test_markers_become_chips() -> None:
    """`[n]` of a known citation becomes its chip; any other number stays as written."""
    assert rendered("Да [1][2], нет [3].") == "<p>Да <i>one</i><i>two</i>, нет [3].</p>\n"


def test_of_a_long_row_of_chips_three_are_shown() -> None:
    """The rest is folded behind their number, none is lost; words between them make two rows."""
    chips = {number: f"<i>{number}</i>" for number in range(1, 8)}
    long = answer_markdown("Да [1] [2][3] [4] [5], нет [6] [7].", chips, TEXTS)
    assert long == (
        "<p>Да <i>1</i> <i>2</i><i>3</i> "
        '<button type="button" class="kbqa-more" title="Ещё источники: 4, 5">'
        '<span class="kbqa-hidden">Ещё источники: 4, 5</span><span class="kbqa-count">+2</span></button>'
        '<span class="kbqa-rest"><i>4</i> <i>5</i></span>, нет <i>6</i> <i>7</i>.</p>\n'
    )
    assert "kbqa-more" not in answer_markdown("[1] [2] [3] и [4] [5]", chips, TEXTS)


def test_a_marker_is_a_marker_beside_brackets_and_definitions() -> None:
    """Neither a parenthesis after a marker nor a link definition in a note makes a link of it."""
    assert rendered("[1](https://x.example)") == "<p><i>one</i>(https://x.example)</p>\n"
    assert "<i>one</i>: https://x.example" in rendered("Да [1]\n\n[1]: https://x.example")


def test_markers_in_code_are_code() -> None:
    """Code is shown as it is."""
    assert rendered("`a[1]`") == "<p><code>a[1]</code></p>\n"


def test_wikilinks_show_their_display_text() -> None:
    """The reader sees what Obsidian shows."""
    assert Elements(rendered("Связано с [[Обучение|обучением]] и [[Инновации]].")).text.strip() == (
        "Связано с обучением и Инновации."
    )


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("![a](https://images.example/a.png)", "[изображение: images.example]"),
        ("![a](files/схема.png)", "[изображение: схема.png]"),
        ("![[Схема.png]]", "[вложение: Схема.png]"),
    ],
)
def test_images_are_named_not_fetched(image: str, shown: str) -> None:
    """No image is loaded, from anywhere."""
    assert Elements(rendered(image)).text.strip() == shown


def test_web_links_open_apart() -> None:
    """A link to the web leaves the page alone and tells the other site nothing."""
    [_, (tag, attributes)] = Elements(rendered("[сайт](https://example.org/?a=1&b=2)")).found
    assert (tag, attributes) == (
        "a",
        {"href": "https://example.org/?a=1&b=2", "target": "_blank", "rel": "noopener noreferrer"},
    )


def test_inert_markup_says_the_same() -> None:
    """Made inert, HTML has one line and no active character, and the browser sees the same."""
    markup = "<pre>a\n\n$$x$$ `y` {{z}} ${w}</pre>"
    made = inert(markup)
    assert not set(made) & set("\n$`{}")
    assert Elements(made).text == Elements(markup).text
