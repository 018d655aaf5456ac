"""A reply and its verdicts become what is shown."""

import random

import pytest

from kbqa.answering.citations import MARKER, markers
from kbqa.answering.generative.claims import claims_of
from kbqa.answering.generative.excerpts import Excerpt, Premise
from kbqa.answering.generative.finished import Finished, finished
from kbqa.answering.generative.verification import Verdict
from kbqa.notes.private import MARK

LINES = ("Раз.", "Два.", "", "Три. И ещё.", "Четыре.")
EXCERPTS = tuple(
    Excerpt(
        f"{name}.md",
        name,
        (name,),
        3,
        7,
        "\n".join(LINES),
        tuple(Premise(3 + at, 3 + at, line, line, name) for at, line in enumerate(LINES) if line),
    )
    for name in ("Кофе", "Чай", "Сок", "Вода")
)


def finish(text: str, supported: str, *, remove: bool = True, grounds: tuple[int, ...] = (0,)) -> Finished:
    """A reply of whose claims those are supported that have a `+`, by the first excerpt that each cites."""
    claims = claims_of(text)
    verdicts = [
        Verdict(True, None, tuple((claim.numbers[0], EXCERPTS[claim.numbers[0] - 1].premises[at]) for at in grounds))
        if sign == "+"
        else Verdict(False, "unsaid", ())
        for claim, sign in zip(claims, supported, strict=True)
    ]
    return finished(text, claims, verdicts, EXCERPTS, remove=remove)


REMOVED: dict[str, tuple[str, str, str]] = {
    "in the middle": ("Раз [1]. Два [2]. Три [3].", "+-+", "Раз [1]. Три [2]."),
    "at the beginning": ("Раз [1]. Два [2].", "-+", "Два [1]."),
    "at the end": ("Раз [1]. Два [2].\nТри [3].", "+--", "Раз [1]."),
    "across lines": ("Раз [1]. Два\nи ещё [2]. Три [3].", "+-+", "Раз [1].\nТри [2]."),
    "a paragraph": ("Раз [1].\n\nДва [2].\n\nТри [3].", "+-+", "Раз [1].\n\nТри [2]."),
    "an item": ("- Раз [1]\n- Два [2]\n- Три [3]", "+-+", "- Раз [1]\n- Три [2]"),
    "a sentence of an item": ("- Раз. Два [1].\n- Три [2]", "-++", "- Два [1].\n- Три [2]"),
    "a list with its lead": ("Виды:\n- Раз [1]\n- Два [2]\n\nТри [3].", "+--+", "Три [1]."),
    "a section with its heading": ("# А\n\n## Б\n- Раз [1]\n\n## В\n- Два [2]", "++-++", "# А\n\n## В\n- Два [1]"),
    "all below all headings": ("# А\n## Б\n- Раз [1]\n\nДва [2].", "++--", ""),
    "a lead alone": ("Вот что:\n- Раз [1]\n- Два [2]", "-++", "- Раз [1]\n- Два [2]"),
    # What is below them would stand below the label before.
    "a label with what is below": ("**А**\n- Раз [1]\n\n**Б**\n- Два [2]", "++-+", "**А**\n- Раз [1]"),
    "an item with those below": (
        "- А [1]\n  - Раз [1]\n- Б [2]\n  - Два [2]\n- В [3]",
        "++-++",
        "- А [1]\n  - Раз [1]\n- В [2]",
    ),
    "a row": ("| а | б |\n|---|---|\n| 1 | 2 [1] |\n| 3 | 4 [2] |", "+-+", "| а | б |\n|---|---|\n| 3 | 4 [1] |"),
    "a table": ("| а | б |\n|---|---|\n| 1 | 2 [1] |\n\nТри [2].", "+-+", "Три [1]."),
    "a table with markers below": ("| а | б |\n|---|---|\n| 1 | 2 |\n\n[1]\n\nТри [2].", "+-+", "Три [1]."),
    "a row of a table with markers below": (
        "| а | б |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n[1]",
        "++-",
        "| а | б |\n|---|---|\n| 1 | 2 |\n\n[1]",
    ),
    "code": ("```\nраз\n\nдва\n```\n[1]\n\nТри [2].", "--+", "Три [1]."),
    "a line of code": ("```\nраз\nдва\n```\n[1]", "-+", "```\nдва\n```\n[1]"),
    "what a rule parts": ("Раз [1].\n\n---\n\nДва [2].", "-+", "Два [1]."),
}


@pytest.mark.parametrize(("text", "supported", "expected"), REMOVED.values(), ids=REMOVED)
def test_what_is_not_supported_is_left_out(text: str, supported: str, expected: str) -> None:
    """With what leads to nothing else, with its markers; the rest is numbered anew."""
    made = finish(text, supported)
    assert made.text == expected
    assert [citation.number for citation in made.citations] == list(dict.fromkeys(markers(expected)))
    assert all(sentence.supported for sentence in made.sentences)


