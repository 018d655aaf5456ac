"""What an evaluation leaves behind: `run.json`."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from kbqa.errors import ConfigurationError
from kbqa.evaluation.perturbations import Family as Perturbation
from kbqa.evaluation.questions import EvaluationQuestion

Family = Literal["original", "paraphrase", "english"] | Perturbation
Failure = Literal[
    "not_indexed", "not_retrieved", "ranked_low", "wrong_refusal", "not_extracted", "wrong_statement", "missed_refusal"
]
"""What went wrong first on the way from note to answer:

- `not_indexed`: no note that answers is in the index, for none of them could be read;
- `not_retrieved`: no answering section was found;
- `ranked_low`: none among the first five;
- `wrong_refusal`: found, and the question refused all the same;
- `not_extracted`: a vital nugget is missing from the answer;
- `wrong_statement`: all vital nuggets are there, and something forbidden is said;
- `missed_refusal`: an unanswerable question was answered.
"""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Row(_Frozen):
    """One question as it was asked, what came back, and the figures that are defined for it."""

    id: str
    """The base question's id; for a variant of it, `/<family>` behind, and a number where there are several."""
    base: str
    """Id of the base question."""
    family: Family
    asked: str
    figures: dict[str, float]
    """By the names of `kbqa.evaluation.metrics`."""
    ranks: tuple[int | None, ...] = ()
    """Of each expected section, its rank among the sections found; None if it was not found."""
    failure: Failure | None = None
    missed: tuple[int, ...] = ()
    """Positions of the nuggets that are not stated."""
    forbidden: tuple[int, ...] = ()
    """Positions of the nuggets of which a forbidden wording is stated."""
    answer: dict[str, Any] = {}
    """The answer as `kbqa ask --json` prints it; of a variant, without citations and hits; of a baseline, nothing."""


class Costs(_Frozen):
    """What the run took on its machine; never compared from machine to machine."""

    index_seconds: float
    """Time of bringing the index up to date before the questions."""
    embedded: int
    """Texts embedded in that time; the others came from the cache."""
    cold_ms: float
    """From opening the index, embedding model included, to the first answer."""
    peak_memory_mb: float
    """Largest resident memory of the process."""
    machine: str
    """Processor architecture, cores and operating system."""


class Run(_Frozen):
    """One evaluation of one question set over one vault."""

    format: Literal[1] = 1
    name: str
    """Of the question set."""
    started: str
    """UTC, ISO 8601."""
    commit: str | None
    """Of the working tree, with `+` if it had changes; None outside a repository."""
    versions: dict[str, str]
    """Of Python, kbqa and the libraries that decide the figures."""
    vault_hash: str
    questions_hash: str
    fingerprint: str
    """Of the index and the settings, as in every answer."""
    settings: dict[str, Any]
    split: str | None
    seed: int | None
    """Of the perturbations; None if none were asked."""
    costs: Costs | None
    """None in a baseline, which is compared on other machines."""
    questions: tuple[EvaluationQuestion, ...]
    rows: tuple[Row, ...]

    def write(self, file: Path) -> None:
        """Save as JSON.

        Raises:
            ConfigurationError: the file cannot be written.
        """
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # A line a row, so that two baselines can be compared by eye.
            file.write_text(self.model_dump_json(exclude_defaults=True).replace('},{"id"', '},\n{"id"') + "\n", "utf-8")
        except OSError as error:
            raise ConfigurationError("run_unwritable", file=file, detail=error.strerror or error) from error

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a saved run.

        Raises:
            ConfigurationError: the file is missing, or no run, or of another format.
        """
        try:
            return cls.model_validate_json(file.read_bytes())
        except OSError as error:
            raise ConfigurationError("run_unreadable", file=file, detail=error.strerror or error) from error
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(map(str, problem["loc"]))
            raise ConfigurationError("run_unreadable", file=file, detail=f"{place}: {problem['msg']}") from error
