"""Fit a change of the embedding model for questions, and write it to where the package has it.

    make adapter

Most questions of `adaptation/` are asked in other words than the notes have. Their vectors are moved, the vectors of
the notes stay: in the last layers of the network each matrix gets a low-rank addition (LoRA, Hu et al. 2021,
arXiv:2106.09685). The loss is the cross entropy between the lines that answer and the softmax of the cosines with
everything else of the same vault (InfoNCE, van den Oord et al. 2018): of chunks, of chunks by their nearest statement,
and of statements; and a penalty for leaving the question's own vector. Of the change that is found a part is kept,
which does better on other notes than all of it or none (WiSE-FT, Wortsman et al. 2022, arXiv:2109.01903). No question
of the sets in `questions/` and none of their notes is seen. Takes a quarter of an hour on two cores.

What rests on the questions' vectors is to be fitted anew after it: the ranking and the decision to refuse.
"""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, groupby
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray
from sets import HERE, INDEXES

from kbqa import KnowledgeBase, Settings
from kbqa.embedding import MODEL_ID, E5Model
from kbqa.embedding.adapter import LAYERS, save_adapter
from kbqa.embedding.tokenizer import Tokenizer
from kbqa.embedding.weights import Weights
from kbqa.index.embedding_cache import EmbeddingCache, Text
from kbqa.index.generations import IndexFolder
from kbqa.index.indexer import no_progress
from kbqa.index.statements import quotable_in
from kbqa.notes.statements import context_of

ADAPTATION = HERE / "adaptation"

RANK = 8
SCALE = 2.0
"""By which the product of the two low-rank matrices is multiplied while it is fitted."""
TEMPERATURE = 0.02
LEAVING = 12.0
"""Penalty for 1 minus the cosine of a question's changed vector and its own."""
KEPT = 0.7
"""Share of the change that is kept in the end."""
EPOCHS, BATCH, RATE = 4, 32, 5e-4
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NEVER = -1e9
"""The logarithm of no chance."""
STEP = 8
"""Lengths are rounded up to a multiple of this, so that few shapes are compiled."""
Array = NDArray[np.float32]
Pairs = dict[str, tuple[Any, Any]]


