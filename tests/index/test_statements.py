"""Vectors of single statements: which there are, what they are compared with, and how they are kept."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kbqa.embedding import MODEL_ID, E5Model
from kbqa.index.chunking import chunks_of
from kbqa.index.fixed_point import as_fixed
from kbqa.index.generations import Generation, IndexFolder
from kbqa.index.statements import Place, StatementVectors, places_of, texts_of
from kbqa.notes.statements import context_of
from kbqa.types import IndexReport, Note

COFFEE = """# Кофе

Кофе варят. Его пьют.

## Сорта

### Арабика

- Растёт в горах высоко над морем, зреет медленно, собирают её вручную и только спелой
- Дорогая

### Робуста
"""
PLACES = [
    [Place("Кофе варят.", "Кофе"), Place("Его пьют.", "Кофе")],
    [
        Place(
            "Растёт в горах высоко над морем, зреет медленно, собирают её вручную и только спелой",
            "Кофе. Сорта. Арабика",
        ),
        Place("Дорогая", "Кофе. Сорта. Арабика"),
        Place(None, "Кофе"),
        Place(None, "Кофе. Сорта"),
    ],
    [
        Place("Кофе. Сорта. Робуста", "Кофе. Сорта. Робуста"),
        Place(None, "Кофе"),
        Place(None, "Кофе. Сорта"),
    ],
]


def places(note: Note, **options: int) -> list[list[Place]]:
    """Of each chunk."""
    chunks = list(chunks_of(note, **{"limit": 320, "min_tokens": 0} | options))
    return [list(found) for found in places_of(note, chunks)]


def test_places_of_a_note(note_of: Callable[..., Note]) -> None:
    """Statements under their headings; a section without any has its headings; those above are known, too."""
    assert places(note_of(COFFEE, "Кофе.md")) == PLACES


def test_a_chunk_of_several_sections(note_of: Callable[..., Note]) -> None:
    """Each statement stands under the headings of its own section."""
    (found,) = places(note_of("# Кофе\n\nВарят.\n\n## Сорт\n\nАрабика.\n", "Кофе.md"), min_tokens=100)
    assert found == [Place("Варят.", "Кофе"), Place("Арабика.", "Кофе. Сорт")]


def test_a_sentence_on_two_chunks_is_in_both(note_of: Callable[..., Note]) -> None:
    """Lines that are cut apart share it."""
    lines = [f"строка номер {number} одного длинного предложения о кофе и обо всём" for number in range(4)]
    title, *found = places(note_of("# Кофе\n\n" + "\n".join(lines), "Кофе.md"), limit=48)
    assert title == [Place("Кофе", "Кофе")]
    assert len(found) > 1
    assert {chunk[0].statement for chunk in found} == {" ".join(lines)}


def test_a_line_that_is_cut_shares_its_sentences_out(note_of: Callable[..., Note]) -> None:
    """Each is in the part where it stands."""
    sentences = [f"Предложение номер {number} говорит о кофе и больше ни о чём." for number in range(12)]
    _, *found = places(note_of("# Кофе\n\n" + " ".join(sentences), "Кофе.md"), limit=64)
    assert len(found) > 2
    assert [place.statement for chunk in found for place in chunk] == sentences


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Generation]]:
    """Opens the test's index as it is now."""
    generations = list[Generation]()

    def open_current() -> Generation:
        generations.append(IndexFolder(tmp_path / "index").open_current(model=MODEL_ID))
        return generations[-1]

    yield open_current
    for generation in generations:
        generation.close()


@pytest.fixture
def vectors(index_notes: Callable[..., IndexReport], opened: Callable[[], Generation]) -> StatementVectors:
    """Of the note about coffee and another."""
    index_notes({"Кофе.md": COFFEE, "Чай.md": "# Чай\n\nИз листьев.\n"}, min_section_tokens=0)
    return opened().statements


@pytest.fixture(scope="session")
def question(model: E5Model) -> NDArray[np.float32]:
    """A question's vector."""
    vector: NDArray[np.float32] = model.embed(["Где растёт арабика?"], "query")[0]
    return vector


def _embedded(model: E5Model, texts: Sequence[str]) -> NDArray[np.float32]:
    return model.embed(texts, "passage")


