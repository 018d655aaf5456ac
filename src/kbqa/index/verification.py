"""The whole published index against the vault: what `kbqa index --check` finds."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten

import numpy as np

from kbqa.embedding import MODEL_ID, E5Model
from kbqa.errors import BrokenIndexError, StaleIndexError
from kbqa.index.content import Content, recipe_of
from kbqa.index.examination import examine, examine_statements, examine_words
from kbqa.index.generations import Generation, IndexFolder
from kbqa.index.indexer import Difference
from kbqa.index.lexical import LexicalIndex
from kbqa.index.manifest import DAMAGE
from kbqa.notes.vault import Vault
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Chunk

SAMPLE = 50
"""Chunks, and statements, and words, that are embedded again."""
_SHOWN = 80
"""Characters of a statement that a finding names."""
LEAST_COSINE = 0.999
"""Of a vector with the same text embedded again; below 1 because a text is embedded with others at a time."""


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """What a check of the whole index found."""

    generation: str
    notes: int
    """Notes in the vault that can be indexed."""
    chunks: int
    """Chunks that these are cut into."""
    findings: tuple[str, ...]
    """What is wrong, in words for the user; empty for a sound index."""


def verify_index(settings: Settings, model: E5Model, seed: int = 1) -> IndexCheck:
    """Check the published index: its files, and all that it holds, against what the vault gives now.

    Args:
        settings: of the index.
        model: embeds a sample of the chunks again.
        seed: decides the sample.

    Raises:
        MissingIndexError: there is no index.
        VaultError: the folder of notes is missing or holds no readable note.
    """
    texts = Texts.load(settings.language)
    vault = Vault(settings.corpus, texts)
    content = Content.read(vault, list(vault.files()), settings)
    folder = IndexFolder(settings.index)
    name = folder.current()
    findings = list[str]()
    try:
        generation = folder.open(name, model=MODEL_ID)
        try:
            check = _Check(generation, content, texts)
            if generation.manifest.recipe != recipe_of(settings):
                findings.append(texts("check.recipe"))
            else:
                findings += check.notes()
                findings += check.chunks()
            vectors = np.load(folder.files(name).vectors, allow_pickle=False)
            findings += check.rankers(vectors)
            findings += check.vectors(vectors, model, seed)
            findings += check.statements(model, seed)
            findings += check.words(model, seed)
        finally:
            generation.close()
    except (BrokenIndexError, StaleIndexError) as error:
        findings.append(error.message(settings.language))
    return IndexCheck(name, len(content.hashes), len(content.chunk_ids), tuple(findings))


@dataclass(frozen=True, slots=True)
class _Check:
    """Each method yields what is wrong, in words."""

    generation: Generation
    content: Content
    """Of the vault as it is now."""
    texts: Texts

    def notes(self) -> Iterator[str]:
        """Notes of the catalogue against those on disk."""
        catalogue = self.generation.catalogue
        difference = Difference.between(catalogue.hashes(), self.content.hashes)
        for path in difference.added:
            yield self.texts("check.added", note=path)
        for path in difference.changed:
            yield self.texts("check.changed", note=path)
        for path in difference.removed:
            yield self.texts("check.removed", note=path)
        for item in self.content.notes:
            if item.note.path in difference.unchanged and catalogue.note(item.note.path) != item.whole():
                yield self.texts("check.note", note=item.note.path)

    def chunks(self) -> Iterator[str]:
        """Stored chunks against those that the unchanged notes are cut into now."""
        hashes, listed = self.generation.catalogue.hashes(), self.generation.catalogue.chunk_ids()
        stored = {chunk.id: chunk for chunk in self._stored()}
        fresh = {chunk.id: chunk for chunk in self.content.chunks}
        rows = {chunk_id: row for row, chunk_id in enumerate(self.generation.lexical.ids)}
        for item in self.content.notes:
            if hashes.get(item.note.path) == item.note.content_hash:
                ids = item.chunk_ids
                if listed[item.note.path] != ids or any(stored.get(chunk_id) != fresh[chunk_id] for chunk_id in ids):
                    yield self.texts("check.chunks", note=item.note.path)
                elif not all(
                    chunk_id in rows and self.generation.statements.holds(rows[chunk_id], self.content.places[chunk_id])
                    for chunk_id in ids
                ):
                    yield self.texts("check.statements", note=item.note.path)

    def rankers(self, vectors: np.ndarray) -> Iterator[str]:
        """The BM25 tables against a rebuild; the vector store against the vectors that it was made from."""
        listed = tuple(chunk_id for ids in self.generation.catalogue.chunk_ids().values() for chunk_id in ids)
        lexical = self.generation.lexical
        if listed != lexical.ids:
            yield self.texts("check.lists")
        elif not lexical.ranks_as(LexicalIndex.build(listed, [chunk.embedding_text for chunk in self._stored()])):
            yield self.texts("check.lexical")
        try:
            examine(self.generation, vectors, (), vectors[:0])
            nothing = np.empty((0, vectors.shape[1]), np.int16)
            examine_statements(self.generation, (), nothing)
            examine_words(self.generation, (), nothing)
        except DAMAGE as error:
            yield self.texts("check.search", detail=error)

    def vectors(self, vectors: np.ndarray, model: E5Model, seed: int) -> Iterator[str]:
        """A sample of the vectors, in both places, against the chunks embedded again."""
        ids = self.generation.lexical.ids
        rows = random.Random(seed).sample(range(len(ids)), min(SAMPLE, len(ids)))  # noqa: S311 - not for secrets
        chunks = self.generation.store.chunks([ids[row] for row in rows])
        fresh = model.embed([chunk.embedding_text for chunk in chunks], "passage")
        stored = self.generation.store.vectors([chunk.id for chunk in chunks])
        for chunk, *pair, again in zip(chunks, vectors[rows], stored, fresh, strict=True):
            if min(float(vector @ again) for vector in pair) < LEAST_COSINE:
                yield self.texts("check.vector", note=chunk.note, start=chunk.start_line, end=chunk.end_line)

    def statements(self, model: E5Model, seed: int) -> Iterator[str]:
        """A sample of the vectors of statements and headings against the texts embedded again."""
        unknown = set(self.generation.statements.unknown(self.content.statements))
        known = [text for text in self.content.statements if text not in unknown]
        sample = random.Random(seed).sample(known, min(SAMPLE, len(known)))  # noqa: S311 - not for secrets
        for text, again in zip(sample, model.embed(sample, "passage"), strict=True):
            if self.generation.statements.similarities(again, [text])[0] < LEAST_COSINE:
                yield self.texts("check.statement_vector", text=shorten(text, _SHOWN, placeholder="…"))

    def words(self, model: E5Model, seed: int) -> Iterator[str]:
        """A sample of the vectors of words against the words embedded again."""
        words = self.generation.words
        sample = random.Random(seed).sample(words.stems, min(SAMPLE, len(words.stems)))  # noqa: S311 - not for secrets
        for word, stored, again in zip(sample, words.vectors(sample), model.embed(sample, "query"), strict=True):
            if float(stored @ again) < LEAST_COSINE:
                yield self.texts("check.word_vector", word=word)

    def _stored(self) -> list[Chunk]:
        return self.generation.store.chunks(self.generation.lexical.ids)
