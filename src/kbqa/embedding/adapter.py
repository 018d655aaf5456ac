"""What is changed in the network for questions: a low-rank addition to some of its matrices (LoRA, Hu et al. 2021).

multilingual-e5-small was trained to bring together texts that say the same; what people ask of their notes is often in
none of the notes' words. `eval/fit_adapter.py` fits the change on such questions, while the vectors of passages stay as
they are, and writes `adapter.npy`: one record that has, of each changed matrix, as float16, `down`, (inputs, rank), and
`up`, (rank, outputs).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Adapter = Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
"""By the name of a matrix: `down` and `up`; to `states @ matrix.T` is added `states @ down @ up`."""

LAYERS: Final = range(8, 12)
"""The layers that are changed; below them a question's states are those of any query."""
FILE: Final = Path(__file__).with_name("adapter.npy")


def load_adapter(path: Path = FILE) -> Adapter:
    """The adapter that comes with kbqa, or another one."""
    record = np.load(path, allow_pickle=False)
    names = dict.fromkeys(field.rpartition(".")[0] for field in record.dtype.names)
    return {name: (_floats(record[f"{name}.down"]), _floats(record[f"{name}.up"])) for name in names}


def save_adapter(adapter: Adapter, path: Path = FILE) -> None:
    """Write an adapter, in place of the one that comes with kbqa if no other path is given."""
    parts = {
        f"{name}.{part}": matrix
        for name, pair in adapter.items()
        for part, matrix in zip(("down", "up"), pair, strict=True)
    }
    record = np.empty((), [(field, np.float16, matrix.shape) for field, matrix in parts.items()])
    for field, matrix in parts.items():
        record[field] = matrix
    # Not as .npz, a zip, which is read by a codec that Python imports late: not every process may, by then.
    np.save(path, record, allow_pickle=False)


def _floats(stored: NDArray[np.float16]) -> NDArray[np.float32]:
    return stored.astype(np.float32)
