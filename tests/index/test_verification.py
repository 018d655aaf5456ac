"""The whole index against the vault."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kbqa import KnowledgeBase, Settings
from kbqa.embedding import E5Model
from kbqa.errors import MissingIndexError
from kbqa.index import building, verification
from kbqa.index.verification import IndexCheck, verify_index
from kbqa.types import IndexReport

NOTES = {f"{number}.md": f"# Заметка {number}\n\nТекст {number}." for number in range(4)}


@pytest.fixture
def check(tmp_path: Path, model: E5Model) -> Callable[..., IndexCheck]:
    """Checks the test's index against its vault."""
    return lambda **options: verify_index(
        Settings(corpus=tmp_path / "vault", index=tmp_path / "index", **options), model
    )


def test_a_sound_index(kb: KnowledgeBase, model: E5Model) -> None:
    """Nothing to find in what was just made."""
    found = verify_index(kb.settings, model)
    assert found == IndexCheck(found.generation, len(kb.notes()), kb.chunk_count, ())


def test_no_index_no_check(vault: Callable[..., Path], check: Callable[..., IndexCheck]) -> None:
    """There is nothing to check."""
    vault(NOTES)
    with pytest.raises(MissingIndexError):
        check()


def test_edits_are_found(
    index_notes: Callable[..., IndexReport], vault: Callable[..., Path], check: Callable[..., IndexCheck]
) -> None:
    """Added, changed and removed notes, by their names."""
    index_notes(NOTES)
    (vault({"0.md": "Другое.", "новая.md": "Новое."}) / "1.md").unlink()
    assert check().findings == (
        "новая.md: заметка есть в папке, но не в индексе.",
        "0.md: заметка изменилась после индексации.",
        "1.md: заметка есть в индексе, но не в папке.",
    )


def test_other_settings_are_found(index_notes: Callable[..., IndexReport], check: Callable[..., IndexCheck]) -> None:
    """Then the chunks are others anyway, and are not compared."""
    index_notes(NOTES)
    (finding,) = check(chunk_tokens=64).findings
    assert "другими настройками" in finding


@pytest.mark.parametrize(
    "part",
    [
        "notes.sqlite",
        "chroma",
        "lexical/ids.json",
        "vectors.npy",
        "statements/places.npy",
        "words.npy",
        "manifest.json",
    ],
)
def test_damage_is_found(
    index_notes: Callable[..., IndexReport], tmp_path: Path, check: Callable[..., IndexCheck], part: str
) -> None:
    """With the command that mends it."""
    path = tmp_path / "index" / "generations" / index_notes(NOTES).generation / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    (finding,) = check().findings
    assert "kbqa index" in finding


def _first_two_swapped(rows: np.ndarray) -> np.ndarray:
    return rows[[1, 0, *range(2, len(rows))]]


def test_a_wrong_build_is_found(
    index_notes: Callable[..., IndexReport],
    check: Callable[..., IndexCheck],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was sealed and agrees with itself, but is not what the notes give."""

    def otherwise(
        files: object,
        content: building.Content,
        vectors: np.ndarray,
        statements: np.ndarray,
        words: np.ndarray,
        **options: object,
    ) -> object:
        first, *rest = content.notes
        altered = replace(first, note=replace(first.note, tags=("чужая",)))
        # The first two notes have each other's vectors, and the BM25 tables read other texts.
        chunks = tuple(replace(chunk, embedding_text=f"{chunk.embedding_text} текст") for chunk in content.chunks)
        # The chunk of the third note is said to state what the fourth note's does, and two statements change
        # vectors, and so do two words.
        second, third = (item.chunk_ids[0] for item in content.notes[2:])
        places = content.places | {second: content.places[third]}
        content = replace(content, notes=(altered, *rest), chunks=chunks, places=places)
        swapped = [_first_two_swapped(part) for part in (vectors, statements, words)]
        return build(files, content, *swapped, **options)

    build = building.build
    monkeypatch.setattr("kbqa.index.indexer.build", otherwise)
    monkeypatch.setattr("kbqa.index.indexer.examine", lambda *_: None)
    monkeypatch.setattr("kbqa.index.indexer.examine_statements", lambda *_: None)
    monkeypatch.setattr("kbqa.index.indexer.examine_words", lambda *_: None)
    index_notes(NOTES)
    monkeypatch.setattr(verification, "LEAST_COSINE", 0.9999)
    assert check().findings == (
        "0.md: заметка прочитана в индекс иначе, чем читается сейчас.",
        "2.md: высказывания в индексе не те, на которые заметка делится сейчас.",
        "таблицы BM25 не те, что получаются из текстов.",
        *[finding for finding in check().findings if "поиск по векторам" in finding],
        *[finding for finding in check().findings if "вектор не соответствует тексту" in finding],
        *[finding for finding in check().findings if "вектор не соответствует высказыванию" in finding],
        *[finding for finding in check().findings if "вектор не соответствует слову" in finding],
    )
    assert sum("вектор не соответствует тексту" in finding for finding in check().findings) == 2
    assert {
        "«Текст 0.»: вектор не соответствует высказыванию.",
        "«Заметка 0»: вектор не соответствует высказыванию.",
        "«заметк»: вектор не соответствует слову.",
        "«текст»: вектор не соответствует слову.",
    } <= (set(check().findings))
