"""Columns of values that are held in memory while they are few, and in a file that has no name beyond."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Column:
    """Runs of values of one type, one run after the other, each appended as bytes; and those of files after them."""

    def __init__(self, kind: type[Any], memory: int) -> None:
        from array import array

        self.kind = kind
        self.memory = memory
        self.sizes = array("q")
        """Of each run, in bytes."""
        self.held = bytearray()
        self.file: Any = None
        self.attached: list[tuple[Any, NDArray[np.int64]]] = []

    def append(self, runs: Sequence[bytes]) -> None:
        """Add runs."""
        self.sizes.extend(map(len, runs))
        self.held += b"".join(runs)
        if len(self.held) > self.memory:
            if self.file is None:
                self.file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the column
            self.file.write(self.held)
            self.held = bytearray()

    def attach(self, path: Any, sizes: NDArray[np.int64]) -> None:
        """Add the runs that lie in a file, by their numbers of values."""
        self.attached.append((path, sizes))

    def take(self, runs: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The values of these runs, in this order, and where each run begins (and the last one ends)."""
        import numpy as np

        starts, sizes, source = (column[runs] for column in self._runs)
        values = [self._values(), *(self._mapped(path) for path, _ in self.attached)]
        places = zip(source.tolist(), starts.tolist(), (starts + sizes).tolist(), strict=True)
        taken = [values[which][start:end] for which, start, end in places]
        edges = np.concatenate(([0], np.cumsum(sizes)))
        return np.concatenate([np.empty(0, self.kind), *taken]), edges  # slices: 3 times faster than an index a value

    def clear(self) -> None:
        """Let go of all values."""
        self.held = bytearray()
        if self.file is not None:
            self.file.close()
            self.file = None

    @cached_property
    def _runs(self) -> tuple[NDArray[np.int64], ...]:
        """Where each run starts, how long it is, and in which source it lies."""
        import numpy as np

        own = np.frombuffer(self.sizes, np.int64) // np.dtype(self.kind).itemsize
        sources = [own, *(sizes for _, sizes in self.attached)]
        starts = [np.cumsum(sizes) - sizes for sizes in sources]
        source = np.repeat(np.arange(len(sources)), [sizes.size for sizes in sources])
        return np.concatenate(starts), np.concatenate(sources), source

    def _values(self) -> NDArray[Any]:
        import numpy as np

        if self.file is None:
            return np.frombuffer(self.held, self.kind)
        if self.held:
            self.file.write(self.held)
            self.held = bytearray()
        self.file.flush()
        return self._mapped(self.file)

    def _mapped(self, file: Any) -> NDArray[Any]:
        """The values of a file: mapped anew each time, so that what was read once does not stay in memory."""
        import os

        import numpy as np

        empty = not (os.fstat(file.fileno()).st_size if hasattr(file, "fileno") else os.path.getsize(file))
        return np.empty(0, self.kind) if empty else np.asarray(np.memmap(file, self.kind, "r"))
