"""Rules, tables and models from data/, loaded once and handed to text functions: the only reader of data/."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"


@cache
def fold_table() -> NDArray[np.uint32]:
    """What each code point becomes when texts are compared; 0 is skipped (data/fold.tsv, tools/build_fold.py).

    >>> table = fold_table()
    >>> table[[ord(char) for char in "aAＡá网網"]].tolist()
    [97, 97, 97, 97, 32178, 32178]
    """
    import numpy as np

    runs = [line.split() for line in (DATA / "fold.tsv").read_text("ascii").splitlines()]
    at, length, first, step = np.array([[int(cell, 16) for cell in run] for run in runs]).T
    run = np.repeat(np.arange(len(runs)), length)
    offset = np.arange(run.size) - np.repeat(np.cumsum(length) - length, length)
    table = np.zeros(int(at[-1] + length[-1]) + 1, np.uint32)
    table[at[run] + offset] = first[run] + offset * step[run]
    return table
