"""How candidates fit a question, and the order that follows."""

import pytest

from kbqa.index.chunking import make_chunk
from kbqa.retrieval.question import read_question
from kbqa.retrieval.ranking import Candidate, Fit, fits_of, scores


def candidate(
    *path: str, text: str = "Текст.", fused: float = 1.0, coverage: float = 0.5, stated: float = 0.85
) -> Candidate:
    """A candidate under these headings of one note."""
    chunk = make_chunk(
        note=f"{path[0]}.md", heading_path=path, aliases=(), text=text, tokens=20, start_line=1, end_line=3
    )
    return Candidate(chunk, fused, coverage, stated, meant=coverage)


def fit(question: str, *candidates: Candidate, aliases: tuple[str, ...] = ()) -> list[Fit]:
    """How the candidates fit; all notes have these aliases."""
    return fits_of(read_question(question), candidates, lambda note: (note.removesuffix(".md"), *aliases))


def best(question: str, *candidates: Candidate) -> tuple[str, ...]:
    """Heading path of the candidate that comes first."""
    totals = scores(fit(question, *candidates))
    return candidates[int(totals.argmax())].chunk.heading_path


BULLETS = "- первое\n- второе\n- третье"


@pytest.mark.parametrize(
    ("question", "wanted", "other"),
    [
        ("Какие минусы у клуба?", candidate("Клуб", "Недостатки"), candidate("Клуб", "Преимущества")),
        ("Какие бывают клубы?", candidate("Клуб", "Виды"), candidate("Клуб", "Заключение")),
        ("Перечисли гостей клуба", candidate("Клуб", "Гости", text=BULLETS), candidate("Клуб", "Гости")),
        ("Кто ведёт вечер клуба?", candidate("Клуб", "Роли"), candidate("Клуб")),
        ("What are the drawbacks of a club?", candidate("Клуб", "Недостатки"), candidate("Клуб", "Роли")),
    ],
)
def test_of_equal_texts_the_one_whose_place_fits_comes_first(
    question: str, wanted: Candidate, other: Candidate
) -> None:
    """Headings, shape and place decide between texts that match alike, whichever stands first."""
    assert best(question, wanted, other) == best(question, other, wanted) == wanted.chunk.heading_path


def test_a_much_better_text_stays_first() -> None:
    """What a heading promises does not outweigh a text that is clearly about the question."""
    text = candidate("Клуб", "Заключение", fused=5, coverage=1)
    assert best("Какие минусы у клуба?", candidate("Клуб", "Недостатки", fused=1), text) == text.chunk.heading_path


def test_a_note_counts_by_its_best_other_section() -> None:
    """Neither the candidate itself nor another part of its section."""
    fits = fit(
        "Клуб",
        candidate("Клуб", "Виды", fused=3),
        candidate("Клуб", "Виды", fused=2.5),
        candidate("Клуб", "Роли", fused=1),
        candidate("Бал", "Роли", fused=2),
    )
    assert [one.note for one in fits] == [1, 1, 3, -0.5]


def test_a_note_is_named_by_any_of_its_names() -> None:
    """The share of the words of the name that the question has most of."""
    (by_alias,) = fit("Что такое ЧД?", candidate("Число Данбара"), aliases=("ЧД",))
    (half,) = fit("Какое это число?", candidate("Число Данбара"))
    assert (by_alias.title, half.title) == (1, 0.5)


def test_an_undivided_note_has_no_opening() -> None:
    """The only text of a note is not pushed back for standing at its beginning."""
    (alone,) = fit("Кто ведёт вечер?", candidate("Клуб"))
    opening, _ = fit("Кто ведёт вечер?", candidate("Клуб"), candidate("Клуб", "Роли"))
    assert (alone.opening, opening.opening) == (0, 1)


def test_the_title_is_the_subject_not_the_facet() -> None:
    """In a note on mistakes, «ошибки» names the note, and its sections are told apart by the rest."""
    (one,) = fit("Какие бывают ошибки?", candidate("Ошибки", "Ошибки новичков"))
    assert one.facet == 0


def test_nothing_to_rank_is_ranked() -> None:
    """No candidates, no scores."""
    assert scores(fit("Клуб")).shape == (0,)