class Network:
    """The twelve layers in JAX, over exact weights."""

    def __init__(self) -> None:
        weights = Weights()
        self.shape = weights.shape
        self.tokenize = Tokenizer(weights.vocabulary, self.shape.positions).encode
        self._words = weights.four_bit("emb.word", self.shape.hidden)
        token_type = weights.floats("emb.type")[: self.shape.hidden]
        self._positions = weights.floats("emb.pos").reshape(-1, self.shape.hidden) + token_type
        self._floats: dict[str, Any] = {}
        for layer in range(self.shape.layers):
            for part in MATRICES:
                name = f"l{layer}.{part}"
                inputs = self.shape.feed_forward if part == "fo" else self.shape.hidden
                matrix = weights.four_bit(f"{name}.w", inputs)
                self._floats[f"{name}.w"] = jnp.asarray(matrix.rows(np.arange(len(matrix.halves))))
                self._floats[f"{name}.b"] = jnp.asarray(weights.floats(f"{name}.b"))
            for name in (f"l{layer}.aln", f"l{layer}.oln"):
                self._floats |= {f"{name}.{kind}": jnp.asarray(weights.floats(f"{name}.{kind}")) for kind in "wb"}
        self._floats |= {f"emb.ln.{kind}": jnp.asarray(weights.floats(f"emb.ln.{kind}")) for kind in "wb"}

    def untouched(self, seed: int = 0) -> Pairs:
        """An adapter that changes nothing yet."""
        random = np.random.default_rng(seed)
        names = [f"l{layer}.{part}" for layer in LAYERS for part in MATRICES]
        sizes = {name: self._floats[f"{name}.w"].shape for name in names}
        return {
            name: (
                jnp.asarray(random.normal(0, inputs**-0.5, (inputs, RANK)), jnp.float32),
                jnp.zeros((RANK, outputs), jnp.float32),
            )
            for name, (outputs, inputs) in sizes.items()
        }

    def embedded(self, tokens: list[int]) -> Array:
        """Input states (tokens, hidden) of a text."""
        return self._words.rows(np.array(tokens)) + self._positions[: len(tokens)]

    @partial(jax.jit, static_argnums=0)
    def lower(self, states: Any, present: Any) -> Any:
        """States before the first layer that is changed."""
        return self._through(range(LAYERS.start), self._normal(states, "emb.ln"), present, {})

    @partial(jax.jit, static_argnums=0)
    def vectors(self, adapter: Pairs, states: Any, present: Any) -> Any:
        """Unit vectors (texts, hidden) of the texts whose lower states these are."""
        states = self._through(LAYERS, states, present, adapter)
        sums = (states * present[..., None]).sum(axis=1)
        return sums / jnp.linalg.norm(sums, axis=1, keepdims=True)

    def _through(self, layers: range, states: Any, present: Any, adapter: Pairs) -> Any:
        texts, tokens, hidden = states.shape
        heads = self.shape.heads
        hiding = jnp.where(present[:, None, None, :], 0, NEVER)

        def times(states: Any, name: str) -> Any:
            result = states @ self._floats[f"{name}.w"].T + self._floats[f"{name}.b"]
            if name not in adapter:
                return result
            down, up = adapter[name]
            return result + SCALE * (states @ down) @ up

        def split(states: Any) -> Any:
            return states.reshape(texts, tokens, heads, -1).transpose(0, 2, 1, 3)

        for layer in (f"l{place}" for place in layers):
            query, key, value = (split(times(states, f"{layer}.{part}")) for part in "qkv")
            weights = jax.nn.softmax(query @ key.transpose(0, 1, 3, 2) / (hidden / heads) ** 0.5 + hiding, axis=-1)
            attended = (weights @ value).transpose(0, 2, 1, 3).reshape(texts, tokens, hidden)
            states = self._normal(states + times(attended, f"{layer}.ao"), f"{layer}.aln")
            widened = jax.nn.gelu(times(states, f"{layer}.fi"), approximate=False)
            states = self._normal(states + times(widened, f"{layer}.fo"), f"{layer}.oln")
        return states

    def _normal(self, states: Any, name: str) -> Any:
        mean = states.mean(axis=-1, keepdims=True)
        variance = ((states - mean) ** 2).mean(axis=-1, keepdims=True)
        standard = (states - mean) / jnp.sqrt(variance + self.shape.epsilon)
        return standard * self._floats[f"{name}.w"] + self._floats[f"{name}.b"]


@dataclass
class Vault:
    """The answerable questions on the notes of one person, and the vectors of these notes."""

    chunks: Array
    statements: Array
    """Each taken with the headings above it."""
    chunk_of: NDArray[np.int64]
    """Of each statement, the row of its chunk."""
    tokens: list[list[int]]
    """Of each question."""
    in_chunk: NDArray[np.bool_]
    """(questions, chunks) Whether the answering lines are in it."""
    in_statement: NDArray[np.bool_]
    """(questions, statements)"""


class Batch(NamedTuple):
    """Questions of one vault, as the loss wants them."""

    lower: Any
    present: Any
    own: Any
    """Of each question, the vector without a change."""
    chunks: Any
    statements: Any
    chunk_of: Any
    in_chunk: Any
    in_statement: Any


