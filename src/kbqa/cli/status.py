"""What `kbqa status` prints."""

from collections.abc import Iterator, Sequence

from kbqa.index.status import Dangling, IndexStatus, NoteStatus, State
from kbqa.index.status_words import note_words, outdated_words, published_words, recipe_words
from kbqa.settings import Settings
from kbqa.texts import Texts

MOST = 20
"""Lines of each list, unless all are wanted."""
MOST_SOURCES = 3
"""Notes that are named beside a note that is not written yet, unless all are wanted."""
SIGNS: dict[State, str] = {"skipped": "!", "partial": "?", "changed": "~", "new": "+", "removed": "-", "indexed": "="}
"""What a note's line begins with, as in what `kbqa index` prints; the order of the list that is not complete."""


def status_lines(status: IndexStatus, settings: Settings, texts: Texts, *, every_note: bool) -> str:
    """Totals, notes, what the vault lacks, and the verdict, which comes last: it is what remains to be seen.

    Args:
        status: what is told.
        settings: name the folders.
        texts: the catalogue.
        every_note: whether the lists are complete; otherwise they are cut, and notes that are indexed as they are on
            disk are only counted.
    """
    most, most_sources = (None, None) if every_note else (MOST, MOST_SOURCES)
    blocks = [
        list(_totals(status, settings, texts)),
        _cut([_note(entry, texts) for entry in _listed(status, every_note=every_note)], most, texts),
        list(_dangling(status.dangling, most, most_sources, texts)),
        list(_lacks(status, texts)),
        list(_verdict(status, texts)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _totals(status: IndexStatus, settings: Settings, texts: Texts) -> Iterator[str]:
    yield texts("cli.status_vault", corpus=settings.corpus)
    yield texts(
        "cli.status_coverage",
        covered=status.covered,
        notes=status.in_vault,
        percent=status.percent,
        chunks=status.chunks,
    )
    published = published_words(status, texts)
    yield texts(
        "cli.status_index",
        index=settings.chroma_url or settings.index,
        published=published,
        generation=status.generation,
    )
    yield texts("cli.status_recipe", recipe=", ".join(recipe_words(status, texts)))


def _listed(status: IndexStatus, *, every_note: bool) -> Sequence[NoteStatus]:
    if every_note:
        return status.entries
    return [entry for state in SIGNS if state != "indexed" for entry in status.of(state)]


def _note(entry: NoteStatus, texts: Texts) -> str:
    return f"{SIGNS[entry.state]} {entry.note}: {note_words(entry, texts)}"


def _dangling(dangling: Sequence[Dangling], most: int | None, most_sources: int | None, texts: Texts) -> Iterator[str]:
    if dangling:
        yield texts("cli.status_dangling", count=len(dangling))
        yield from _cut([_target(one, most_sources, texts) for one in dangling], most, texts)


def _target(dangling: Dangling, most: int | None, texts: Texts) -> str:
    shown = dangling.notes[:most]
    ellipsis = ("…",) if len(shown) < len(dangling.notes) else ()
    notes = ", ".join((*shown, *ellipsis))
    return texts("cli.status_dangling_note", target=dangling.target, links=dangling.links, notes=notes)


def _lacks(status: IndexStatus, texts: Texts) -> Iterator[str]:
    if status.lacks:
        yield texts("cli.status_lacks")
    for lack in status.lacks:
        example = " ".join(lack.example.split())
        yield texts("cli.status_lack", note=lack.note, questions=lack.questions, example=example)
    if status.marks_trouble:
        yield texts("cli.status_marks", message=status.marks_trouble)


def _verdict(status: IndexStatus, texts: Texts) -> Iterator[str]:
    if status.outdated:
        yield texts("cli.status_outdated", recipe=", ".join(outdated_words(status, texts)))
    yield texts("cli.status_fresh" if status.fresh else "cli.status_stale")


def _cut(lines: Sequence[str], most: int | None, texts: Texts) -> list[str]:
    """The first `most` lines, and how many more there are; None: all of them."""
    shown = [*lines[:most]]
    rest = len(lines) - len(shown)
    return [*shown, texts("cli.status_more", count=rest)] if rest else shown
