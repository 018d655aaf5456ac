"""Content → the files of a generation, the old one's taken over as far as they hold the same."""

import time

import numpy as np
from numpy.typing import NDArray

from kbqa.embedding import DIMENSION, MODEL_ID
from kbqa.index.catalogue import write_catalogue
from kbqa.index.chunk_store import ChunkStore, copy_store, pack_store
from kbqa.index.content import Base, Content
from kbqa.index.lexical import LexicalIndex
from kbqa.index.manifest import FORMAT, GenerationFiles, Manifest, Recipe
from kbqa.index.statements import StatementVectors
from kbqa.index.words import WordVectors


def build(
    files: GenerationFiles,
    content: Content,
    vectors: NDArray[np.float32],
    statement_vectors: NDArray[np.int16],
    word_vectors: NDArray[np.int16],
    *,
    recipe: Recipe,
    signature: str,
    previous: str | None,
) -> Manifest:
    """Write a generation.

    Args:
        files: where; the folder is there.
        content: what it holds.
        vectors: of the chunks that the content's base does not hold, shape (chunks, dimension).
        statement_vectors: of the content's statements, in fixed point, shape (statements, dimension).
        word_vectors: of the content's words, in fixed point, shape (words, dimension).
        recipe: of the content.
        signature: of the content.
        previous: id of the generation that is current now.
    """
    base = content.base
    texts = {chunk.id: chunk.embedding_text for chunk in content.chunks}
    if base:
        old = LexicalIndex.load(base.files.lexical)
        held_ids, held_statements = old.ids, StatementVectors.load(base.files.statements)
        held_words = WordVectors.load(base.files.words, old.stems())
        lexical = old.updated(content.chunk_ids, texts)
        _grow_store(files, base, content, vectors)
        held = np.load(base.files.vectors, allow_pickle=False)
        all_vectors = _in_order(content.chunk_ids, (*old.ids, *texts), np.concatenate([held, vectors]))
    else:
        held_ids, held_statements, held_words = (), StatementVectors.nothing(), WordVectors.nothing()
        lexical = LexicalIndex.build(content.chunk_ids, list(texts.values()))
        _make_store(files, content, vectors)
        all_vectors = vectors
    lexical.save(files.lexical)
    np.save(files.vectors, all_vectors, allow_pickle=False)
    held_statements.updated(held_ids, content.chunk_ids, content.places, content.statements, statement_vectors).save(
        files.statements
    )
    held_words.updated(lexical.stems(), content.words, word_vectors).save(files.words)
    write_catalogue(
        files.catalogue,
        content.notes,
        content.problems,
        base=base.files.catalogue if base else None,
        gone=content.gone_notes(),
    )
    manifest = Manifest(
        format=FORMAT,
        generation=files.folder.name,
        recipe=recipe,
        signature=signature,
        model=MODEL_ID,
        dimension=DIMENSION,
        chunks=len(content.chunk_ids),
        notes=len(content.hashes),
        churn=content.churn(),
        previous=previous,
        created=time.time(),
        seals=files.seals(),
    )
    files.write_manifest(manifest)
    return manifest


def _make_store(files: GenerationFiles, content: Content, vectors: NDArray[np.float32]) -> None:
    with ChunkStore(files.store, create=True) as store:
        store.add(content.chunks, vectors)
    pack_store(files.store)


def _grow_store(files: GenerationFiles, base: Base, content: Content, vectors: NDArray[np.float32]) -> None:
    copy_store(base.files.store, files.store)
    with ChunkStore(files.store) as store:
        store.delete(content.gone_chunks())
        store.add(content.chunks, vectors)


def _in_order(ids: tuple[str, ...], held: tuple[str, ...], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = {chunk_id: row for row, chunk_id in enumerate(held)}
    return vectors[[rows[chunk_id] for chunk_id in ids]]
