"""Columns of values that are held in memory while they are few, and in a file that has no name beyond."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHUNK = 1 << 22
"""Values that are put in order at a time."""


class Column:
    """Runs of values of one type, one run after the other, each appended as bytes."""

    def __init__(self, kind: type[Any], memory: int) -> None:
        self.kind = kind
        self.memory = memory
        self.sizes: list[int] = []
        self.held = bytearray()
        self.file: Any = None

    def append(self, run: bytes) -> None:
        """Add a run."""
        self.sizes.append(len(run))
        self.held += run
        if len(self.held) > self.memory:
            if self.file is None:
                self.file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the column
            self.file.write(self.held)
            self.held = bytearray()

    def take(self, runs: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The values of these runs, in this order, and where each run begins (and the last one ends)."""
        import numpy as np

        width = np.dtype(self.kind).itemsize
        sizes = np.array(self.sizes, np.int64) // width
        starts = np.cumsum(sizes) - sizes
        values = self._values()
        edges = np.concatenate(([0], np.cumsum(sizes[runs])))
        result = self.empty(int(edges[-1]), self.kind)
        first = 0
        while first < runs.size:
            last = max(first + 1, int(np.searchsorted(edges, edges[first] + CHUNK, "right")) - 1)
            some, local = runs[first:last], edges[first : last + 1]
            at = np.arange(local[0], local[-1]) + np.repeat(starts[some] - local[:-1], np.diff(local))
            result[local[0] : local[-1]] = values[at]
            first = last
        return result, edges

    def clear(self) -> None:
        """Let go of all values."""
        self.held = bytearray()
        if self.file is not None:
            self.file.close()
            self.file = None

    def empty(self, size: int, kind: type[Any]) -> NDArray[Any]:
        """Room for so many values: in memory, or in a file where this column took one."""
        import numpy as np

        if size * np.dtype(kind).itemsize <= self.memory:
            return np.empty(size, kind)
        with tempfile.TemporaryFile() as file:
            return np.asarray(np.memmap(file, kind, "w+", shape=(size,)))

    def _values(self) -> NDArray[Any]:
        import numpy as np

        if self.file is None:
            return np.frombuffer(bytes(self.held), self.kind)
        self.file.write(self.held)
        self.file.flush()
        self.held = bytearray()
        return np.asarray(np.memmap(self.file, self.kind, "r"))
