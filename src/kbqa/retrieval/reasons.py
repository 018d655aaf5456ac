"""Why a chunk was found, in words that a reader understands."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from kbqa.index.analysis import content_words, distinct_stems, stem
from kbqa.index.generations import Generation
from kbqa.notes.links import heading_key
from kbqa.retrieval.facets import told, wanted, wording
from kbqa.retrieval.naming import Naming
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Chunk

_MOST = 3
_SOURCES = 5
"""Links of so many of the best hits are given as reasons."""


class Reasons:
    """Says why chunks of a generation were found.

    Args:
        names: title and aliases of each note, by its path.
        generation: has the links between the notes.
        settings: the language of the words.
    """

    def __init__(self, names: Mapping[str, tuple[str, ...]], generation: Generation, settings: Settings) -> None:
        self._names = names
        self._generation = generation
        self._texts = Texts.load(settings.language)

    def of(self, question: str, chunks: Sequence[Chunk], close: Collection[str]) -> list[tuple[str, ...]]:
        """For each chunk one to three reasons, the most telling first.

        Args:
            question: what was searched for.
            chunks: what was found, best first; a link from one of the first to a later one is a reason.
            close: ids of those that are among the nearest by meaning.
        """
        stem_of = {word: stem(word) for word in content_words(question)}
        aliases = {note: self._alias_in(question, note) for note in {chunk.note for chunk in chunks}}

        found = []
        for rank, chunk in enumerate(chunks):
            known = distinct_stems(chunk.embedding_text)
            shared = [word for word, its_stem in stem_of.items() if its_stem in known]
            source = next((other for other in chunks[: min(rank, _SOURCES)] if self._links_to(other, chunk)), None)
            reasons = []
            if alias := aliases[chunk.note]:
                reasons.append(self._texts("answers.reason_alias", alias=alias))
            if facet := _facet_told(question, chunk):
                reasons.append(self._texts("answers.reason_facet", asked=facet))
            if shared:
                reasons.append(self._texts("answers.reason_words", words=", ".join(shared)))
            if source:
                reasons.append(self._texts("answers.reason_link", title=source.title))
            if chunk.id in close or not reasons:
                reasons.append(self._texts("answers.reason_meaning"))
            found.append(tuple(reasons[:_MOST]))
        return found

    def _alias_in(self, question: str, note: str) -> str | None:
        """The alias by which the question names the note; None where it does not, or by the title as well."""
        title, *aliases = self._names[note]
        if not aliases:
            return None
        found = _naming((title, *aliases)).mentions(question)
        return found[0].names[0] if found and all(title not in mention.names for mention in found) else None

    def _links_to(self, source: Chunk, target: Chunk) -> bool:
        """Whether a link in the one chunk leads to the section of the other, or to its note where it opens this."""
        return any(
            link.path == target.note != source.note
            and source.start_line <= link.link.line <= source.end_line
            and heading_key((link.link.heading or target.title).split("#")[-1]) in _headings(target)
            for link in self._generation.links.outgoing(source.note)
        )


def _facet_told(question: str, chunk: Chunk) -> str | None:
    """The question's words for what one of the chunk's headings tells, the innermost first; None if none does."""
    asked_for = wanted(question, chunk.title)
    for heading in reversed(chunk.heading_path[1:]):
        if met := sorted(asked_for & told(heading)):
            return wording(question, met[0])
    return None


def _headings(chunk: Chunk) -> set[str]:
    """The heading that a chunk stands under, and those in it, as links are compared with them."""
    within = (line.lstrip("#") for line in chunk.text.splitlines() if line.startswith("#"))
    return {heading_key(heading) for heading in (chunk.heading_path[-1], *within)}


@lru_cache(maxsize=10_000)
def _naming(names: tuple[str, ...]) -> Naming:
    return Naming(names)