def read(name: str, network: Network, model: E5Model) -> Vault:
    """The answerable questions of a vault of `adaptation/`."""
    folder, index = ADAPTATION / name, INDEXES / f"adaptation-{name}"
    knowledge_base = KnowledgeBase.build(folder, index, settings=Settings.load(corpus=folder, index=index))
    generation = knowledge_base.as_query_engine().retriever.generation
    chunks = generation.store.chunks(generation.lexical.ids)
    quotable = chain.from_iterable(
        quotable_in(knowledge_base.note(note), list(of_note))
        for note, of_note in groupby(chunks, key=lambda chunk: chunk.note)
    )
    placed = [(row, statement, context_of(path)) for row, found in enumerate(quotable) for statement, path in found]
    chunk_of = np.array([row for row, _, _ in placed])
    texts = list(dict.fromkeys(text for _, statement, heading in placed for text in (statement.said, heading)))
    vectors: dict[str, Array] = {}
    with closing(EmbeddingCache(IndexFolder(index).cache_file, MODEL_ID)) as cache:
        # All of them are known: they were indexed.
        cache.vectors(
            [Text(text, "passage") for text in texts],
            model.embed,
            no_progress,
            lambda places, found: vectors.update(zip((texts[place] for place in places), found, strict=True)),
        )
    sums = np.array([vectors[statement.said] + vectors[heading] for _, statement, heading in placed])

    asked = []
    for question in map(json.loads, (ADAPTATION / f"{name}.jsonl").read_text("utf-8").splitlines()):
        if question["kind"] == "near_miss":
            continue
        first, last = question["lines"]
        in_chunk = np.array(
            [one.note == question["note"] and one.start_line <= last and first <= one.end_line for one in chunks]
        )
        on_lines = np.array([one.start_line <= last and first <= one.end_line for _, one, _ in placed])
        if in_chunk.any():
            text = question["question"].replace("ё", "е").replace("Ё", "Е")
            asked.append((network.tokenize(f"query: {text}"), in_chunk, in_chunk[chunk_of] & on_lines))
    return Vault(
        chunks=np.asarray(generation.vectors, np.float32),
        statements=sums / np.linalg.norm(sums, axis=1, keepdims=True),
        chunk_of=chunk_of,
        tokens=[tokens for tokens, _, _ in asked],
        in_chunk=np.array([answers for _, answers, _ in asked]),
        in_statement=np.array([answers for _, _, answers in asked]),
    )


def loss_of(network: Network, adapter: Pairs, batch: Batch) -> Any:
    """Mean loss of questions of one vault; whose rows of zeros are no chunks and no statements."""
    vectors = network.vectors(adapter, batch.lower, batch.present)
    chunks = jnp.where(jnp.abs(batch.chunks).sum(axis=1) > 0, vectors @ batch.chunks.T / TEMPERATURE, NEVER)
    stated = jnp.where(jnp.abs(batch.statements).sum(axis=1) > 0, vectors @ batch.statements.T / TEMPERATURE, NEVER)
    nearest = jax.ops.segment_max(stated.T, batch.chunk_of, num_segments=len(batch.chunks) + 1)[:-1].T
    nearest = jnp.where(chunks > NEVER, nearest, NEVER)
    leaving = 1 - (vectors * batch.own).sum(axis=1)
    has_statement = batch.in_statement.any(axis=1)
    return jnp.mean(
        _surprise(chunks, batch.in_chunk)
        + _surprise(nearest, batch.in_chunk)
        + jnp.where(has_statement, _surprise(stated, batch.in_statement), 0)
        + LEAVING * leaving
    )


def _surprise(scores: Any, answers: Any) -> Any:
    """Minus the logarithm of the share that the answers have in the softmax, shape (questions,)."""
    return jax.nn.logsumexp(scores, axis=1) - jax.nn.logsumexp(jnp.where(answers, scores, NEVER), axis=1)


