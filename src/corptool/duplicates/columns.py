"""Columns of runs of values: what each article has many of, or as many as it likes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corptool.duplicates.disk import Room, Values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Column:
    """Runs of values of one type, one run after the other; and those that lie elsewhere after them."""

    def __init__(self, kind: Any, room: Room, parts: int = 1) -> None:
        import numpy as np

        self.values = Values(kind, room.held * parts, room.folder)
        self.ends = room.values(np.int64)
        """Where each run ends in its source."""
        self.sources = [(0, self.values)]
        """The first run of the values here, and of each that were attached."""

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

    def attach(self, values: Values, ends: NDArray[np.int64]) -> None:
        """Add the runs of values that stay where they are, by their ends."""
        self.sources.append((len(self.ends), values))
        self.ends.append(ends)

    def join(self, other: Column) -> None:
        """Add the runs of a column that was made elsewhere, to which nothing was attached."""
        [(_, values)] = other.sources
        self.attach(values, other.ends.all())

    def take(self, runs: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The values of these runs, in this order, and where each run begins (and the last one ends)."""
        import numpy as np

        firsts, values = zip(*self.sources, strict=True)
        ends = self.ends.all()
        starts, stops = np.where(np.isin(runs, firsts), 0, ends[runs - 1]), ends[runs]
        edges = np.concatenate(([0], np.cumsum(stops - starts)))
        source = np.searchsorted(firsts, runs, "right") - 1
        apart = np.flatnonzero((source[1:] != source[:-1]) | (starts[1:] != stops[:-1])) + 1
        begin, end = np.append(0, apart)[: runs.size], np.append(apart, runs.size)[: runs.size] - 1
        source, places = source[begin], [*zip(starts[begin].tolist(), stops[end].tolist(), strict=True)]
        found: list[Any] = [b""] * len(places)
        for which in np.unique(source).tolist():  # one after the other: not all that are attached are open at once
            with values[which].reading() as read:
                for place in np.flatnonzero(source == which).tolist():
                    found[place] = read(*places[place])
        return np.frombuffer(b"".join(found), self.values.kind), edges

    def texts(self, runs: NDArray[np.int64]) -> list[bytes]:
        """Each of these runs, of bytes, apart."""
        data, edges = self.take(runs)
        whole = data.tobytes()
        return [whole[start:stop] for start, stop in pairwise(edges.tolist())]

    def clear(self) -> None:
        """Let go of all values."""
        for _, values in self.sources:
            values.clear()
