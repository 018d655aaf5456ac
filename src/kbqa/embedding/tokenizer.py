"""Text → token ids, as multilingual-e5-small was trained to read it: SentencePiece unigram.

The model is Kudo 2018, arXiv:1804.10959. It is written out here because a `tokenizers` object of the same 250,000
pieces takes about a second to build, at every start, and this takes a tenth of one. A test holds the two tokenizers to
the same tokens.
"""

import unicodedata
from functools import lru_cache

import numpy as np

from kbqa.embedding.weights import Vocabulary

WORD_START = "▁"
_UNKNOWN_PENALTY = 10.0  # SentencePiece: an unknown character is this much less likely than the rarest piece
_REMEMBERED = 50_000
"""Words whose pieces are kept (10 MB): most of a text are words that were in others, and to cut them all up anew would
take the interpreter's lock from the threads that embed, a thirtieth of all the time of indexing."""
_LONGEST_REMEMBERED = 40
"""Letters; what is longer is seldom a word."""


class Tokenizer:
    """Cuts texts into the pieces of a vocabulary; safe to use from many threads.

    Args:
        vocabulary: the pieces and their probabilities.
        max_tokens: longest result, with the begin and end marks.
    """

    def __init__(self, vocabulary: Vocabulary, max_tokens: int) -> None:
        self._vocabulary = vocabulary
        self._max_content = max_tokens - 2
        ids = dict(zip(vocabulary.pieces, range(len(vocabulary.pieces)), strict=True))
        # A text that spells a control piece, such as `</s>`, is text and must not become the mark itself.
        for control in np.flatnonzero(vocabulary.scores == 0).tolist():
            del ids[vocabulary.pieces[control]]
        self._ids = ids
        self._scores: list[float] = vocabulary.scores.tolist()
        self._unknown_score = float(vocabulary.scores.min()) - _UNKNOWN_PENALTY
        self._longest = max(map(len, ids))
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._pieces)

    def encode(self, text: str) -> list[int]:
        """Token ids of any string: begin mark, the text's pieces as far as they fit, end mark."""
        content: list[int] = []
        # No piece reaches over a space, so the best pieces of a text are those of its words.
        for word in text.translate(self._vocabulary.replacements).split(" "):
            if word:
                content += (self._remembered if len(word) <= _LONGEST_REMEMBERED else self._pieces)(word)
            if len(content) >= self._max_content:
                break
        return [self._vocabulary.begin, *content[: self._max_content], self._vocabulary.end]

    def _pieces(self, word: str) -> list[int]:
        # More letters than this cannot matter, and composing accents takes quadratic time on hostile input.
        word = word[: self._max_content * self._longest]
        # й typed as и and a breve (macOS file names) is one letter in the vocabulary.
        word = WORD_START + unicodedata.normalize("NFC", word)
        steps = self._best_steps(word)
        pieces: list[int] = []
        end = len(word)
        while end:
            start, piece = steps[end]
            # SentencePiece makes one token of a run of unknown characters.
            if not (pieces and piece == pieces[-1] == self._vocabulary.unknown):
                pieces.append(piece)
            end = start
        pieces.reverse()
        return pieces

    def _best_steps(self, word: str) -> list[tuple[int, int]]:
        """For each end in `word`, where the last piece of the likeliest segmentation starts, and its id (Viterbi)."""
        ids, scores = self._ids, self._scores
        best = [0.0] + [float("-inf")] * len(word)
        steps = [(0, self._vocabulary.unknown)] * (len(word) + 1)
        for start in range(len(word)):
            so_far = best[start]
            for end in range(start + 1, min(start + self._longest, len(word)) + 1):
                piece = ids.get(word[start:end])
                if piece is not None and so_far + scores[piece] > best[end]:
                    best[end] = so_far + scores[piece]
                    steps[end] = (start, piece)
            if so_far + self._unknown_score > best[start + 1]:
                best[start + 1] = so_far + self._unknown_score
                steps[start + 1] = (start, self._vocabulary.unknown)
        return steps