def batches(vaults: Sequence[Vault], random: np.random.Generator) -> list[tuple[int, NDArray[np.int64]]]:
    """A vault's place and some of its questions, which are about as long; every question but a few once."""
    found = []
    for place, vault in enumerate(vaults):
        order = random.permutation(len(vault.tokens))
        order = order[np.argsort([len(vault.tokens[row]) // STEP for row in order], kind="stable")]
        found += [(place, order[start : start + BATCH]) for start in range(0, len(order) - BATCH + 1, BATCH)]
    return [found[row] for row in random.permutation(len(found))]


def lower_states(network: Network, vault: Vault) -> tuple[list[Array], Array]:
    """Of each question, the states before the layers that are changed, and its vector without a change."""
    order = np.argsort([len(tokens) for tokens in vault.tokens])
    states: list[Array] = [np.empty(0, np.float32)] * len(order)
    own = np.empty((len(order), network.shape.hidden), np.float32)
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        embedded, present = padded([network.embedded(vault.tokens[row]) for row in np.resize(rows, BATCH)])
        below = network.lower(embedded, present)
        own[rows] = network.vectors({}, below, present)[: len(rows)]
        for row, one, mask in zip(rows, np.asarray(below), present, strict=False):
            states[row] = one[mask]
    return states, own


def padded(rows: Sequence[Array]) -> tuple[Array, NDArray[np.bool_]]:
    """States of several lengths (texts, tokens, hidden), and what of them is no padding."""
    longest = -(-max(map(len, rows)) // STEP) * STEP
    filled = np.zeros((len(rows), longest, rows[0].shape[-1]), np.float32)
    present = np.zeros((len(rows), longest), bool)
    for place, row in enumerate(rows):
        filled[place, : len(row)], present[place, : len(row)] = row, True
    return filled, present


def main() -> None:
    """Read, fit, write."""
    network, model = Network(), E5Model()
    vaults = [read(path.stem, network, model) for path in sorted(ADAPTATION.glob("*.jsonl"))]
    known = [lower_states(network, vault) for vault in vaults]
    # Of one size, so that everything is compiled once for each length of questions.
    chunks = max(len(vault.chunks) for vault in vaults)
    statements = max(len(vault.statements) for vault in vaults)
    filled = [_filled(vault, chunks, statements) for vault in vaults]
    adapter = network.untouched()
    random = np.random.default_rng(0)
    steps = EPOCHS * len(batches(vaults, random))
    schedule = optax.warmup_cosine_decay_schedule(0, RATE, steps // 10, steps)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=0.01))
    state = optimizer.init(adapter)

    @jax.jit
    def step(adapter: Pairs, state: Any, batch: Batch) -> tuple[Pairs, Any, Any]:
        loss, slope = jax.value_and_grad(partial(loss_of, network))(adapter, batch)
        change, state = optimizer.update(slope, state, adapter)
        return optax.apply_updates(adapter, change), state, loss

    for epoch in range(EPOCHS):
        losses = []
        for place, rows in batches(vaults, random):
            vault, (lower, own) = filled[place], known[place]
            batch = Batch(
                *padded([lower[row] for row in rows]),
                own[rows],
                vault.chunks,
                vault.statements,
                vault.chunk_of,
                vault.in_chunk[rows],
                vault.in_statement[rows],
            )
            adapter, state, loss = step(adapter, state, batch)
            losses.append(float(loss))
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}", flush=True)
    save_adapter({name: (np.asarray(down), np.asarray(up * SCALE * KEPT)) for name, (down, up) in adapter.items()})


def _filled(vault: Vault, chunks: int, statements: int) -> Vault:
    """The vault with rows of zeros after its own, as many as there shall be; they are of a chunk that is none."""
    more_chunks, more_statements = chunks - len(vault.chunks), statements - len(vault.statements)
    return replace(
        vault,
        chunks=np.pad(vault.chunks, ((0, more_chunks), (0, 0))),
        statements=np.pad(vault.statements, ((0, more_statements), (0, 0))),
        chunk_of=np.pad(vault.chunk_of, (0, more_statements), constant_values=chunks),
        in_chunk=np.pad(vault.in_chunk, ((0, 0), (0, more_chunks))),
        in_statement=np.pad(vault.in_statement, ((0, 0), (0, more_statements))),
    )


if __name__ == "__main__":
    main()
