"""Strings that break tokenizers, and what an embedder makes of them; imported by the process that tries them."""

import random
import unicodedata
from collections.abc import Iterator

import numpy as np

from kbqa.embedding import DIMENSION, E5Model

KILLERS = (
    "",
    " ",
    "\x00",
    "до\x00после",
    "\ud800",
    "до\udfffпосле",
    "ﬁ",
    "ﬀﬁﬂﬃﬄ",
    "ﷺ",
    "ẞß",
    "İ",
    "👨‍👩‍👧‍👦",
    "🇷🇺🇺🇸🇷",
    "\ufeff",
    "\u202eоборот\u202c",
    "e" + "\u0301\u0316" * 500,
    "\u1100\u1161\u11a8" * 50,
    "\U0010ffff\ue000",
    "</s>",
    "<unk><mask>",
    "▁",
    "▁▁ ▁",
    "{0} %s \\x00",
    "\r\n\x85\u2028\u2029",
)
"""Each broke some tokenizer, normaliser or engine."""
ALPHABETS = (
    range(0x110000),
    range(0x20),
    range(0x7F, 0xA1),
    range(0x0300, 0x0370),
    range(0x0400, 0x0530),
    range(0x0590, 0x0700),
    range(0x1100, 0x1200),
    range(0x200B, 0x2070),
    range(0x2581, 0x2582),
    range(0x3041, 0x30FF),
    range(0xAC00, 0xD7A4),
    range(0xD800, 0xE000),
    range(0xFB00, 0xFE00),
    range(0x1F1E6, 0x1F650),
    range(0xE0000, 0xE0080),
)
LENGTHS = (0, 1, 1, 2, 3, 5, 8, 13)
LONG = 200_000
"""Letters of one word."""


def hostile_strings(seed: int, count: int) -> Iterator[str]:
    """The same for the same seed; now and then one is as long as a book."""
    chance = random.Random(f"hostile {seed}")  # noqa: S311 - not for secrets
    yield chr(chance.choice(chance.choice(ALPHABETS))) * LONG
    yield "".join(chr(chance.choice(chance.choice(ALPHABETS))) for _ in range(2_000))
    for _ in range(count - 2):
        parts = [
            chance.choice(KILLERS)
            if chance.random() < 0.3
            else "".join(chr(chance.choice(alphabet)) for _ in range(chance.choice(LENGTHS)))
            for alphabet in chance.choices(ALPHABETS, k=chance.choice((1, 1, 2, 3)))
        ]
        text = chance.choice(("", " ", "\n")).join(parts)
        form = chance.choice(("", "", "NFD", "NFKC"))
        yield unicodedata.normalize(form, text) if form else text


def faults_of(seed: int, count: int) -> list[str]:
    """What is wrong with the vectors of a block; to be called in another process."""
    texts = list(hostile_strings(seed, count))
    model = E5Model(threads=2)
    faults = []
    for kind, part in (("passage", texts), ("query", texts[: count // 20])):
        vectors = model.embed(part, kind)  # type: ignore[arg-type]
        if vectors.shape != (len(part), DIMENSION):
            faults.append(f"{kind}: {vectors.shape}")
        lengths = np.linalg.norm(vectors, axis=1)
        wrong = np.flatnonzero(~np.isfinite(vectors).all(axis=1) | ~(np.abs(lengths - 1) < 1e-5))
        faults += [f"{kind}: {part[place][:80]!a}" for place in wrong]
    # A text has the vector that it has alone.
    alone = random.Random(seed).randrange(count)  # noqa: S311 - not for secrets
    together = model.embed(texts[alone : alone + 5], "passage")[0]
    if not np.allclose(model.embed([texts[alone]], "passage")[0], together, atol=1e-6):
        faults.append(f"not as alone: {texts[alone][:80]!a}")
    return faults
