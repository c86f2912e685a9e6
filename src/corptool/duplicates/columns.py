"""Columns of values that are held in memory while they are few, and in a file that has no name beyond."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Column:
    """Runs of values of one type, one run after the other, each appended as bytes."""

    def __init__(self, kind: type[Any], memory: int) -> None:
        from array import array

        self.kind = kind
        self.memory = memory
        self.ends = array("q", [0])
        """Where each run ends, in bytes."""
        self.held = bytearray()
        self.file: Any = None

    def append(self, run: bytes) -> None:
        """Add a run."""
        self.ends.append(self.ends[-1] + len(run))
        self.held += run
        if len(self.held) > self.memory:
            if self.file is None:
                self.file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the column
            self.file.write(self.held)
            self.held = bytearray()

    def take(self, runs: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The values of these runs, in this order, and where each run begins (and the last one ends)."""
        import numpy as np

        ends = np.frombuffer(self.ends, np.int64) // np.dtype(self.kind).itemsize
        return gathered(self._values(), ends[runs], ends[runs + 1])

    def clear(self) -> None:
        """Let go of all values."""
        self.held = bytearray()
        if self.file is not None:
            self.file.close()
            self.file = None

    def _values(self) -> NDArray[Any]:
        """All values. A file is mapped anew each time, so that what was read once does not stay in memory."""
        import numpy as np

        if self.file is None:
            return np.frombuffer(self.held, self.kind)
        if self.held:
            self.file.write(self.held)
            self.held = bytearray()
        self.file.flush()
        return np.asarray(np.memmap(self.file, self.kind, "r"))


def gathered(
    values: NDArray[Any], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The values from each start to its end, one run after the other, and the edges between the runs.

    >>> import numpy as np
    >>> values, edges = gathered(np.arange(10), np.array([7, 2]), np.array([9, 3]))
    >>> values.tolist(), edges.tolist()
    ([7, 8, 2], [0, 2, 3])
    """
    import numpy as np

    edges = np.concatenate(([0], np.cumsum(ends - starts)))
    runs = [values[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return np.concatenate([values[:0], *runs]), edges  # slices are copied 3 times faster than an index of each value