@pytest.mark.parametrize(("text", "supported"), [case[:2] for case in REMOVED.values()], ids=REMOVED)
def test_otherwise_all_is_shown_as_it_was_written(text: str, supported: str) -> None:
    """Each claim where it stands, with its verdict."""
    made = finish(text, supported, remove=False)
    assert made.text == text
    assert [text[sentence.start : sentence.end] for sentence in made.sentences] == [
        text[claim.start : claim.end] for claim in claims_of(text)
    ]
    assert [sentence.supported for sentence in made.sentences] == [sign == "+" for sign in supported]
    assert all(bool(sentence.sources) is sentence.supported for sentence in made.sentences)


def test_markers_are_numbered_by_first_mention() -> None:
    """What is left counts up from one, and each citation is of the excerpt that its marker stood for."""
    made = finish("Раз [1]. Два [2][3]. Три [3][4]. Ещё [2].", "-+++")
    assert made.text == "Два [1][2]. Три [2][3]. Ещё [1]."
    assert [(citation.number, citation.note) for citation in made.citations] == [
        (1, "Чай.md"),
        (2, "Сок.md"),
        (3, "Вода.md"),
    ]
    assert [source.number for sentence in made.sentences for source in sentence.sources] == [1, 2, 1]


def test_a_bracketed_number_in_code_stays() -> None:
    """It is no marker, neither for a citation nor for the numbering."""
    made = finish("Код `x[2]` тут [2]. Ещё `y[9]` [1].", "++")
    assert made.text == "Код `x[2]` тут [1]. Ещё `y[9]` [2]."
    assert [citation.note for citation in made.citations] == ["Чай.md", "Кофе.md"]


def test_a_lead_whose_excerpt_is_gone_has_no_sources() -> None:
    """A lead may be said by an excerpt that only what was left out had cited."""
    made = finish("Виды:\n- Раз [1]\n- Два [2]", "+-+")
    assert made.text == "Виды:\n- Два [1]"
    assert [len(sentence.sources) for sentence in made.sentences] == [0, 1]
    assert [citation.note for citation in made.citations] == ["Чай.md"]


@pytest.mark.parametrize(
    ("grounds", "lines", "quote"),
    [((0,), (3, 3), "Раз."), ((0, 1), (3, 4), "Раз.\nДва."), ((1, 2), (4, 6), "Два.\n\nТри. И ещё.")],
)
def test_a_citation_is_of_the_lines_that_say_it(grounds: tuple[int, ...], lines: tuple[int, int], quote: str) -> None:
    """From the first to the last, verbatim."""
    (citation,) = finish("Раз [1].", "+", grounds=grounds).citations
    assert (citation.start_line, citation.end_line, citation.quote) == (*lines, quote)


def test_a_citation_that_supports_nothing_is_of_the_whole_excerpt() -> None:
    """So that the reader can look for what is not there."""
    (citation,) = finish("Раз [1].", "-", remove=False).citations
    assert (citation.start_line, citation.end_line, citation.quote) == (3, 7, "\n".join(LINES))


def test_a_citation_holds_no_private_comment() -> None:
    """Lines with one between them are not quoted together: their text is not that of the file."""
    lines = ("Раз.", f"Два. {MARK} Три.", "Четыре.")
    premises = (Premise(3, 3, "Раз.", "Раз.", ""), Premise(4, 4, "Три.", "Три.", ""), Premise(5, 5, "Четыре.", "", ""))
    excerpt = Excerpt("К.md", "К", ("К",), 3, 5, "\n".join(lines), premises)
    for grounds, expected in [(premises[1:], (4, 4, "Три.")), (premises, (3, 3, "Раз.")), ((), (3, 3, "Раз."))]:
        verdict = Verdict(bool(grounds), None if grounds else "unsaid", tuple((1, premise) for premise in grounds))
        (citation,) = finished("Так [1].", claims_of("Так [1]."), [verdict], [excerpt], remove=False).citations
        assert (citation.start_line, citation.end_line, citation.quote) == expected


PARTS = ("Виды:\n- а [1]\n- б [2]. Ещё", "# А", "## Б", "**В**", "Раз [1]. Два.\nТри [2].", "| а |\n|---|\n| б [3] |")
MORE = ("```\nкод\n```\n[4]", "> Раз [1]\n> и два. Три", "---", "1. а [1]\n   - б\n   - в [2]", "[3]", "5 * 3 [4]")


@pytest.mark.parametrize("seed", range(200))
def test_places_are_exact(seed: int) -> None:
    """Whatever is left out: sentences stand where they say, in order; each marker has a citation, each citation one."""
    chance = random.Random(seed)  # noqa: S311
    text = "\n\n".join(chance.choices(PARTS + MORE, k=chance.randint(1, 6)))
    claims = claims_of(text)
    signs = "".join(chance.choice("++-") if claim.numbers else "-" for claim in claims)
    made = finish(text, signs)
    written = [MARKER.sub("", text[claim.start : claim.end]) for claim in claims]
    place = 0
    for sentence in made.sentences:
        assert place <= sentence.start < sentence.end
        place = sentence.end
        said = made.text[sentence.start : sentence.end]
        assert said == said.strip()
        assert MARKER.sub("", said) in written
    assert made.text == made.text.strip("\n")
    assert [citation.number for citation in made.citations] == list(dict.fromkeys(markers(made.text)))
    assert len(claims_of(made.text)) == len(made.sentences)
