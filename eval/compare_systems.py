"""Retrieval side by side in one run: BM25 alone, embeddings alone, kbqa's hybrid, and LlamaIndex by its tutorial.

    .venv/bin/python eval/compare_systems.py                                       # both question sets
    .venv/bin/python eval/compare_systems.py QUESTIONS.jsonl VAULT                 # another one

The tutorial's way: SimpleDirectoryReader, SentenceSplitter(1024, 20), VectorStoreIndex, similarity_top_k=10; the
embedding model is the same as kbqa's. Whatever the system, a hit has found every section whose lines it touches.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import BaseNode

from kbqa import KnowledgeBase, Settings
from kbqa.embedding import E5Model
from kbqa.embedding.llama import E5Embedding
from kbqa.evaluation.metrics import SectionKey, retrieval_figures
from kbqa.evaluation.questions import EvaluationQuestion, read_questions
from kbqa.evaluation.runner import ranked_sections
from kbqa.evaluation.statistics import mean
from kbqa.types import Note

HERE = Path(__file__).parent
SETS = (
    (HERE / "questions" / "corpus.jsonl", HERE.parent / "corpus"),
    (HERE / "questions" / "vault.jsonl", HERE / "vault"),
)
TOP_K = 10
SHOWN = ("section R@1", "section R@5", "section nDCG@10", "note R@1", "note nDCG@10")

Search = Callable[[str], list[SectionKey]]


def main(sets: Sequence[tuple[Path, Path]]) -> None:
    """Print a table for each set."""
    for file, vault in sets:
        questions = [question for question in read_questions(file) if question.answerable]
        print(f"\n{file.name}: {len(questions)} answerable questions over {vault.name}\n")
        print("| system | " + " | ".join(SHOWN) + " |\n" + "|---" * (len(SHOWN) + 1) + "|")
        with tempfile.TemporaryDirectory() as folder:
            for name, search in systems(vault, Path(folder)):
                print(f"| {name} | " + " | ".join(cells(search, questions)) + " |")


def systems(vault: Path, folder: Path) -> Iterator[tuple[str, Search]]:
    """Each system's name and how it searches."""
    settings = Settings(corpus=vault, index=folder, top_k=TOP_K)
    kb = KnowledgeBase.build(vault, folder, settings=settings)
    notes = {summary.path: kb.note(summary.path) for summary in kb.notes()}
    yield "LlamaIndex, tutorial", llama_index_search(vault, notes)
    for name, weight in (("kbqa, BM25 alone", 0.0), ("kbqa, embeddings alone", 1.0), ("kbqa", settings.dense_weight)):
        weighted = KnowledgeBase.open(folder, settings=settings.model_copy(update={"dense_weight": weight}))
        yield name, lambda question, kb=weighted: ranked_sections(kb.search(question), notes)


def llama_index_search(vault: Path, notes: dict[str, Note]) -> Search:
    """The tutorial's index over the same files."""
    documents = SimpleDirectoryReader(str(vault), recursive=True, required_exts=[".md"]).load_data()
    index = VectorStoreIndex.from_documents(
        documents,
        embed_model=E5Embedding(E5Model(threads=2)),
        transformations=[SentenceSplitter(chunk_size=1024, chunk_overlap=20)],
    )
    retriever = index.as_retriever(similarity_top_k=TOP_K)

    def search(question: str) -> list[SectionKey]:
        found = [touched(hit.node, vault, notes) for hit in retriever.retrieve(question)]
        return list(dict.fromkeys(section for sections in found for section in sections))

    return search


def touched(node: BaseNode, vault: Path, notes: dict[str, Note]) -> list[SectionKey]:
    """The sections that a node's text stands in."""
    path = Path(node.metadata["file_path"]).relative_to(vault.resolve()).as_posix()
    text, content = notes[path].text, node.get_content()
    # The splitter strips the ends and keeps the rest verbatim.
    start = text.index(content)
    first, last = (text.count("\n", 0, at) + 1 for at in (start, start + len(content)))
    return [(path, section.heading_path) for section in notes[path].sections_on(first, last)]


def cells(search: Search, questions: Sequence[EvaluationQuestion]) -> Iterator[str]:
    """The figures with their 95 % intervals."""
    rankings = {question.id: search(question.question) for question in questions}
    by_id = {question.id: question for question in questions}
    figures = {question_id: dict[str, float]() for question_id in rankings}
    for level in ("section", "note"):
        for question_id, values in retrieval_figures(rankings, by_id, level).items():
            figures[question_id] |= values
    for name in SHOWN:
        estimate = mean({question_id: [values[name]] for question_id, values in figures.items()})
        yield f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


if __name__ == "__main__":
    main([(Path(sys.argv[1]), Path(sys.argv[2]))] if len(sys.argv) > 1 else SETS)
