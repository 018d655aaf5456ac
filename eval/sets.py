"""The question sets with the notes that they are asked about."""

import shutil
from pathlib import Path

from kbqa import KnowledgeBase, Settings
from kbqa.evaluation.questions import EvaluationQuestion, read_questions

HERE = Path(__file__).parent
INDEXES = HERE.parent / "index"

CORPUS, VAULT = HERE.parent / "corpus", HERE / "vault"
SETS: dict[str, tuple[Path, ...]] = {
    "corpus": (CORPUS,),
    "vault": (VAULT,),
    "together": (VAULT, CORPUS),
    **{name: (HERE / "vaults" / name,) for name in ("encyclopedia", "worklog", "essays")},
    "everything": (VAULT, CORPUS, HERE / "vaults"),
}
"""Of each set in `questions/`, the folders whose notes make its vault; and all notes together, for benchmarks."""


def questions_of(name: str) -> list[EvaluationQuestion]:
    """The dev half of a set."""
    return read_questions(HERE / "questions" / f"{name}.jsonl", "dev")


def vault_of(name: str) -> Path:
    """The folder of a set's notes; several folders are copied into one."""
    folders = SETS[name]
    if len(folders) == 1:
        return folders[0]
    vault = INDEXES / f"vault-{name}"
    shutil.rmtree(vault, ignore_errors=True)
    for folder in folders:
        shutil.copytree(folder, vault, dirs_exist_ok=True)
    return vault


def knowledge_base_of(name: str) -> KnowledgeBase:
    """The indexed notes of a set."""
    vault, index = vault_of(name), INDEXES / f"eval-{name}"
    return KnowledgeBase.build(vault, index, settings=Settings.load(corpus=vault, index=index))
