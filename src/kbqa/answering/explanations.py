"""Statements that explain a term: the opening of its note, or an item or sentence that begins with it."""

from collections.abc import Callable, Sequence

from kbqa.answering.draft import Part
from kbqa.answering.focus import passages_of_hit
from kbqa.answering.labelling import breadcrumb
from kbqa.answering.passages import Passage
from kbqa.answering.statements import Statement, laid_out
from kbqa.retrieval.matching import Matcher
from kbqa.types import Hit, Note

NEAR_BEST = 0.8
"""What matches at least this part of what the best one matches is taken with it."""


def explaining(
    hits: Sequence[Hit],
    matcher: Matcher,
    note_of: Callable[[str], Note],
    *,
    least: float,
    subject: Matcher | None = None,
) -> list[Passage]:
    """Passages that explain a term which a text names, in the order of the hits.

    A term counts by the share of its words in the text times the share of the text's words in it.

    Args:
        hits: where they are looked for.
        matcher: the text's weighted words.
        note_of: a note by its path.
        least: what a term must count.
        subject: of the text, what stands before a preposition («показатель ERR» of «показатель ERR у канала»); a term
            that it names needs the rest only in the headings above, or in another name of the note.
    """
    named: list[tuple[float, Passage]] = []
    for passage in (passage for hit in hits for passage in passages_of_hit(hit, note_of)):
        for name in passage.names:
            match = matcher.strengths(name)
            both_ways = matcher.share(match) * matcher.named_share(name)
            if subject:
                above = ". ".join((passage.context, *note_of(passage.note).aliases))
                placed = matcher.share(matcher.union(match, matcher.strengths(above)))
                both_ways = max(both_ways, placed * subject.named_share(name))
            if both_ways >= least:
                named.append((both_ways, passage))
    best = max((score for score, _ in named), default=0.0)
    return list(dict.fromkeys(passage for score, passage in named if score >= NEAR_BEST * best))


def explanation(passage: Passage, note_of: Callable[[str], Note], *, labelled: bool) -> Part:
    """The part of an answer that a passage makes which explains a term."""
    whole = laid_out(note_of(passage.note), [Statement(passage, passage.quote())])
    return Part(
        label=breadcrumb(passage.heading_path) if labelled else None,
        quotes=whole if passage.is_item else passage.opening(),
    )
