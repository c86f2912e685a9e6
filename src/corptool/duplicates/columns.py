"""Columns of runs of values: what each article has many of, or as many as it likes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corptool.duplicates.disk import Room, Values, mapped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Column:
    """Runs of values of one type, one run after the other; and those of files after them."""

    def __init__(self, kind: Any, room: Room, parts: int = 1) -> None:
        import numpy as np

        self.values = Values(kind, room.held * parts)
        self.ends = room.values(np.int64)
        """Where each run ends in its source."""
        self.sources: list[tuple[int, Any]] = []
        """The first run of each file that was attached, and the file."""

    def append(self, runs: Sequence[bytes]) -> None:
        """Add runs."""
        import numpy as np

        data = b"".join(runs)
        sizes = np.fromiter(map(len, runs), np.int64, len(runs)) // self.values.kind.itemsize
        self.ends.append(np.cumsum(sizes) + len(self.values))
        self.values.append(data)

    def extend(self, values: NDArray[Any], ends: NDArray[np.int64]) -> None:
        """Add the runs of another column, by their values and their ends."""
        self.ends.append(ends + len(self.values))
        self.values.append(values)

    def attach(self, path: Any, ends: NDArray[np.int64]) -> None:
        """Add the runs that lie in a file, by their ends."""
        self.sources.append((len(self.ends), path))
        self.ends.append(ends)

    def take(self, runs: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The values of these runs, in this order, and where each run begins (and the last one ends)."""
        import numpy as np

        ends = self.ends.all()
        firsts = [0, *(first for first, _ in self.sources)]
        starts, stops = np.where(np.isin(runs, firsts), 0, ends[runs - 1]), ends[runs]
        edges = np.concatenate(([0], np.cumsum(stops - starts)))
        source = np.searchsorted(firsts, runs, "right") - 1 if self.sources else np.zeros(runs.size, np.int64)
        values = [self.values.all(), *(mapped(path, self.values.kind) for _, path in self.sources)]
        places = zip(source.tolist(), starts.tolist(), stops.tolist(), strict=True)
        taken = [values[which][start:stop] for which, start, stop in places]
        return np.concatenate([np.empty(0, self.values.kind), *taken]), edges  # 3 times faster than an index a value

    def texts(self, runs: NDArray[np.int64]) -> list[bytes]:
        """Each of these runs, of bytes, apart."""
        data, edges = self.take(runs)
        whole = data.tobytes()
        return [whole[start:stop] for start, stop in pairwise(edges.tolist())]

    def clear(self) -> None:
        """Let go of all values."""
        self.values.clear()