def test_similarities_are_the_models(vectors: StatementVectors, question: NDArray[np.float32], model: E5Model) -> None:
    """For statements and headings by themselves."""
    texts = ["Дорогая", "Его пьют.", "Из листьев."]
    expected = _embedded(model, texts) @ question
    np.testing.assert_allclose(vectors.similarities(question, texts), expected, atol=2e-4)
    paths = [("Кофе",), ("Кофе", "Сорта"), ("Кофе", "Сорта", "Арабика")]
    expected = _embedded(model, ["Кофе", "Кофе. Сорта", "Кофе. Сорта. Арабика"]) @ question
    headings = [context_of(path) for path in paths]
    np.testing.assert_allclose(vectors.similarities(question, headings), expected, atol=2e-4)


def test_the_best_statement_of_each_chunk(
    vectors: StatementVectors, question: NDArray[np.float32], model: E5Model
) -> None:
    """Under its headings; in the order that is asked for, each as often as it is asked for."""
    best = []
    for stated in PLACES:
        pairs = [(place.statement, place.heading) for place in stated if place.statement is not None]
        sums = _embedded(model, [said for said, _ in pairs]) + _embedded(model, [heading for _, heading in pairs])
        best.append(max((sums / np.linalg.norm(sums, axis=1, keepdims=True)) @ question))
    asked = [2, 0, 1, 2]
    np.testing.assert_allclose(vectors.best(question, asked), [best[at] for at in asked], atol=2e-4)
    assert vectors.best(question, []).shape == (0,)


def test_what_is_unknown_has_no_similarity(vectors: StatementVectors, question: NDArray[np.float32]) -> None:
    """NaN, not an error."""
    found = vectors.similarities(question, ["Нет такого.", "Дорогая", ""])
    assert np.isnan(found).tolist() == [True, False, True]
    assert np.isnan(StatementVectors.nothing().similarities(question, ["Дорогая"])).all()
    assert vectors.similarities(question, []).shape == (0,)


def test_an_edit_below_changes_the_sentence_above(
    index_notes: Callable[..., IndexReport],
    opened: Callable[[], Generation],
) -> None:
    """The chunk that it begins in is the same as before, but its statement is another."""
    others = {f"{number}.md": f"# Заметка {number}\n\nТекст {number}." for number in range(20)}
    lines = [f"строка номер {number} одного длинного предложения о кофе и обо всём" for number in range(4)]
    source = "# Кофе\n\n" + "\n".join(lines)
    index_notes(others | {"Кофе.md": source}, chunk_tokens=48)
    before = opened()
    index_notes({"Кофе.md": source + " на свете"}, chunk_tokens=48)
    after = opened()
    assert after.manifest.churn > 0
    _, first, *_ = after.catalogue.chunk_ids()["Кофе.md"]
    assert first in before.lexical.ids
    old, new = " ".join(lines), " ".join(lines) + " на свете"
    assert after.statements.unknown([old, new]) == [old]
    assert after.statements.holds(after.lexical.ids.index(first), [Place(new, "Кофе")])
    assert not after.statements.holds(after.lexical.ids.index(first), [Place(old, "Кофе")])


@pytest.mark.parametrize("wrong", ["vectors", "keys", "places", "edges"])
def test_tables_that_do_not_agree(tmp_path: Path, wrong: str) -> None:
    """Whichever was written wrongly; what was made agrees."""
    made = StatementVectors.nothing().updated(
        (),
        ["один", "два"],
        {"один": [Place("Раз.", "Счёт")], "два": [Place("Счёт", "Счёт"), Place(None, "Числа")]},
        texts_of([Place("Раз.", "Счёт"), Place("Числа", "Счёт")]),
        as_fixed(np.eye(3, 384)),
    )
    made.check()
    made.save(tmp_path / "statements")
    file = tmp_path / "statements" / f"{wrong}.npy"
    part = np.load(file)
    np.save(file, part[:, ::-1] if wrong == "keys" else part[:-1])
    with pytest.raises(ValueError, match="do not agree"):
        StatementVectors.load(tmp_path / "statements").check()


def test_a_statement_without_a_vector_is_refused() -> None:
    """Rather than given another's."""
    with pytest.raises(ValueError, match="no vector"):
        StatementVectors.nothing().updated(
            (), ["один"], {"один": [Place("Раз.", "Счёт")]}, ["Раз."], as_fixed(np.eye(1, 384))
        )
