"""Statements that explain a term: the opening of its note, or an item or sentence that begins with it."""

from collections.abc import Callable, Sequence

from kbqa.answering.candidates import passages_of_hit
from kbqa.answering.draft import Part
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

    A term counts by the share of its words in the text times the share of the text's words in it. An item with
    some of the words explains nothing where a section is called by more of them.

    Args:
        hits: where they are looked for.
        matcher: the text's weighted words.
        note_of: a note by its path.
        least: what a term must count.
        subject: of the text, what stands before a preposition («показатель ERR» of «показатель ERR у канала»); a term
            that it names needs the rest only in the headings above, or in another name of the note.
    """

    def both_ways(name: str, above: str) -> float:
        match = matcher.strengths(name)
        counts = matcher.share(match) * matcher.named_share(name)
        if subject:
            placed = matcher.share(matcher.union(match, matcher.strengths(above)))
            counts = max(counts, placed * subject.named_share(name))
        return counts

    passages = [passage for hit in hits for passage in passages_of_hit(hit, note_of)]
    sections = {(passage.heading_path, passage.aliases) for passage in passages if len(passage.heading_path) > 1}
    named = [
        (counts, passage)
        for passage in passages
        for name in passage.names
        if (counts := both_ways(name, ". ".join((passage.context, *passage.aliases)))) >= least
    ]
    headed = (both_ways(path[-1], ". ".join((*path[:-1], *aliases))) for path, aliases in sections) if named else ()
    best = max((*headed, *(counts for counts, _ in named)), default=0.0)
    return list(dict.fromkeys(passage for score, passage in named if score >= NEAR_BEST * best))


def explanation(passage: Passage, note_of: Callable[[str], Note], *, labelled: bool) -> Part:
    """The part of an answer that a passage makes which explains a term."""
    whole = laid_out(note_of(passage.note), [Statement(passage, passage.quote())])
    return Part(
        label=breadcrumb(passage.heading_path) if labelled else None,
        quotes=whole if passage.is_item else passage.opening(),
    )
